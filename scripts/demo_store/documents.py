"""The documents that the demo store's outlets serve: RSS, Atom and JSON Feed."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from scripts.demo_store.outlets import Outlet, Trait
from scripts.demo_store.publishing import Entry
from scripts.demo_store.texts import Text

_RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:fh="http://purl.org/syndication/history/1.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>'
)
_CUT_FROM = timedelta(days=8)
_CUT_AT = 150


def write_document(outlet: Outlet, entries: Sequence[Entry], at: datetime, now: datetime) -> tuple[str, bytes]:
    """Return the media type and the bytes of an outlet's document at a moment; ``now`` is when the store is made."""
    if outlet.format == "ninjs":
        return "application/json", _write_ninjs(outlet, entries)
    if outlet.format == "json":
        return "application/feed+json", _write_json(outlet, entries, at)
    if outlet.format == "atom":
        return "application/atom+xml", _write_atom(outlet, entries, at).encode()
    return "application/rss+xml", _write_rss(outlet, entries, at, now, archive="").encode()


def write_archive(outlet: Outlet, entries: Sequence[Entry], at: datetime, now: datetime) -> tuple[str, bytes]:
    """Return the document of an outlet's archive (RFC 5005)."""
    return "application/rss+xml", _write_rss(outlet, entries, at, now, archive="<fh:archive/>").encode()


def _body(outlet: Outlet, text: Text) -> str:
    if outlet.trait is Trait.HOSTILE:
        return "".join(text.paragraphs)
    return "".join(f"<p>{escape(each, quote=False)}</p>" for each in text.paragraphs)


def _link(outlet: Outlet, entry: Entry) -> str:
    return f"{outlet.site}/{entry.at:%Y/%m/%d}/{entry.number}"


def _write_rss(outlet: Outlet, entries: Sequence[Entry], at: datetime, now: datetime, archive: str) -> str:
    items = "".join(_write_item(outlet, each, at, now) for each in entries)
    if outlet.trait is Trait.GAPPED and not archive:
        archive = f'<atom:link rel="prev-archive" href="{outlet.url}?archive"/>'
    head = (
        f"<title>{escape(outlet.name)}</title><link>{outlet.site}/</link><language>{outlet.language}</language>"
        f"<description>{escape(outlet.name)}</description>{archive}"
    )
    return f"{_RSS}{head}{items}</channel></rss>"


def _write_item(outlet: Outlet, entry: Entry, at: datetime, now: datetime) -> str:
    _, text = entry.show(at)
    body, link = _body(outlet, text), _link(outlet, entry)
    if outlet.trait is Trait.CUT and now - entry.at < _CUT_FROM:
        body = f"<p>{escape(text.paragraphs[0][:_CUT_AT], quote=False)} … Read more</p>"
    date = "" if outlet.trait is Trait.UNDATED else f"<pubDate>{format_datetime(entry.at, usegmt=True)}</pubDate>"
    tags = "".join(f"<category>{escape(tag)}</category>" for tag in text.tags)
    author = f"<dc:creator>{escape(entry.author)}</dc:creator>" if entry.author else ""
    return (
        f"<item><title>{escape(text.title)}</title><link>{link}</link><guid>{link}</guid>{date}{tags}{author}"
        f"{_write_episode(outlet, entry, text)}<description>{escape(body)}</description></item>"
    )


def _write_episode(outlet: Outlet, entry: Entry, text: Text) -> str:
    if outlet.trait is not Trait.PODCAST:
        return ""
    files = f"{outlet.site}/episodes/{entry.number}"
    return (
        f'<enclosure url="{files}.mp3" type="audio/mpeg" length="{24_000_000 + 1000 * entry.number}"/>'
        f"<itunes:duration>{30 + entry.number % 25}:{entry.number * 7 % 60:02d}</itunes:duration>"
        f"<itunes:season>2</itunes:season><itunes:episode>{entry.number}</itunes:episode>"
        f'<podcast:chapters url="{files}.chapters.json" type="application/json+chapters"/>'
        f'<podcast:transcript url="{files}.vtt" type="text/vtt" language="en"/>'
        f'<podcast:person role="host">Tessa Wren</podcast:person><podcast:person role="guest">Hugo Dorn</podcast:person>'
        f'<podcast:soundbite startTime="{60 + entry.number}" duration="30">{escape(text.title)}</podcast:soundbite>'
    )


def _write_atom(outlet: Outlet, entries: Sequence[Entry], at: datetime) -> str:
    newest = max((each.show(at)[0] for each in entries), default=at)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<title>{escape(outlet.name)}</title><id>{outlet.url}</id><updated>{newest.isoformat()}</updated>"
        f'<link href="{outlet.site}/"/><link rel="self" href="{escape(outlet.url)}"/>'
        f"{''.join(_write_entry(outlet, each, at) for each in entries)}</feed>"
    )


def _write_entry(outlet: Outlet, entry: Entry, at: datetime) -> str:
    made_at, text = entry.show(at)
    author = f"<author><name>{escape(entry.author)}</name></author>" if entry.author else ""
    tags = "".join(f'<category term="{escape(tag)}"/>' for tag in text.tags)
    return (
        f"<entry><title>{escape(text.title)}</title><id>{outlet.url}#{entry.number}</id>{author}{tags}"
        f'<link href="{_link(outlet, entry)}"/><published>{entry.at.isoformat()}</published>'
        f'<updated>{made_at.isoformat()}</updated><content type="html">{escape(_body(outlet, text))}</content></entry>'
    )


def _write_json(outlet: Outlet, entries: Sequence[Entry], at: datetime) -> bytes:
    items = [
        {
            "id": _link(outlet, each),
            "url": _link(outlet, each),
            "title": each.show(at)[1].title,
            "content_html": _body(outlet, each.show(at)[1]),
            "date_published": each.at.isoformat(),
            "date_modified": each.show(at)[0].isoformat(),
            "tags": list(each.show(at)[1].tags),
        }
        for each in entries
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{outlet.site}/",
        "feed_url": outlet.url,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _write_ninjs(outlet: Outlet, entries: Sequence[Entry]) -> bytes:
    items = [
        {
            "uri": f"urn:newsml:kestrel.example:{each.at:%Y%m%d}:{each.number}",
            "type": "text",
            "pubstatus": "usable",
            "versioncreated": each.at.isoformat(),
            "headline": text.title,
            "slugline": text.slug,
            "language": outlet.language,
            "infosources": [{"name": each.author}],
            "body_xhtml": _body(outlet, text),
        }
        for each, (_, text) in ((each, each.versions[0]) for each in entries)
    ]
    return json.dumps(items, ensure_ascii=False).encode()
