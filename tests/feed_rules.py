"""What RFC 4287, RSS 2.0 with its best practices and JSON Feed 1.1 demand, as far as the W3C's validator holds to it.

Each function returns what is wrong with a document, a sentence a fault.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, fromstring

ATOM, CONTENT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/modules/content/}"
_URI = re.compile(r"(?:https?://[^/\s]+(?:[/?#]\S*)?|urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_RFC822 = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:;.*)?", re.ASCII)
_RELATIVE = re.compile(r"""\s(?:href|src|poster)=(?!["']?(?:https?://|mailto:))""")
_ONCE_IN_FEED, _ONCE_IN_ENTRY = ("id", "title", "updated"), ("id", "title", "updated")
_AT_MOST_ONCE = ("published", "summary", "content", "source", "rights")
_OF_ENTRY = {*_ONCE_IN_ENTRY, *_AT_MOST_ONCE, "author", "link", "category", "contributor"}
_OF_ITEM = set("title link description author category comments enclosure guid pubDate source".split())
_OF_CHANNEL = set("title link description language lastBuildDate generator docs ttl item".split())
_OF_JSON_ITEM = set(
    "id url external_url title content_html content_text summary image banner_image date_published date_modified "
    "authors tags language attachments".split()
)


def atom_faults(document: bytes) -> list[str]:
    feed = fromstring(document)
    entries = feed.findall(f"{ATOM}entry")
    faults = [] if feed.tag == f"{ATOM}feed" else ["the root is no feed"]
    faults += _counted(feed, [ATOM + name for name in _ONCE_IN_FEED])
    faults += _repeated([entry.findtext(f"{ATOM}id") or "" for entry in entries])
    faults += [fault for part in [feed, *entries] for fault in _atom_parts(part)]
    return faults + [fault for entry in entries for fault in _atom_entry(entry)]


def _atom_entry(entry: Element) -> Iterator[str]:
    yield from _counted(entry, [ATOM + name for name in _ONCE_IN_ENTRY])
    yield from (f"two {name}" for name in _AT_MOST_ONCE if len(entry.findall(ATOM + name)) > 1)
    named = {child.tag.removeprefix(ATOM) for child in entry if child.tag.startswith(ATOM)}
    yield from (f"an entry has no {name}" for name in named - _OF_ENTRY)
    authors = [*entry.findall(f"{ATOM}author"), *entry.findall(f"{ATOM}source/{ATOM}author")]
    if not authors or not all((author.findtext(f"{ATOM}name") or "").strip() for author in authors):
        yield "an entry without an author"
    alternates = [link.get("href") for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
    if len(alternates) > 1 or (not alternates and entry.find(f"{ATOM}content") is None):
        yield "an entry without content or one link"
    source = entry.find(f"{ATOM}source")
    if source is not None:
        yield from _counted(source, [ATOM + name for name in _ONCE_IN_FEED])
        yield from _atom_parts(source)
    yield from _html(entry.findtext(f"{ATOM}content") or "")


def _atom_parts(part: Element) -> Iterator[str]:
    yield from (f"no URI: {each.text}" for each in part.findall(f"{ATOM}id") if not _URI.fullmatch(each.text or ""))
    for name in ("updated", "published"):
        yield from (f"no date: {each.text}" for each in part.findall(ATOM + name) if not _RFC3339.fullmatch(each.text))
    for link in part.findall(f"{ATOM}link"):
        yield from _link(link)
    yield from ("a category without a term" for each in part.findall(f"{ATOM}category") if not each.get("term"))
    for name in ("title", "summary", "content"):
        types = [each.get("type", "text") for each in part.findall(ATOM + name)]
        yield from (f"type {each}" for each in types if each not in {"text", "html"})


def _link(link: Element) -> Iterator[str]:
    if not _URI.fullmatch(link.get("href", "")):
        yield f"a relative link: {link.get('href')}"
    if link.get("type") is not None and not _TYPE.fullmatch(link.get("type", "")):
        yield f"no media type: {link.get('type')}"
    if link.get("rel") not in {"self", "next", "alternate", "enclosure", "related"} or link.get("title") == "":
        yield f"an odd link: {link.attrib}"


def rss_faults(document: bytes) -> list[str]:
    rss = fromstring(document)
    channel = rss[0]
    items = channel.findall("item")
    faults = [] if (rss.tag, rss.get("version"), len(rss)) == ("rss", "2.0", 1) else ["no RSS 2.0"]
    faults += _counted(channel, ["title", "link", "description"])
    faults += [f"a channel has no {each.tag}" for each in channel if each.tag[0] != "{" and each.tag not in _OF_CHANNEL]
    faults += _repeated([item.findtext("guid") or "" for item in items])
    links = [part.text or "" for part in channel.iter("link")]
    faults += [f"a relative link: {link}" for link in links if not _URI.fullmatch(link)]
    dates = [part.text or "" for name in ("pubDate", "lastBuildDate") for part in channel.iter(name)]
    faults += [f"no date: {date}" for date in dates if not _RFC822.fullmatch(date)]
    faults += [fault for link in channel.iter(f"{ATOM}link") for fault in _link(link)]
    return faults + [fault for item in items for fault in _rss_item(item)]


def _rss_item(item: Element) -> Iterator[str]:
    names = [child.tag for child in item]
    yield from (f"an item has no {name}" for name in names if name[0] != "{" and name not in _OF_ITEM)
    yield from (f"two {name}" for name in _OF_ITEM - {"category"} if names.count(name) > 1)
    if not (item.findtext("title") or "").strip():
        yield "an item without a title"
    if f"{CONTENT}encoded" in names and "description" not in names[: names.index(f"{CONTENT}encoded")]:
        yield "no description before the content"
    yield from ("a guid that poses as a link" for each in item.findall("guid") if each.get("isPermaLink") != "false")
    for file in item.findall("enclosure"):
        is_whole = file.get("length", "").isdecimal() and _TYPE.fullmatch(file.get("type", ""))
        if not (is_whole and _URI.fullmatch(file.get("url", "")) and len(file.attrib) == 3):
            yield f"an odd enclosure: {file.attrib}"
    yield from ("a source without a URL" for each in item.findall("source") if not _URI.fullmatch(each.get("url", "")))
    yield from ("an empty category" for each in item.findall("category") if not (each.text or "").strip())
    yield from _html(item.findtext(f"{CONTENT}encoded") or item.findtext("description") or "")


def json_faults(document: bytes) -> list[str]:
    feed = json.loads(document)
    items = feed["items"]
    faults = [] if feed["version"] == "https://jsonfeed.org/version/1.1" and feed["title"] else ["no JSON Feed 1.1"]
    faults += _repeated([item["id"] for item in items])
    return faults + [fault for item in items for fault in _json_item(item)]


def _json_item(item: dict[str, Any]) -> Iterator[str]:
    yield from (f"an item has no {name}" for name in item.keys() - _OF_JSON_ITEM if name[0] != "_")
    yield from ("nothing is said" for name, value in item.items() if value in (None, [], {}) or item["id"] == "")
    if not isinstance(item.get("content_html"), str):
        yield "an item without content"
    urls = [item.get("url"), item.get("image"), *(file["url"] for file in item.get("attachments", ()))]
    yield from (f"a relative URL: {url}" for url in urls if url is not None and not _URI.fullmatch(url))
    dates = [item[name] for name in ("date_published", "date_modified") if name in item]
    yield from (f"no date: {date}" for date in dates if not _RFC3339.fullmatch(date))
    files = item.get("attachments", ())
    yield from ("a file without a type" for file in files if not _TYPE.fullmatch(file["mime_type"]))
    yield from ("an author without a name" for author in item.get("authors", ()) if not author["name"])
    yield from _html(item["content_html"])


def _counted(part: Element, names: list[str]) -> list[str]:
    return [f"{len(part.findall(name))} {name}" for name in names if len(part.findall(name)) != 1]


def _repeated(ids: list[str]) -> list[str]:
    return [f"{count} times {each}" for each, count in Counter(ids).items() if count > 1 or not each]


def _html(html: str) -> Iterator[str]:
    yield from (f"a relative URL in {html[:80]}" for _ in _RELATIVE.findall(unescape(html)))
    yield from (f"live markup in {html[:80]}" for each in ("<script", "<iframe", " onclick=") if each in html.lower())
