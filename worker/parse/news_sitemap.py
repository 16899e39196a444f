"""Google's news sitemaps (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from worker.basics.wording import LONGEST_CONTENT, LONGEST_NAME, LONGEST_TITLE, LONGEST_URL, as_html, tidy_text
from worker.errors import ErrorClass, PermanentError
from worker.parse.tree import Tree
from worker.parse.tree_text import Parts, UnreadableError, last_text, sort_parts
from worker.values import Entry, ParsedDocument


def read_news_sitemap(tree: Tree, patience: int) -> ParsedDocument:
    """Return what a sitemap says of its news; PermanentError when it lists pages only."""
    if len(tree.root) > patience:
        raise UnreadableError
    pages = (sort_parts(page, tree.roles) for page in tree.root if tree.roles[page.tag] == "page")
    news = [(page, sort_parts(page["news"][0], tree.roles)) for page in pages if "news" in page]
    if not news:
        raise PermanentError(ErrorClass.NOT_A_FEED, "the host served a sitemap without news, not a feed")
    publications = [_publication(tree, parts) for _, parts in news]
    names = {_text(publication, "news name", LONGEST_TITLE) for publication in publications}
    return ParsedDocument(
        format="sitemap",
        parser="expat",
        entries=tuple(
            _entry(tree, page, parts, publication)
            for (page, parts), publication in zip(news, publications, strict=True)
        ),
        title=names.pop() if len(names) == 1 else None,
    )


def _entry(tree: Tree, page: Parts, news: Parts, publication: Parts) -> Entry:
    location = _text(page, "loc", LONGEST_URL)
    title = _text(news, "news title", LONGEST_TITLE)
    return Entry(
        guid=location,
        link=location,
        title=as_html(title, is_plain=True),
        published=_text(news, "news date", LONGEST_NAME),
        updated=_text(page, "lastmod", LONGEST_NAME),
        language=_text(publication, "news language", LONGEST_NAME),
        tags=tuple(dict.fromkeys(_keywords(news))),
        image_url=next(_images(tree, page.get("sitemap image", [])), None),
    )


def _publication(tree: Tree, news: Parts) -> Parts:
    return sort_parts(news["publication"][0], tree.roles) if "publication" in news else {}


def _keywords(news: Parts) -> Iterator[str]:
    words = _text(news, "tags", LONGEST_CONTENT) or ""
    return (word for part in words.split(",") if (word := tidy_text(part, LONGEST_NAME)))


def _images(tree: Tree, images: list[Element]) -> Iterator[str]:
    for image in images:
        if url := _text(sort_parts(image, tree.roles), "image loc", LONGEST_URL):
            yield url


def _text(parts: Parts, role: str, longest: int) -> str | None:
    return last_text(parts.get(role, []), longest)
