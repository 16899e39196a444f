import pytest

from worker.basics.field_rules import (
    absolute_site,
    choose_link,
    link_relation,
    read_length,
    resolve_url,
    tidy_text,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  Rain\n", "Rain"),
        ("It\x92s \x93rain\x94 \x96 again", "It’s “rain” – again"),
        ("MÃ©tÃ©o", "Météo"),
        ("â\x80\x9crainâ\x80\x9d", "“rain”"),
        ("Météo", "Météo"),
        ("a\x81b\x7fc\ufdd0d\U0001ffffe", "abcde"),
        (" \n", None),
        ("", None),
        (None, None),
        ("\x81", None),
    ],
)
def test_text_is_read_as_its_writer_meant_it(written: str | None, meant: str | None) -> None:
    assert tidy_text(written, 100) == meant


def test_text_is_cut_where_it_is_too_long() -> None:
    assert (tidy_text("abc", 2), tidy_text("äöü", 2)) == ("ab", "äö")


@pytest.mark.parametrize(
    ("link", "guid", "is_permalink", "chosen"),
    [
        ("https://a/1", "x", True, "https://a/1"),
        ("/1", "x", True, "/1"),
        (None, "https://a/1", True, "https://a/1"),
        (None, "https://a/1", False, None),
        (None, "urn:1", True, None),
        ("/1", "/1", True, "/1"),
        ("a/1", "a/1", False, "a/1"),
        (None, "/1", True, None),
        (None, None, True, None),
    ],
)
def test_a_guid_is_a_link_where_it_is_a_pages_address(
    link: str | None, guid: str | None, is_permalink: bool, chosen: str | None
) -> None:
    assert choose_link(link, guid, is_permalink=is_permalink) == chosen


@pytest.mark.parametrize(
    ("written", "relation"),
    [
        ("alternate", "alternate"),
        (None, "alternate"),
        ("", "alternate"),
        (" Self ", "self"),
        ("http://www.iana.org/assignments/relation/enclosure", "enclosure"),
        ("https://a.example/relations/alternate", "https://a.example/relations/alternate"),
    ],
)
def test_a_relation_is_told_by_its_name_or_its_whole_name(written: str | None, relation: str) -> None:
    assert link_relation(written) == relation


DOCUMENT, FILE = "https://news.example/feeds/a.xml", "file:///seeds/a.xml"


@pytest.mark.parametrize(
    ("written", "document_url", "self_url", "site"),
    [
        ("https://news.example", DOCUMENT, None, "https://news.example"),
        ("/blog ", DOCUMENT, None, "https://news.example/blog"),
        ("blog/", DOCUMENT, FILE, "https://news.example/feeds/blog/"),
        ("//news.example/", DOCUMENT, None, "https://news.example/"),
        ("www.news.example", DOCUMENT, None, "http://www.news.example/"),
        ("news.example/blog", DOCUMENT, None, "https://news.example/blog"),
        ("/blog", FILE, DOCUMENT, "https://news.example/blog"),
        ("/blog", FILE, None, None),
        ("mailto:desk@news.example", DOCUMENT, None, None),
        (None, DOCUMENT, None, None),
    ],
)
def test_the_address_of_a_site_is_absolute(
    written: str | None, document_url: str, self_url: str | None, site: str | None
) -> None:
    assert absolute_site(written, document_url, self_url) == site


@pytest.mark.parametrize(
    ("base", "url", "joined"),
    [
        ("", "a", "a"), ("http://a/b/", "c", "http://a/b/c"), ("b/", "c", "b/c"), ("http://a/", "//[", "//["),
        # A host that lacks its scheme.
        ("http://a/b/", "www.news.example/rain", "www.news.example/rain"),
    ],
)  # fmt: skip
def test_urls_are_resolved_where_there_is_a_base(base: str, url: str, joined: str) -> None:
    assert resolve_url(base, url) == joined


@pytest.mark.parametrize(
    ("written", "length"),
    [("12", 12), (" 12 ", 12), ("0", 0), ("", None), (None, None), ("1.5", None), ("9" * 16, None)],
)
def test_lengths_are_numbers_of_bytes(written: str | None, length: int | None) -> None:
    assert read_length(written) == length
