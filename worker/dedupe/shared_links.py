"""Links that several entries of one document have: they name none of them."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from worker.basics.urls import link_key
from worker.values import Article, KnownArticle, KnownBy, Sighted, Sighting


def without_shared_links(
    sightings: Sequence[Sighting], unchanged: Iterable[Sighted], known: Iterable[KnownArticle] = ()
) -> list[Sighting]:
    """Return the sightings, those without match key whose link another entry of the document has for other news.

    Other news has other words, or another date. Entries that are known by their words claim no link.

    ``unchanged`` are the sightings of the document's entries that are none of these; ``known`` holds their articles, as
    far as the match keys may name them: only those tell when an unchanged entry was published.
    """
    dates = {article.article_id: article.shown.published_at for article in known}
    words_at: dict[str, set[bytes]] = defaultdict(set)
    dates_at: dict[str, set[Hashable]] = defaultdict(set)
    nameless = {_link(sighting.article) for sighting in sightings if sighting.known_by is KnownBy.WORDS}
    for article in (sighting.article for sighting in sightings):
        words_at[_link(article)].add(article.content_hash)
        dates_at[_link(article)].add(article.published_at)
    pages = {_page(sighting.article.url) for sighting in sightings}
    for seen in unchanged:
        # Reading a link takes longer than seeing that it leads elsewhere.
        if _page(seen.original_url) in pages and (key := link_key(seen.original_url)) in words_at:
            words_at[key].add(seen.content_hash)
            dates_at[key].add(dates.get(seen.article_id))
            nameless |= {key} if seen.known_by is KnownBy.WORDS else set()
    shared = nameless | {key for key, words in words_at.items() if len(words) > 1 or len(dates_at[key] - {None}) > 1}
    return [_without_link(sighting) if _link(sighting.article) in shared - {""} else sighting for sighting in sightings]


def _without_link(sighting: Sighting) -> Sighting:
    return replace(sighting, article=replace(sighting.article, match_key=None))


def _link(article: Article) -> str:
    """Return the link that an article would be known by across feeds; empty where there is none."""
    key = article.match_key or ""
    # Among the feeds of which domain it counts makes no difference within a document.
    return "" if article.is_item else key.partition(" ")[0]


def _page(url: str | None) -> str:
    return (url or "").partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
