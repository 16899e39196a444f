from worker.recognise.keys import key_entries, key_within
from worker.values.entries import Entry

KEYED = key_entries([Entry(guid="dispatch", content="Rain."), Entry(guid="2", content="Snow.")], "dispatch 1")


def test_entries_of_two_files_of_a_folder_have_keys_of_their_own() -> None:
    here, there = key_within(KEYED, "a.txt"), key_within(KEYED, "b/a.txt")
    assert len({each.guid_hash for each in (*KEYED, *here, *there)}) == 6


def test_an_entry_keeps_its_key_in_its_file_and_its_guid_as_published() -> None:
    assert key_within(KEYED, "a.txt") == key_within(KEYED, "a.txt")
    assert [each.guid for each in key_within(KEYED, "a.txt")] == ["dispatch", "2"]
