"""Both parsers over every document at hand: ours, and what docs/parsing.md says where to put."""

from collections import Counter

import pytest

from benchmarks.agreement import FIELDS, Comparison, compare
from benchmarks.parsers import FOLDERS, read_documents

AS_GOOD_AS_ALL = {"guid", "link", "title", "published", "updated", "enclosures"}
THERE = [folder for folder in FOLDERS if folder.is_dir()]
# A feed that breaks goes from one parser to the other; its entries must not look edited for it.
SPOILT = [b"", b"<"]


@pytest.fixture(
    scope="module",
    params=[(folder, spoilt) for folder in THERE for spoilt in SPOILT],
    ids=lambda param: f"{param[0].name}{' spoilt' * bool(param[1])}",
)
def comparisons(request: pytest.FixtureRequest) -> dict[str, Comparison]:
    folder, spoilt = request.param
    compared = {name: compare(document, spoilt) for name, document in read_documents([folder]).items()}
    return {name: comparison for name, comparison in compared.items() if comparison}


def test_there_is_something_to_compare(comparisons: dict[str, Comparison]) -> None:
    assert sum(comparison.entries for comparison in comparisons.values()) > 10


def test_no_document_loses_an_entry(comparisons: dict[str, Comparison]) -> None:
    assert {name: comparison.lost for name, comparison in comparisons.items() if comparison.lost} == {}


def test_every_difference_has_a_reason(comparisons: dict[str, Comparison]) -> None:
    unexplained = [
        (name, difference)
        for name, comparison in comparisons.items()
        for difference in comparison.differences
        if difference.reason is None
    ]
    assert unexplained == []


def test_differences_are_rare(comparisons: dict[str, Comparison]) -> None:
    entries = sum(comparison.entries for comparison in comparisons.values())
    fields = Counter(difference.field for comparison in comparisons.values() for difference in comparison.differences)
    # Documents made to be odd, a few dozen of them: there one alone is more than one in a hundred.
    allowed = {field: max(entries * (0.001 if field in AS_GOOD_AS_ALL else 0.01), 3) for field in FIELDS}
    assert {field: count for field, count in fields.items() if count > allowed[field]} == {}


def test_the_documents_of_others_are_at_hand() -> None:
    if missing := [str(folder) for folder in FOLDERS if folder not in THERE]:
        pytest.skip(f"nothing is compared in {' and '.join(missing)}: not there, docs/parsing.md says how to get them")
