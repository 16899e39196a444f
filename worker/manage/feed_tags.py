"""Tags of feeds: names by which an operator finds feeds together, such as the folders of a list."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, delete, select

from worker.basics.text import clean, fold
from worker.database.feed_tables import FeedRow, FeedTagRow
from worker.database.statements import is_one_of, upsert
from worker.errors import NamedError, UsageError

MOST_TAGS = 64
"""How many tags a list may give to one feed."""
LONGEST_TAG = 200
"""In characters; a tag is a part of keys."""
# Named where somebody asks for one that no feed has: a store may have thousands.
_MOST_SHOWN = 20


def read_tag(text: str) -> str:
    """Return a tag as it is stored: one line, without control characters; empty where nothing is left."""
    return fold(clean(text, LONGEST_TAG))


def read_tags(option: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Read tags as they are stored; UsageError for one that is empty or too long to be kept whole."""
    tags = {text: read_tag(text) for text in texts}
    if any(not tag or tag != fold(text) for text, tag in tags.items()):
        raise UsageError(f"{option} is a line of 1 to {LONGEST_TAG} characters.")
    return tuple(dict.fromkeys(tags.values()))


def known_tag(connection: Connection, text: str) -> str:
    """Return a tag that somebody asks for, as it is stored; NamedError when no feed has it, UsageError for none."""
    if not (tag := read_tag(text)):
        raise UsageError("A tag is empty: say which one is looked for, or leave it out to find all.")
    if not is_tag(connection, tag):
        tags = list_tags(connection, _MOST_SHOWN + 1)
        known = ", ".join(tags if len(tags) <= _MOST_SHOWN else [*tags[:_MOST_SHOWN], "…"])
        told = f"they have {known}" if known else "`feedmill set FEED --tag TAG` gives one"
        raise NamedError(f"No feed has the tag {tag}: {told}.")
    return tag


def add_tags(connection: Connection, tags_by_key: Mapping[str, Collection[str]]) -> None:
    """Give tags to feeds, by the keys of their URLs; those that they have already stay."""
    query = select(FeedRow.url_key, FeedRow.id, FeedTagRow.tag).outerjoin(FeedTagRow, FeedTagRow.feed_id == FeedRow.id)
    found = connection.execute(query.where(FeedRow.url_key.in_(tags_by_key))).all()
    # Of a list that is read again and again nearly all are known.
    known = {(row.id, row.tag) for row in found}
    feed_ids = {row.url_key: row.id for row in found}
    named = {(feed_id, tag) for key, feed_id in feed_ids.items() for tag in tags_by_key[key]}
    _insert(connection, named - known)


def tag_feed(connection: Connection, feed_id: int, tags: Iterable[str]) -> None:
    """Give tags to one feed."""
    _insert(connection, {(feed_id, tag) for tag in tags})


def _insert(connection: Connection, named: Collection[tuple[int, str]]) -> None:
    if not named:
        return
    feeds = select(FeedRow.id).where(is_one_of(connection, FeedRow.id, {feed_id for feed_id, _ in named}))
    # Nobody deletes a feed between here and the end of the transaction; one that is gone already gets no tag.
    kept = feeds.order_by(FeedRow.id).with_for_update(read=True, key_share=True)
    there = set(connection.execute(kept).scalars())
    rows = [{"feed_id": feed_id, "tag": tag} for feed_id, tag in sorted(named) if feed_id in there]
    if rows:
        connection.execute(upsert(connection.dialect.name, FeedTagRow).on_conflict_do_nothing(), rows)


def untag_feed(connection: Connection, feed_id: int, tags: Collection[str]) -> None:
    """Take tags from one feed."""
    connection.execute(delete(FeedTagRow).where(FeedTagRow.feed_id == feed_id, FeedTagRow.tag.in_(tags)))


def is_tag(connection: Connection, tag: str) -> bool:
    """Say whether any feed has a tag."""
    return connection.execute(select(FeedTagRow.feed_id).where(FeedTagRow.tag == tag).limit(1)).first() is not None


def are_tags_in_use(connection: Connection) -> bool:
    """Say whether any feed has any tag."""
    return connection.execute(select(FeedTagRow.tag).limit(1)).first() is not None


def list_tags(connection: Connection, most: int) -> list[str]:
    """Return the first of the tags that feeds have, in the order of the alphabet."""
    return list(connection.execute(select(FeedTagRow.tag).distinct().order_by(FeedTagRow.tag).limit(most)).scalars())
