"""Well-formed feeds of RSS, RDF and Atom, and news sitemaps, read in one go from a tree of their elements.

What this leaves alone feedparser reads; both follow the rules of ``wording``, and a test holds them against each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from worker.basics.charset import decode
from worker.basics.wording import (
    LONGEST_CONTENT,
    LONGEST_NAME,
    LONGEST_TITLE,
    LONGEST_URL,
    as_html,
    keep_newest,
    moment_of,
    tidy_text,
)
from worker.errors import ErrorClass, PermanentError
from worker.parse.hints import read_hints
from worker.parse.tree_entry import address, find_page, read_authors, read_entry
from worker.parse.tree_text import Parts, Scope, UnreadableError, last_text, read_words, sort_parts
from worker.parse.vocabulary import Roles
from worker.values.due_feeds import Document
from worker.values.entries import Entry, ParsedDocument

# --- The gate of the fast path: text becomes a tree of elements, or nothing where it is not safe, sound and small
# enough.
#
# expat reads it, which is linear in all but one thing: entities that name entities, over which old versions crash.
# They are declared in a document type, so whatever has one is left to the child before its first declaration is
# read.

# More namespaces than this is no feed.
_MOST_NAMESPACES = 200


@dataclass(frozen=True, slots=True)
class Tree:
    """A well-formed document; names of elements and attributes are ``namespace}name``, or the name alone."""

    root: Element
    roles: Roles


class _RefusedError(Exception):
    """The document is not for this path."""


def build_tree(text: str) -> Tree | None:
    """Return the tree of a well-formed document without a document type; null for any other."""
    declared: dict[str, str] = {}
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse

    def declare(prefix: str | None, namespace: str | None) -> None:
        declared.setdefault(namespace or "", prefix or "")
        if len(declared) > _MOST_NAMESPACES:
            raise _RefusedError

    parser.StartNamespaceDeclHandler = declare
    try:
        # White space before the declaration is no reason to call a feed broken.
        parser.Parse(text.lstrip(), True)
        root = builder.close()
    except (expat.ExpatError, _RefusedError, ValueError):
        return None
    return Tree(root, Roles(declared))


def _refuse(*_: object) -> None:
    raise _RefusedError


# --- Google's news sitemaps (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).


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


FAULTS = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
"""What this may raise on a document nobody foresaw, which another parser then reads; a task's time limit is none."""

_NO_ELEMENTS: list[Element] = []


def read_well_formed(document: Document, max_entries: int, patience: int) -> ParsedDocument | None:
    """Return what a well-formed document publishes; null where another parser, or nobody, should read it.

    ``patience`` is how many entries it will read to keep ``max_entries``. PermanentError for a sitemap without news.
    """
    text = decode(document.body, document.content_type)
    tree = build_tree(text)
    if tree is None:
        return None
    try:
        parsed = read_news_sitemap(tree, patience) if _format(tree) == "sitemap" else _read_feed(tree, patience)
    except UnreadableError:
        return None
    kept = keep_newest(parsed.entries, max_entries, moment_of)
    dropped = len(parsed.entries) - len(kept)
    return replace(parsed, entries=tuple(kept), dropped_entries=dropped, hints=read_hints(text))


def _format(tree: Tree) -> str:
    return tree.roles[tree.root.tag]


def _read_feed(tree: Tree, patience: int) -> ParsedDocument:
    root, roles = tree.root, tree.roles
    is_atom = _format(tree) == "atom"
    if not is_atom and _format(tree) not in {"rss", "rdf"}:
        raise UnreadableError
    scope = Scope(roles, is_atom=is_atom).within(root)
    top = sort_parts(root, roles)
    channels = [] if is_atom else top.get("channel", _NO_ELEMENTS)
    parts_of = [(top, scope), *((sort_parts(channel, roles), scope.within(channel)) for channel in channels)]
    items = [(item, around) for parts, around in parts_of for item in parts.get("entry", ())]
    # RDF has its items beside the channel, RSS inside it; where there are none or some elsewhere, something is amiss.
    if not items or len(items) > patience or _count_all(root, items[0][0].tag) > len(items):
        raise UnreadableError
    feed, around = parts_of[1] if channels else parts_of[0]
    # RFC 4287, section 4.2.1: the authors of the feed wrote the entries that name none.
    authors = tuple(read_authors(feed, roles)) if is_atom else ()
    return ParsedDocument(
        format=_format(tree),
        parser="expat",
        entries=tuple(read_entry(item, inner, authors) for item, inner in items),
        title=_title(feed, around),
        site_url=find_page(feed, around),
        self_url=_self(feed, around),
        language=_last(feed, "language") or scope.language,
        updated=_last(feed, "updated") or _last(feed, "published"),
    )


def _count_all(root: Element, name: str) -> int:
    return sum(1 for _ in root.iter(name))


def _last(feed: Parts, role: str) -> str | None:
    return last_text(feed.get(role, _NO_ELEMENTS), LONGEST_NAME)


def _title(feed: Parts, scope: Scope) -> str | None:
    words = (read_words(title, scope, "text/plain", LONGEST_TITLE) for title in feed.get("title", ()))
    return next((title.text for title in words if title), None)


def _self(feed: Parts, scope: Scope) -> str | None:
    links = (link for link in feed.get("link", ()) if (link.get("rel") or "").lower() == "self")
    return next((url for link in links if (url := address(link, scope))), None)
