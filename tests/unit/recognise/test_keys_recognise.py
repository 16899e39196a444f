import pytest

from worker.recognise.audit import audit_guids
from worker.recognise.keys import hash_guid, key_entries, recognise
from worker.values.entries import Entry, GuidPolicy, GuidRule, KnownBy, KnownSighting

READING = "feedparser 1"


def _sighted(
    entry: Entry, sighting_id: int = 1, *, has_left: bool = False, reading: str = READING
) -> dict[bytes, KnownSighting]:
    (keyed,) = key_entries([entry], reading)
    return {keyed.guid_hash: KnownSighting(sighting_id, 7, keyed.fingerprint, b"words", has_left=has_left)}


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
    first, second = key_entries([Entry(guid="same", link="l1"), Entry(guid="same", link="l2")], READING)
    assert [first.guid_hash, second.guid_hash] == [hash_guid("same l1"), hash_guid("same l2")]
    assert (first.guid, first.known_by) == ("same", KnownBy.GUID_AND_LINK)


def test_guids_beyond_what_is_stored_stay_apart() -> None:
    first, second = key_entries([Entry(guid="g" * 5000 + end) for end in "ab"], READING)
    assert len(first.guid) <= 4000
    assert first.guid != second.guid


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


def test_an_unchanged_entry_that_is_to_be_decided_about_again_is_fresh() -> None:
    entry = Entry(guid="g1", title="News")
    keyed, sighted = key_entries([entry], READING), _sighted(entry)
    recognised = recognise(keyed, sighted, again=sighted.keys())
    assert (recognised.fresh, recognised.unchanged, recognised.left) == (keyed, (), ())


def test_an_edited_entry_is_fresh() -> None:
    keyed = key_entries([Entry(guid="g1", title="News, corrected")], READING)
    assert recognise(keyed, _sighted(Entry(guid="g1", title="News"))).fresh == keyed


def test_another_version_of_the_parser_looks_again() -> None:
    entry = Entry(guid="g1", title="News")
    keyed = key_entries([entry], "feedparser 2")
    assert recognise(keyed, _sighted(entry)).fresh == keyed


def test_an_entry_no_longer_in_the_document_has_left() -> None:
    sighted = _sighted(Entry(guid="g1"), sighting_id=42)
    assert recognise((), sighted).left == (*sighted.values(),)


@pytest.mark.parametrize("has_left", [True, False])
def test_an_unchanged_entry_is_known_whether_or_not_it_had_left(has_left: bool) -> None:
    entry = Entry(guid="g1", title="News")
    sighted = _sighted(entry, 42, has_left=has_left)
    recognised = recognise(key_entries([entry], READING), sighted)
    assert (recognised.unchanged, recognised.fresh) == ((*sighted.values(),), ())


def test_what_left_long_ago_is_not_said_to_leave_again() -> None:
    assert recognise((), _sighted(Entry(guid="g1"), has_left=True)).left == ()


def _entries(*guids: str | None) -> list[Entry]:
    return [Entry(guid=guid, link=f"https://a.example/{number}") for number, guid in enumerate(guids)]


@pytest.mark.parametrize(
    ("policy", "entry", "guid", "key", "known_by"),
    [
        (GuidPolicy.GUID, Entry(guid="g", link="l"), "g", "g", KnownBy.GUID),
        (GuidPolicy.GUID_AND_LINK, Entry(guid="g", link="l"), "g", "g l", KnownBy.GUID_AND_LINK),
        (GuidPolicy.GUID_AND_LINK, Entry(link="l"), "l", "l", KnownBy.LINK),
        (GuidPolicy.LINK, Entry(guid="g", link="l"), "g", "l", KnownBy.LINK),
        (GuidPolicy.LINK, Entry(guid="g"), "g", "g", KnownBy.GUID),
    ],
)
def test_the_policy_says_by_what_an_entry_is_known_and_its_guid_stays_as_published(
    policy: GuidPolicy, entry: Entry, guid: str, key: str, known_by: KnownBy
) -> None:
    (keyed,) = key_entries([entry], READING, policy)
    assert (keyed.guid, keyed.guid_hash, keyed.known_by) == (guid, hash_guid(key), known_by)


# Keys that former versions gave, so that what they sighted stays known.
@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (Entry(title="One", summary="Words"), "content:d524931c6c6c9f644358d26fe07a838f"),
        (Entry(title="One", content="Words", summary="Fewer"), "content:d524931c6c6c9f644358d26fe07a838f"),
    ],
)
def test_an_entry_with_neither_guid_nor_link_is_known_by_its_words(entry: Entry, key: str) -> None:
    (keyed,) = key_entries([entry], READING)
    assert (keyed.guid, keyed.guid_hash, keyed.known_by) == (key, hash_guid(key), KnownBy.WORDS)


@pytest.mark.parametrize(
    ("entries", "policy"),
    [
        (_entries("g1", "g2", "g3"), GuidPolicy.GUID),
        (_entries("same", "same", "same"), GuidPolicy.GUID_AND_LINK),
        (_entries("same", "same", "g3"), GuidPolicy.GUID_AND_LINK),
        (_entries("same", "same", "g3", "g4"), GuidPolicy.GUID),
        (_entries(None, None), GuidPolicy.LINK),
        (_entries(None, "g2"), GuidPolicy.GUID),
        ([], GuidPolicy.GUID),
        ([Entry(title="no link either")], GuidPolicy.GUID),
    ],
)
def test_the_audit_finds_guids_that_tell_nothing_apart(entries: list[Entry], policy: GuidPolicy) -> None:
    assert audit_guids(GuidRule(), entries, renamed=0, carried=0).policy is policy


def test_guids_that_change_once_are_a_redesign() -> None:
    audited = audit_guids(GuidRule(), _entries("g1", "g2"), renamed=2, carried=2)
    assert (audited.policy, audited.renamings) == (GuidPolicy.GUID, 1)


def test_guids_that_change_twice_running_are_given_up_and_it_says_why() -> None:
    audited = audit_guids(GuidRule(renamings=1), _entries("g1", "g2"), renamed=1, carried=2)
    assert (audited.policy, audited.reason) == (
        GuidPolicy.LINK,
        "its guids changed 2 times running while the entries stayed",
    )


def test_guids_that_stayed_are_believed_again() -> None:
    assert audit_guids(GuidRule(renamings=1), _entries("g1", "g2"), renamed=0, carried=2) == GuidRule()


@pytest.mark.parametrize("rule", [GuidRule(GuidPolicy.LINK, "why"), GuidRule(GuidPolicy.GUID, is_fixed=True)])
def test_a_verdict_and_an_operators_choice_stand(rule: GuidRule) -> None:
    assert audit_guids(rule, _entries("same", "same"), renamed=2, carried=2) == rule
