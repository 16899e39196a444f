"""Links that several entries of one document have: they name none of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from worker.urls import link_key
from worker.values import Sighted, Sighting


def without_shared_links(articles: Sequence[Sighting], unchanged: Iterable[Sighted]) -> list[Sighting]:
    """Return the articles, those without match key whose link another entry of the document has for other words.

    ``unchanged`` are the sightings of the document's entries that are no articles of these.
    """
    words_at: dict[str, set[bytes]] = defaultdict(set)
    for article in articles:
        words_at[_link(article)].add(article.article.content_hash)
    pages = {_page(article.article.url) for article in articles}
    for seen in unchanged:
        # Reading a link takes longer than seeing that it leads elsewhere.
        if _page(seen.original_url) in pages and (key := link_key(seen.original_url)) in words_at:
            words_at[key].add(seen.content_hash)
    return [replace(article, article=replace(article.article, match_key=None)) if len(words_at[_link(article)]) > 1 else article for article in articles]


def _link(article: Sighting) -> str:
    # Among the feeds of which domain it counts makes no difference within a document.
    return (article.article.match_key or "").partition(" ")[0]


def _page(url: str | None) -> str:
    return (url or "").partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
