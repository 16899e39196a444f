import pytest

from worker.normalise.sanitise import sanitise


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
    ],
)
def test_markup_that_reads_otherwise_when_written_is_cleaned_until_it_does_not(published: str) -> None:
    cleaned = sanitise(published)
    assert sanitise(cleaned) == cleaned


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
