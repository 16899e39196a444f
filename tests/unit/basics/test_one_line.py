import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.basics.one_line import one_line, read_title


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Rain in Lisbon", "Rain in Lisbon"),
        ("  Rain \n in\tLisbon ", "Rain in Lisbon"),
        ("Rain in <b>Lisbon</b>", "Rain in Lisbon"),
        ("Rain<br>in Lisbon", "Rain in Lisbon"),
        ("<p>Rain</p><p>in Lisbon</p>", "Rain in Lisbon"),
        ("Rain &amp; wind", "Rain & wind"),
        ("Rain &amp;amp; wind", "Rain & wind"),
        ("&lt;b&gt;Rain&lt;/b&gt; in Lisbon", "Rain in Lisbon"),
        ("&amp;lt;b&amp;gt;Rain", "<b>Rain"),
        ("How to use the &lt;b> tag", "How to use the <b> tag"),
        ("3 < 5 & 5 > 3", "3 < 5 & 5 > 3"),
        ("a < b", "a < b"),
        ("AT&T", "AT&T"),
        ("I <3 rain", "I <3 rain"),
        ("AT&T and R&D;", "AT&T and R&D;"),
        ("Rain &#8211; &#x201C;heavy&#x201D;", "Rain – “heavy”"),
        ("Rain &#27;[31m", "Rain [31m"),
        ("Rain <script>alert(1)</script>", "Rain"),
        ("", ""),
    ],
)
def test_a_title_is_one_line_of_text(written: str, read: str) -> None:
    assert one_line(written, 1000) == read


def test_a_line_is_cut_at_its_longest() -> None:
    assert one_line("ab cd", 3) == "ab"


@pytest.mark.parametrize("letters", range(930, 1_000))
def test_a_line_never_ends_in_half_a_tag_or_entity(letters: int) -> None:
    # Long markup is cut before it is read, here somewhere within what follows the letters.
    markup = "<b></b>" * 1_000 + "a" * letters
    link = markup + '<a href="https://news.example/rain?a=1&amp;b=2&amp;c=3&amp;d=4"></a>'
    assert one_line(link + "." * 100, 1000).rstrip(".") == "a" * letters
    assert one_line(markup + "&#x00002014;" * 10, 1000).rstrip("—") == "a" * letters


@given(st.text(max_size=300), st.integers(1, 200))
def test_any_text_makes_one_line_of_at_most_that_length(written: str, longest: int) -> None:
    line = one_line(written, longest)
    assert len(line) <= longest
    assert line == " ".join(line.split())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Use <br> well", "Use <br> well"),
        ("The <b>bold</b> tag", "The <b>bold</b> tag"),
        ("She&#8217;s here, R&amp;D", "She’s here, R&D"),
        ("Rain &amp;amp; wind", "Rain & wind"),
        ("1 < 2 &amp; 3", "1 < 2 &amp; 3"),
        ("<!--:en-->Rain<!--:--><!--:pt-->Chuva<!--:-->", "Rain Chuva"),
        ("How to write <!-- in HTML", "How to write <!-- in HTML"),
    ],
)
def test_a_title_that_is_text_keeps_its_words(written: str, read: str) -> None:
    assert read_title(written, is_plain=True) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<![CDATA[Rain <b>and</b> wind]]>", "Rain and wind"),
        ("&lt;![CDATA[Rain]]>", "Rain"),
        ("Rain]]>", "Rain"),
        ("How <![CDATA[ begins", "How"),
    ],
)
def test_a_cdata_section_within_another_leaves_no_marks(written: str, read: str) -> None:
    assert one_line(written, 1000) == read


@pytest.mark.parametrize("mark", ["&shy;", "\xad", "&#8203;", "\u2060", "\ufeff"])
def test_marks_that_nobody_sees_are_no_part_of_a_word(mark: str) -> None:
    assert one_line(f"har{mark}bour", 1000) == "harbour"


def test_a_separator_of_lines_or_paragraphs_is_a_space() -> None:
    assert one_line("Rain\u2028and\u2029wind", 1000) == "Rain and wind"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("</example>", "</example>"),
        ("&lt;/example&gt;", "</example>"),
        ("<example/>", "<example/>"),
        ("<img src='x'>", ""),
        ("<!-- x -->", ""),
        ("&nbsp;", ""),
    ],
)
def test_a_title_that_is_only_a_tag_of_no_html_has_it_for_a_word(written: str, title: str) -> None:
    assert read_title(written, is_plain=False) == title


def test_a_long_title_is_cut_at_a_word_with_an_ellipsis() -> None:
    assert read_title("rain " * 500, is_plain=False)[-6:] == " rain…"
