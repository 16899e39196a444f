import xml.etree.ElementTree as ET

from worker.plots.drawing import Figure, draw_both, draw_key, element, frame, label, tell

HOSTILE = "\u202e</title><script>alert(1)</script>\"'&]]>\x00" + "W" * 1000


def test_a_plot_says_what_it_is_and_finds_and_fits_its_container() -> None:
    root = ET.fromstring(frame(Figure("Polls", "318 polls in 24 hours, 4 failed"), 100))
    assert (root.get("role"), root.get("width"), root.get("viewBox")) == ("img", "100%", "0 0 640 100")
    assert [each.text for each in root] == ["Polls", "318 polls in 24 hours, 4 failed"]


def test_a_part_of_a_page_has_no_style_of_its_own() -> None:
    drawn = frame(Figure("Polls", "None."), 100)
    assert "<style" not in drawn
    assert "style=" not in drawn


def test_a_file_of_its_own_has_its_title_its_finding_and_its_colours() -> None:
    root = ET.fromstring(frame(Figure("Polls", "None failed.", stands_alone=True), 100))
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Polls", "None failed."]
    assert root.find("{http://www.w3.org/2000/svg}style") is not None
    assert root.get("width") == "672"


def test_what_came_from_outside_stays_text_on_one_line_and_in_its_room() -> None:
    drawn = label(HOSTILE, (0, 20), 100)
    root = ET.fromstring(drawn)
    assert [each.tag for each in root.iter()] == ["svg", "text", "title"]
    assert (root.get("overflow"), root.get("width")) == ("hidden", "100")
    assert "\u202e" not in drawn
    assert len(root.find("text/title").text or "") <= 300


def test_attributes_cannot_be_left_by_what_they_hold() -> None:
    assert element("a", href='"><script>') == '<a href="&quot;&gt;&lt;script&gt;"/>'
    assert "<script>" not in tell(HOSTILE)


def test_a_key_goes_on_in_the_next_line_where_it_does_not_fit() -> None:
    entries = [("", "brought something new"), ("", "unchanged"), ("", "failed")]
    assert draw_key(640, 0, entries)[1] == 18
    assert draw_key(180, 0, entries)[1] == 36
    assert draw_key(640, 0, []) == ("", 0)


def test_a_page_gets_a_plot_for_each_width() -> None:
    drawn = draw_both(lambda width: f"<svg>{width}</svg>")
    assert drawn == '<div class="plot-wide"><svg>640</svg></div><div class="plot-narrow"><svg>340</svg></div>'
