"""Entries of one document that share the name they would be known by."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from worker.recognise.audit import audit_guids
from worker.recognise.keys import hash_guid, key_entries, note_shared_names, recognise
from worker.values.entries import Enclosure, Entry, GuidPolicy, GuidRule, KeyedEntry, KnownBy, KnownSighting, Recognised

READING = "expat 1"
PAGE = "https://a.example/changelog/"
# The three ways in which a whole document was found to share its names.
NO_GUIDS, GUID_IS_THE_LINK, PLACEHOLDERS = (None, PAGE), (PAGE, PAGE), ("N/A", "N/A")
EVERY_KIND = pytest.mark.parametrize("kind", [NO_GUIDS, GUID_IS_THE_LINK, PLACEHOLDERS])
EVERY_POLICY = pytest.mark.parametrize("policy", list(GuidPolicy))


@dataclass
class _Feed:
    """A feed as the store knows it after some polls."""

    rule: GuidRule = field(default_factory=GuidRule)
    sighted: dict[bytes, KnownSighting] = field(default_factory=dict)
    reading: str = READING

    def poll(self, *entries: Entry) -> Recognised:
        """Read a document as the pipeline does, then remember its entries and forget none."""
        present = {key: seen for key, seen in self.sighted.items() if not seen.has_left}
        keyed = key_entries(entries, self.reading, self.rule.policy, present)
        recognised = recognise(keyed, present | {each.guid_hash: seen for each in keyed if (seen := self._find(each))})
        self.rule = audit_guids(self.rule, entries, renamed=0, carried=len(present))
        self.sighted = {key: replace(seen, has_left=True) for key, seen in self.sighted.items()}
        self.sighted |= {each.guid_hash: _sight(each) for each in keyed}
        return recognised

    def _find(self, keyed: KeyedEntry) -> KnownSighting | None:
        return self.sighted.get(keyed.guid_hash)


def _sight(keyed: KeyedEntry) -> KnownSighting:
    link = keyed.entry.link
    url = f"https://a.example/{link}" if link and "://" not in link else link
    return KnownSighting(1, 1, keyed.fingerprint, b"words", url, guid=keyed.guid, known_by=keyed.known_by)


def _notes(kind: tuple[str | None, str], *numbers: int) -> list[Entry]:
    guid, link = kind
    return [
        Entry(guid, link, title=f"v{number}", summary=f"Notes {number}", published=f"2026-11-{number:02}")
        for number in numbers
    ]


def _titles(recognised: Recognised) -> list[str | None]:
    return [keyed.entry.title for keyed in recognised.fresh]


def _hashes(keyed: Sequence[KeyedEntry]) -> set[bytes]:
    return {each.guid_hash for each in keyed}


def test_entries_that_are_nothing_but_files_are_known_by_them() -> None:
    first, second = (Entry(enclosures=(Enclosure(f"https://a.example/{name}.mp3"),)) for name in "ab")
    keyed = key_entries([first, second, Entry()], READING)
    assert [each.entry for each in keyed] == [first, second]
    assert _hashes(key_entries([second], READING)) == {keyed[1].guid_hash}


def test_a_file_whose_address_changes_renames_no_entry_that_has_words() -> None:
    signed = (Entry(title="Rain", enclosures=(Enclosure(f"https://a.example/1.mp3?token={token}"),)) for token in "ab")
    assert len({key_entries([entry], READING)[0].guid_hash for entry in signed}) == 1


@EVERY_KIND
@EVERY_POLICY
def test_entries_that_share_their_name_are_as_many_as_there_are_words(
    kind: tuple[str | None, str], policy: GuidPolicy
) -> None:
    keyed = key_entries(_notes(kind, 5, 4, 3, 2, 1), READING, policy)
    assert [each.known_by for each in keyed] == [KnownBy.WORDS] * 5
    assert len(_hashes(keyed)) == 5
    assert {each.guid for each in keyed} == {kind[0] or kind[1]}


@EVERY_KIND
def test_a_sixth_entry_is_the_only_new_one_in_a_later_poll(kind: tuple[str | None, str]) -> None:
    feed = _Feed()
    assert _titles(feed.poll(*_notes(kind, 5, 4, 3, 2, 1))) == ["v5", "v4", "v3", "v2", "v1"]
    assert _titles(feed.poll(*_notes(kind, 6, 5, 4, 3, 2, 1))) == ["v6"]


@EVERY_KIND
def test_as_the_document_rolls_on_one_entry_comes_and_one_leaves(kind: tuple[str | None, str]) -> None:
    feed = _Feed()
    feed.poll(*_notes(kind, 3, 2, 1))
    for newest in (4, 5, 6):
        recognised = feed.poll(*_notes(kind, newest, newest - 1, newest - 2))
        assert _titles(recognised) == [f"v{newest}"]
        assert (len(recognised.unchanged), len(recognised.left)) == (2, 1)


@EVERY_KIND
def test_an_edit_of_one_entry_leaves_the_others_as_they_are(kind: tuple[str | None, str]) -> None:
    feed = _Feed()
    feed.poll(*_notes(kind, 3, 2, 1))
    third, second, first = _notes(kind, 3, 2, 1)
    recognised = feed.poll(third, replace(second, summary="Notes 2, corrected"), first)
    assert _titles(recognised) == ["v2"]
    assert (len(recognised.unchanged), len(recognised.left)) == (2, 1)


@EVERY_KIND
def test_a_document_that_shrinks_to_one_entry_and_then_to_another_loses_neither(kind: tuple[str | None, str]) -> None:
    feed = _Feed()
    feed.poll(*_notes(kind, 3, 2, 1))
    assert _titles(feed.poll(*_notes(kind, 3))) == []
    assert _titles(feed.poll(*_notes(kind, 4))) == ["v4"]
    assert _titles(feed.poll(*_notes(kind, 5))) == ["v5"]
    # Each under a key of its own: none is taken for an edit of another.
    assert len(feed.sighted) == 5


@EVERY_KIND
def test_an_entry_that_had_its_name_alone_stays_what_it_was_when_others_join(kind: tuple[str | None, str]) -> None:
    feed = _Feed()
    feed.poll(*_notes(kind, 1))
    joined = feed.poll(*_notes(kind, 2, 1))
    assert (_titles(joined), len(joined.unchanged)) == (["v2"], 1)
    assert _titles(feed.poll(*_notes(kind, 3, 2, 1))) == ["v3"]
    # The first one has left, and no later one takes its place.
    assert _titles(feed.poll(*_notes(kind, 3))) == []
    assert _titles(feed.poll(*_notes(kind, 4))) == ["v4"]
    assert len(feed.sighted) == 4


def test_an_entry_that_had_its_guid_alone_keeps_it_when_one_at_another_link_joins() -> None:
    feed = _Feed()
    feed.poll(Entry("g", "https://a.example/1", "One"))
    recognised = feed.poll(Entry("g", "https://a.example/2", "Two"), Entry("g", "https://a.example/1", "One"))
    assert (_titles(recognised), len(recognised.unchanged)) == (["Two"], 1)


@EVERY_KIND
def test_another_version_of_the_parser_makes_no_new_keys(kind: tuple[str | None, str]) -> None:
    feed = _Feed()
    feed.poll(*_notes(kind, 2, 1))
    feed.reading = "expat 2"
    recognised = feed.poll(*_notes(kind, 2, 1))
    assert (len(recognised.fresh), len(feed.sighted)) == (2, 2)


@pytest.mark.parametrize("link", ["https://a.example/", "https://a.example", "/", "/day/page", "day/page", "page"])
@pytest.mark.parametrize("policy", [GuidPolicy.LINK, GuidPolicy.GUID_AND_LINK])
def test_a_shared_link_is_known_again_however_it_is_written(policy: GuidPolicy, link: str) -> None:
    feed = _Feed(GuidRule(policy, is_fixed=True))
    url = "https://a.example/day/page" if "page" in link else "https://a.example/"
    feed.poll(Entry("g", link, "One"), Entry("g", link, "Two"))
    feed.sighted = {key: replace(seen, original_url=url) for key, seen in feed.sighted.items()}
    feed.poll(Entry("g", link, "Three"))
    feed.poll(Entry("g", link, "Four"))
    assert len(feed.sighted) == 4


def test_a_shared_link_that_stands_in_for_a_guid_is_known_again_by_its_very_spelling() -> None:
    feed = _Feed()
    link = "HTTPS://A.example/one/../page"
    feed.poll(Entry(None, link, "One"), Entry(None, link, "Two"))
    feed.sighted = {key: replace(seen, original_url="https://a.example/page") for key, seen in feed.sighted.items()}
    feed.poll(Entry(None, link, "Three"))
    feed.poll(Entry(None, link, "Four"))
    assert len(feed.sighted) == 4


def test_a_name_that_was_shared_in_an_older_document_only_is_a_name_again() -> None:
    feed = _Feed()
    feed.poll(*_notes(NO_GUIDS, 2, 1))
    left = {key: replace(seen, has_left=True) for key, seen in feed.sighted.items()}
    (keyed,) = key_entries(_notes(NO_GUIDS, 3), READING, GuidPolicy.GUID, left)
    assert keyed.known_by is KnownBy.LINK


def test_guids_that_are_passed_over_may_change_at_every_poll_where_links_are_shared_too() -> None:
    feed = _Feed(GuidRule(GuidPolicy.LINK, is_fixed=True))
    for poll in "abc":
        feed.poll(Entry(f"{poll}1", PAGE, "One"), Entry(f"{poll}2", PAGE, "Two"))
    assert len(feed.sighted) == 2


@EVERY_POLICY
def test_a_name_of_its_own_is_kept_beside_entries_that_share_theirs(policy: GuidPolicy) -> None:
    feed = _Feed(GuidRule(policy, is_fixed=True))
    own = Entry("own", "https://a.example/own", "Own")
    feed.poll(*_notes(GUID_IS_THE_LINK, 2, 1), own)
    feed.poll(*_notes(GUID_IS_THE_LINK, 2, 1), replace(own, title="Edited"))
    # An edit has changed no key.
    assert len(feed.sighted) == 3


def test_a_link_under_a_guid_that_others_share_is_still_a_name_where_it_is_its_own() -> None:
    feed = _Feed(GuidRule(GuidPolicy.GUID_AND_LINK, is_fixed=True))
    own = Entry("N/A", "https://a.example/own", "Own")
    feed.poll(*_notes(("N/A", PAGE), 2, 1), own)
    feed.poll(replace(own, title="Edited"))
    assert [seen.known_by for seen in feed.sighted.values() if not seen.has_left] == [KnownBy.GUID_AND_LINK]


@EVERY_KIND
def test_one_entry_listed_twice_is_one_under_its_plain_name(kind: tuple[str | None, str]) -> None:
    (keyed,) = key_entries(_notes(kind, 1, 1), READING)
    assert keyed.guid_hash == hash_guid(kind[0] or kind[1])


@pytest.mark.parametrize("kind", [NO_GUIDS, GUID_IS_THE_LINK, PLACEHOLDERS, (None, None)])
def test_the_same_words_on_different_dates_are_entries_of_their_own(kind: tuple[str | None, str | None]) -> None:
    report = Entry(*kind, title="No warnings", summary="None in force")
    monday, tuesday, wednesday = (replace(report, published=f"2026-11-{day}") for day in (23, 24, 25))
    feed = _Feed()
    assert len(feed.poll(tuesday, monday).fresh) == 2
    assert len(feed.poll(wednesday, tuesday).fresh) == 1
    # Alone with its words once more, it is still the one it was.
    assert len(feed.poll(wednesday).unchanged) == 1
    feed.poll(replace(wednesday, authors=("A. Writer",)))
    assert len(feed.sighted) == 3


def test_a_date_that_is_now_at_every_poll_makes_nothing_new() -> None:
    feed = _Feed()
    for minute in range(3):
        feed.poll(*(replace(entry, published=f"2026-11-24T10:0{minute}Z") for entry in _notes(NO_GUIDS, 2, 1)))
    assert len(feed.sighted) == 2


def test_one_date_that_is_now_at_every_poll_makes_nothing_new_of_the_others() -> None:
    feed = _Feed()
    (old,) = _notes(NO_GUIDS, 1)
    feed.poll(old, replace(old, published="2026-11-24T10:00Z"))
    recognised = feed.poll(old, replace(old, published="2026-11-24T10:01Z"))
    assert (len(recognised.fresh), len(recognised.unchanged)) == (1, 1)


def test_an_entry_in_the_words_of_one_that_was_alone_with_them_makes_no_second_of_it() -> None:
    feed = _Feed()
    (report,) = _notes(NO_GUIDS, 1)
    feed.poll(*_notes(NO_GUIDS, 2, 1))
    recognised = feed.poll(replace(report, published="2026-11-30"), report)
    assert ([keyed.entry.published for keyed in recognised.fresh], len(recognised.unchanged)) == (["2026-11-30"], 1)


def test_a_guid_that_is_the_link_of_another_entry_loses_neither() -> None:
    entries = [Entry(PAGE, "https://a.example/1", "One"), Entry(None, PAGE, "Two")]
    assert len(_hashes(key_entries(entries, READING))) == 2


def test_where_entries_are_known_by_their_words_the_audit_finds_only_that_guids_are_missing() -> None:
    documents = [_notes(kind, 3, 2, 1) for kind in (NO_GUIDS, GUID_IS_THE_LINK, PLACEHOLDERS)]
    verdicts = [audit_guids(GuidRule(), document, renamed=0, carried=3).policy for document in documents]
    assert verdicts == [GuidPolicy.LINK, GuidPolicy.GUID, GuidPolicy.GUID]


@EVERY_KIND
def test_the_ledger_is_told_of_entries_that_share_a_name(kind: tuple[str | None, str]) -> None:
    keyed = key_entries([*_notes(kind, 2, 1), Entry("own", "own", "Own"), Entry(title="Nameless")], READING)
    assert note_shared_names(keyed, GuidPolicy.GUID) == "entries that share a guid or a link, known by their words: 2"


def test_the_ledger_is_told_nothing_of_entries_with_names_of_their_own() -> None:
    keyed = key_entries([Entry("g1"), Entry(None, PAGE), Entry(title="Nameless")], READING)
    assert note_shared_names(keyed, GuidPolicy.GUID) is None


def test_the_ledger_is_told_of_entries_that_share_a_guid_and_not_the_link() -> None:
    entries = [Entry("g1", f"{PAGE}/{number}", f"Story {number}") for number in range(3)]
    told = note_shared_names(key_entries(entries, READING), GuidPolicy.GUID)
    assert told == "entries that share a guid, known by their links too: 3"
    by_both = key_entries(entries, READING, GuidPolicy.GUID_AND_LINK)
    assert note_shared_names(by_both, GuidPolicy.GUID_AND_LINK) is None


def test_a_guid_that_entries_shared_names_none_of_them_while_one_is_there() -> None:
    shared = key_entries([Entry("g1", f"{PAGE}/{number}", f"Story {number}") for number in range(2)], READING)
    present = {each.guid_hash: _sight(each) for each in shared}
    keyed = key_entries([Entry("g1", f"{PAGE}/2", "Story 2")], READING, GuidPolicy.GUID, present)
    assert keyed[0].known_by is KnownBy.GUID_AND_LINK
