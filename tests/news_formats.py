"""The formats in which newsrooms send: how an item of news is written in each, and which of its fields it can say."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.header import Header
from xml.sax.saxutils import escape

from tests.news_items import News

_LINES = "NewsLines"  # codespell:ignore
_SIGNED = frozenset({"agency", "place", "authors"})


def _dispatch(news: News) -> str:
    return f"date {news.day}\n\n{_below_byline(news, news.title)}\n\n{news.lead}\n"


def _below_byline(news: News, title: str) -> str:
    return "\n\n".join(filter(None, (title, news.tongue.byline)))


def _anpa(news: News) -> str:
    byline = f"^{news.tongue.byline}=\n" if news.tongue.byline else ""
    paragraphs = "".join(f"\t   {part}\n" for part in news.lead.split("\n\n"))
    return (
        f"\x16\x16\x01W{news.number:04}\x1fasian\nu i\x13\x11 BC-Harbour-Bridge-{news.number}     07-10 0052\n"
        f"\x02^BC-Harbour-Bridge-{news.number},52<\n^{news.title}<\n{byline}{paragraphs}\n"
        f"\x03AP-WF-07-{news.day_of_july:02}-25 0900GMT<\n\x04\n"
    )


def _iptc_7901(news: News) -> str:
    paragraphs = "".join(f"   {part}\r\n" for part in news.lead.split("\n\n"))
    byline = f"{news.tongue.byline}\r\n" if news.tongue.byline else ""
    return (
        f"\x16\x16\x01SNA{news.number:04} 3 POL 120 ;Harbour/Bridge-{news.number}\r\n\x02{news.title}\r\n{byline}"
        f"{paragraphs}\x03{news.day_of_july:02}1015 GMT Jul 25\r\n\x04\r\n"
    )


def _mail(news: News) -> str:
    sender = Header(news.tongue.author, news.encoding).encode()
    return (
        f"From: {sender} <copy@wire.example>\nTo: desk@gazette.example\n"
        f"Subject: {Header(news.title, news.encoding).encode()}\nDate: {news.day_of_july} Jul 2025 09:00:00 +0000\n"
        f"Message-ID: <{news.number}@wire.example>\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset={news.encoding}\nContent-Transfer-Encoding: 8bit\n\n{news.lead}\n"
    )


def _declared(news: News, document: str) -> str:
    return f'<?xml version="1.0" encoding="{news.encoding}"?>{document}'


def _marked(news: News) -> str:
    return "".join(f"<p>{part}</p>" for part in news.paragraphs)


def _rss(news: News) -> str:
    return _declared(
        news,
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Feed</title>'
        f"<link>http://n.example/{news.number}</link><language>{news.tongue.language}</language><item>"
        f"<guid>x{news.number}</guid><title>{news.title}</title><dc:creator>{news.tongue.author}</dc:creator>"
        f"<pubDate>{news.day}T00:00:00Z</pubDate><description>{escape(_marked(news))}</description></item></channel></rss>",
    )


def _wxr(news: News) -> str:
    stored = "\n\n".join(news.paragraphs)
    return _declared(
        news,
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Blog</title>'
        f"<link>http://w.example/{news.number}</link><language>{news.tongue.language}</language>"
        "<wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_login>ann</wp:author_login>"
        f"<wp:author_display_name>{news.tongue.author}</wp:author_display_name></wp:author><item>"
        f"<title>{news.title}</title><dc:creator>ann</dc:creator><guid>http://w.example/?p={news.number}</guid>"
        f"<content:encoded><![CDATA[{stored}]]></content:encoded>"
        f"<wp:post_date_gmt>{news.day} 09:00:00</wp:post_date_gmt><wp:status>publish</wp:status>"
        "<wp:post_type>post</wp:post_type></item></channel></rss>",
    )


def _atom(news: News) -> str:
    return _declared(
        news,
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{news.tongue.language}"><title>Feed</title>'
        f"<id>f{news.number}</id><updated>{news.day}T00:00:00Z</updated>"
        f"<entry><id>a{news.number}</id><title>{news.title}</title><author><name>{news.tongue.author}</name></author>"
        f"<published>{news.day}T00:00:00Z</published><updated>{news.day}T00:00:00Z</updated>"
        f'<content type="html">{escape(_marked(news))}</content></entry></feed>',
    )


def _json_feed(news: News) -> str:
    item = {
        "id": f"j{news.number}",
        "title": news.title,
        "content_text": "\n\n".join(news.paragraphs),
        "date_published": f"{news.day}T00:00:00Z",
        "language": news.tongue.language,
        "authors": [{"name": news.tongue.author}],
    }
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Feed", "items": [item]}, ensure_ascii=False
    )


def _ninjs(news: News) -> str:
    item = {
        "uri": f"urn:n:{news.number}",
        "versioncreated": f"{news.day}T00:00:00Z",
        "headline": news.title,
        "body_text": "\n\n".join(news.paragraphs),
        "language": news.tongue.language,
        "source": news.tongue.agency,
        "located": news.tongue.place,
        "byline": news.tongue.author,
    }
    return json.dumps(item, ensure_ascii=False)


def _nitf(news: News) -> str:
    return _declared(
        news,
        f'<nitf xml:lang="{news.tongue.language}"><head><docdata><doc-id id-string="n{news.number}"/>'
        f'<date.issue norm="{news.day}T00:00:00Z"/><doc.copyright holder="{news.tongue.agency}"/></docdata></head>'
        f"<body><body.head><hedline><hl1>{news.title}</hl1></hedline><byline>{news.tongue.author}</byline>"
        f"<dateline><location>{news.tongue.place}</location></dateline></body.head>"
        f"<body.content>{_marked(news)}</body.content></body></nitf>",
    )


def _newsml_1(news: News) -> str:
    tongue = news.tongue
    return _declared(
        news,
        f'<NewsML Version="1.2"><NewsItem xml:lang="{tongue.language}"><Identification><NewsIdentifier>'
        f"<PublicIdentifier>urn:newsml:m.example:202507:bridge-{news.number}:1</PublicIdentifier></NewsIdentifier>"
        f'</Identification><NewsManagement><NewsItemType FormalName="News"/><FirstCreated>{news.day.replace("-", "")}'
        'T090000Z</FirstCreated><Status FormalName="Usable"/></NewsManagement><NewsComponent>'
        f"<{_LINES}>"
        f"<HeadLine>{news.title}</HeadLine><ByLine>{tongue.author}</ByLine><DateLine>{tongue.place}</DateLine>"
        f'</{_LINES}><AdministrativeMetadata><Provider><Party FormalName="{tongue.agency}"/></Provider>'
        f'</AdministrativeMetadata><ContentItem><MediaType FormalName="Text"/><DataContent>{_marked(news)}'
        "</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>",
    )


def _newsml_g2(news: News) -> str:
    tongue = news.tongue
    return _declared(
        news,
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:g:{news.number}" version="1" '
        f'xml:lang="{tongue.language}"><itemMeta><provider literal="{tongue.agency}"/><versionCreated>{news.day}'
        f"T00:00:00Z</versionCreated></itemMeta><contentMeta><by>{tongue.author}</by><located><name>{tongue.place}"
        f"</name></located><headline>{news.title}</headline></contentMeta><contentSet><inlineXML>"
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{_marked(news)}</body></html></inlineXML></contentSet>'
        "</newsItem>",
    )


@dataclass(frozen=True)
class Format:
    """A format of files: how one is written, what it says besides title, text, day and language, and how it is encoded.

    A bare one does not say in which encoding it is; its byline and dateline are words of its text.
    """

    ending: str
    write: Callable[[News], str]
    says: frozenset[str] = frozenset({"authors"})
    is_bare: bool = False
    is_only_utf8: bool = False
    is_ascii_above: bool = False
    """Whether its header is ASCII whatever the text below it is, which leaves UTF-16 out."""

    def takes(self, encoding: str) -> bool:
        """Say whether such a file may be in an encoding."""
        return encoding == "utf-8" or not (self.is_only_utf8 or (self.is_ascii_above and encoding == "utf-16"))


FORMATS: Mapping[str, Format] = {
    "dispatch": Format("txt", _dispatch, _SIGNED, is_bare=True),
    "anpa-1312": Format("txt", _anpa, _SIGNED, is_bare=True, is_ascii_above=True),
    "iptc-7901": Format("txt", _iptc_7901, _SIGNED, is_bare=True, is_ascii_above=True),
    "mail": Format("eml", _mail, _SIGNED, is_ascii_above=True),
    "rss": Format("xml", _rss),
    "wxr": Format("xml", _wxr),
    "atom": Format("xml", _atom),
    "json": Format("json", _json_feed, is_only_utf8=True),
    "ninjs": Format("json", _ninjs, _SIGNED, is_only_utf8=True),
    "nitf": Format("xml", _nitf, _SIGNED),
    "newsml-1": Format("xml", _newsml_1, _SIGNED),
    "newsml-g2": Format("xml", _newsml_g2, _SIGNED),
}
"""By the name that ``ParsedDocument.format`` has for it; add a row for another."""
