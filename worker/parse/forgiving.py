"""Read RSS, Atom, RDF and CDF through feedparser, where no other parser reads what a document holds.

feedparser gets bytes that it cannot take for a file's name or a URL. It neither sanitises nor resolves URLs: normalise
does both better, and for new entries only. In the dicts that it returns anything may be missing or of another type.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any
from xml.sax import SAXParseException

import feedparser

from worker.basics import field_rules
from worker.basics.charset import decode
from worker.basics.faults import read_each
from worker.basics.field_rules import LONGEST_CONTENT, LONGEST_NAME, LONGEST_TITLE, LONGEST_URL, as_html, resolve_url
from worker.basics.mailboxes import name_of_author
from worker.basics.markup import looks_like_html
from worker.basics.media_rules import Picture, choose_picture, is_picture_address, kind_of_file
from worker.basics.one_line import read_title
from worker.basics.text import clean
from worker.dates.reading import find_moment
from worker.errors import ErrorClass, PermanentError
from worker.parse.hints import read_hints
from worker.parse.mended import mend
from worker.parse.podcast_rules import read_duration, read_episode_type, read_number
from worker.values.due_feeds import Document
from worker.values.entries import Enclosure, Entry, ParsedDocument
from worker.values.podcasts import Podcast

_Values = dict[str, Any]

# feedparser looks for an address in an author in quadratic time: cut what is longer than any name.
_LONG_AUTHOR = re.compile(
    r"(<(?:\w{1,20}:)?(?:author|creator|managingEditor|webMaster|name|email)\b[^<>]{0,200}>(?:<!\[CDATA\[)?"
    r"[^<\]]{1000})[^<\]]+"
)
# By how feedparser's name of the version begins, the first match counting; it names neither CDF nor odd kinds of RDF.
_FORMATS = {"rss10": "rdf", "rss090": "rdf", "rss": "rss", "atom": "atom"}
_UNNAMED = {"rdf": re.compile(r"<(?:\w{1,20}:)?RDF[\s>]"), "cdf": re.compile(r"<channel\s[^<>]*\bhref", re.IGNORECASE)}
_HEAD = 65_536


def read_with_feedparser(document: Document, max_entries: int) -> ParsedDocument:
    """Return what an XML feed publishes, or as much of it as feedparser can salvage."""
    text = decode(document.body, document.content_type)
    # What is not well-formed feedparser reads by rules of its own, which change links and guids.
    text = _LONG_AUTHOR.sub(r"\1", mend(text) or text)
    found = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    items, feed, version = _dicts(found, "entries"), _detail(found, "feed"), dict.get(found, "version") or ""
    is_atom = version.startswith("atom")
    title, site_url = _feed_title(feed, is_atom=is_atom), _page(feed) or _text(feed, "link", LONGEST_URL)
    kind = _format(version, text)
    # Feedparser does not say that it knows CDF.
    if not items and not ((version or kind == "cdf") and (title or site_url)):
        raise PermanentError(ErrorClass.PARSE, f"the document is broken beyond reading ({_why_broken(found)})")
    kept = field_rules.keep_newest(items, max_entries, _moment_of)
    # RFC 4287, section 4.2.1: the authors of the feed wrote the entries that name none.
    feed_authors = tuple(_authors(feed)) if is_atom else ()
    # Without any xml:base feedparser takes an entry's link for the base of those after it.
    has_bases = "xml:base" in text
    self_url = next((_text(link, "href", LONGEST_URL) for link in _links(feed, "self")), None)
    older_url = next((_text(link, "href", LONGEST_URL) for link in _links_to_older(feed)), None)
    entries, faults = read_each(kept, lambda item: _entry(item, feed_authors, has_bases=has_bases, is_atom=is_atom))
    return ParsedDocument(
        format=kind,
        parser="feedparser",
        entries=entries,
        faults=faults,
        title=title,
        site_url=field_rules.absolute_site(site_url, document.url, self_url),
        self_url=self_url,
        older_url=field_rules.absolute_older(older_url, document.url, self_url),
        hub_urls=tuple(url for link in _links(feed, "hub") if (url := _text(link, "href", LONGEST_URL))),
        language=_text(feed, "language"),
        hints=read_hints(text),
        dropped_entries=len(items) - len(kept),
        updated=_text(feed, "updated") or _text(feed, "published"),
    )


def _why_broken(found: _Values) -> str:
    reason = dict.get(found, "bozo_exception")
    if isinstance(reason, SAXParseException):
        return f"line {reason.getLineNumber()}: {reason.getMessage()}"
    return str(reason or "no feed in it")


def _published(item: _Values) -> str | None:
    return _text(item, "published") or _text(item, "created")


def _moment_of(item: _Values) -> datetime | None:
    return find_moment(_published(item)) or find_moment(_text(item, "updated"))


def _format(version: str, text: str) -> str:
    named = (name for prefix, name in _FORMATS.items() if version.startswith(prefix))
    unnamed = (name for name, opening in _UNNAMED.items() if opening.search(text[:_HEAD]))
    return next(chain(named, unnamed), "xml")


def _entry(item: _Values, feed_authors: tuple[str, ...], *, has_bases: bool, is_atom: bool) -> Entry:
    title, body = _detail(item, "title_detail"), _body(item)
    # Only Atom feeds can be believed about what is plain.
    has_plain_title = is_atom and _is_plain(title)
    content = _text(body, "value", LONGEST_CONTENT)
    guid = _text(item, "id", LONGEST_URL)
    base = _text(body or title, "base", LONGEST_URL) if has_bases else None
    # feedparser has resolved some files of Atom: a base that is relative itself must not be applied twice.
    base_of_files = base if base and field_rules.is_web_page(base) else ""
    image = choose_picture(_pictures(item))
    named = _text(item, "title", LONGEST_TITLE) or _text(item, "itunes_title", LONGEST_TITLE)
    return Entry(
        guid=guid,
        # Not what feedparser calls the link: where there is none, it takes any guid for one.
        link=field_rules.choose_link(_own_page(item), guid, is_permalink=dict.get(item, "guidislink") is not False),
        title=as_html(named, is_plain=_is_plain(title) and not (has_plain_title or looks_like_html(named or ""))),
        has_plain_title=has_plain_title,
        summary=_summary(item, content),
        content=content,
        is_plain_text=content is not None and _is_plain(body),
        # feedparser repeats a name where an address without one follows it.
        authors=tuple(dict.fromkeys(_authors(item) or _authors(_detail(item, "source")))) or feed_authors,
        published=_published(item),
        updated=_text(item, "updated"),
        language=_text(item, "language") or _text(body or title, "language"),
        tags=tuple(dict.fromkeys(_tags(item))),
        enclosures=_enclosures(item, base_of_files),
        image_url=image and resolve_url(base_of_files, image),
        podcast=_podcast(item),
        base_url=base,
    )


def _feed_title(feed: _Values, *, is_atom: bool) -> str | None:
    is_plain = _is_plain(_detail(feed, "title_detail"))
    title = as_html(_text(feed, "title", LONGEST_TITLE), is_plain=is_plain and not is_atom)
    return read_title(title or "", is_plain=is_plain and is_atom) or None


def _body(item: _Values) -> _Values:
    """Return the longest content of an entry, else its longest text, with what feedparser knows of it.

    Captions of pictures pose as content too, in plain text.
    """
    contents = [value for value in _dicts(item, "content") if _is_text(value)]
    texts = [*contents, *filter(_is_text, [_detail(item, f"{_name_of_summary(item)}_detail")])]
    marked_up = [value for value in contents if not _is_plain(value)]
    return max(marked_up or texts, key=lambda value: len(_text(value, "value", LONGEST_CONTENT) or ""), default={})


def _summary(item: _Values, content: str | None) -> str | None:
    name = _name_of_summary(item)
    detail = _detail(item, f"{name}_detail")
    # Without one, feedparser has copied the content.
    summary = _text(item, name, LONGEST_CONTENT) if detail else None
    return summary if summary == content else as_html(summary, is_plain=_is_plain(detail))


def _name_of_summary(item: _Values) -> str:
    # What iTunes calls a subtitle is the shortest of summaries.
    return "summary" if _detail(item, "summary_detail") else "subtitle"


def _is_text(detail: _Values) -> bool:
    return field_rules.is_text_type(_text(detail, "type") or "")


def _is_plain(detail: _Values) -> bool:
    return detail.get("type") == "text/plain"


def _authors(item: _Values) -> list[str]:
    authors = _dicts(item, "authors")
    named = [_text(author, "name") or _text(author, "email") for author in authors]
    return [name_of_author(name) for name in (named if any(named) else [_text(item, "author")]) if name]


def _tags(item: _Values) -> Iterator[str]:
    for value in _dicts(item, "tags"):
        tag = _text(value, "label") or _text(value, "term")
        if tag and not field_rules.is_software_category(value.get("scheme")):
            yield tag


def _enclosures(item: _Values, base: str) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each once."""
    by_url: dict[str, Enclosure] = {}
    enclosing = _links(item, "enclosure")
    original = _text(item, "feedburner_origenclosurelink", LONGEST_URL) if len(enclosing) == 1 else None
    media = [each for each in _dicts(item, "media_content") if _kind(each) in {"audio", "video"}]
    for value in [*enclosing, *media]:
        if url := original or _address(value):
            original = None
            length = field_rules.read_length(_text(value, "length") or _text(value, "filesize"))
            by_url.setdefault(url, Enclosure(resolve_url(base, url), _text(value, "type"), length))
    return tuple(by_url.values())


def _pictures(item: _Values) -> Iterator[Picture]:
    """Yield the pictures of an entry: thumbnails, a podcast's cover, then those among its files."""
    # A picture of no specification has its address in the entry itself, where it is written as RSS has a channel's.
    plain = ({"href": text} for name in ("href", "thumbnail") if (text := _text(item, name, LONGEST_URL)))
    # feedparser puts the page of an Atom author there too.
    pages = {_text(person, "href", LONGEST_URL) for person in (*_dicts(item, "authors"), *_dicts(item, "contributors"))}
    plain = (value for value in plain if value["href"] not in pages and is_picture_address(value["href"]))
    named = (*_dicts(item, "media_thumbnail"), _detail(item, "image"), _detail(item, "thumbnail"))
    files = [*_links(item, "enclosure"), *_dicts(item, "media_content")]
    pictures = (value for value in files if _kind(value) == "image")
    for value in chain(named, plain, pictures):
        if url := _address(value):
            yield Picture(url, _text(value, "width"), _text(value, "height"))


def _own_page(item: _Values) -> str | None:
    """Return the page that an entry is about; a service that counts clicks tells which one its links lead to."""
    written = (_text(item, name, LONGEST_URL) for name in ("feedburner_origlink", "pheedo_origlink"))
    original = next(filter(None, written), None)
    if original and field_rules.is_web_page(original):
        return original
    return _page(item) or _content_page(item)


def _content_page(item: _Values) -> str | None:
    """Return the page that has the content of an entry in its place (RFC 4287, section 4.1.3.2)."""
    pages = (each for each in _dicts(item, "content") if field_rules.is_page_type(_text(each, "type")))
    return next(filter(None, (_text(each, "src", LONGEST_URL) for each in pages)), None)


def _podcast(item: _Values) -> Podcast | None:
    """Return what iTunes says of an episode; feedparser keeps one of several elements of Podcasting 2.0."""
    season, season_name = read_number(_text(item, "itunes_season"), None)
    episode, episode_name = read_number(_text(item, "itunes_episode"), None)
    explicit = dict.get(item, "itunes_explicit")
    podcast = Podcast(
        duration=read_duration(_text(item, "itunes_duration")),
        season=season,
        season_name=season_name,
        episode=episode,
        episode_name=episode_name,
        episode_type=read_episode_type(_text(item, "itunes_episodetype")),
        is_explicit=explicit if isinstance(explicit, bool) else None,
    )
    return None if podcast.says_nothing else podcast


def _page(values: _Values) -> str | None:
    """Return the page that a feed or an entry is about: its first link to a page, preferably to one in HTML."""
    pages = sorted(_links(values, "alternate"), key=lambda link: not field_rules.is_page_type(_text(link, "type")))
    return next((href for link in pages if (href := _text(link, "href", LONGEST_URL))), None)


def _links(values: _Values, rel: str) -> list[_Values]:
    return [link for link in _dicts(values, "links") if field_rules.link_relation(_text(link, "rel")) == rel]


def _links_to_older(feed: _Values) -> Iterator[_Values]:
    # RFC 5005, section 2: a complete feed has no other entries than these.
    if "fh_complete" not in feed:
        for relation in field_rules.TO_OLDER:
            yield from _links(feed, relation)


def _address(value: _Values) -> str | None:
    return _text(value, "href", LONGEST_URL) or _text(value, "url", LONGEST_URL)


def _kind(value: _Values) -> str:
    return kind_of_file(_text(value, "type"), _text(value, "medium"), _address(value) or "")


def _text(values: _Values, name: str, longest: int = LONGEST_NAME) -> str | None:
    """Return the text under a name, cleaned; None for anything else."""
    # dict.get: feedparser's own get makes one name stand for another.
    value = dict.get(values, name)
    return clean(value, longest).strip() or None if isinstance(value, str) else None


def _detail(values: _Values, name: str) -> _Values:
    """Return the dict under a name; an empty one for anything else."""
    value = dict.get(values, name)
    return value if isinstance(value, dict) else {}


def _dicts(values: _Values, name: str) -> list[_Values]:
    """Return the dicts in the list under a name."""
    value = dict.get(values, name)
    return [member for member in value if isinstance(member, dict)] if isinstance(value, list) else []
