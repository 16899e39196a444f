"""Read a well-formed feed of RSS, RDF or Atom, or a news sitemap, in one go from the tree of its elements.

Others are mended first, or left to feedparser. Both parsers follow the rules of ``basics.field_rules``, and a test
compares what they read.

expat builds the tree, in linear time but for one thing: entities that name entities, over which old versions crash.
Only a document type can declare them, so a document that has one is refused before its first declaration is read.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from worker.basics import field_rules
from worker.basics.charset import Decoded, decode_with_doubts, is_utf8
from worker.basics.field_rules import LONGEST_CONTENT, LONGEST_TITLE, LONGEST_URL
from worker.basics.one_line import one_line, read_title
from worker.errors import ErrorClass, PermanentError
from worker.parse.hints import read_hints
from worker.parse.outline import Sliced, hash_frame, outline_entries, slice_entries
from worker.parse.references import join_halves
from worker.parse.tree_entry import find_page, find_url, read_authors, read_entry
from worker.parse.tree_text import Parts, Scope, UnreadableError, last_text, read_marked_texts, sort_parts
from worker.parse.vocabulary import Roles
from worker.parse.wxr import as_export, is_export
from worker.values.due_feeds import Document
from worker.values.entries import Entry, Outline, ParsedDocument
from worker.values.frozen import dataclass, replace
from worker.wire.newsroom.newsroom_entry import Skipped

_ENTRIES = ("item", "entry")
# No feed has more namespaces than this.
_MOST_NAMESPACES = 200


@dataclass(frozen=True, slots=True)
class Tree:
    """A well-formed document; its elements and attributes are named ``namespace}name``, or ``name`` alone."""

    root: Element
    roles: Roles

    @property
    def format(self) -> str:
        """The role of the root element: ``rss``, ``rdf``, ``atom``, ``sitemap``, or one that makes no feed."""
        return self.roles[self.root.tag]


def read_well_formed(
    document: Document, max_entries: int, patience: int, before: Outline | None = None
) -> ParsedDocument | None:
    """Return what a well-formed document publishes; None where another parser should read it, or nobody.

    A document of more than ``patience`` entries is left to another parser, since most of them would be dropped.
    Entries that come again as in ``before``, the outline of the feed's last document, are not read.
    PermanentError for a sitemap without news.
    """
    sliced = slice_entries(document.body)
    if sliced and before and (rest := _read_rest(document, sliced, before, max_entries)):
        return rest
    decoded = decode_with_doubts(document.body, document.content_type)
    parsed = _read(document, decoded, patience, max_entries)
    if parsed is None:
        return None
    kept = field_rules.keep_newest(parsed.entries, max_entries, field_rules.moment_of)
    dropped = parsed.dropped_entries + len(parsed.entries) - len(kept)
    is_sliced = sliced is not None and not dropped and (decoded.is_utf8 or is_utf8(document.body))
    outline = _outline(document, sliced, parsed) if sliced and is_sliced else None
    return replace(parsed, entries=tuple(kept), dropped_entries=dropped, outline=outline)


def _outline(document: Document, sliced: Sliced, parsed: ParsedDocument) -> Outline | None:
    """Return the outline of a document that was read whole; None where its slices are not its entries."""
    frame, entries = hash_frame(sliced, document.content_type, parsed.authors), outline_entries(sliced)
    is_sure = len(parsed.entries) == len(sliced.slices) and parsed.format != "sitemap"
    return Outline(frame, entries) if frame and entries and is_sure else None


def _read_rest(document: Document, sliced: Sliced, before: Outline, max_entries: int) -> ParsedDocument | None:
    """Return what a document publishes besides the entries that came again; None where it must be read whole."""
    entries = outline_entries(sliced, before)
    if entries is None or len(entries) > max_entries:
        return None
    repeated = tuple(each for each in entries if each.guid_hash)
    if not 0 < len(repeated) == len({each.guid_hash for each in repeated}):
        return None
    known = [bool(each.guid_hash) for each in entries]
    rest = replace(document, body=sliced.without(known))
    decoded = decode_with_doubts(rest.body, rest.content_type)
    is_readable = decoded.is_utf8 or is_utf8(rest.body)
    parsed = _read(rest, decoded, max_entries, max_entries, known) if is_readable else None
    if parsed is None or hash_frame(sliced, document.content_type, parsed.authors) != before.frame:
        return None
    return replace(parsed, outline=Outline(before.frame, entries), before=before, repeated=repeated)


def _read(
    document: Document, decoded: Decoded, patience: int, most: int, unread: Sequence[bool] = ()
) -> ParsedDocument | None:
    """Return what a document publishes; entries that stay unread, by their places, are empty elements."""
    text = join_halves(decoded.text)
    tree = build_tree(text)
    if tree is None:
        return None
    try:
        parsed = _read_tree(tree, patience, most, unread)
    except UnreadableError:
        return None
    site_url = field_rules.absolute_site(parsed.site_url, document.url, parsed.self_url)
    older_url = field_rules.absolute_older(parsed.older_url, document.url, parsed.self_url)
    hints, doubts = read_hints(text), decoded.doubts
    return replace(parsed, hints=hints, site_url=site_url, older_url=older_url, doubts=doubts)


def build_tree(text: str) -> Tree | None:
    """Return the tree of a well-formed document without a document type; None for any other."""
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
            _refuse()

    parser.StartNamespaceDeclHandler = declare
    try:
        # White space before the declaration is no reason to call a feed broken.
        parser.Parse(text.lstrip(), True)
        return Tree(builder.close(), Roles(declared))
    except (expat.ExpatError, UnreadableError, ValueError):
        return None


def _refuse(*_: object) -> None:
    raise UnreadableError


def _read_tree(tree: Tree, patience: int, most: int, unread: Sequence[bool]) -> ParsedDocument:
    if tree.format == "sitemap":
        return _read_sitemap(tree, patience, most)
    return _read_lone_entry(tree) if tree.format == "entry" else _read_feed(tree, patience, unread)


def _read_lone_entry(tree: Tree) -> ParsedDocument:
    """Read a document that is one entry (RFC 4287, section 2), as a feed of one."""
    is_atom = tree.root.tag.endswith("entry")
    entry = read_entry(tree.root, Scope(tree.roles, is_atom=is_atom), ())
    if isinstance(entry, Skipped):
        raise PermanentError(ErrorClass.WITHHELD if entry.is_withheld else ErrorClass.NOT_A_FEED, entry.reason)
    if not entry.title or not (entry.guid or entry.link):
        raise UnreadableError
    return ParsedDocument(format="atom" if is_atom else "rss", parser="expat", entries=(entry,), updated=entry.updated)


def _read_feed(tree: Tree, patience: int, unread: Sequence[bool]) -> ParsedDocument:
    root, roles, is_atom = tree.root, tree.roles, tree.format == "atom"
    if not is_atom and tree.format not in {"rss", "rdf"}:
        raise UnreadableError
    scope = Scope(roles, is_atom=is_atom).within(root)
    top = sort_parts(root, roles)
    channels = () if is_atom else top.get("channel", ())
    parts_of = [(top, scope), *((sort_parts(channel, roles), scope.within(channel)) for channel in channels)]
    feed, feed_scope = parts_of[1] if channels else parts_of[0]
    items = [(item, inner) for parts, inner in parts_of for item in parts.get("entry", ())]
    if len(items) > patience or (_has_more_entries(root, items) if items else not _is_empty_feed(root, channels)):
        raise UnreadableError
    if unread:
        is_empty = [not (len(item) or item.attrib or item.text) for item, _ in items]
        if is_empty != list(unread) or sum("entry" in parts for parts, _ in parts_of) > 1:
            raise UnreadableError
        items = [item for item, is_unread in zip(items, unread, strict=True) if not is_unread]
    # RFC 4287, section 4.2.1: the authors of the feed wrote the entries that name none.
    authors = tuple(read_authors(feed, roles)) if is_atom else ()
    title = next(read_marked_texts(feed, feed_scope, LONGEST_TITLE, "title"), None)
    is_wxr = is_export(feed, items)
    found = [] if is_wxr else [read_entry(item, inner, authors) for item, inner in items]
    parsed = ParsedDocument(
        format=tree.format,
        parser="expat",
        entries=tuple(each for each in found if isinstance(each, Entry)),
        skipped=tuple(each.reason for each in found if isinstance(each, Skipped)),
        title=read_title(title.as_title() or "", is_plain=title.is_text) or None if title else None,
        site_url=find_page(feed, feed_scope),
        self_url=next(_find_urls(feed, feed_scope, "self"), None),
        older_url=next(_find_older(feed, feed_scope), None),
        hub_urls=tuple(_find_urls(feed, feed_scope, "hub")),
        language=last_text(feed, "language") or scope.language,
        authors=authors,
        updated=last_text(feed, "updated") or last_text(feed, "published"),
    )
    return as_export(parsed, feed, items) if is_wxr else parsed


def _find_older(feed: Parts, scope: Scope) -> Iterator[str]:
    """Yield where older entries are: in archives (RFC 5005, section 4), on the next page (section 3)."""
    # Section 2: a complete feed has no other entries than these.
    if "complete" not in feed:
        for relation in field_rules.TO_OLDER:
            yield from _find_urls(feed, scope, relation)


def _find_urls(feed: Parts, scope: Scope, relation: str) -> Iterator[str]:
    return filter(None, (find_url(link, scope) for link in feed.get(f"link {relation}", ())))


def _has_more_entries(root: Element, items: Sequence[tuple[Element, Scope]]) -> bool:
    """Say whether there are entries elsewhere than beside RDF's channel or inside RSS's: then something is amiss."""
    return sum(1 for _ in root.iter(items[0][0].tag)) > len(items)


def _is_empty_feed(root: Element, channels: Sequence[Element]) -> bool:
    """Say whether a document without entries is a feed all the same: its root is no chance, and hides none anywhere."""
    is_feed = bool(channels) or root.tag.lower().endswith("}feed")
    return is_feed and not any(element.tag.lower().endswith(_ENTRIES) for element in root.iter())


def _read_sitemap(tree: Tree, patience: int, most: int) -> ParsedDocument:
    """Read the ``most`` newest entries of a Google news sitemap (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""
    if len(tree.root) > patience:
        raise UnreadableError
    pages = (sort_parts(page, tree.roles) for page in tree.root if tree.roles[page.tag] == "page")
    news = [(page, _part(page, "news", tree.roles)) for page in pages if "news" in page]
    if not news:
        raise PermanentError(ErrorClass.NOT_A_FEED, "the host served a sitemap without news, not a feed")
    kept = field_rules.keep_newest(news, most, _moment_of_news)
    read = [(page, parts, _part(parts, "publication", tree.roles)) for page, parts in kept]
    names = {last_text(publication, "news name", LONGEST_TITLE) for _, _, publication in read}
    return ParsedDocument(
        format="sitemap",
        parser="expat",
        entries=tuple(_news_entry(*parts, tree.roles) for parts in read),
        title=(one_line(names.pop() or "", LONGEST_TITLE) or None) if len(names) == 1 else None,
        dropped_entries=len(news) - len(kept),
    )


def _moment_of_news(found: tuple[Parts, Parts]) -> datetime | None:
    page, news = found
    return field_rules.moment_of(Entry(published=last_text(news, "news date"), updated=last_text(page, "lastmod")))


def _part(parts: Parts, role: str, roles: Roles) -> Parts:
    return sort_parts(parts[role][0], roles) if role in parts else {}


def _news_entry(page: Parts, news: Parts, publication: Parts, roles: Roles) -> Entry:
    location = last_text(page, "loc", LONGEST_URL)
    keywords = field_rules.split_keywords(last_text(news, "tags", LONGEST_CONTENT) or "")
    images = (last_text(sort_parts(image, roles), "image loc", LONGEST_URL) for image in page.get("sitemap image", ()))
    return Entry(
        guid=location,
        link=location,
        title=field_rules.as_html(last_text(news, "news title", LONGEST_TITLE)),
        published=last_text(news, "news date"),
        updated=last_text(page, "lastmod"),
        language=last_text(publication, "news language"),
        tags=tuple(dict.fromkeys(keywords)),
        image_url=next(filter(None, images), None),
    )
