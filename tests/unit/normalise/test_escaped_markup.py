import pytest

from worker.normalise.escaped_markup import mend_escaped_markup
from worker.normalise.sanitise import sanitise


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("&lt;p&gt;Rain &amp;amp; wind&lt;/p&gt;", "<p>Rain &amp; wind</p>"),
        ("&lt;b&gt;Rain&lt;/b&gt; and &lt;i&gt;wind&lt;/i&gt;", "<b>Rain</b> and <i>wind</i>"),
        ("&lt;p&gt;Rain.&lt;/p&gt; Wind.", "<p>Rain.</p> Wind."),
        ("Rain.&lt;br&gt;&lt;br /&gt;Wind.", "Rain.<br><br />Wind."),
        ('&lt;img src="a.png"&gt;Rain.', '<img src="a.png">Rain.'),
        ('See &lt;a href="a"&gt;rain&lt;/a&gt;.', 'See <a href="a">rain</a>.'),
    ],
)
def test_markup_escaped_once_too_often_is_markup(text: str, markup: str) -> None:
    assert mend_escaped_markup(text) == markup


@pytest.mark.parametrize(
    "text",
    [
        "1 &lt; 2 and 3 &gt; 2",
        "Use &lt;br&gt; well",
        "The &lt;p&gt; tag ends with &lt;/p&gt;",
        "&lt;vector&gt; and &lt;/vector&gt;",
        "&lt;b&gt;",
        "&amp;lt;p&amp;gt;Rain&amp;lt;/p&amp;gt;",
    ],
)
def test_a_text_about_markup_stays(text: str) -> None:
    assert mend_escaped_markup(text) is None
    assert sanitise(text) == text


def test_tags_shown_in_code_stay() -> None:
    html = "<p>Write <code>&lt;p&gt;Rain&lt;/p&gt;</code>.</p>"
    assert sanitise(html) == html


def test_what_was_escaped_is_cleaned_like_all_markup() -> None:
    assert sanitise("&lt;p onclick=x&gt;a&lt;script&gt;b&lt;/script&gt;&lt;/p&gt;") == "<p>a</p>"
