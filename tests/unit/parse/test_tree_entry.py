import pytest

from tests.documents import rss
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import Entry


def _read(inside: str) -> Entry:
    document = Document("http://127.0.0.1/feed", rss([f"<item><title>Rain</title>{inside}</item>"]), None)
    parsed = read_well_formed(document, 10, 10)
    assert parsed
    (entry,) = parsed.entries
    return entry


@pytest.mark.parametrize(
    "link",
    [
        '<link uri="at://did:plc:abc/app.bsky.feed.post/1">https://a.example/1</link>',
        '<link href="https://a.example/1"/>',
        '<link url="https://a.example/1"/>',
        '<link uri="https://a.example/1"> </link>',
    ],
)
def test_the_text_of_a_link_goes_before_attributes_other_than_atoms(link: str) -> None:
    assert _read(link).link == "https://a.example/1"


@pytest.mark.parametrize(
    ("inside", "image"),
    [
        ("<image>https://a.example/1</image>", "https://a.example/1"),
        ("<image>//a.example/1</image>", "//a.example/1"),
        ('<image url="https://a.example/1"/>', "https://a.example/1"),
        ('<image src="/1"/>', "/1"),
        ('<image href="1.png"/>', "1.png"),
        ("<image><url>1.png</url><title>Rain</title></image>", "1.png"),
        ("<post-thumbnail><url>https://a.example/1</url></post-thumbnail>", "https://a.example/1"),
        ("<thumbnail>1.jpg</thumbnail>", "1.jpg"),
        ("<image>Rain</image>", None),
        ("<image><title>Rain</title></image>", None),
    ],
)
def test_an_element_of_no_specification_may_hold_the_picture(inside: str, image: str | None) -> None:
    assert _read(inside).image_url == image


def test_it_means_what_its_base_says() -> None:
    assert _read('<image xml:base="https://a.example/n/">1.png</image>').image_url == "https://a.example/n/1.png"


def test_of_several_enclosures_none_is_known_to_be_the_original() -> None:
    prefix = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    files = '<enclosure url="https://a.example/1.mp3"/><enclosure url="https://a.example/2.mp3"/>'
    original = f"<feedburner:origEnclosureLink {prefix}>https://a.example/0.mp3</feedburner:origEnclosureLink>"
    found = _read(files + original).enclosures
    assert [file.url for file in found] == ["https://a.example/1.mp3", "https://a.example/2.mp3"]
