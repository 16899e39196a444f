"""Entries that came back under another guid: one left its feed's document, and an unknown one stands in its place."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from worker.dedupe.likeness import is_same_news
from worker.urls import link_key
from worker.values import KnownArticle, Sighted, Sighting

# When so many leave with their words under other guids, the feed has moved: then it takes no dates to believe it.
_MOVE = 3
# Shorter texts may be said of any day.
_SHORTEST = 200
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Gone:
    """A sighting that is no longer in the document, and its article."""

    seen: Sighted
    known: KnownArticle


def find_renamed(
    unknown: Sequence[Sighting], left: Iterable[Sighted], by_id: Mapping[int, KnownArticle]
) -> dict[bytes, Sighted]:
    """Return, by the guid hash of entries under unknown guids, the sightings that they carry on.

    Known again by the link; else by title and text; else, where an edited title took guid and URL along, by the text.
    """
    gone = [_Gone(seen, by_id[seen.article_id]) for seen in left if seen.article_id in by_id]
    found: dict[bytes, _Gone] = {}

    def pair(ours: Callable[[Sighting], Hashable], theirs: Callable[[_Gone], Hashable]) -> list[tuple[Sighting, _Gone]]:
        taken = {each.seen.sighting_id for each in found.values()}
        articles = _unique([article for article in unknown if article.guid_hash not in found], ours)
        rest = _unique([each for each in gone if each.seen.sighting_id not in taken], theirs)
        return [(articles[key], rest[key]) for key in articles.keys() & rest.keys()]

    by_link = pair(lambda article: link_key(article.article.url), lambda each: link_key(each.seen.original_url))
    found |= {article.guid_hash: each for article, each in by_link if is_same_news(article.article, each.known.shown)}
    by_words = pair(lambda article: article.article.content_hash, lambda each: each.seen.content_hash)
    is_move = len(by_words) >= _MOVE
    found |= {article.guid_hash: each for article, each in by_words if _is_of_one_date(article, each, unless=is_move)}
    by_text = pair(lambda article: _long(article.article.text), lambda each: _long(each.known.shown.text))
    found |= {article.guid_hash: each for article, each in by_text if _is_of_one_date(article, each)}
    return {guid_hash: each.seen for guid_hash, each in found.items()}


def _unique(values: Sequence[_T], key: Callable[[_T], Hashable]) -> dict[Hashable, _T]:
    """Return values by their keys, without those that share one or have none."""
    keys = [key(value) for value in values]
    times = Counter(keys)
    return {name: value for name, value in zip(keys, values, strict=True) if name is not None and times[name] == 1}


def _is_of_one_date(article: Sighting, gone: _Gone, *, unless: bool = False) -> bool:
    """Say whether both were published at one moment; ``unless`` says that it need not be known."""
    dates = {article.article.published_at, gone.known.shown.published_at}
    return unless if None in dates else len(dates) == 1


def _long(text: str) -> str | None:
    return text if len(text) >= _SHORTEST else None
