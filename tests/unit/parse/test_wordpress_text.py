import pytest

from worker.parse.wordpress_text import as_html, drop_shortcodes


@pytest.mark.parametrize(
    ("stored", "html"),
    [
        ("One.", "<p>One.</p>"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One.\r\n \r\nTwo,\r\nthree.", "<p>One.</p>\n<p>Two,<br>three.</p>"),
        ("<h2>Head</h2>\nOne.", "<h2>Head</h2>\n<p>One.</p>"),
        ("<strong>One.</strong>\n\n<em>Two.</em>", "<p><strong>One.</strong></p>\n<p><em>Two.</em></p>"),
        (
            "One.\n<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\nTwo.",
            "<p>One.</p>\n<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\n<p>Two.</p>",
        ),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        ("<p>One.</p>\n\n<p>Two.</p>", "<p>One.</p>\n<p>Two.</p>"),
        ("One.<!--more-->Two.", "<p>One.</p>\n<p>Two.</p>"),
        ("<!-- wp:paragraph -->\n<p>One.</p>\n<!-- /wp:paragraph -->", "<p>One.</p>"),
        ("<blockquote>One.\n\nTwo.</blockquote>", "<blockquote>\n<p>One.</p>\n<p>Two.</p>\n</blockquote>"),
        ("", ""),
    ],
)
def test_blank_lines_part_paragraphs(stored: str, html: str) -> None:
    assert as_html(stored) == html


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("[dropcap]T[/dropcap]he ferry", "The ferry"),
        ('[gallery ids="1,2"] rain', " rain"),
        ("[contact_form]", ""),
        ("[gallery]", ""),
        ("[embed]https://a.example/[/embed]", "https://a.example/"),
        ('[vc_row][vc_column width="1/2"]Rain[/vc_column][/vc_row]', "Rain"),
        ("He said [sic] it [was] over [applause]", "He said [sic] it [was] over [applause]"),
        ("[1] and [a b c]", "[1] and [a b c]"),
    ],
)
def test_shortcodes_are_no_words(stored: str, text: str) -> None:
    assert drop_shortcodes(stored) == text
