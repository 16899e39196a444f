"""Entries that share a guid, in thousands."""

from tests.costs import spend_at_most
from worker.recognise.keys import key_entries
from worker.values.entries import Entry, GuidPolicy, KnownSighting

PAGE = "https://a.example/changelog/"


def test_what_entries_of_one_guid_cost_grows_as_their_number_does() -> None:
    entries = [Entry(PAGE, PAGE, title=f"v{number}", summary=f"Notes {number}") for number in range(30_000)]
    keyed = spend_at_most(2, lambda: key_entries(entries, "expat 1"))
    sighted = {
        each.guid_hash: KnownSighting(1, 1, each.fingerprint, b"words", PAGE, guid=each.guid, known_by=each.known_by)
        for each in keyed
    }
    again = spend_at_most(2, lambda: key_entries(entries, "expat 1", GuidPolicy.GUID, sighted))
    assert len(again) == 30_000
