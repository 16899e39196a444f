"""Entries that came back under another guid: one left its feed's document, and an unknown one stands in its place."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar

from worker.basics.urls import link_key
from worker.values.articles import Article, KnownArticle, Sighting
from worker.values.entries import KnownBy, Sighted

# --- Whether two versions are of one article: by their words and their dates, where guid and URL disagree about it.

# What changes within half a day is an edit; tomorrow's report at today's URL is another article.
_EDIT = timedelta(hours=12)
_SHINGLE = 12
_LONGEST = 5_000
# Below this there are too few words to say that texts differ.
_SHORTEST_SAID = 150
_MOSTLY_THE_SAME, _RATHER_ALIKE, _HARDLY_ALIKE = 0.8, 0.5, 0.3


def is_same_news(article: Article, shown: Article) -> bool:
    """Say whether an entry at a known URL, but under another guid, is that article: the same, or an edit of it."""
    if article.content_hash == shown.content_hash or _is_soon_after(article, shown):
        return True
    return likeness(_words(article), _words(shown)) >= _MOSTLY_THE_SAME


def is_other_news(article: Article, shown: Article) -> bool:
    """Say whether an entry under a known guid, but at another URL, is another article: nothing of it has stayed."""
    if article.title == shown.title or min(len(article.text), len(shown.text)) < _SHORTEST_SAID:
        return False
    return not _is_soon_after(article, shown) and likeness(_words(article), _words(shown)) < _HARDLY_ALIKE


def is_edit(article: Article, shown: Article) -> bool:
    """Say whether an entry that has no name but its words is an edit of an article with the same title and date."""
    # Bulletins of one day may have one title, and many a date says no more than the day.
    is_timed = article.published_at is not None and article.published_at.time() != time.min
    return is_timed or likeness(_words(article), _words(shown)) >= _HARDLY_ALIKE


def is_alike(article: Article, known: Article) -> bool:
    """Say whether a file at a known path is that article, edited: files of other folders have such paths too.

    A folder for each day, or each agency, may hold a bulletin under one name, in much the same words: each is news.
    """
    days = {each.published_at.date() for each in (article, known) if each.published_at}
    if len(days) > 1 or article.agency != known.agency:
        return False
    return article.title == known.title or likeness(_words(article), _words(known)) >= _RATHER_ALIKE


def likeness(one: str, other: str) -> float:
    """Return the share of the shorter text that stands in the longer one too, 0 to 1; in characters, for any script."""
    shorter, longer = sorted((_shingles(one), _shingles(other)), key=len)
    return len(shorter & longer) / len(shorter)


def _is_soon_after(article: Article, shown: Article) -> bool:
    dates = article.published_at, shown.published_at
    return dates[0] is not None and dates[1] is not None and abs(dates[0] - dates[1]) < _EDIT


def _words(article: Article) -> str:
    return f"{article.title} {article.text}"[:_LONGEST].lower()


def _shingles(text: str) -> set[str]:
    return {text[start : start + _SHINGLE] for start in range(max(1, len(text) - _SHINGLE + 1))}


# When so many leave with their words under other guids, the feed has moved: then it takes no dates to believe it.
_MOVE = 3
# Shorter texts may be said of any day.
_SHORTEST = 200
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
    """Return, by the guid hash of entries under unknown guids, the sightings that they carry on.

    Known again by the link, unless an entry that ``stayed``, or came back, has it too; else by title and text; else,
    where an edited title took guid and URL along, by the text; else, where an edited text took the key along that was
    made of it, by title and date.
    """
    gone = [_Gone(seen, by_id[seen.article_id].shown) for seen in left if seen.article_id in by_id]
    found: dict[bytes, _Gone] = {}

    def pair(ours: Callable[[Sighting], Hashable], theirs: Callable[[_Gone], Hashable]) -> list[tuple[Sighting, _Gone]]:
        taken = {each.seen.sighting_id for each in found.values()}
        sightings = _unique([sighting for sighting in unknown if sighting.guid_hash not in found], ours)
        rest = _unique([each for each in gone if each.seen.sighting_id not in taken], theirs)
        return [(sightings[key], rest[key]) for key in sightings.keys() & rest.keys()]

    # A link that is no name tells nothing.
    by_link = pair(
        lambda sighting: None if sighting.known_by is KnownBy.WORDS else link_key(sighting.article.url),
        lambda each: None if each.seen.known_by is KnownBy.WORDS else link_key(each.seen.original_url),
    )
    if same := [(ours, each) for ours, each in by_link if is_same_news(ours.article, each.shown)]:
        shared = {link_key(seen.original_url) for seen in stayed}
        found |= {ours.guid_hash: each for ours, each in same if link_key(ours.article.url) not in shared}
    by_words = pair(lambda sighting: sighting.article.content_hash, lambda each: each.seen.content_hash)
    is_move = len(by_words) >= _MOVE
    found |= {ours.guid_hash: each for ours, each in by_words if _is_of_one_date(ours, each, unless=is_move)}
    by_text = pair(lambda sighting: _long(sighting.article.text), lambda each: _long(each.shown.text))
    found |= {ours.guid_hash: each for ours, each in by_text if _is_of_one_date(ours, each)}
    # What had its name alone is known by its words too once others have joined it.
    names = {sighting.guid for sighting in unknown if sighting.known_by is KnownBy.WORDS}
    by_title = pair(
        lambda sighting: _title_and_date(sighting.article) if sighting.known_by is KnownBy.WORDS else None,
        lambda each: _title_and_date(each.shown) if _is_without_name(each.seen, names) else None,
    )
    found |= {ours.guid_hash: each for ours, each in by_title if is_edit(ours.article, each.shown)}
    return {guid_hash: each.seen for guid_hash, each in found.items()}


def _is_without_name(seen: Sighted, shared: Collection[str]) -> bool:
    return seen.known_by is KnownBy.WORDS or seen.guid in shared


def _title_and_date(article: Article) -> tuple[str, datetime] | None:
    return (article.title, article.published_at) if article.published_at else None


def _unique(values: Sequence[_T], key: Callable[[_T], Hashable]) -> dict[Hashable, _T]:
    """Return values by their keys, without those that share one or have none."""
    keys = [key(value) for value in values]
    times = Counter(keys)
    return {name: value for name, value in zip(keys, values, strict=True) if name is not None and times[name] == 1}


def _is_of_one_date(sighting: Sighting, gone: _Gone, *, unless: bool = False) -> bool:
    """Say whether both were published at one moment; where one date is unknown, say what ``unless`` says."""
    dates = {sighting.article.published_at, gone.shown.published_at}
    return unless if None in dates else len(dates) == 1


def _long(text: str) -> str | None:
    return text if len(text) >= _SHORTEST else None
