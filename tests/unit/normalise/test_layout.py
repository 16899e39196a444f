import pytest

from worker.normalise.plain_text import text_of

SMILEY = "https://example.com/images/smilies/grin.png"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre>one<br>two<br>three</pre>", "one\ntwo\nthree"),
        ("<pre><code><span>x = 1</span><br><span>y = 2</span></code></pre>", "x = 1\ny = 2"),
        ("<pre><div>one</div><div>two</div></pre>", "one\ntwo"),
        ("<pre>one<p>two</p>three</pre>", "one\ntwo\nthree"),
        ("<pre><ol><li>one</li><li>two</li></ol></pre>", "one\ntwo"),
        ("<pre><table><tbody><tr><td>1</td><td>one</td></tr></tbody></table></pre>", "1 one"),
    ],
)
def test_preformatted_lines_stay_lines(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ("<td><p>one</p><p>two</p></td>", "one\n\ntwo"),
        ("<td><h1>Rain</h1>It rains.<p>It pours.</p></td>", "Rain\n\nIt rains.\n\nIt pours."),
        ("<td><pre>1\n2</pre></td><td><pre>a = 1\nb = 2</pre></td>", "1\n2\n\na = 1\nb = 2"),
        ("<td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td>", "a  b\n\nc"),
    ],
)
def test_a_table_that_holds_paragraphs_is_no_grid(cells: str, text: str) -> None:
    assert text_of(f"<table><tr>{cells}</tr></table>") == text


def test_a_cell_of_one_paragraph_stays_in_its_row() -> None:
    assert text_of("<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>") == "a  b"


def test_a_tables_caption_stands_above_it() -> None:
    assert text_of("<table><caption>Tides</caption><tr><td>a</td><td>b</td></tr></table>") == "Tides\n\na  b"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<p>one</p>", "* one"),
        ("<p>one</p><p>two</p>", "* one\n  two"),
        ("<p>one</p>two", "* one\n  two"),
        ("one<p>two</p>", "* one\n  two"),
        ("<div>one</div>", "* one"),
        ("<p>one</p><ul><li><p>two</p></li></ul>", "* one\n  * two"),
    ],
)
def test_an_item_begins_beside_its_bullet(item: str, text: str) -> None:
    assert text_of(f"<ul><li>{item}</li></ul>") == text


def test_a_quotation_has_its_marks() -> None:
    assert text_of("<p>He said <q>no</q>.</p>") == "He said “no”."


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<mi>x</mi><mo>=</mo><mn>1</mn>", "x=1"),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>", "(a+b)/c"),
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
        ("<msqrt><mi>x</mi></msqrt>", "√x"),
        ("<mi>x</mi><mtext>if</mtext><mi>y</mi>", "x if y"),
    ],
)
def test_a_formula_is_words(formula: str, text: str) -> None:
    assert text_of(f"<p>So <math>{formula}</math> holds.</p>") == f"So {text} holds."


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ('<img alt="😀" src="https://s.w.org/images/core/emoji/15/72x72/1f600.png">', "😀"),
        ('<img alt="❤️" src="https://x.example/1.png">', "❤️"),
        ('<img alt="1️⃣" src="https://x.example/1.png">', "1️⃣"),
        (f'<img alt=":-)" src="{SMILEY}">', ":-)"),
        ('<img alt=":wave:" src="https://x.example/emoji/wave.png">', ":wave:"),
    ],
)
def test_a_picture_of_an_emoji_is_that_emoji(image: str, text: str) -> None:
    assert text_of(f"<p>Rain {image} again</p>") == f"Rain {text} again"


@pytest.mark.parametrize(
    "image",
    [
        '<img alt="The harbour" src="https://x.example/emoji-film.jpg">',
        '<img alt="Harbour" src="https://x.example/1.jpg">',
        '<img alt="*" src="https://x.example/bullet.gif">',
        f'<img alt="" src="{SMILEY}">',
    ],
)
def test_another_pictures_description_is_no_text(image: str) -> None:
    assert text_of(f"<p>Rain {image}again</p>") == "Rain again"


def test_elements_of_several_kinds_are_mended_in_one_tree() -> None:
    html = '<ul><li><p>a <q>b</q></p></li></ul><pre>c<br>d</pre><img src="/emoji/1.png" alt=":)"><audio>e</audio>'
    assert text_of(html) == "* a “b”\n\nc\nd\n\n:)"
