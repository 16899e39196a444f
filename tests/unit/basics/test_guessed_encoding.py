from pathlib import Path

import pytest

from worker.basics.charset import decode, decode_with_doubts
from worker.basics.guessed_encoding import find_utf_16, guess_encoding, is_iso_2022_jp
from worker.errors import PermanentError
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.wire.text_documents import read_text

TEXTS = Path(__file__).parents[2] / "data/languages"
ENCODINGS = {
    "windows-1250": "cs hr hu pl sk sl",
    "iso-8859-2": "cs hr hu pl sk",
    "windows-1251": "be bg mk ru sr uk",
    "koi8-r": "ru",
    "koi8-u": "uk",
    "windows-1252": "da de en es fi fr is it nl no pt sv",
    "windows-1253": "el",
    "windows-1254": "tr",
    "windows-1255": "he",
    "windows-1256": "ar fa",
    "windows-1257": "et lt lv",
    "windows-874": "th",
    "shift_jis": "ja",
    "euc-jp": "ja",
    "iso-2022-jp": "ja",
    "gb18030": "zh",
    "big5": "zh-Hant",
    "euc-kr": "ko",
    "utf-16-le": "ar de el he ja ko ru th zh zh-Hant",
    "utf-16-be": "ar de el he ja ko ru th zh zh-Hant",
}
PAIRS = [(encoding, language) for encoding, languages in ENCODINGS.items() for language in languages.split()]
LETTER = "Ein Gruß aus Köln: “Die Brücke ist auf.” Señor Peña blieb."
DISPATCH = """date 2026-07-12

Паром снова ходит

Паром снова ходит через залив спустя три недели, сообщили в порту.
"""
GUESSED = "its encoding was guessed to be windows-1251"


@pytest.mark.parametrize(("encoding", "language"), PAIRS)
def test_a_paragraph_is_read_in_its_encoding(encoding: str, language: str) -> None:
    codec = encoding.replace("windows-", "cp")
    body = (TEXTS / f"{language}.txt").read_text().encode(codec, "ignore")
    assert decode(body, None) == body.decode(codec)


@pytest.mark.parametrize(
    "text",
    [
        "The minister said “no” – it’s over.",
        "It costs £5 and 20 °C",
        "A naïve résumé by Zoë, who lives in Malmö",
        "Beyoncé sang in São Paulo, in Curaçao and in Tromsø",
        "€5 a day",
        LETTER,
    ],
)
def test_few_letters_beyond_ascii_are_those_of_western_europe(text: str) -> None:
    assert decode(text.encode("cp1252"), None) == text


def test_the_lines_that_are_ascii_do_not_outweigh_those_that_tell() -> None:
    text = "Reuters\nLead all\n" * 20_000 + "Паром снова ходит через залив\n" + "END\n" * 20_000
    assert decode(text.encode("koi8-r"), None) == text


@pytest.mark.parametrize("body", [b"", b"\n\n", b"abc"])
def test_nothing_speaks_for_an_encoding_of_ascii(body: bytes) -> None:
    assert guess_encoding(body) is None


def test_any_byte_at_all_can_be_read() -> None:
    assert len(decode(bytes(range(0x80, 0x100)) * 3, None)) > 0


@pytest.mark.parametrize("body", [b"\x1b$Bab", b"\x1b(B plain", b"\x1b[1m bold \x1b[0m", b"\x1b$B\xe3\xe4\x1b(B"])
def test_other_escapes_are_not_japanese(body: bytes) -> None:
    assert not is_iso_2022_jp(body)


@pytest.mark.parametrize("text", ["Rain stops in Ayr. ", "Дождь кончился. ", "雨がやみました。"])
def test_a_stray_zero_does_not_make_a_text_utf_16(text: str) -> None:
    body = (text * 20).encode()
    assert find_utf_16(body[:90] + b"\0" + body[90:]) is None
    assert find_utf_16((text * 20).encode("cp932", "ignore") + b"\0") is None


def test_a_picture_is_not_utf_16() -> None:
    assert (
        find_utf_16(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x9a\0\0\x01\xbc\x08\x06\0\0\0\x87\x91\x12\x15" * 3) is None
    )


@pytest.mark.parametrize(
    ("body", "content_type", "doubts"),
    [
        (DISPATCH.encode(), None, ()),
        (DISPATCH.encode(), "text/plain; charset=windows-1251", ()),
        (DISPATCH.encode("cp1251"), "text/plain; charset=windows-1251", ()),
        (DISPATCH.encode("cp1251"), None, (GUESSED,)),
        (DISPATCH.encode("cp1251"), "text/plain; charset=nonsense", (GUESSED,)),
        (
            DISPATCH.encode("cp1251"),
            "text/plain; charset=utf-8",
            (f"it is declared to be in utf-8, in which its bytes are no text: {GUESSED}",),
        ),
        (
            DISPATCH.encode("cp1251"),
            "text/plain; charset=US-ASCII",
            (f"it is declared to be in US-ASCII, in which its bytes are no text: {GUESSED}",),
        ),
        (
            DISPATCH.encode("cp1251"),
            "text/plain; charset=euc-kr",
            (f"it is declared to be in euc-kr, in which its bytes are no text: {GUESSED}",),
        ),
        (
            DISPATCH.encode() + b" caf\xe9",
            None,
            ("bytes in it that are not UTF-8 were read as windows-1252",),
        ),
        (
            ("雨がやみました。" * 9).encode("cp932") + b"\x81\x20",
            "text/plain; charset=shift_jis",
            ("1 of its characters could not be read in shift_jis, its declared encoding",),
        ),
    ],
    ids=range(10),
)
def test_what_had_to_be_guessed_is_told(body: bytes, content_type: str | None, doubts: tuple[str, ...]) -> None:
    assert decode_with_doubts(body, content_type).doubts == doubts


def test_a_declaration_that_cannot_be_true_is_not_followed() -> None:
    assert decode(DISPATCH.encode("cp1251"), "text/plain; charset=euc-kr") == DISPATCH


@pytest.mark.parametrize(
    "start", ['<meta charset="koi8-r">', '<META http-equiv=a content="text/html; charset=koi8-r">']
)
def test_a_page_may_declare_its_encoding(start: str) -> None:
    assert decode_with_doubts(f"{start}Дождь".encode("koi8-r"), None).doubts == ()


def test_a_dispatch_says_that_its_encoding_was_guessed() -> None:
    parsed = read_text(Document("file:///a.txt", DISPATCH.encode("cp1251")), 10)
    assert (parsed.entries[0].title, parsed.doubts) == ("Паром снова ходит", (GUESSED,))


FEED = "<rss><channel><title>Порт</title><item><title>Паром снова ходит{}</title><guid>1</guid></item></channel></rss>"


@pytest.mark.parametrize(
    ("document", "parser"),
    [
        (FEED.format(""), "expat"),
        (FEED.format(" & стоит"), "mended"),
        (
            '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "Паром снова ходит"}]}',
            "json",
        ),
        (
            "<nitf><body><body.head><hedline><hl1>Паром снова ходит</hl1></hedline></body.head></body></nitf>",
            "newsroom",
        ),
    ],
    ids=["expat", "mended", "json", "newsroom"],
)
def test_every_parser_says_that_an_encoding_was_guessed(document: str, parser: str) -> None:
    parsed = parse_document(Document("http://feeds.example/", document.encode("cp1251")), 10)
    assert (parsed.parser, parsed.doubts) == (parser, (GUESSED,))
    assert (parsed.entries[0].title or "").startswith("Паром снова ходит")


def test_a_document_that_says_its_encoding_leaves_no_doubt() -> None:
    body = f"<?xml version='1.0' encoding='windows-1251'?>{FEED.format('')}".encode("cp1251")
    assert parse_document(Document("http://feeds.example/", body), 10).doubts == ()


def test_a_text_of_which_nothing_can_be_read_is_refused() -> None:
    with pytest.raises(PermanentError):
        read_text(Document("file:///a.txt", b"\n\n"), 10)
