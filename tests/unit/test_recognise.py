import pytest

from worker.recognise import hash_guid, key_entries, recognise
from worker.values import Entry, Sighted

READING = "feedparser 1"


def _sighted(entry: Entry, sighting_id: int = 1, *, left: bool = False, reading: str = READING) -> dict[bytes, Sighted]:
    (keyed,) = key_entries([entry], reading)
    return {keyed.guid_hash: Sighted(sighting_id, 7, keyed.fingerprint, b"words", left=left)}


def test_an_entry_is_known_by_its_guid() -> None:
    (keyed,) = key_entries([Entry(guid="g1", link="https://a.example/1")], READING)
    assert (keyed.guid, keyed.guid_hash) == ("g1", hash_guid("g1"))


def test_without_a_guid_the_link_stands_in() -> None:
    (keyed,) = key_entries([Entry(link="https://a.example/1")], READING)
    assert keyed.guid == "https://a.example/1"


def test_without_guid_and_link_the_words_stand_in() -> None:
    first, second = key_entries([Entry(title="One"), Entry(title="Two")], READING)
    assert first.guid.startswith("content:")
    assert first.guid_hash != second.guid_hash


def test_entries_that_share_a_guid_are_told_apart_by_their_links() -> None:
    entries = [Entry(guid="same", link=f"https://a.example/{number}") for number in range(3)]
    assert len({keyed.guid_hash for keyed in key_entries(entries, READING)}) == 3


def test_an_entry_repeated_as_it_stands_is_one() -> None:
    assert len(key_entries([Entry(guid="g1", link="x"), Entry(guid="g1", link="x")], READING)) == 1


def test_an_entry_that_says_nothing_is_none() -> None:
    assert key_entries([Entry(published="2026-11-24")], READING) == ()


def test_an_entry_never_sighted_is_fresh() -> None:
    keyed = key_entries([Entry(guid="g1", title="News")], READING)
    assert recognise(keyed, {}).fresh == keyed


def test_an_unchanged_entry_is_not_looked_at_again() -> None:
    entry = Entry(guid="g1", title="News")
    assert recognise(key_entries([entry], READING), _sighted(entry)).fresh == ()


def test_an_edited_entry_is_fresh() -> None:
    keyed = key_entries([Entry(guid="g1", title="News, corrected")], READING)
    assert recognise(keyed, _sighted(Entry(guid="g1", title="News"))).fresh == keyed


def test_another_version_of_the_parser_looks_again() -> None:
    entry = Entry(guid="g1", title="News")
    keyed = key_entries([entry], "feedparser 2")
    assert recognise(keyed, _sighted(entry)).fresh == keyed


def test_an_entry_no_longer_in_the_document_has_left() -> None:
    recognised = recognise((), _sighted(Entry(guid="g1"), sighting_id=42))
    assert recognised.left == (42,)


@pytest.mark.parametrize(("left", "returned"), [(True, (42,)), (False, ())])
def test_only_an_entry_that_had_left_returns(left: bool, returned: tuple[int, ...]) -> None:
    entry = Entry(guid="g1", title="News")
    recognised = recognise(key_entries([entry], READING), _sighted(entry, 42, left=left))
    assert (recognised.returned, recognised.fresh) == (returned, ())


def test_what_left_long_ago_is_not_said_to_leave_again() -> None:
    assert recognise((), _sighted(Entry(guid="g1"), left=True)).left == ()
