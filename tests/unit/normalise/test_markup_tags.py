import pytest

from worker.normalise.markup_tags import is_unseen, quote, read_attributes


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        (' src="/1.jpg" ALT=\'a "b"\' width=4', {"src": "/1.jpg", "alt": 'a "b"', "width": "4"}),
        (' src = "/1.jpg" src="/2.jpg" /', {"src": "/1.jpg"}),
        (" hidden data-src=/1.jpg", {"hidden": "", "data-src": "/1.jpg"}),
        (' alt="src=/2.jpg" src=/1.jpg', {"alt": "src=/2.jpg", "src": "/1.jpg"}),
        ("/src=/1.jpg", {"src": "/1.jpg"}),
        ("", {}),
    ],
)
def test_a_tag_has_each_attribute_once(written: str, attributes: dict[str, str]) -> None:
    assert read_attributes(written) == attributes


@pytest.mark.parametrize(
    "attributes",
    [
        {"width": "1"},
        {"height": "0px"},
        {"width": "640", "height": "1"},
        {"hidden": ""},
        {"style": "Display : none"},
        {"style": "position:absolute; left:-9999px"},
        {"style": "position: absolute; clip: rect(1px, 1px, 1px, 1px)"},
    ],
)
def test_what_is_a_pixel_or_out_of_sight_is_not_meant_to_be_seen(attributes: dict[str, str]) -> None:
    assert is_unseen(attributes)


@pytest.mark.parametrize(
    "attributes", [{}, {"width": "100%"}, {"width": "10", "height": "1.5em"}, {"style": "border: 0; margin: -100px"}]
)
def test_all_else_is(attributes: dict[str, str]) -> None:
    assert not is_unseen(attributes)


def test_a_value_is_quoted_whatever_it_holds() -> None:
    assert [quote(value) for value in ("/1.jpg", 'a "b"')] == ['"/1.jpg"', '"a &quot;b&quot;"']
