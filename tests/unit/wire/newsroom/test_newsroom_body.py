import pytest

from worker.values.due_feeds import Document
from worker.wire.newsroom.newsroom_body import read_body, read_text
from worker.wire.newsroom.newsroom_tree import read_tree


def _content(markup: str, headline: str | None = "Ferry sails") -> str | None:
    return read_body(
        read_tree(Document("http://127.0.0.1/", f"<body>{markup}</body>".encode(), None)), headline
    ).content


@pytest.mark.parametrize(
    "markup",
    [
        "<p>It holds.</p>",
        "<header><h1>Ferry sails</h1><p>By Ada</p></header><p>It holds.</p>",
        "<h1>FERRY  sails</h1><p>It holds.</p>",
        "<hl2>Ferry sails</hl2><p>It holds.</p>",
    ],
)
def test_a_body_does_not_say_its_headline_again(markup: str) -> None:
    assert _content(markup) == "<p>It holds.</p>"


def test_a_header_alone_is_the_body() -> None:
    assert _content("<header><p>It holds.</p></header>") == "<header><p>It holds.</p></header>"


def test_words_between_elements_are_kept() -> None:
    assert _content("It <b>holds</b>.") == "It <b>holds</b>."


def test_a_mark_on_the_next_line_stands_at_its_word() -> None:
    assert (
        _content("<p>From\n <i>Oslo</i>\n , it\n <i>sails</i>\n .</p>")
        == "<p>From\n <i>Oslo</i>, it\n <i>sails</i>.</p>"
    )


@pytest.mark.parametrize("wrapped", ["{}", "<p>{}</p>", "<pre>{}</pre>"])
def test_indented_lines_begin_paragraphs(wrapped: str) -> None:
    lines = "    It sails\nagain.\n    It holds.\n"
    assert _content(wrapped.format(lines)) == "It sails again.\n\nIt holds."


def test_the_rows_of_a_table_stay_lines_with_the_rule_between_them() -> None:
    rows = "Skarholm      2 Oslo      0\n-----------------\nBergen      1 Moss      1"
    read = read_text(f"    Rowing went\non.\n\nResults\n{rows}")
    assert (read.content, read.is_plain_text) == (
        f"<p>Rowing went on.</p>\n<p>Results</p>\n<pre>{rows}</pre>",
        False,
    )


@pytest.mark.parametrize(
    ("written", "content", "is_plain"),
    [
        ("It holds.\nWell.", "It holds.\nWell.", True),
        ("3 < 4 and <this> is no markup", "3 < 4 and <this> is no markup", True),
        ("It holds<BR>well.", "It holds<BR>well.", False),
        (
            "<p>It&amp;apos;s &amp;#39;oak&amp;#39; &amp;lt;sic&gt;</p>",
            "<p>It&apos;s &#39;oak&#39; &amp;lt;sic&gt;</p>",
            False,
        ),
        ("It&#39;s oak &amp; ash, R&amp;D", "It's oak & ash, R&amp;D", True),
        (" \n ", None, False),
    ],
)
def test_a_body_that_is_text_is_markup_where_it_has_tags(written: str, content: str | None, is_plain: bool) -> None:
    read = read_text(written)
    assert (read.content, read.is_plain_text) == (content, is_plain)
