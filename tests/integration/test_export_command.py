"""``feedmill export`` with a data set: where it goes, what is refused, and what a day's export leaves."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from pyarrow import dataset
from sqlalchemy import Engine, delete, update

from tests.commands import Done, run_command
from tests.datasets import FIRST, fill
from tests.stores import url_of
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import PollRow
from worker.datasets.data_sets import DATA_SETS

pytestmark = pytest.mark.usefixtures("restored_logs")
Run = Callable[..., Done]
FOLDERS = ["day=2026-11-28", "day=2026-11-29"]
of_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def run(store: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``feedmill export`` on a store with two days of news."""
    fill(store)
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    # However old the news of the tests is.
    monkeypatch.setenv("FEEDMILL_RETAIN_POLLS", "3650d")
    return lambda *arguments: run_command(capsys, ["export", *arguments])


def _shown(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_data_set_is_written_to_a_file_once_and_over_it_only_when_that_is_said(run: Run, tmp_path: Path) -> None:
    assert run("articles", "--to", "a.parquet") == Done(0, "a.parquet: 2 articles.\n", "")
    there = "feedmill: a.parquet is there already: --overwrite writes over it.\n"
    assert run("articles", "--to", "a.parquet") == Done(1, "", there)
    assert run("stories", "--to", "a.parquet", "--overwrite") == Done(0, "a.parquet: 1 story.\n", "")
    assert duckdb.read_parquet("a.parquet").columns[:2] == ["id", "size"]


@pytest.mark.parametrize("name", DATA_SETS)
def test_a_file_for_each_day_is_found_by_its_day(run: Run, tmp_path: Path, name: str) -> None:
    for _ in range(2):
        done = run(name, "--to", "out", "--format", "parquet", "--partition", "day")
        assert (done.code, done.errors) == (0, "")
    days = FOLDERS[-1:] if name == "stories" else FOLDERS
    assert _shown(tmp_path / "out") == [".feedmill-data-set", *(f"{day}/part-0.parquet" for day in days)]
    moment = DATA_SETS[name].moment
    found = duckdb.sql(
        f'SELECT CAST(day AS text), count(*) FROM "out/*/*.parquet" WHERE "{moment}"::date = day GROUP BY 1'
    )
    assert sorted(found.fetchall()) == [(day.removeprefix("day="), 1) for day in days]
    rows = dataset.dataset("out", format="parquet", partitioning="hive").to_table()
    assert rows.num_rows == len(days)


@of_sqlite
def test_the_same_day_again_takes_the_place_of_its_file_and_of_no_other(
    run: Run, store: Engine, tmp_path: Path
) -> None:
    days = ("--to", "out", "--format", "jsonl", "--partition", "day", "--utc")
    run("articles", *days)
    with writing(store) as connection:
        connection.execute(update(ArticleRow).values(title="new"))
    # From noon on, and yet the whole day.
    assert run("articles", *days, "--since", "2026-11-29T12:00") == Done(0, "out: 1 article in 1 day.\n", "")
    titles = [json.loads((tmp_path / "out" / day / "part-0.jsonl").read_text())["title"] for day in FOLDERS]
    assert [title == "new" for title in titles] == [False, True]


@of_sqlite
def test_a_day_on_which_pruning_has_begun_keeps_the_file_that_has_more(
    run: Run, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ("polls", "--to", "out", "--format", "csv", "--partition", "day")
    assert run(*days) == Done(0, "out: 2 polls in 2 days.\n", "")
    before = Path("out", FOLDERS[0], "part-0.csv").read_bytes()
    with reading(store) as connection:
        age = read_clock(connection).now() - FIRST
    # Within the second of the two days.
    monkeypatch.setenv("FEEDMILL_RETAIN_POLLS", f"{int((age - timedelta(hours=6)).total_seconds())}s")
    with writing(store) as connection:
        connection.execute(update(PollRow).values(error="pruned in part"))
    done = run(*days)
    assert (done.code, "2 days kept as written before, for pruning has begun there" in done.output) == (0, True)
    assert Path("out", FOLDERS[0], "part-0.csv").read_bytes() == before


@of_sqlite
def test_a_folder_is_of_one_export_and_never_somebody_elses(run: Run) -> None:
    days = ("--partition", "day", "--to", "out", "--format")
    run("articles", *days, "csv")
    for words in (("polls", *days, "csv"), ("articles", *days, "jsonl"), ("articles", *days, "csv", "--feed", "1")):
        done = run(*words)
        assert done.code == 1
        assert "out is of another export" in done.errors
    Path("mine").mkdir()
    Path("mine", "letter.txt").touch()
    said = "feedmill: mine has files that are no export's: name a new or an empty folder.\n"
    assert run("articles", "--to", "mine", "--partition", "day", "--format", "csv") == Done(1, "", said)
    Path("file").touch()
    done = run("articles", "--to", "file", "--partition", "day", "--format", "csv")
    assert (done.code, done.errors.startswith("feedmill: file is no folder")) == (2, True)


@of_sqlite
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("articles --format xls", 2, "'xls' is not one of 'parquet', 'csv', 'jsonl'"),
        ("articles --to a.xls", 2, "a.xls does not end as a format: say --format parquet, csv or jsonl"),
        ("articles --to .", 2, ". is a folder: --partition day"),
        ("articles --partition day", 2, "say which, with --to FOLDER"),
        ("articles --spreadsheet", 2, "--spreadsheet is for one file of CSV: say --format csv"),
        ("articles --spreadsheet --format csv --partition day --to x", 2, "leave out --partition"),
        ("articles --partition hour --to x", 2, "'hour' is not 'day'"),
        ("articles --since 2026-11-29 --until 2026-11-27", 2, "--until is not after --since"),
        ("articles --to none/a.csv", 1, "none/a.csv was not written: no such file or directory"),
        ("articles --to /dev/full --format parquet", 1, "/dev/full was not written: no space left on device"),
        ("articles --feed nobody", 1, "No feed is called nobody"),
        ("articles --feed-tag nothing", 1, "nothing"),
        ("revisions", 2, "'revisions' is not one of 'articles', 'polls', 'stories', 'events'"),
        ("--format csv", 2, "--format is for a data set, so name one: articles, polls, stories, events"),
        ("--feed 7", 2, "--feed is for a data set"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Run, words: str, code: int, said: str) -> None:
    done = run(*words.split())
    assert (done.code, done.output) == (code, "")
    assert said in done.errors
    assert "Traceback" not in done.errors


@of_sqlite
@pytest.mark.parametrize("path", ["", "a\x00b.csv", "x" * 5_000, "/" + "d/" * 2_500, "no\udce9l/a.csv", "\x1b[31m/a"])
def test_no_path_is_more_than_a_sentence(run: Run, path: str) -> None:
    for more in ((), ("--partition", "day")):
        done = run("articles", "--format", "csv", "--to", path, *more)
        assert (done.code in {0, 1, 2}, done.errors.count("\n") <= 1, "\x1b" in done.errors + done.output) == (
            True,
            True,
            False,
        )


@of_sqlite
@pytest.mark.parametrize(
    "command", ["articles --json", "polls --json", "stories --json", "follow --since 0 --once --json"]
)
def test_json_lines_are_byte_for_byte_what_the_command_prints(
    run: Run, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    name = command.split(maxsplit=1)[0].replace("follow", "events")
    exported, listed = run(name), run_command(capsys, command.split())
    assert exported == listed
    assert exported.output


@of_sqlite
def test_events_without_a_place_get_one_before_they_are_written(run: Run, store: Engine) -> None:
    with writing(store) as connection:
        connection.exec_driver_sql("UPDATE events SET position = NULL")
        connection.exec_driver_sql("UPDATE event_bounds SET numbered_to = 0")
    assert [json.loads(line)["cursor"] for line in run("events").output.splitlines()] == [1, 2]


@of_sqlite
def test_what_parquet_takes_is_said_where_it_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "worker.datasets.parquet", raising=False)
    done = run("articles", "--to", "a.parquet")
    said = "Parquet takes the extra datasets: `pip install '.[datasets]'` in the clone of Feedmill."
    assert (done.code, done.output, said in done.errors) == (2, "", True)
    assert run("articles", "--to", "a.csv").code == 0


@of_sqlite
def test_feeds_alone_are_a_list_as_ever(run: Run, store: Engine) -> None:
    done = run()
    assert (done.code, done.output.startswith("<?xml"), done.output.count("xmlUrl=")) == (0, True, 2)


@of_sqlite
def test_csv_and_parquet_in_a_pipe_are_as_they_are_and_json_lines_show_nothing_nasty(
    store: Engine, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    piped = {}
    for form in ("csv", "jsonl", "parquet"):
        piped[form] = run_command(capsysbinary, ["export", "articles", "--format", form]).output  # type: ignore[arg-type]
    assert ["\u202e".encode() in piped[form] for form in ("csv", "jsonl")] == [True, False]
    assert (piped["parquet"][:4], piped["parquet"][-4:]) == (b"PAR1", b"PAR1")


@of_sqlite
def test_for_a_spreadsheet_csv_has_the_mark_of_utf8_and_no_formulas(run: Run, tmp_path: Path) -> None:
    assert run("articles", "--to", "a.csv", "--spreadsheet").code == run("articles", "--to", "b.csv").code == 0
    for_people, for_programs = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv"))
    assert b',"=' in for_programs
    assert for_people == b"\xef\xbb\xbf" + for_programs.replace(b',"=', b",\"'=")


@of_sqlite
def test_a_store_without_rows_in_a_time_makes_no_days(run: Run, store: Engine, tmp_path: Path) -> None:
    with writing(store) as connection:
        connection.execute(delete(PollRow))
    assert run("polls", "--to", "out.csv") == Done(0, "out.csv: 0 polls.\n", "")
    done = run("polls", "--to", "out", "--partition", "day", "--format", "csv")
    assert (done, _shown(tmp_path / "out")) == (Done(0, "out: 0 polls in 0 days.\n", ""), [".feedmill-data-set"])
