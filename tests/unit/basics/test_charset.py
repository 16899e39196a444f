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


@pytest.mark.parametrize("name", ["ascii", "ANSI_X3.4-1968", "US-ASCII"])
def test_text_beyond_ascii_that_says_it_is_ascii_is_read_as_is_likeliest(name: str) -> None:
    assert decode(LATIN.encode("cp1252"), f"text/plain; charset={name}") == LATIN
    assert decode(CYRILLIC.encode("koi8-r"), f"text/plain; charset={name}") == CYRILLIC


@pytest.mark.parametrize("name", ["iso-8859-1", "latin1"])
def test_names_of_latin_1_mean_windows_1252(name: str) -> None:
    # WHATWG Encoding Standard, section 4.2: bytes 80 to 9F are printable there, and controls in Latin 1.
    assert decode(LATIN.encode("cp1252"), f"text/plain; charset={name}") == LATIN


@pytest.mark.parametrize("content_type", [None, "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1"])
def test_stray_bytes_in_utf_8_are_windows_1252_and_change_nothing_else(content_type: str | None) -> None:
    body = "Дождь, café, 東京 ".encode() + b"\x93d\xe9j\xe0\xa0!\x94 \x81"
    assert decode(body, content_type) == "Дождь, café, 東京 “déjà\u00a0!” \ufffd"
    assert decode(b"\xef\xbb\xbf" + body, content_type) == decode(body, content_type)


def test_letters_of_windows_1252_that_look_like_one_of_utf_8_are_letters() -> None:
    assert decode("Spaß“ für Füße – überall".encode("cp1252"), None) == "Spaß“ für Füße – überall"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"It\xe2\x80...", "It\ufffd..."),
        (b"Rain \xf0\x9f\x98", "Rain \ufffd"),
        ("東".encode() + b"\xe4\xba</title>", "東\ufffd</title>"),
        (b"\xed\xa0\xbd rain", "\ufffd rain"),
    ],
    ids=range(4),
)
def test_a_character_that_was_cut_in_half_is_none(body: bytes, text: str) -> None:
    assert decode("é".encode() + body, "text/xml; charset=utf-8") == "é" + text


@pytest.mark.parametrize("content_type", [None, "text/xml; charset=utf-8"])
def test_halves_of_one_character_are_one(content_type: str | None) -> None:
    # CESU-8 (Unicode Technical Report 26) of U+1F600.
    assert decode(b"Rain \xed\xa0\xbd\xed\xb8\x80 caf\xc3\xa9", content_type) == "Rain \U0001f600 café"


def test_a_broken_letter_in_a_declared_encoding_costs_itself() -> None:
    body = JAPANESE.encode("cp932") + b"\x81\x20" + JAPANESE.encode("cp932")
    assert decode(body, "text/xml; charset=shift_jis").replace("\ufffd", "").replace(" ", "") == JAPANESE * 2


# Names of each encoding of the standard (section 4.2), and what bytes are in it (the indexes of section 5).
@pytest.mark.parametrize(
    ("labels", "body", "text"),
    [
        ("big5 big5-hkscs cn-big5 csbig5 x-x-big5", b"\xa4\xa4\x88\x62", "中Ê̄"),
        ("cseucpkdfmtjapanese euc-jp x-euc-jp", b"\xc5\xec\xad\xa1", "東①"),
        (
            "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ksc5601 windows-949",
            b"\xc7\xd1\x81\x41",
            "한갂",
        ),
        ("gb18030", b"\xd6\xd0\x81\x30\x81\x30", "中\x80"),
        ("chinese csgb2312 gb2312 gb_2312-80 gbk iso-ir-58 x-gbk", b"\xd6\xd0\x81\x40", "中丂"),
        ("866 cp866 csibm866 ibm866", b"\x84\xae\xa6\xa4\xec", "Дождь"),
        ("csiso2022jp iso-2022-jp", b"\x1b$BEl\x1b(I1\x1b(B", "東ｱ"),
        ("csisolatin2 iso-8859-2 iso88592 iso_8859-2:1987 l2 latin2", b"\xa3\xf3d\xbc", "Łódź"),
        ("csisolatin3 iso-8859-3 latin3", b"\xb6", "ĥ"),
        ("csisolatin4 iso-8859-4 latin4", b"\xba", "ē"),
        ("csisolatincyrillic cyrillic iso-8859-5", b"\xb4", "Д"),
        ("arabic asmo-708 csiso88596e csiso88596i ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i", b"\xe5", "م"),
        ("csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 sun_eu_greek", b"\xa4\xe2", "€β"),
        ("csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e visual", b"\xf9", "ש"),
        ("csiso88598i iso-8859-8-i logical", b"\xf9", "ש"),
        ("csisolatin6 iso-8859-10 latin6", b"\xbf", "ŋ"),
        ("iso-8859-13", b"\xa1", "”"),
        ("iso-8859-14", b"\xa1", "Ḃ"),
        ("csisolatin9 iso-8859-15 l9", b"\xa4", "€"),
        ("iso-8859-16", b"\xaa", "Ș"),
        ("cskoi8r koi koi8 koi8-r koi8_r", b"\xe4", "Д"),
        ("koi8-ru koi8-u", b"\xa4", "є"),
        ("csmacintosh mac macintosh x-mac-roman", b"\x8e", "é"),
        ("csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis", b"\x93\x8c\x87\x40", "東①"),
        ("dos-874 iso-8859-11 iso8859-11 tis-620 windows-874", b"\x85\xa1", "…ก"),
        ("cp1250 windows-1250 x-cp1250", b"\x9c", "ś"),
        ("cp1251 windows-1251 x-cp1251", b"\xc4", "Д"),
        (
            "cp1252 iso-8859-1 iso-ir-100 l1 latin1 x-cp1252 x-user-defined",
            b"\x93\xe9",
            "“é",
        ),
        ("cp1253 windows-1253 x-cp1253", b"\xe2", "β"),
        ("cp1254 csisolatin5 iso-8859-9 latin5 windows-1254 x-cp1254", b"\x9f\xdd", "Ÿİ"),
        ("cp1255 windows-1255 x-cp1255", b"\xf9", "ש"),
        ("cp1256 windows-1256 x-cp1256", b"\xe3", "م"),
        ("cp1257 windows-1257 x-cp1257", b"\xeb", "ė"),
        ("cp1258 windows-1258 x-cp1258", b"\xd0", "Đ"),
        ("x-mac-cyrillic x-mac-ukrainian", b"\x84", "Д"),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) and value.isascii() else None,
)
def test_every_name_of_the_standard_is_known(labels: str, body: bytes, text: str) -> None:
    for label in labels.split():
        assert decode(body, f"text/xml; charset={label.upper()}") == text
        assert decode(f"<?xml version='1.0' encoding='{label}'?>".encode() + body, None).endswith(text)


@pytest.mark.parametrize("label", ["utf8", "unicode-1-1-utf-8", "x-unicode20utf8", "utf-8"])
def test_every_name_of_utf_8_is_known(label: str) -> None:
    assert decode(b"caf\xc3\xa9 caf\xe9", f"text/plain; charset={label}") == "café café"


@pytest.mark.parametrize(
    "label", ["csunicode", "iso-10646-ucs-2", "ucs-2", "unicode", "unicodefeff", "utf-16", "utf-16le"]
)
def test_every_name_of_utf_16_is_known(label: str) -> None:
    assert decode("Дождь и снег".encode("utf-16-le"), f"text/plain; charset={label}") == "Дождь и снег"
    assert decode("Дождь и снег".encode("utf-16-be"), "text/plain; charset=unicodefffe") == "Дождь и снег"


@pytest.mark.parametrize("label", ["windows_1251", "Windows-1251", "1251"])
def test_hyphens_of_a_name_are_nothing_to_insist_on(label: str) -> None:
    assert decode(CYRILLIC.encode("cp1251"), f"text/plain; charset={label}") == CYRILLIC


@pytest.mark.parametrize("label", ["hz-gb-2312", "iso-2022-kr", "csiso2022kr", "iso-2022-cn", "replacement"])
def test_encodings_that_the_standard_keeps_from_readers_are_ignored(label: str) -> None:
    assert decode(b"~{VP~} caf\xe9", f"text/plain; charset={label}") == "~{VP~} café"


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["<rss>Дождь</rss>", "\n <?xml version='1.0'?><rss/>", '{"version": "Дождь"}'])
def test_ascii_in_wide_encodings_needs_neither_mark_nor_declaration(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), "text/xml; charset=utf-8") == text


def test_what_could_be_read_as_ascii_is_not_wide() -> None:
    body = f'<?xml version="1.0" encoding="utf-16"?><rss>{CYRILLIC}\0</rss>'
    assert decode(body.encode(), "text/xml; charset=utf-16le") == body


def test_a_declaration_counts_behind_what_a_program_said_of_itself() -> None:
    assert CYRILLIC in decode(b"Warning: x\n" + _xml("koi8-r", CYRILLIC), None)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\xfe\xff\xd8\x00", b"\x00", b"\xef\xbb\xbf\xff", b"\x81"])
def test_broken_bytes_are_read_as_far_as_they_go(body: bytes) -> None:
    assert isinstance(decode(body, "text/xml; charset=shift_jis"), str)


def test_ten_megabytes_that_begin_like_a_declaration_cost_little() -> None:
    assert decode(b"<?xml" + b" encoding=" * 1_000_000, None).startswith("<?xml encoding=")
