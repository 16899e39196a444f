from datetime import UTC, datetime, timedelta, timezone
from xml.etree.ElementTree import fromstring

import pytest

from worker.feeds_out.markup_writing import as_safe_title, rfc822, rfc3339, write_cdata, write_element

FORBIDDEN = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0x7F, 0xFFFE, 0xFFFF, 0xD800, 0xDFFF, 0x1FFFE]))


def test_what_xml_forbids_does_not_come_out():
    assert write_element("a", f"x{FORBIDDEN}y", {"b": FORBIDDEN}) == '<a b="">xy</a>\n'
    assert write_cdata("a", f"x{FORBIDDEN}y") == "<a><![CDATA[xy]]></a>\n"


@pytest.mark.parametrize(
    "text", ["<b>&amp;</b>", "]]>", "\"'", "a\tb\nc\rd\r\ne", "\u2028\u202e\U0001f5de", " x ", "<![CDATA["]
)
def test_a_text_is_read_back_as_it_was(text: str):
    read = fromstring(write_element("a", text, {"b": text}))
    assert (read.text, read.get("b")) == (text, text)


@pytest.mark.parametrize("html", ["<p>a &amp; b</p>", "]]>]]>", "<![CDATA[x]]>", "]]", ">", "&#13;"])
def test_html_is_read_back_as_it_was(html: str):
    assert fromstring(write_cdata("a", html)).text == html


def test_a_carriage_return_of_html_is_a_reference():
    assert fromstring(write_cdata("a", "x\ry")).text == "x&#13;y"


def test_an_attribute_without_a_value_is_left_out():
    assert write_element("a", None, {"b": None, "c": 0}) == '<a c="0"/>\n'


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("AT&T < 3 > 2", "AT&T < 3 > 2"),
        ("Use <b> here", "Use &lt;b> here"),
        ("R&amp;D", "R&amp;amp;D"),
        ("a </b", "a &lt;/b"),
        ("&#65;", "&amp;#65;"),
        ("x &c", "x &c"),
    ],
)
def test_only_what_would_be_taken_for_markup_is_escaped_once_more(title: str, written: str):
    assert as_safe_title(title) == written


def test_moments_are_written_in_utc():
    moment = datetime(2026, 11, 24, 13, 50, 7, tzinfo=timezone(timedelta(hours=1)))
    assert (rfc3339(moment), rfc822(moment)) == ("2026-11-24T12:50:07Z", "Tue, 24 Nov 2026 12:50:07 GMT")
    assert rfc3339(moment.replace(microsecond=250_000)) == "2026-11-24T12:50:07.250000Z"
    assert rfc822(datetime(987, 1, 2, tzinfo=UTC)) == "Tue, 02 Jan 0987 00:00:00 GMT"
