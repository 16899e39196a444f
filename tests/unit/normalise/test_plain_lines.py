import pytest

from worker.normalise.plain_lines import drop_indentation, mark_lines

WRAPPED = """The harbour was closed on Sunday because of the
storm, and the ferry will not leave before Tuesday.
Passengers can have their money back or wait at
the pier."""
MAIL = f"""{WRAPPED}

Departures:
- 9:00 to the island, by way of the old pier and the
lighthouse
- 11:00 to the town"""
INDENTED = """Rain fell over the harbour
      on Sunday, and the tide
      was high."""


def test_lines_of_text_become_paragraphs_and_line_breaks() -> None:
    assert mark_lines("We talk tides.\n\nTopics:\n- Moon\n- Sun\n \nHost: Ada Holm") == (
        "<p>We talk tides.</p>\n<p>Topics:<br>- Moon<br>- Sun</p>\n<p>Host: Ada Holm</p>"
    )


def test_lines_wrapped_at_a_width_are_one() -> None:
    assert mark_lines(WRAPPED) == WRAPPED.replace("\n", " ")


def test_in_a_wrapped_text_lists_and_short_lines_keep_their_ends() -> None:
    assert mark_lines(MAIL) == (
        f"<p>{WRAPPED.replace(chr(10), ' ')}</p>\n"
        "<p>Departures:<br>- 9:00 to the island, by way of the old pier and the lighthouse<br>- 11:00 to the town</p>"
    )


def test_lines_indented_as_xml_is_are_one() -> None:
    assert mark_lines(INDENTED) == "Rain fell over the harbour on Sunday, and the tide was high."


def test_no_space_comes_between_wrapped_lines_of_a_script_without_spaces() -> None:
    assert mark_lines("港は日曜日に\n    閉鎖された。") == "港は日曜日に閉鎖された。"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Line 1", "Line 2"], id="short"),
        pytest.param(["the rain in spain falls mainly on the plain of the", "castle by the sea"], id="no capitals"),
        pytest.param(
            ["A quick look at the new ferry in the harbour.", "It looks great and works too."], id="sentences"
        ),
        pytest.param(["Support the show and its makers on the network", "https://pay.example/tides"], id="an address"),
        pytest.param(["Name: Ada Holm", "      Place: Harbour"], id="indented fields"),
        pytest.param(["a" * 60 + " " + "b" * 60 + " and", "then"], id="no width that lines are wrapped at"),
        pytest.param(["Roses are red in the garden behind the house,", "violets", "are blue"], id="verse"),
    ],
)
def test_lines_that_nobody_wrapped_keep_their_ends(lines: list[str]) -> None:
    assert mark_lines("\n".join(lines)) == f"<p>{'<br>'.join(line.strip() for line in lines)}</p>"


@pytest.mark.parametrize(
    "html", ["one line", "<p>one\ntwo\n\nthree</p>", "one<br>\n\ntwo", "<b>one</b>\ntwo", "<ul>\n\n<li>x</li></ul>"]
)
def test_markup_with_blocks_and_single_lines_stays(html: str) -> None:
    assert mark_lines(html) == html


def test_blank_lines_part_paragraphs_of_text_with_links_too() -> None:
    assert mark_lines('One <a href="x">two</a>.\n\nThree\nfour.') == (
        '<p>One <a href="x">two</a>.</p>\n<p>Three<br>four.</p>'
    )


def test_blank_lines_part_paragraphs_between_code_headings_and_lists_too() -> None:
    body = "One.\n\nTwo:\n<pre>a\n\nb</pre>\nThree.\n<h2>Four</h2>\n<ul><li>five</li>\n\n<li>six</li></ul>\n\nSeven."
    assert mark_lines(body) == (
        "<p>One.</p>\n<p>Two:</p>\n<pre>a\n\nb</pre>\n<p>Three.</p>\n<h2>Four</h2>\n"
        "<ul><li>five</li>\n\n<li>six</li></ul>\n<p>Seven.</p>"
    )


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("One\n<pre>a\n\nb</pre>\ntwo", id="blank lines in code only"),
        pytest.param("<h2>One</h2>\n\n<ul><li>two</li></ul>\n\n<h2>Three</h2>", id="blank lines between blocks only"),
        pytest.param("One\n\ntwo<pre>x</pre><section>three</section>", id="a block that may be a paragraph"),
        pytest.param("One\n\ntwo\n<ul><li>a<ul><li>b</li></ul></li></ul>", id="a list in a list"),
    ],
)
def test_markup_whose_text_has_no_blank_lines_or_other_blocks_stays(html: str) -> None:
    assert mark_lines(html) == html


def test_a_line_end_within_a_tag_is_none_of_the_text() -> None:
    assert (
        mark_lines('One <a title="a\n\nb">two</a>.\n\nThree.') == '<p>One <a title="a  b">two</a>.</p>\n<p>Three.</p>'
    )


def test_plain_text_loses_the_indentation_of_xml_and_nothing_else() -> None:
    assert drop_indentation(INDENTED) == "Rain fell over the harbour on Sunday, and the tide was high."
    assert drop_indentation(WRAPPED) == WRAPPED
    assert drop_indentation("def rain():\n    pass\nrain()") == "def rain():\n    pass\nrain()"
