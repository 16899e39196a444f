from hypothesis import given
from hypothesis import strategies as st

from tests.deciding import article, seen_as, sighting
from worker.recognise.gaps import is_gap
from worker.values.articles import Sighting
from worker.values.entries import KnownSighting

NAMES = st.sets(st.integers(0, 30), max_size=8)


def new(*names: int | str) -> list[Sighting]:
    return [
        sighting(article(f"words {name}", original_url=f"https://a.example/{name}"), f"guid {name}") for name in names
    ]


def gone(*names: int | str) -> list[KnownSighting]:
    shown = {name: article(f"words {name}") for name in names}
    return [
        seen_as(number, f"guid {name}", original_url=f"https://a.example/{name}", content_hash=said.content_hash)
        for number, (name, said) in enumerate(shown.items())
    ]


def test_a_document_of_new_entries_only_has_a_gap_before_it() -> None:
    assert is_gap(3, 2, new("d", "e", "f"), gone("a", "b"))


def test_one_former_entry_that_is_still_there_shows_that_none_was_missed() -> None:
    assert not is_gap(3, 3, new("d", "e"), gone("b", "c"))


def test_a_document_that_shows_one_entry_tells_of_no_gap() -> None:
    assert not is_gap(1, 1, new("b"), gone("a"))
    assert not is_gap(1, 5, new("f"), gone("a", "b", "c", "d", "e"))
    assert not is_gap(5, 1, new("b", "c", "d", "e", "f"), gone("a"))


def test_a_document_that_was_empty_before_tells_of_no_gap() -> None:
    assert not is_gap(3, 0, new("a", "b", "c"), [])


def test_entries_with_the_links_or_the_words_of_those_that_left_have_other_guids_and_are_not_new() -> None:
    renamed = sighting(article("other words", original_url="https://a.example/a"), "another guid")
    assert not is_gap(2, 2, [renamed, *new("c")], gone("a", "b"))
    moved = sighting(article("words a", original_url="https://b.example/a"), "another guid")
    assert not is_gap(2, 2, [moved, *new("c")], gone("a", "b"))


def test_a_link_that_all_entries_share_names_none_of_them() -> None:
    shared = [sighting(article(f"words {name}", original_url="https://a.example/"), name) for name in "cd"]
    left = [seen_as(number, name, original_url="https://a.example/") for number, name in enumerate("ab")]
    assert is_gap(2, 2, shared, left)


@given(NAMES, NAMES)
def test_there_is_a_gap_where_two_documents_of_several_entries_have_none_in_common(
    before: set[int], after: set[int]
) -> None:
    found = is_gap(len(after), len(before), new(*after - before), gone(*before - after))
    assert found == (len(before) > 1 and len(after) > 1 and before.isdisjoint(after))
