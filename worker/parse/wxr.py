"""Read a WordPress export (WXR, https://wordpress.org/support/article/tools-export-screen/) from its tree of elements.

It is RSS 2.0 with everything that a site holds for its items: articles are the posts that are published, and are shown
without a password. Pages, drafts, pictures and menus are none.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element

from worker.basics.field_rules import LONGEST_CONTENT, LONGEST_NAME, LONGEST_URL
from worker.parse.tree_entry import read_fields
from worker.parse.tree_text import Parts, Scope, last_text, read_element_text, sort_parts
from worker.parse.wordpress_text import as_html
from worker.values.entries import Entry, ParsedDocument
from worker.values.frozen import replace

_Names: TypeAlias = Mapping[str, str]

# What posts are called besides ``post`` where a site has several kinds of them. Everything else that a site may call
# its own is more often a form, a product or a slide.
_ARTICLES = frozenset(
    "post article articles blog column episode feature interview news opinion podcast press press-release "
    "press_release release review stories story video".split()
)
# Items that no reader would call an article that is missing.
_PARTS_OF_A_SITE = frozenset("attachment nav_menu_item revision custom_css customize_changeset oembed_cache".split())
_NO_DATE = "0000"
_UNCATEGORISED = "uncategorized"
_TAG_DOMAINS, _AUTHOR_DOMAIN = frozenset({"category", "post_tag", "tag", ""}), "author"


def is_export(feed: Parts, items: Sequence[tuple[Element, Scope]]) -> bool:
    """Say whether a feed is an export: it says so, or its items say what kind of post they are."""
    if "wxr version" in feed:
        return True
    first = items[0] if items else None
    return first is not None and any(first[1].roles[part.tag] == "post type" for part in first[0])


def as_export(parsed: ParsedDocument, feed: Parts, items: Sequence[tuple[Element, Scope]]) -> ParsedDocument:
    """Return what an export publishes, for the feed that it was read as so far."""
    posts = [(item, scope.within(item), sort_parts(item, scope.roles)) for item, scope in items]
    names = dict(_read_names(feed, items[0][1])) if items else {}
    pictures = {key: url for _, _, post in posts for key, url in _read_picture(post)}
    skipped = [(post, _why_skipped(post)) for _, _, post in posts]
    entries = [
        _read_post(item, scope, post, names, pictures)
        for (item, scope, post), (_, reason) in zip(posts, skipped, strict=True)
        if reason is None
    ]
    site_url = last_text(feed, "blog url", LONGEST_URL) or last_text(feed, "site url", LONGEST_URL)
    return replace(
        parsed,
        format="wxr",
        entries=tuple(entries),
        site_url=site_url or parsed.site_url,
        skipped=tuple(reason for _, reason in skipped if reason),
    )


def _read_names(feed: Parts, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield the names of people by what they log in as: as the site shows them, else as they are called."""
    for author in feed.get("export author", ()):
        parts = sort_parts(author, scope.roles)
        login = last_text(parts, "login") or ""
        called = " ".join(filter(None, (last_text(parts, "first name"), last_text(parts, "last name"))))
        shown = last_text(parts, "display name")
        # Whoever has chosen no name is shown as what they log in as.
        yield login, (shown if shown and shown != login else None) or called or login


def _read_picture(post: Parts) -> Iterator[tuple[str, str]]:
    """Yield the number and the address of an item that is a file."""
    number, url = last_text(post, "post id"), last_text(post, "attachment url", LONGEST_URL)
    if number and url:
        yield number, url


def _why_skipped(post: Parts) -> str | None:
    """Return why an item is no article: a sentence, or "" where nobody would miss one; None for an article."""
    kind, status = last_text(post, "post type") or "post", last_text(post, "post status") or "publish"
    if kind in _PARTS_OF_A_SITE or kind.startswith("wp_"):
        return ""
    if kind not in _ARTICLES:
        return f"it is a {kind}, not a post"
    if status != "publish":
        return f"it is not published ({status})"
    return "it is withheld: readers are asked for a password" if last_text(post, "post password") else None


def _read_post(item: Element, scope: Scope, post: Parts, names: _Names, pictures: _Names) -> Entry:
    entry = read_fields(item, post, scope)
    content = next(
        filter(None, (read_element_text(each, LONGEST_CONTENT) for each in post.get("html content", ()))), None
    )
    tags, authors = _read_categories(post)
    written = tuple(names.get(login, login) for login in entry.authors)
    return replace(
        entry,
        content=as_html(content) if content else None,
        is_plain_text=False,
        summary=_read_excerpt(post) or (entry.summary if content else None),
        authors=authors or written,
        published=_read_moment(post, "post date gmt", "Z")
        or _readable(entry.published)
        or _read_moment(post, "post date"),
        updated=_read_moment(post, "modified gmt", "Z") or _read_moment(post, "modified"),
        tags=tags,
        image_url=pictures.get(_thumbnail(post, scope) or "") or entry.image_url,
    )


def _read_excerpt(post: Parts) -> str | None:
    excerpt = last_text(post, "excerpt", LONGEST_CONTENT)
    return as_html(excerpt) if excerpt else None


def _read_moment(post: Parts, role: str, zone: str = "") -> str | None:
    """Return a moment as ISO 8601 writes it; None for one that WordPress has not set."""
    written = last_text(post, role)
    return f"{written.replace(' ', 'T')}{zone}" if written and not written.startswith(_NO_DATE) else None


def _readable(published: str | None) -> str | None:
    # What is not published is dated to the day before the year 1.
    return None if published and "-0001" in published else published


def _read_categories(post: Parts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tags and the authors among an item's categories, of which some say how a post is laid out."""
    named: list[tuple[str, str]] = []
    for category in post.get("tag", ()):
        name, domain = read_element_text(category, LONGEST_NAME), category.get("domain", "")
        if name and category.get("nicename") != _UNCATEGORISED:
            named.append((domain, name))
    tags = dict.fromkeys(name for domain, name in named if domain in _TAG_DOMAINS)
    # The plug-in Co-Authors Plus has every author for a category.
    return tuple(tags), tuple(name for domain, name in named if domain == _AUTHOR_DOMAIN)


def _thumbnail(post: Parts, scope: Scope) -> str | None:
    """Return the number of the file that is a post's picture."""
    for each in post.get("post meta", ()):
        parts = sort_parts(each, scope.roles)
        if last_text(parts, "meta key") == "_thumbnail_id":
            return last_text(parts, "meta value")
    return None
