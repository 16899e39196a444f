"""Entries that came back under other guids: one left its feed's document, and an unknown one is in its place.

Guid and URL disagree about these, so words and dates decide whether two versions are of one article.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar

from worker.basics.urls import link_key
from worker.values.articles import Article, KnownArticle, Sighting
from worker.values.entries import KnownBy, Sighted

# When so many entries keep their words under other guids, the feed has moved: then we need no dates to believe it.
_FEWEST_MOVED = 3
# A shorter text may be that of any day's bulletin.
_SHORTEST_NAME = 200
# A change within half a day is an edit; tomorrow's report at today's URL is another article.
_EDIT = timedelta(hours=12)
_SHINGLE = 12
_LONGEST_COMPARED = 5_000
# A shorter text has too few words to call it different.
_SHORTEST_COMPARED = 150
_MOSTLY_THE_SAME, _RATHER_ALIKE, _HARDLY_ALIKE = 0.8, 0.5, 0.3
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Gone:
    """A sighting that is no longer in the document, and what its article shows."""

    seen: Sighted
    shown: Article


def find_renamed(
    unknown: Sequence[Sighting],
    left: Iterable[Sighted],
    by_id: Mapping[int, KnownArticle],
    stayed: Iterable[Sighted] = (),
) -> dict[bytes, Sighted]:
    """Return which sighting each entry under an unknown guid continues, by the entry's guid hash.

    We know an entry again by its link, unless an entry that ``stayed``, or came back, has that link too; else by title
    and text; else by the text, since an edited title may change guid and URL; else, where an edited text changed the
    key that was made of it, by title and date.
    """
    gone = [_Gone(seen, by_id[seen.article_id].shown) for seen in left if seen.article_id in by_id]
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


def _is_without_name(seen: Sighted, shared_guids: Collection[str]) -> bool:
    return seen.known_by is KnownBy.WORDS or seen.guid in shared_guids


def is_same_news(article: Article, shown: Article) -> bool:
    """Say whether an entry at a known URL, but under another guid, is that article, perhaps edited."""
    is_the_same = article.content_hash == shown.content_hash or _is_of_about_one_time(article, shown)
    return is_the_same or _likeness(article, shown) >= _MOSTLY_THE_SAME


def is_other_news(article: Article, shown: Article) -> bool:
    """Say whether an entry under a known guid, but at another URL, is another article: it keeps nothing of this one."""
    if article.title == shown.title or min(len(article.text), len(shown.text)) < _SHORTEST_COMPARED:
        return False
    return not _is_of_about_one_time(article, shown) and _likeness(article, shown) < _HARDLY_ALIKE


def is_edit(article: Article, shown: Article) -> bool:
    """Say whether an entry that is known by its words is an edit of an article with the same title and date."""
    # Bulletins of one day may share their title, and many dates name no more than the day.
    is_timed = article.published_at is not None and article.published_at.time() != time.min
    return is_timed or _likeness(article, shown) >= _HARDLY_ALIKE


def is_edit_of_file(article: Article, known: Article) -> bool:
    """Say whether a file at a known path is that article, edited.

    Another folder may hold a file at that path too. A folder for each day, or each agency, may hold a bulletin of one
    name and much the same words: each of them is an article of its own.
    """
    days = {each.published_at.date() for each in (article, known) if each.published_at}
    if len(days) > 1 or article.agency != known.agency:
        return False
    return article.title == known.title or _likeness(article, known) >= _RATHER_ALIKE


def _is_of_about_one_time(article: Article, shown: Article) -> bool:
    one, other = article.published_at, shown.published_at
    return one is not None and other is not None and abs(one - other) < _EDIT


def _likeness(one: Article, other: Article) -> float:
    return likeness(*(f"{each.title} {each.text}"[:_LONGEST_COMPARED].lower() for each in (one, other)))


def likeness(one: str, other: str) -> float:
    """Return the share of the shorter text that the longer one has too, 0 to 1; in characters, for any script."""
    shorter, longer = sorted((_shingles(one), _shingles(other)), key=len)
    return len(shorter & longer) / len(shorter)


def _shingles(text: str) -> set[str]:
    return {text[start : start + _SHINGLE] for start in range(max(1, len(text) - _SHINGLE + 1))}
