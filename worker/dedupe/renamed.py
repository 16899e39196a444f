"""Entries that came back under other guids: one left its feed's document, and an unknown one is in its place.

Guid and URL disagree about these, so words and dates decide (``likeness``).
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from worker.basics.urls import link_key
from worker.dedupe.likeness import MOSTLY_THE_SAME, is_edit, is_edit_of_file, is_same_news, likeness_of
from worker.values.articles import Article, KnownArticle, Sighting
from worker.values.entries import KnownBy, KnownSighting
from worker.values.frozen import dataclass
from worker.wire.dispatch import DISPATCH_GUID

# When so many entries keep their words under other guids, the feed has moved: then we need no dates to believe it.
_FEWEST_MOVED = 3
# A shorter text may be that of any day's bulletin.
_SHORTEST_NAME = 200
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Gone:
    """A sighting that is no longer in the document, and what its article shows."""

    seen: KnownSighting
    shown: Article


def find_renamed(
    unknown: Sequence[Sighting],
    left: Iterable[KnownSighting],
    by_id: Mapping[int, KnownArticle],
    stayed: Iterable[KnownSighting] = (),
) -> dict[bytes, KnownSighting]:
    """Return which sighting each entry under an unknown guid continues, by the entry's guid hash.

    We know an entry again by its link, unless an entry that ``stayed``, or came back, has that link too; else by title
    and text; else by the text, since an edited title may change guid and URL; else, where an edited text changed the
    key that was made of it, by title and date.
    """
    gone = [_Gone(seen, by_id[seen.article_id].shown) for seen in left if seen.article_id in by_id]
    if not gone:
        return {}
    found: dict[bytes, _Gone] = {}

    def pair(ours: Callable[[Sighting], Hashable], theirs: Callable[[_Gone], Hashable]) -> list[tuple[Sighting, _Gone]]:
        taken = {each.seen.sighting_id for each in found.values()}
        sightings = _unique([sighting for sighting in unknown if sighting.guid_hash not in found], ours)
        rest = _unique([each for each in gone if each.seen.sighting_id not in taken], theirs)
        return [(sightings[key], rest[key]) for key in sightings.keys() & rest.keys()]

    # The link of an entry that is known by its words names nothing.
    by_link = pair(
        lambda sighting: None if sighting.known_by is KnownBy.WORDS else link_key(sighting.article.url),
        lambda each: None if each.seen.known_by is KnownBy.WORDS else link_key(each.seen.original_url),
    )
    if same := [(ours, each) for ours, each in by_link if is_same_news(ours.article, each.shown)]:
        shared = {link_key(seen.original_url) for seen in stayed}
        found |= {ours.guid_hash: each for ours, each in same if link_key(ours.article.url) not in shared}
    by_words = pair(lambda sighting: sighting.article.content_hash, lambda each: each.seen.content_hash)
    is_move = len(by_words) >= _FEWEST_MOVED
    found |= {ours.guid_hash: each for ours, each in by_words if _is_of_one_date(ours, each, if_unknown=is_move)}
    by_text = pair(lambda sighting: _long(sighting.article.text), lambda each: _long(each.shown.text))
    found |= {ours.guid_hash: each for ours, each in by_text if _is_of_one_date(ours, each)}
    # An entry that was known by its guid alone is known by its words once others share that guid.
    names = {sighting.guid for sighting in unknown if sighting.known_by is KnownBy.WORDS}
    by_title = pair(
        lambda sighting: _title_and_date(sighting.article) if sighting.known_by is KnownBy.WORDS else None,
        lambda each: _title_and_date(each.shown) if _is_without_name(each.seen, names) else None,
    )
    found |= {ours.guid_hash: each for ours, each in by_title if is_edit(ours.article, each.shown)}
    return {guid_hash: each.seen for guid_hash, each in found.items()}


def without_unlike(
    unknown: Sequence[Sighting], left: Sequence[KnownSighting], lengths: Mapping[int, int]
) -> Sequence[KnownSighting]:
    """Return the sightings that ``find_renamed`` may pair with an entry, by what is known without their articles.

    ``lengths`` are the characters of text of articles that show the words of their only sighting.
    """
    if any(sighting.known_by is KnownBy.WORDS for sighting in unknown):
        return left
    links = {link_key(sighting.article.url) for sighting in unknown} - {None}
    words = {sighting.article.content_hash for sighting in unknown}
    sizes = {len(sighting.article.text) for sighting in unknown}
    return [
        seen
        for seen in left
        if seen.article_id not in lengths
        or lengths[seen.article_id] in sizes
        or seen.content_hash in words
        or link_key(seen.original_url) in links
    ]


def find_reformed(
    unknown: Sequence[Sighting], left: Iterable[KnownSighting], by_id: Mapping[int, KnownArticle]
) -> dict[bytes, KnownSighting]:
    """Return which sighting an entry continues where a file of one dispatch became one of several, or mail, or back.

    The dispatch that is alone in its file is known by that, one of several by its own name. It is the one that reads
    most like it, if that is an edit for sure: bulletins of one day share three quarters of their words.
    """
    pairs = [
        (likeness_of(ours.article, by_id[seen.article_id].shown), ours, seen)
        for seen in left
        if seen.article_id in by_id
        for ours in unknown
        if (ours.guid == DISPATCH_GUID) is not (seen.guid == DISPATCH_GUID)
        and is_edit_of_file(ours.article, by_id[seen.article_id].shown)
    ]
    if not pairs:
        return {}
    likeness, ours, seen = max(pairs, key=lambda pair: pair[0])
    return {ours.guid_hash: seen} if likeness >= MOSTLY_THE_SAME else {}


def _unique(values: Sequence[_T], key: Callable[[_T], Hashable]) -> dict[Hashable, _T]:
    """Return values by their keys, without those that share a key or have none."""
    keys = [key(value) for value in values]
    times = Counter(keys)
    return {name: value for name, value in zip(keys, values, strict=True) if name is not None and times[name] == 1}


def _is_of_one_date(sighting: Sighting, gone: _Gone, *, if_unknown: bool = False) -> bool:
    """Say whether both were published at one moment; ``if_unknown`` is the answer where a date is missing."""
    dates = {sighting.article.published_at, gone.shown.published_at}
    return if_unknown if None in dates else len(dates) == 1


def _long(text: str) -> str | None:
    return text if len(text) >= _SHORTEST_NAME else None


def _title_and_date(article: Article) -> tuple[str, datetime] | None:
    return (article.title, article.published_at) if article.published_at else None


def _is_without_name(seen: KnownSighting, shared_guids: Collection[str]) -> bool:
    return seen.known_by is KnownBy.WORDS or seen.guid in shared_guids
