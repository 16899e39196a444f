import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.plain_text import has_own_words, text_of, tidy, without_addresses


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


def test_separators_of_lines_and_paragraphs_end_them() -> None:
    assert tidy("One\u2028two\u2029three") == "One\ntwo\n\nthree"


def test_marks_that_nobody_sees_are_no_part_of_a_text() -> None:
    assert text_of("<p>har\xadbour, har\u200bbour, har\ufeffbour, har\u2060bour</p>") == ", ".join(["harbour"] * 4)


def test_where_no_spaces_part_words_their_mark_stays() -> None:
    assert text_of("<p>ភ្លៀង\u200bធ្លាក់</p>") == "ភ្លៀង\u200bធ្លាក់"


@pytest.mark.parametrize(
    ("html", "has_words"),
    [
        ("Rain", True),
        ("<p>雨</p>", True),
        ('<p>See <a href="x">rain</a></p>', True),
        ('<a href="x" title="y">rain</a>', False),
        ('<img alt="Rain" src="x">&nbsp;– …', False),
        ('<video src="x">no player</video>', False),
        ("", False),
    ],
)
def test_words_of_its_own_stand_outside_of_links_and_players(html: str, has_words: bool) -> None:
    assert has_own_words(html) is has_words


@given(st.text(st.sampled_from("a \t\n\r\xa0."), max_size=60))
def test_tidy_text_is_tidy(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


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
        ("https://a.example/1\nhttps\n\nSnow.", "https://a.example/1\nhttps\n\nSnow."),
        ("Rain at https://a.example/1", "Rain at https://a.example/1"),
        ("https://a.example/1", "https://a.example/1"),
        ("Rain.", "Rain."),
    ],
)
def test_a_paragraph_of_urls_is_left_out_where_there_are_others(text: str, rest: str) -> None:
    assert without_addresses(text) == rest
