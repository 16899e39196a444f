import pytest

from tests.pages import ROOT, code, table
from worker.database.views import VIEWS
from worker.datasets.data_sets import DATA_SETS
from worker.datasets.dictionary import write_dictionary
from worker.datasets.row_kinds import Kind

PAGE = "docs/dictionary.md"


def test_the_page_is_what_the_script_prints() -> None:
    assert (ROOT / PAGE).read_text().splitlines() == list(write_dictionary())


def test_every_column_and_field_says_what_it_means() -> None:
    tables = [table(PAGE, f"## The view {view.name}") for view in VIEWS]
    tables += [table(PAGE, f"## The data set {name}") for name in DATA_SETS if name != "articles"]
    assert [row for rows in tables for row in rows if not row[2] or row[2] == "None"] == []
    assert {row[1] for rows in tables for row in rows} <= {kind.value for kind in Kind}


@pytest.mark.parametrize("name", ["polls", "stories", "events"])
def test_a_data_set_has_its_fields_on_the_page(name: str) -> None:
    named = [code(row[0])[0] for row in table(PAGE, f"## The data set {name}")]
    assert named == [field.name for field in DATA_SETS[name].fields]
