"""The notebook of the documentation, its cells run one after the other as Jupyter would run them, in a real store."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.documents import PARAGRAPHS, item, rss
from tests.pages import ROOT
from tests.polling import add, follow, poll
from tests.servers.publisher import Publisher
from tests.stores import url_of
from worker.database.engine import reading
from worker.datasets.data_sets import DATA_SETS, Part
from worker.datasets.exporting import Export, Format, write_days
from worker.pipeline.tools import Tools
from worker.stories.grouping import group_waiting

NOTEBOOK = json.loads((ROOT / "docs/coverage.ipynb").read_text())
# What a reader would look at: the titles of the figures, and the rows of the tables.
_LOOK = """
import json
axes = [figure.axes[0] for figure in map(plt.figure, plt.get_fignums())]
print(json.dumps({
    "titles": [each.get_title(loc="left") for each in axes],
    "gaps": with_gaps["gaps"].tolist(), "sizes": stories["size"].tolist(), "days": len(every_day),
}))
"""


def _cells(kind: str) -> Sequence[str]:
    return ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == kind]


def _run(url: str, folder: Path, parquet: Path | None = None) -> Any:
    program = "\n".join([*_cells("code"), _LOOK])
    if parquet:
        assert "PARQUET = None" in program
        program = program.replace("PARQUET = None", f"PARQUET = {str(parquet)!r}")
    # Looking for fonts takes longer than all else: what was found is kept for the other test.
    environment = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(folder.parent), "FEEDMILL_DATABASE_URL": url}
    words = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def url(tools: Tools, publisher: Publisher) -> str:
    """A store in which a feed had a gap, and another one has a copy of its article."""
    follow(tools, publisher, [item("a", PARAGRAPHS[0]), item("b")], [item("c"), item("d")])
    add(tools, publisher.serve("/other", rss([item("e", f"{PARAGRAPHS[0]} As told before.")])))
    poll(tools)
    list(group_waiting(tools.engine, lambda: False))
    return url_of(tools.engine)


def test_every_cell_runs_and_finds_what_the_store_has(url: str, tools: Tools, tmp_path: Path) -> None:
    parquet = tmp_path / "articles"
    is_exported = tools.engine.dialect.name == "sqlite"
    if is_exported:
        with reading(tools.engine) as connection:
            list(write_days(connection, Export(DATA_SETS["articles"], Part(), Format.PARQUET), parquet, None))
    found = _run(url, tmp_path, parquet if is_exported else None)
    exported = ["5 articles as exported"] if is_exported else []
    assert found == {
        "titles": ["5 articles in 14 days, 0.4 a day", *exported, "2 feeds, 3 polls, 1 days with gaps"],
        "gaps": [1],
        "sizes": [2],
        "days": 14,
    }


def test_the_notebook_is_kept_without_what_its_cells_answered() -> None:
    cells = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
