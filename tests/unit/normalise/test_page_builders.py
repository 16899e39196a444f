import pytest

from tests.costs import spend_at_most
from worker.normalise.page_builders import without_builder
from worker.values.entries import Entry


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("[vc_row][vc_column_text]Rain[/vc_column_text][/vc_row]", "Rain"),
        (
            '<p>[fusion_container id=&#8221;&#8221; class="a<br />"][fusion_text]</p>\n<p>Rain [1]</p>[/fusion_text]',
            "<p></p>\n<p>Rain [1]</p>",
        ),
        (
            "<div>\n[et_pb_section fb=”1″]\n[et_pb_text]Rain [sic][/et_pb_text][/et_pb_section]</div>",
            "<div>\n\nRain [sic]</div>",
        ),
        # An excerpt that breaks off within one.
        ("<p>[fusion_text size=&#8221;2&#8243; [&#8230;]</p>", "<p>[&#8230;]</p>"),
        ("[av_section color='x'", ""),
    ],
)
def test_a_page_builders_shortcodes_are_no_words(body: str, read: str) -> None:
    assert without_builder(Entry(content=body, summary="Rain")) == Entry(content=read or None, summary="Rain")
    assert without_builder(Entry(summary=body)) == Entry(summary=read or None)


@pytest.mark.parametrize(
    "body", ["How to use [vc_row] in a page.", "[1] Rain", "[vc] Rain", "<pre>x</pre>[vc_row]", "[update] Rain", ""]
)
def test_a_text_about_them_keeps_them(body: str) -> None:
    entry = Entry(content=body)
    assert without_builder(entry) is entry


@pytest.mark.parametrize("piece", ["[vc_row ", "<p> ", " ", "[vc_row x=1]", "[", "<a "])
def test_ten_megabytes_of_anything_cost_little(piece: str) -> None:
    entry = Entry(content="[vc_row]" + piece * (10_000_000 // len(piece)))
    spend_at_most(3, lambda: without_builder(entry))
