from dataclasses import replace

import pytest

from tests.pairs import BROKEN, PAIRS, document_of, expected_of, told_of
from worker.parse.document import parse_document
from worker.parse.forgiving import read_with_feedparser
from worker.parse.mended import mend, mend_document
from worker.parse.well_formed import build_tree, read_well_formed

LIKE_LAUGHTER = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 100}">' for number in range(1, 9))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_feed_says_what_its_publisher_meant(name: str) -> None:
    expected = expected_of(name)
    assert told_of(parse_document(document_of(name), 100), expected) == expected


@pytest.mark.parametrize("name", BROKEN)
def test_feedparser_reads_the_same_words(name: str) -> None:
    expected = expected_of(name)
    wanted = [{key: entry[key] for key in ("guid", "link", "title") if key in entry} for entry in expected["entries"]]
    assert told_of(read_with_feedparser(document_of(name), 100), {"entries": wanted})["entries"] == wanted


def test_every_broken_feed_has_its_expectation_and_every_expectation_its_feed() -> None:
    folder = next(iter(BROKEN.values())).parent
    assert {path.stem for path in folder.glob("*.json")} == {*BROKEN}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_sound_says_the_same_when_it_has_been_mended(name: str) -> None:
    document = document_of(name)
    sound, mended = (read_well_formed(each, 100, 100) for each in (document, mend_document(document)))
    if sound:
        assert mended
        assert replace(mended, outline=None) == replace(sound, outline=None)


@pytest.mark.parametrize("name", [*BROKEN, *PAIRS])
def test_what_has_been_mended_is_well_formed_and_stays_as_it_is(name: str) -> None:
    text = mend_document(document_of(name)).body.decode()
    assert build_tree(text)
    assert mend(text) == text


@pytest.mark.parametrize("text", ["", "plain", "<html><body>", "<rss", "<![CDATA[<rss>", "<>"])
def test_where_no_feed_begins_nothing_is_left(text: str) -> None:
    assert mend(text) == ""


@pytest.mark.parametrize(
    "entities",
    [
        f'<!ENTITY a0 "laughter">{LIKE_LAUGHTER}',
        f'<!ENTITY a8 "{"laughter" * 100}">',
        '<!ENTITY a8 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a8 "x">',
        '<!ENTITY a8 "<b>bold</b>">',
    ],
    ids=range(5),
)
def test_entities_that_might_blow_up_are_names_and_nothing_else(entities: str) -> None:
    mended = mend(f"<!DOCTYPE rss [{entities}]><rss><channel><title>{'&a8;' * 10_000}</title></channel></rss>")
    assert set(mended.replace("<rss><channel><title>", "").replace("</title></channel></rss>", "").split("&amp;")) <= {
        "",
        "a8;",
        "a7;",
    }


def test_a_short_entity_of_the_document_is_its_text() -> None:
    document_type = '<!DOCTYPE rss [<!ENTITY us "Ann &#38; Ben">]>'
    assert mend(f"{document_type}<rss><title>&us; said</title></rss>") == "<rss><title>Ann &#38; Ben said</title></rss>"


def test_a_section_ends_at_its_mark_behind_elements_of_any_number_of_names() -> None:
    others = "".join(f"<item><a{number}><title>x</title></item>" for number in range(150))
    last = "<item><title><![CDATA[Rain & snow]]></title><link>u</link></item>"
    assert mend(f"<rss><channel>{others}{last}</channel></rss>").endswith(f"{last}</channel></rss>")
