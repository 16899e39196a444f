import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.html_policy import apply_policy, drop_media, is_allowed
from worker.normalise.sanitise import sanitise

BASE = "https://news.example/2026/rain"
REL = 'rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    "html",
    [
        "",
        'Rain > sun & snow, he said: "no" <br>',
        '<p>One <b>two</b></p>\n<p lang="en" dir="ltr">x</p>',
        f'<a href="https://a.example/?a=1&amp;b=2" title="&quot;x&quot; <b>" {REL}>x</a>',
        f'<a href="HTTP://a.example/" {REL}>x</a><a href="mailto:a@b.example" {REL}>y</a>',
        '<video src="https://a.example/1.mp4" poster="http://a.example/1.jpg" controls=""></video>',
        '<math display="block"><mfrac linethickness="0"><mi>x</mi><mn>2</mn></mfrac></math>',
        "</p></table>",
    ],
)  # fmt: skip
def test_what_the_policy_writes_is_allowed(html: str) -> None:
    assert is_allowed(html)


@pytest.mark.parametrize(
    "html",
    [
        # Other elements.
        "<script>", "<p>x<svg>", "</style>", "<pp>", "<p-x>", "<P>", "<math><annotation-xml>", "<plaintext>", "<title>",
        # What begins no element.
        "<", "a < b", "<!-- x -->", "<!doctype html>", "<![CDATA[x]]>", "<?xml?>", "</>", "<p", '<p title="x"',
        # Other attributes, and attributes that are written otherwise.
        '<p onclick="x">', '<p style="x">', '<p xhref="x">', '<p ONCLICK="x">', '<p data-x="y">', '<p srcdoc="x">',
        "<p lang=en>", "<p lang='en'>", "<p lang>", '<p  lang="en">', '<p\tlang="en">', '<p lang="en"dir="ltr">',
        '<p lang="en" >', "<br/>", "<br />", '</p lang="en">', '<p lang="en>', '<p lang="e"n">',
        '<p/lang="en">', '<p\x0clang="en">', '<p lang = "en">', '<p LANG="en">', '<p lang\0="en">', "<p\0>",
        '<a title="x><img alt="" onerror="y">', '<a title="<img src=x onerror=y>">', "</p foo>", "</p/>", "< p>",
        '<a href="https://a.example/" href="javascript:x">', '<p\xa0lang="en">', '<img \u017frc="https://a.example/">',
        # Other URLs.
        '<a href="javascript:x">', '<a href="/x">', '<a href="">', '<a href=" https://a.example/">',
        '<img src="data:x">',
        '<a href="java&#9;script:x">', '<a href="https">', '<a href="http\u017f:x">', '<video poster="blob:x">',
    ],
)  # fmt: skip
def test_nothing_else_is(html: str) -> None:
    assert not is_allowed(html)
    assert not is_allowed(f"<p>{html}")


@pytest.mark.parametrize("html", ["<p " + 'lang="" ' * 120_000, '<a href="https:' * 60_000, "<p>x" * 200_000 + "<"])
def test_long_markup_is_judged_too(html: str) -> None:
    assert not is_allowed(html)


@given(st.text(st.sampled_from("<>/\"'= \tapbrhefst:!-x"), max_size=60))
def test_whatever_is_sanitised_is_allowed(html: str) -> None:
    assert is_allowed(sanitise(html))


@pytest.mark.parametrize("html", ["\ufeff<p>x</p>", " \ufeff \ufeff<p>x</p>\n", "<p>x</p>\ufeff"])
def test_no_mark_of_byte_order_stands_around_what_is_kept(html: str) -> None:
    assert sanitise(html) == "<p>x</p>"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://a.example/ä b", "https://a.example/ä b"),
        ("HTTPS://a.example/", "HTTPS://a.example/"),
        (" https://a.example/", "https://a.example/"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
        ("../wind", "https://news.example/wind"),
        ("//a.example/x", "https://a.example/x"),
        ("#top", "https://news.example/2026/rain#top"),
        ("ht\ntps://a.example/", "https://a.example/"),
    ],
)
def test_a_link_is_kept_as_it_is_written_but_for_a_relative_one(written: str, kept: str) -> None:
    assert apply_policy(f'<a href="{written}">x</a>', BASE).inner_html == f'<a href="{kept}" {REL}>x</a>'


@pytest.mark.parametrize(
    "written", ["https://[rain", "http://", "javascript:x", "tel:1", "", " ", "ftp://a.example/", "x:y"]
)
def test_what_is_no_address_of_a_page_or_a_mailbox_is_dropped(written: str) -> None:
    assert apply_policy(f'<a href="{written}">x</a>', BASE).inner_html == f"<a {REL}>x</a>"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Let <mi>x</mi> be <mn>2</mn>.", "Let <mi>x</mi> be <mn>2</mn>."),
        ("<desc>Rain</desc> <mglyph>fell.", "Rain fell."),
    ],
)
def test_what_is_named_like_a_part_of_a_formula_or_a_drawing_keeps_its_words(written: str, kept: str) -> None:
    assert apply_policy(written, None).inner_html == kept


def test_tags_that_move_when_markup_is_read_again_are_not_written_as_text() -> None:
    assert sanitise("<p>a<button><p>b</p></button></p>") == "<p>a</p><p>b</p><p></p>"


def test_without_media_nothing_is_left_that_would_load() -> None:
    html = sanitise('<p>A <a href="https://a.example/">link</a> <img src="https://a.example/1.jpg" alt="A lake"></p>')
    assert drop_media(html) == f'<p>A <a href="https://a.example/" {REL}>link</a> <img alt="A lake"></p>'
