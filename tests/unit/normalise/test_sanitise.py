from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pytest
import turbohtml
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.sanitise import as_paragraphs, sanitise, sanitise_to_tree

BASE = "https://news.example/2026/rain"
# By hand, not from the policy: what may be seen in stored HTML.
ELEMENTS = set(
    "a abbr address article aside audio b bdi bdo big blockquote br caption cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre q "
    "rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr "
    "track tt u ul var video wbr "
    # MathML Core, section 2.1
    "math maction merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics".split()
)
ATTRIBUTES = set(
    "href src poster alt title width height hreflang rel lang dir datetime colspan rowspan scope span start reversed "
    "type kind srclang label controls "
    "accent accentunder alttext columnspan depth display displaystyle fence form largeop linethickness lspace "
    "mathvariant maxsize minsize movablelimits rowspan rspace scriptlevel separator stretchy symmetric voffset".split()
)
URL_ATTRIBUTES = {"href", "src", "poster"}

# One attack a line.
FRAGMENTS = (Path(__file__).parents[2] / "data/normalise/attacks.txt").read_text().splitlines()
PIECES = st.sampled_from(
    (
        "<p> </p> <b> </b> <b x> <i a=1> <a href=x> </a> <a href='javascript:x'> <div> </div> <table> <tr> <td> "
        "</table> <svg> </svg> <math> <mtext> <style> </style> <script> </script> <title> <textarea> </textarea> "
        "<template> <form> </form> <select> <option> <button> <img> <img src=x> <img width=1 src=x> <img data-src=y "
        "alt='>'> <ul> <li> </ul> <pre> \n <!-- --> <![CDATA[ ]]> &lt; &amp; & < > \" ' "
        "= / x &#27; &#x41; \xa0 "
        "<center> </center> <h1> <ruby> <rt> <font x> <noscript> <iframe> <br/> <video> <object> <nobr> <p/> <q "
        "cite=x> <col> <caption> <plaintext> <xmp> <script/> <iframe/> <textarea/> <video/> <mtext> <mi> <mfrac> "
        "<mglyph> <annotation-xml> <annotation> </mi> </mtext> <unknown> </unknown> &lt;p&gt; &lt;/p&gt; &lt;br&gt; "
        "&lt;script&gt; &lt;/script&gt; &lt;math&gt; &lt;/math&gt; &amp;lt;p&amp;gt; &amp;lt;/p&amp;gt; \n\n Rain fell."
    ).split(" ")
)
MARKUP = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=40)
# An attack with other markup somewhere in its middle.
MUTATED = st.builds(
    lambda attack, at, markup: attack[: at % len(attack)] + markup + attack[at % len(attack) :],
    st.sampled_from([attack for attack in FRAGMENTS if attack]),
    st.integers(0, 200),
    MARKUP,
)


class _Reader(HTMLParser):
    """Collects what another parser than ours sees in stored HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.seen += [(tag, name, value or "") for name, value in attrs] or [(tag, "", "")]

    def handle_comment(self, data) -> None:
        self.others.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def _live(html: str) -> list[tuple[str, str, str]]:
    """What in stored HTML a browser could do anything with that nobody allowed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    tree = turbohtml.parse_fragment(html)
    seen = reader.seen + [(tag.tag, name, str(value)) for tag in tree.select("*") for name, value in tag.attrs.items()]
    bad = [
        (tag, name, value)
        for tag, name, value in seen
        if tag not in ELEMENTS
        or (name and name not in ATTRIBUTES)
        or (name in URL_ATTRIBUTES and not value.startswith(("http://", "https://", "mailto:")))
    ]
    return bad + [("no element", "", other) for other in reader.others]


def test_there_are_more_than_a_hundred_attacks() -> None:
    assert len(set(FRAGMENTS)) > 150


def _surviving(published: Iterable[str]) -> dict[str, list[tuple[str, str, str]]]:
    """What is live in each piece of markup once it is cleaned; of those alone where anything is."""
    return {html: live for html in published if (live := _live(sanitise(html, BASE)))}


# In few tests, which take a tenth of what one for each attack does.
@pytest.mark.parametrize("around", ["{}", "<p>before {} after</p>", "<table><tr><td>{}", "<a title='{}'>x</a>"])
def test_no_attack_survives(around: str) -> None:
    assert _surviving(around.replace("{}", fragment) for fragment in FRAGMENTS) == {}


@pytest.mark.parametrize("initial", sorted({fragment[:2] for fragment in FRAGMENTS}))
def test_no_attack_survives_in_large_markup_either(initial: str) -> None:
    assert _surviving("<p>x</p>" * 600 + fragment for fragment in FRAGMENTS if fragment[:2] == initial) == {}


def test_what_was_cleaned_reads_back_as_itself() -> None:
    cleaned = [sanitise(fragment, BASE) for fragment in FRAGMENTS]
    assert [sanitise(html) for html in cleaned] == cleaned


@pytest.mark.parametrize(
    "fragment",
    [
        '<a href="{}javascript:alert(1)">x</a>',
        '<a href="java{}script:alert(1)">x</a>',
        '<a href="javascript{}:alert(1)">x</a>',
        "<img{}src=x{}onerror=alert(1)>",
        "<{}script>alert(1)</script>",
        "<scr{}ipt>alert(1)</scr{}ipt>",
        "<svg{}onload=alert(1)>",
    ],
)
def test_no_character_hides_an_attack(fragment: str) -> None:
    characters = "\x00\x01\x08\t\n\x0b\x0c\r\x1b\x1f\x7f\x85\xa0\xad\u200b\u2028\ufeff\ufffe\ud800"
    assert _surviving(fragment.replace("{}", character) for character in characters) == {}


def test_a_source_that_cleaning_makes_a_tag_leaves_its_picture_too() -> None:
    published = "<picture><source <p>media=print><img src=x></picture>"
    assert sanitise(published, BASE) == '<picture>media=print&gt;<img src="https://news.example/2026/x"></picture>'


@given(MARKUP | MUTATED)
def test_sanitising_twice_is_sanitising_once(html: str) -> None:
    cleaned = sanitise(html, BASE)
    assert sanitise(cleaned, BASE) == cleaned
    assert _live(cleaned) == []


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ("<p>One <b>two</b> <i>three</i></p>", "<p>One <b>two</b> <i>three</i></p>"),
        (
            '<img src="https://news.example/1.jpg" alt="1 <b or more"><p>Rain.</p>',
            '<img src="https://news.example/1.jpg" alt="1 &lt;b "><p>Rain.</p>',
        ),
        ("<p title='5 <small but loud'>Rain.</p>", "<p>Rain.</p>"),
        ("<h2>Rain</h2><ul><li>a</li></ul>", "<h2>Rain</h2><ul><li>a</li></ul>"),
        ('<img src="https://a.example/1.png" alt="Rain">', '<img src="https://a.example/1.png" alt="Rain">'),
        ('<p lang="ar" dir="rtl">x</p>', '<p lang="ar" dir="rtl">x</p>'),
        ("<td>loose", "loose"),
        ("<p>open", "<p>open</p>"),
        ("a &amp; b &lt; c &copy; d", "a &amp; b &lt; c © d"),
        ("<span class=x style=y>x</span>", "<span>x</span>"),
        ("<unknown>x</unknown>", "x"),
        ("<form>x<p>y</form>", "<div>x<p>y</p></div>"),
        ("<center>a</center><center>b</center>", "<div>a</div><div>b</div>"),
    ],
)
def test_what_is_an_articles_stays(published: str, kept: str) -> None:
    assert sanitise(published) == kept


@pytest.mark.parametrize(
    "noise",
    [
        "<script>x</script>", "<style>x</style>", "<iframe>x</iframe>", "<noscript>x</noscript>",
        "<select><option>x</select>", "<textarea>x</textarea>", "<svg><text>x</text></svg>",
        "<math><annotation>x</annotation></math>", "<template>x</template>", "<!-- x -->", "<title>x</title>",
    ],
)  # fmt: skip
def test_what_is_no_text_of_the_article_goes_with_its_element(noise: str) -> None:
    assert sanitise(f"a{noise}b").replace("<math></math>", "") == "ab"


def test_links_neither_hand_over_the_window_nor_vouch() -> None:
    assert sanitise('<a href="https://a.example/">x</a>') == (
        '<a href="https://a.example/" rel="noopener noreferrer nofollow">x</a>'
    )


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ("../img/1.png", "https://news.example/img/1.png"),
        ("/1.png", "https://news.example/1.png"),
        ("//cdn.example/1.png", "https://cdn.example/1.png"),
        ("?id=1&amp;w=2", "https://news.example/2026/rain?id=1&amp;w=2"),
    ],
)
def test_relative_urls_resolve_against_the_base(written: str, resolved: str) -> None:
    assert sanitise(f'<img src="{written}">', BASE) == f'<img src="{resolved}">'


def test_a_link_without_an_address_leads_nowhere() -> None:
    assert "href" not in sanitise('<a href="">x</a><a href=" ">y</a>', "http://gazette.example/news/1")


def test_a_relative_url_without_a_base_is_dropped() -> None:
    assert sanitise('<a href="/x">y</a>') == '<a rel="noopener noreferrer nofollow">y</a>'


def test_one_articles_base_is_not_the_nexts() -> None:
    sanitise('<a href="/x">y</a>', BASE)
    assert "news.example" not in sanitise('<a href="/x">y</a>')


@pytest.mark.parametrize(
    "image",
    [
        '<img src="https://count.example/p.gif" width="1" height="1">',
        "<img width=1px height=1px src=https://count.example/p.gif>",
        '<img alt=">" src="https://count.example/p.gif" height=0>',
        '<img src="data:image/gif;base64,R0lGOD">',
        "<img>",
    ],
)
def test_an_image_that_shows_nothing_is_dropped(image: str) -> None:
    assert sanitise(f"a{image}b") == "ab"


def test_an_image_of_ten_pixels_is_a_picture() -> None:
    assert "<img" in sanitise('<img src="https://a.example/1.png" width="10" height="10">')


def test_an_image_that_a_script_would_load_is_loaded_without() -> None:
    assert sanitise('<img class="lazy" src="data:image/gif;base64,R0" data-src="/1.png">', BASE) == (
        '<img src="https://news.example/1.png">'
    )


def test_a_player_can_be_seen_and_waits_to_be_asked() -> None:
    assert sanitise('<audio src="https://a.example/1.mp3" autoplay></audio>') == (
        '<audio src="https://a.example/1.mp3" controls=""></audio>'
    )


def test_nothing_is_left_of_what_is_all_noise() -> None:
    assert sanitise("<svg><text>x</text></svg>") == ""


@pytest.mark.parametrize(
    "reference", ["&#27;", "&#x1b;", "&#1;", "&#127;", "&#x81;", "&#xFDD0;", "&#xFFFE;", "&#0;", "&#000000000000027;"]
)
def test_no_reference_brings_back_what_no_text_may_hold(reference: str) -> None:
    assert sanitise(f"<b>a{reference}b</b>") == "<b>a\ufffdb</b>"


def test_other_references_are_letters() -> None:
    assert sanitise("&#8217;&#x41;&#128;") == "’A€"


def test_markup_that_is_no_articles_is_kept_as_its_text() -> None:
    assert sanitise("<div>" * 30_000 + "Rain.<p>More rain.") == "<p>Rain.</p>\n<p>More rain.</p>"


def test_markup_does_not_grow_without_bounds() -> None:
    open_elements = "".join(f"<{name}>" * 3 for name in "b big code em i s small strike strong tt u".split())
    html = f"<p>{open_elements}</p>" + "<p>x" * 900
    assert len(sanitise(html)) < 20 * len(html)


def test_a_long_article_keeps_its_markup() -> None:
    html = "\n".join(f'<p>Line <b>{number}</b> &amp; <a href="/{number}">more</a>.</p>' for number in range(1_500))
    cleaned = sanitise(html, BASE)
    assert (cleaned.count("<p>"), cleaned.count("<b>"), cleaned.count('<a href="https://news.example/')) == (1500,) * 3
    assert sanitise(cleaned) == cleaned


def test_plain_text_becomes_paragraphs_that_are_already_clean() -> None:
    html = as_paragraphs('One <b> & "two"\nthree\xa0four\n \n\n five')
    assert html == '<p>One &lt;b&gt; &amp; "two"<br>three&nbsp;four</p>\n<p>five</p>'
    assert sanitise(html) == html


@pytest.mark.parametrize(
    ("published", "text"),
    [
        pytest.param("<p>Rain.<script>x</script>", "Rain.", id="cleaned once"),
        pytest.param('<p>Rain.</p><img src="https://a.example/1.gif" width="1">', "Rain.", id="cleaned again"),
        pytest.param("<div>" * 30_000 + "Rain.<p>More rain.", "Rain.\n\nMore rain.", id="kept as its text"),
    ],
)
def test_the_tree_is_of_what_the_policy_keeps(published: str, text: str) -> None:
    html, tree = sanitise_to_tree(published)
    assert (html, tree.to_text().strip()) == (tree.inner_html, text)
