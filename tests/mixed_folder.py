"""A folder of many files in many formats and encodings, each with the article that it is, written by hand as templates.

A format is a row of ``FORMATS``: what it is called, how a file of it is written, and which of the fields it can say.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from tests.seeds import place


@dataclass(frozen=True)
class Tongue:
    """A language of the folder, with the encodings in which its newsrooms write, and words for an item of news."""

    language: str
    encodings: tuple[str, ...]
    agency: str
    dateline: str
    """As its wire writes it; empty where only the header has the day."""
    title: str
    text: str
    """Two paragraphs; both have a place for a number."""


@dataclass(frozen=True)
class News:
    """An article as it should come out."""

    number: int
    tongue: Tongue

    @property
    def title(self) -> str:
        return self.tongue.title.format(self.number)

    @property
    def paragraphs(self) -> list[str]:
        return [part.format(self.number) for part in self.tongue.text.split("\n\n")]

    @property
    def day(self) -> str:
        return f"2025-{1 + self.number // 28 % 12:02}-{1 + self.number % 28:02}"


TONGUES = (
    Tongue(
        "en", ("utf-8", "cp1252", "utf-16"), "Reuters",
        "LONDON, July 10 (Reuters) - ", "Bridge “{}” is open",
        "The harbour bridge number {} was opened on Monday after two winters of repairs to its piers.\n\n"
        "The first cars crossed number {} at dawn — behind a brass band.",
    ),
    Tongue(
        "ru", ("utf-8", "cp1251", "koi8_r"), "TASS",
        "", "Мост номер {} открыт",
        "Мост номер {} открылся в понедельник утром после долгого ремонта, сообщили в мэрии города.\n\n"
        "Первые машины проехали по мосту {} на рассвете под звуки оркестра.",
    ),
    Tongue(
        "ja", ("utf-8", "shift_jis"), "Kyodo",
        "", "第{}橋が開通した",
        "港の第{}橋が二度の冬にわたる修理を終えて月曜日の朝に開通したと市役所が発表した。\n\n"
        "最初の車は夜明けに楽隊の後ろから第{}橋を渡り、多くの市民が見守った。",
    ),
    Tongue(
        "de", ("utf-8", "cp1252"), "dpa",
        "Berlin (dpa) - ", "Brücke {} wieder geöffnet",
        "Die Hafenbrücke Nummer {} ist am Montag nach zwei Wintern Ausbesserung wieder für Autos geöffnet worden.\n\n"
        "Die ersten Wagen überquerten Nummer {} im Morgengrauen, hinter einer Blaskapelle.",
    ),
)  # fmt: skip


def _dispatch(news: News) -> str:
    return f"date {news.day}\n\n{news.title}\n\n{news.tongue.dateline}" + "\n\n".join(news.paragraphs) + "\n"


def _rss(news: News) -> str:
    body = escape("".join(f"<p>{part}</p>" for part in news.paragraphs))
    return (
        f'<rss version="2.0"><channel><title>Feed {news.number}</title><link>http://n.example/</link>'
        f"<language>{news.tongue.language}</language><item><guid>x{news.number}</guid><title>{news.title}</title>"
        f"<pubDate>{news.day}T00:00:00Z</pubDate><description>{body}</description></item></channel></rss>"
    )


def _atom(news: News) -> str:
    body = escape("".join(f"<p>{part}</p>" for part in news.paragraphs))
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{news.tongue.language}"><title>Feed</title>'
        f"<id>f{news.number}</id><updated>{news.day}T00:00:00Z</updated>"
        f"<entry><id>a{news.number}</id><title>{news.title}</title>"
        f'<published>{news.day}T00:00:00Z</published><updated>{news.day}T00:00:00Z</updated><content type="html">{body}'
        "</content></entry></feed>"
    )


def _json_feed(news: News) -> str:
    item = {
        "id": f"j{news.number}",
        "title": news.title,
        "content_text": "\n\n".join(news.paragraphs),
        "date_published": f"{news.day}T00:00:00Z",
        "language": news.tongue.language,
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
    }
    return json.dumps(item, ensure_ascii=False)


def _nitf(news: News) -> str:
    body = "".join(f"<p>{part}</p>" for part in news.paragraphs)
    return (
        f'<nitf xml:lang="{news.tongue.language}"><head><docdata><doc-id id-string="n{news.number}"/>'
        f'<date.issue norm="{news.day}T00:00:00Z"/></docdata></head><body><body.head><hedline><hl1>{news.title}</hl1>'
        f"</hedline></body.head><body.content>{body}</body.content></body></nitf>"
    )


def _newsml_g2(news: News) -> str:
    body = "".join(f"<p>{part}</p>" for part in news.paragraphs)
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:g:{news.number}" version="1" '
        f'xml:lang="{news.tongue.language}"><itemMeta><versionCreated>{news.day}T00:00:00Z</versionCreated></itemMeta>'
        f"<contentMeta><headline>{news.title}</headline></contentMeta><contentSet><inlineXML>"
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html></inlineXML></contentSet></newsItem>'
    )


@dataclass(frozen=True)
class Format:
    """A format of files: how one is written, and in which encodings."""

    ending: str
    write: Callable[[News], str]
    is_xml: bool = False
    is_only_utf8: bool = False


FORMATS: Mapping[str, Format] = {
    "dispatch": Format("txt", _dispatch),
    "rss": Format("xml", _rss, is_xml=True),
    "atom": Format("xml", _atom, is_xml=True),
    "json": Format("json", _json_feed, is_only_utf8=True),
    "ninjs": Format("json", _ninjs, is_only_utf8=True),
    "nitf": Format("xml", _nitf, is_xml=True),
    "newsml-g2": Format("xml", _newsml_g2, is_xml=True),
}
"""By the name that ``ParsedDocument.format`` has for it; add a row for another."""


def write_mixed_folder(folder: Path, count: int) -> Iterator[tuple[Path, News]]:
    """Write so many files, each an article of its own, and yield them with what they are.

    Files of a format, a language and an encoding lie in a folder with a ``feed.toml`` that declares the encoding.
    """
    kinds = [
        (name, tongue, encoding)
        for tongue in TONGUES
        for name, form in FORMATS.items()
        for encoding in (("utf-8",) if form.is_only_utf8 else tongue.encodings)
    ]
    for number in range(count):
        name, tongue, encoding = kinds[number % len(kinds)]
        form, news = FORMATS[name], News(number, tongue)
        label = encoding.replace("_", "-").replace("cp", "windows-")
        place(folder / label / "feed.toml", f'encoding = "{label}"')
        declared = f'<?xml version="1.0" encoding="{label}"?>' if form.is_xml else ""
        path = folder / label / tongue.language / f"{name}-{number}.{form.ending}"
        yield place(path, (declared + form.write(news)).encode(encoding)), news
