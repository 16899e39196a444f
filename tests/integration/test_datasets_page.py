"""docs/datasets.md: its programs run as they are copied, beside what its command for a file of each day has written."""

import datetime as dt
import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.commands import run_command
from tests.datasets import HOSTILE, fill
from tests.stores import url_of

PAGE = (Path(__file__).parents[2] / "docs/datasets.md").read_text()
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXPORT = ["export", "articles", "--format", "parquet", "--partition", "day", "--to", "lake/articles"]


@pytest.mark.usefixtures("restored_logs")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_is_exported_by_days_is_read_by_the_programs_of_the_page(
    store: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    assert f"feedmill {' '.join(EXPORT[:6])} --since 2d {' '.join(EXPORT[6:])}\n" in PAGE
    assert run_command(capsys, EXPORT).code == 0
    counted, listed = map(_run, PROGRAMS)
    assert re.findall(r"(2026-11-2\d) │ +1 │ +1 ", counted) == ["2026-11-28", "2026-11-29"]
    assert [(row["title"], row["tags"]) for row in eval(listed, {"datetime": dt})] == [
        (HOSTILE, []),
        ("", ["a", "b"]),
    ]


def _run(program: str) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(program, "docs/datasets.md", "exec"), {"__name__": "__main__"})
    return printed.getvalue()
