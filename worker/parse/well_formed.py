"""Well-formed feeds of RSS, RDF and Atom, and news sitemaps, read in one go from a tree of their elements.

What this leaves alone feedparser reads; both follow the rules of ``wording``, and a test holds them against each other.
"""

from dataclasses import replace
from xml.etree.ElementTree import Element

from worker.basics.charset import decode
from worker.basics.newest import keep_newest, moment_of
from worker.basics.wording import LONGEST_NAME, LONGEST_TITLE
from worker.parse.hints import read_hints
from worker.parse.news_sitemap import read_news_sitemap
from worker.parse.tree import Tree, build_tree
from worker.parse.tree_entry import find_page, read_authors, read_entry
from worker.parse.tree_media import address
from worker.parse.tree_text import Parts, Scope, UnreadableError, last_text, read_words, sort_parts
from worker.values import Document, ParsedDocument

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
