import pytest

from worker.basics.charset import decode

LATIN, CYRILLIC, JAPANESE = "Café — “déjà vu”", "Дождь и снег", "東京は雨。"


def _xml(encoding: str, text: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><rss>{text}</rss>'.encode(encoding)


@pytest.mark.parametrize("content_type", [None, "text/plain", "text/xml; charset=utf-8", "text/xml; charset=koi8-r"])
def test_text_that_is_utf_8_is_read_as_that_whatever_is_declared(content_type: str | None) -> None:
    assert decode(CYRILLIC.encode(), content_type) == CYRILLIC


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (LATIN, "windows-1252"),
        (CYRILLIC, "koi8-r"),
        (CYRILLIC, "windows-1251"),
        (CYRILLIC, "utf-16"),
        (JAPANESE, "iso-2022-jp"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "gb18030"),
        ("한국어", "euc-kr"),
        ("Łódź", "iso-8859-2"),
        ("ไทย", "tis-620"),
    ],
)
def test_a_declared_encoding_is_believed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), f'text/plain; charset="{encoding}"') == text
    assert text in decode(_xml(encoding, text), None)


def test_what_the_host_declares_goes_before_what_the_document_declares() -> None:
    body = _xml("windows-1251", CYRILLIC)
    assert CYRILLIC in decode(body, "text/xml; charset=windows-1251")
    assert CYRILLIC in decode(body.replace(b"windows-1251", b"koi8-r"), "text/xml; Charset = windows-1251")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_goes_before_every_declaration(encoding: str) -> None:
    assert decode(f"\ufeff{CYRILLIC}".encode(encoding), "text/plain; charset=iso-8859-1") == CYRILLIC


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_markup_in_utf_16_needs_neither_mark_nor_declaration(encoding: str) -> None:
    document = f"<rss>{CYRILLIC}</rss>"
    assert decode(document.encode(encoding), "text/xml") == document


def test_utf_8_that_says_it_is_utf_16_is_not_believed() -> None:
    body = f'<?xml version="1.0" encoding="utf-16"?><rss>{CYRILLIC}</rss>'
    assert decode(body.encode(), "text/xml; charset=utf-16") == body


def test_utf_7_is_refused() -> None:
    body = "<script>".encode("utf-7") + "é".encode("cp1252")
    assert decode(body, "text/plain; charset=utf-7") == body.decode("cp1252")


@pytest.mark.parametrize(
    "name",
    ["undefined", "idna", "punycode", "rot13", "base64", "zlib", "unicode_escape", "mbcs", "no such", "", "\x00"],
)
def test_names_that_are_no_encoding_of_the_web_are_ignored(name: str) -> None:
    assert decode("café".encode("cp1252"), f"text/plain; charset={name}") == "café"
    assert "café" in decode(f'<?xml version="1.0" encoding="{name}"?>café'.encode("cp1252"), None)


def test_undeclared_text_that_is_not_utf_8_is_windows_1252() -> None:
    assert decode(LATIN.encode("cp1252"), None) == LATIN


@pytest.mark.parametrize("name", ["iso-8859-1", "us-ascii", "latin1"])
def test_names_of_latin_1_mean_windows_1252(name: str) -> None:
    # WHATWG Encoding Standard, section 4.2: bytes 80 to 9F are printable there, and controls in Latin 1.
    assert decode(LATIN.encode("cp1252"), f"text/plain; charset={name}") == LATIN


def test_a_stray_byte_in_declared_utf_8_costs_itself() -> None:
    assert decode("Café\xff déjà".encode().replace("\xff".encode(), b"\xff"), "text/xml; charset=utf-8") == (
        "Café\ufffd déjà"
    )


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\xfe\xff\xd8\x00", b"\x00", b"\xef\xbb\xbf\xff", b"\x81"])
def test_broken_bytes_are_read_as_far_as_they_go(body: bytes) -> None:
    assert isinstance(decode(body, "text/xml; charset=shift_jis"), str)


def test_ten_megabytes_that_begin_like_a_declaration_cost_little() -> None:
    assert decode(b"<?xml" + b" encoding=" * 1_000_000, None).startswith("<?xml encoding=")
