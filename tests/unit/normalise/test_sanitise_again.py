import pytest

from worker.normalise.sanitise import as_paragraphs, sanitise


@pytest.mark.parametrize(
    "published",
    [
        "x<pre></div>\n\n<b>y",
        "<pre>\n\n\nx</pre>",
        "<td>one\n\ntwo",
        "<unknown>&lt;p&gt;x&lt;/p&gt;</unknown>",
        "<video>\n<video>x",
        "<font>&lt;font&gt;&amp;lt;p&amp;gt;x&amp;lt;/p&amp;gt;&lt;/font&gt;</font>",
        "<b>one\n\ntwo</b>",
        "<b>" * 600 + "x" + "</b>x" * 600,
        "<div>" * 600 + "x",
    ],
)
def test_markup_that_reads_otherwise_when_written_is_cleaned_until_it_does_not(published: str) -> None:
    cleaned = sanitise(published)
    assert sanitise(cleaned) == cleaned


@pytest.mark.parametrize(
    "published", ["<div>" * 600 + "a&#27;b", "<i></i>" * 20_001 + "a&#27;b", "<u>" * 600 + "a\x1bb\x00"]
)
def test_markup_of_which_only_the_text_is_kept_has_lost_what_no_text_may_hold(published: str) -> None:
    assert sanitise(published) == "<p>ab</p>"


def test_paragraphs_are_never_too_long_to_be_stored() -> None:
    html = as_paragraphs("&\xa0" * 400_000)
    assert html == f"<p>{'&amp;&nbsp;' * 83_333}</p>"


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ("<![CDATA[<p>x</p>]]>", "<p>x</p>"),
        ("<p>x</p>]]>", "<p>x</p>"),
        ("a ]]> b", "a ]]&gt; b"),
    ],
)
def test_marks_of_a_cdata_section_around_the_body_go(published: str, kept: str) -> None:
    assert sanitise(published) == kept
