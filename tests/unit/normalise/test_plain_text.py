import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.plain_text import one_line, text_of, tidy, without_addresses


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two", "One\nTwo"),
        ("<h2>Rain</h2>It rains.", "Rain\n\nIt rains."),
        ("<div>One</div><div>Two</div>", "One\n\nTwo"),
        ("<ul><li>a</li><li>b</li></ul>", "* a\n* b"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a  b\nc  d"),
        ("<pre>if x:\n    y</pre>", "if x:\n    y"),
        ("<p>a <b>b</b><i>c</i></p>", "a bc"),
        ("<p>One\n two</p>", "One two"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ('<figure><img src="x" alt="y"><figcaption>Rain</figcaption></figure>It rains.', "Rain\n\nIt rains."),
        ('<p>Hear:</p><audio src="x">no player</audio>', "Hear:"),
        ("<ruby>東京<rp>(</rp><rt>tokyo</rt><rp>)</rp></ruby>", "東京"),
        ("", ""),
    ],
)
def test_text_keeps_the_shape_a_reader_needs(html: str, text: str) -> None:
    assert text_of(html) == text


def test_lines_end_in_words_and_one_blank_line_parts_paragraphs() -> None:
    assert tidy(" One \t\r\ntwo\xa0\n\n\n\nthree\rfour\n") == "One\ntwo\n\nthree\nfour"


@given(st.text(st.sampled_from("a \t\n\r\xa0."), max_size=60))
def test_tidy_text_is_tidy(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


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
    ("html", "text"),
    [
        ('<video src="https://a.example/1.mp4">Players are off.</video>', "https://a.example/1.mp4"),
        (
            '<audio><source src="https://a.example/1.mp3"><source src="https://a.example/1.ogg"></audio>',
            "https://a.example/1.mp3\nhttps://a.example/1.ogg",
        ),
        ('<p>Rain.</p><video src="https://a.example/1.mp4"></video>', "Rain."),
    ],
)
def test_what_has_nothing_but_players_has_their_addresses_to_tell(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("https://a.example/1\nhttps://a.example/2\n\nRain.\n\nhttps://a.example/3\n\nSnow.", "Rain.\n\nSnow."),
        ("Rain.\n\nhttps://a.example/1", "Rain."),
        ("Read:\nhttps://a.example/1\nSnow.", "Read:\nhttps://a.example/1\nSnow."),
        ("https://a.example/1\nSnow.", "https://a.example/1\nSnow."),
        ("Rain at https://a.example/1", "Rain at https://a.example/1"),
        ("https://a.example/1", "https://a.example/1"),
        ("Rain.", "Rain."),
    ],
)
def test_a_paragraph_of_urls_is_left_out_where_there_are_others(text: str, rest: str) -> None:
    assert without_addresses(text) == rest
