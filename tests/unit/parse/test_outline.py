"""Which entries of a document come again as in the one before, and are left unread."""

from dataclasses import replace

import pytest

from tests.documents import item, rss
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument

ONE, TWO, THREE = item("1", "Storm"), item("2", "Rain"), item("3", "Sun")
NOTES = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>'


def read(body: bytes, before: Outline | None = None, content_type: str | None = None) -> ParsedDocument:
    parsed = read_well_formed(Document("https://a.example/feed", body, content_type), 100, 100, before)
    assert parsed
    return parsed


def outline(body: bytes) -> Outline:
    """The outline that is stored of a document: each entry has a key."""
    read_before = read(body).outline
    assert read_before
    entries = (replace(each, guid_hash=bytes([place] * 16)) for place, each in enumerate(read_before.entries, 1))
    return replace(read_before, entries=tuple(entries))


def test_an_entry_of_the_same_bytes_is_left_unread() -> None:
    parsed = read(rss([ONE, TWO, THREE]), outline(rss([TWO, THREE])))
    assert [entry.guid for entry in parsed.entries] == ["1"]
    assert [each.guid_hash[0] for each in parsed.repeated] == [1, 2]
    assert parsed.size == 3


def test_what_is_read_beside_unread_entries_is_what_the_whole_document_says() -> None:
    body = rss([ONE, TWO, THREE])
    rest, whole = read(body, outline(rss([TWO, THREE]))), read(body)
    assert rest.entries == whole.entries[:1]
    assert replace(rest, entries=(), outline=None, before=None, repeated=()) == replace(whole, entries=(), outline=None)


def test_an_entry_that_changed_by_one_letter_is_read() -> None:
    parsed = read(rss([ONE, TWO.replace("Rain", "Rein"), THREE]), outline(rss([ONE, TWO, THREE])))
    assert [entry.summary for entry in parsed.entries] == ["Rein"]


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        ('<rss version="2.0">', '<rss version="2.0" xml:base="https://b.example/">'),
        ('<rss version="2.0">', '<rss version="2.0" xmlns:m="https://m.example/">'),
        ("<channel>", '<channel xml:lang="de">'),
        ('<rss version="2.0">', '<RSS version="2.0" xml:base="https://b.example/">'),
        ('<?xml version="1.0"?>', '<?xml version="1.0" encoding="iso-8859-1"?>'),
    ],
)
def test_entries_whose_surroundings_give_them_another_meaning_are_read(was: str, is_now: str) -> None:
    before = NOTES.format(ONE + TWO)
    after = before.replace(was, is_now)
    after = after.replace("</rss>", "</RSS>") if "<RSS" in after else after
    parsed = read(after.encode(), outline(before.encode()))
    assert len(parsed.entries) == 2
    assert parsed.before is None


def test_entries_of_a_document_that_is_declared_to_be_in_another_encoding_are_read() -> None:
    body = rss([ONE, TWO])
    assert len(read(body, outline(body), "application/rss+xml; charset=koi8-r").entries) == 2


def test_entries_that_take_their_author_from_the_feed_are_read_when_that_changes() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><author><name>{}</name></author>'
        "<entry><id>1</id><title>Storm</title></entry></feed>"
    )
    parsed = read(feed.format("Ann").encode(), outline(feed.format("Bob").encode()))
    assert [entry.authors for entry in parsed.entries] == [("Ann",)]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- {} -->",
        "<description><![CDATA[ {} ]]></description>",
        "<image>{}</image>",
    ],
)
def test_an_entry_that_is_no_entry_any_more_is_not_taken_for_one(hidden: str) -> None:
    before = outline(NOTES.format(ONE + TWO).encode())
    body = NOTES.format(hidden.format(ONE) + TWO).encode()
    parsed = read_well_formed(Document("https://a.example/feed", body), 100, 100, before)
    assert parsed is None or ([entry.guid for entry in parsed.entries], parsed.before) == (["2"], None)


@pytest.mark.parametrize(
    "trick",
    [
        # The bytes from the first tag to the first end are no element.
        "<item><guid>1</guid><!-- </item><item> --><title>Storm</title></item>",
        "<item><guid>1</guid><title><![CDATA[</item> <item>]]></title></item>",
    ],
)
def test_a_document_whose_bytes_do_not_tell_its_entries_apart_has_no_outline(trick: str) -> None:
    assert read(NOTES.format(trick + TWO).encode()).outline is None


@pytest.mark.parametrize(
    "entries",
    [
        f'<item xmlns:m="http://search.yahoo.com/mrss/"><guid>4</guid><m:title>Wind</m:title></item>{TWO}',
        f"<item><guid>4</guid><c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'>Wind</c:encoded></item>{TWO}",
    ],
)
def test_what_an_entry_declares_that_means_the_same_everywhere_keeps_none_from_staying_unread(entries: str) -> None:
    parsed = read(NOTES.format(ONE + entries).encode(), outline(NOTES.format(entries).encode()))
    assert [entry.guid for entry in parsed.entries] == ["1"]
    assert len(parsed.repeated) == 2


def test_entries_whose_names_have_prefixes_stay_unread_too() -> None:
    feed = '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>News</a:title>{}</a:feed>'
    one, two = (f"<a:entry><a:id>{name}</a:id></a:entry>" for name in "12")
    parsed = read(feed.format(one + two).encode(), outline(feed.format(two).encode()))
    assert ([entry.guid for entry in parsed.entries], len(parsed.repeated)) == (["1"], 1)


def test_an_entry_that_stands_twice_is_read() -> None:
    parsed = read(rss([ONE, ONE, TWO]), outline(rss([ONE, TWO])))
    assert len(parsed.entries) == 3


def test_bytes_that_are_not_utf_8_have_no_outline() -> None:
    assert read(NOTES.format(item("1", "Orkan über")).encode("latin-1")).outline is None


def test_a_document_that_lost_entries_for_being_too_long_has_no_outline() -> None:
    parsed = read_well_formed(Document("https://a.example/feed", rss([ONE, TWO, THREE])), 2, 100)
    assert parsed
    assert parsed.outline is None


def test_a_document_of_items_that_begin_alike_is_read_whole() -> None:
    body = NOTES.format(f"<items><item><guid>9</guid></item></items>{ONE}").encode()
    parsed = read_well_formed(Document("https://a.example/feed", body), 100, 100, outline(rss([ONE])))
    assert parsed is None or parsed.before is None


def test_hints_after_the_last_entry_are_read_though_all_entries_come_again() -> None:
    body = NOTES.format(ONE + TWO + "<ttl>90</ttl>").encode()
    parsed = read(body, outline(body))
    assert parsed.entries == ()
    assert parsed.hints == read(body).hints
    assert parsed.hints.ttl


@pytest.mark.parametrize(
    "body",
    [
        # Beside the channel and in it: their order in the tree is another one than in the text.
        f'<rss version="2.0"><channel><title>News</title>{ONE}{TWO}</channel>{THREE}</rss>',
        # A second channel, which may have a base of its own.
        f"<rss><channel><title>A</title>{ONE}</channel><channel xml:base='https://b.example/'>{TWO}</channel></rss>",
        # One entry declares the prefix that gives others their meaning.
        NOTES.format(TWO + '<item xmlns:dc="https://x.example/"><guid>4</guid><dc:creator>Ann</dc:creator></item>'),
        # So may one whose declaration is written as none is.
        NOTES.format(TWO + '<item xmlns:m = "http://search.yahoo.com/mrss/"><guid>4</guid></item>'),
    ],
)
def test_entries_that_do_not_have_one_parent_or_all_they_need_have_no_outline(body: str) -> None:
    assert read(body.encode()).outline is None
