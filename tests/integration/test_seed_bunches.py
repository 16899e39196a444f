"""Files of wires share their commits, and unchanged files one look; none of them pays for another one's fault."""

from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.plans import recording
from tests.polling import count, titles
from tests.seeds import place
from worker.database.article_tables import ArticleRow
from worker.pipeline.tools import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import ingest

SOME = 20


def _place_dispatches(folder: Path) -> None:
    for number in range(SOME):
        words = (
            f"date 2026-07-10\n\nLONDON, July 10 (Reuters) - Ship number {number} came in.\n\nIt was number {number}."
        )
        place(folder / f"{number:02}.txt", words)


def _ingest(tools: Tools, *paths: Path) -> list[SeedRead]:
    return list(ingest(tools, paths, 1_000_000))


def test_files_of_wires_share_their_commits(tools: Tools, tmp_path: Path) -> None:
    _place_dispatches(tmp_path / "seeds")
    commits: list[object] = []
    event.listen(tools.engine, "commit", commits.append)
    assert [seed.new for seed in _ingest(tools, tmp_path / "seeds")] == [1] * SOME
    # Their feeds are added, then they are stored; at the end what was stored is counted. What is read ends by one too.
    assert (len(commits), count(tools, ArticleRow)) == (6, SOME)


def test_files_that_are_unchanged_are_found_to_be_so_by_one_look(tools: Tools, tmp_path: Path) -> None:
    _place_dispatches(tmp_path / "seeds")
    _ingest(tools, tmp_path / "seeds")
    with recording(tools.engine) as statements:
        assert [seed.new for seed in _ingest(tools, tmp_path / "seeds")] == [0] * SOME
    assert ["FROM seed_files" in " ".join(statement.split()) for statement in statements] == [True]


def test_a_file_that_is_named_twice_is_read_once(tools: Tools, tmp_path: Path) -> None:
    _place_dispatches(tmp_path / "seeds")
    one = tmp_path / "seeds/07.txt"
    assert [seed.new for seed in _ingest(tools, one, one, tmp_path / "seeds/08.txt")] == [1, 0, 1]


def test_a_file_that_cannot_be_stored_costs_none_that_was_to_be_stored_with_it(tools: Tools, tmp_path: Path) -> None:
    _place_dispatches(tmp_path / "seeds")

    def refuse(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith(("INSERT INTO articles", "COPY articles")) and "Ship number 7 " in repr(values):
            raise RuntimeError("never thought of")

    event.listen(tools.engine, "before_cursor_execute", refuse)
    seeds = _ingest(tools, tmp_path / "seeds")
    event.remove(tools.engine, "before_cursor_execute", refuse)
    assert [Path(seed.path).name for seed in seeds if seed.error] == ["07.txt"]
    assert sorted(titles(tools)) == sorted(f"Ship number {number} came in." for number in range(SOME) if number != 7)
