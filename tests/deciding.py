"""What documents bring and what the store knows of it, as small as it can be: the values of the tests of deciding."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from worker.values.articles import Article, KnownArticle, Placement, Sighting, Statement
from worker.values.decisions import Brought
from worker.values.entries import KnownBy, KnownSighting

OURS, THEIRS = 1, 2
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE, KEY = "https://a.example/1", "a.example/1"
OTHER_PAGE, OTHER_KEY = "https://a.example/2", "a.example/2"
# Long enough to tell that they are not alike.
BRIDGE = "The harbour bridge was opened again on Monday after two winters of repairs to its piers. " * 3
GULLS = "Librarians counted three hundred and twelve gulls on the roof of the central library today. " * 3
_NO_WORD = datetime.min.replace(tzinfo=UTC)


def article(text: str = "Text", **fields: object) -> Article:
    """An article of this text, which is also its hash, at a page of its own feed."""
    told = {"content_hash": text.encode(), "title": "Title", "html": "", "summary": "", "match_key": KEY} | fields
    return Article(text=text, **told)


def sighting(said: Article, guid: str = "g1", *, said_at: datetime = _NO_WORD, **fields: object) -> Sighting:
    """An entry that says this; without a date for its version it is as old as its reading."""
    return Sighting(guid, guid.encode(), KnownBy.GUID, b"print", said, said_at, **fields)


def document(
    *sightings: Sighting,
    feed_id: int = OURS,
    read_at: datetime = NOON,
    sighted: Mapping[str, int] | Iterable[KnownSighting] = (),
    **fields: object,
) -> Brought:
    """A document without a time of its own; ``sighted`` are the articles that its guids named before."""
    seen = (
        {guid.encode(): seen_as(article_id, guid) for guid, article_id in sighted.items()}
        if isinstance(sighted, Mapping)
        else {each.guid.encode(): each for each in sighted}
    )
    dated = (replace(each, said_at=read_at) if each.said_at == _NO_WORD else each for each in sightings)
    told = {"said_at": read_at} | fields
    return Brought(feed_id, read_at, sightings=tuple(dated), sighted=seen, **told)


def seen_as(article_id: int, guid: str = "g1", **fields: object) -> KnownSighting:
    """That a feed carried an article under a guid."""
    told = {"content_hash": b"old", "original_url": PAGE, "guid": guid} | fields
    return KnownSighting(5, article_id, b"old print", **told)


def statement(said: Article, feed_id: int = OURS, guid: str = "g1", **fields: object) -> Statement:
    """What a stored sighting says; without other times it was read at noon, and is as old as that."""
    told = {"said_at": NOON, "read_at": NOON, "article": said} | fields
    return Statement(feed_id, guid.encode(), said.content_hash, length=len(said.text), **told)


def shown(said: Article, feed_id: int = OURS, guid: str = "g1", **fields: object) -> Statement:
    """What a stored sighting says that its article shows."""
    return statement(said, feed_id, guid, article=None, is_shown=True, **fields)


def known(article_id: int, shows: Article, *others: Statement, feed_id: int = OURS, **fields: object) -> KnownArticle:
    """A stored article that shows what the first entry of a feed says, read at noon, and what others say of it."""
    return KnownArticle(article_id, shows, (shown(shows, feed_id), *others), **fields)


def article_ids(placements: Iterable[Placement]) -> list[int | None]:
    """The articles that entries are; None for those that are new."""
    ids = (placed.article_id for placed in placements)
    return [article_id if article_id is not None and article_id > 0 else None for article_id in ids]
