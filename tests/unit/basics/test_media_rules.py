import pytest

from worker.basics.media_rules import Picture, choose_picture, is_picture_address, kind_of_file


@pytest.mark.parametrize(
    ("media_type", "medium", "url", "kind"),
    [
        ("audio/mpeg", None, "https://a.example/1", "audio"),
        ("Video/MP4", "image", "https://a.example/1.jpg", "video"),
        ("image", None, "https://a.example/1", "image"),
        (None, "video", "https://a.example/1.jpg", "video"),
        ("text/html", "image", "https://a.example/1", "image"),
        (None, None, "https://a.example/1.MP3?key=a.jpg#b.mp4", "audio"),
        ("application/octet-stream", None, "/1.webp", "image"),
        ("", "", "1.m4v", "video"),
        ("application/pdf", None, "https://a.example/1.jpg", ""),
        ("application/x-shockwave-flash", "video", "https://a.example/1.mp4", ""),
        (None, "document", "https://a.example/1.jpg", ""),
        (None, None, "https://a.example/jpg", ""),
        (None, None, "https://[a/1.jpg", ""),
    ],
)
def test_a_files_kind_is_told_by_its_type_else_its_medium_else_its_ending(
    media_type: str | None, medium: str | None, url: str, kind: str
) -> None:
    assert kind_of_file(media_type, medium, url) == kind


@pytest.mark.parametrize(
    ("pictures", "chosen"),
    [
        ([("a", "140"), ("b", "700"), ("c", "460px")], "b"),
        ([("a", None), ("b", None)], "a"),
        ([("a", "75"), ("b", None)], "b"),
        ([("a", None), ("b", "1200.0")], "b"),
        ([("a", "0"), ("b", "300")], "a"),
        ([("a", "100%"), ("b", "wide")], "a"),
        ([("a", "1"), ("b", "2")], "b"),
        ([("https://0.gravatar.com/avatar/1", "900"), ("b", "90")], "b"),
        ([("a", "1")], None),
        ([], None),
    ],
)
def test_the_widest_picture_is_chosen_of_those_alike_the_first(
    pictures: list[tuple[str, str | None]], chosen: str | None
) -> None:
    assert choose_picture(Picture(*each) for each in pictures) == chosen


def test_a_picture_of_one_pixel_in_height_is_none() -> None:
    assert choose_picture([Picture("a", "900", "1")]) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://a.example/1", True),
        ("//a.example/1", True),
        ("/1", True),
        ("img/1.jpg?w=800", True),
        ("Rain", False),
        ("Rain over 1.jpg", False),
        ("<img src='/1.jpg'>", False),
    ],
)
def test_a_text_is_an_address_or_words(text: str, is_one: bool) -> None:
    assert is_picture_address(text) == is_one
