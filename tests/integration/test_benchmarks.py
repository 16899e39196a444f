import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.servers.commands import Commands
from tests.servers.forked_benchmark import run_benchmark

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run a benchmark to its end; what it prints."""

    def run(*words: str) -> str:
        done = run_benchmark(commands, words, tmp_path_factory.mktemp("ran"))
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize(
    ("kind", "others"), [("sqlite", {"rivals": ["script"], "workers": ["celery"]}), ("postgresql", {})]
)
def test_the_benchmark_measures_each_round_and_checks_what_was_stored(
    run: Callable[..., str], kind: str, others: dict[str, list[str]]
) -> None:
    rivals, workers = others.get("rivals", []), others.get("workers", [])
    # Enough for each round to take a tick of the clock by which the kernel counts CPU.
    printed = run(
        "benchmarks.__main__",
        "--feeds",
        "20",
        "--store",
        kind,
        "--rivals",
        *rivals,
        "--workers",
        *workers,
        "--profile",
        "--json",
    )
    rounds = [json.loads(line) for line in printed.splitlines()]
    measured = [(each["round"], each["program"]) for each in rounds]
    programs = ("feedmill", *workers, *rivals)
    polled = [(name, program) for name in ("fresh", "304", "same", "one new") for program in programs]
    assert measured == [*polled, ("grouping", "feedmill")]
    assert all(each["cpu_ms"] > 0 for each in rounds)
    assert all(20 < each["worker_mb"] < 220 for each in rounds[:-1])
    profiled = [each["shares"] for each in rounds if each["program"] == "feedmill" and each["round"] == "fresh"]
    assert all({"normalise", "store"} <= shares.keys() for shares in profiled)
    assert [each["ratio"] for each in rounds if each["program"] == "script"] == [1.0] * 4 * len(rivals)


def test_the_schedule_benchmark_compares_policies_with_as_many_polls(run: Callable[..., str], tmp_path: Path) -> None:
    picture = tmp_path / "schedule.svg"
    tiny = ["--scale", "0.01", "--groups", "2", "--days", "40"]
    printed = run("benchmarks.schedule", *tiny, "--json", "--plot", str(picture))
    ours, gap, interval, hour = (json.loads(line) for line in printed.splitlines())
    assert [gap["polls"], interval["polls"]] == pytest.approx([ours["polls"]] * 2, rel=0.1)
    assert hour["polls"] > 20
    assert ours["median"] < interval["median"]
    assert picture.read_text().startswith("<svg")


def test_the_benchmark_of_quality_finds_what_goes_wrong_and_little_else(run: Callable[..., str]) -> None:
    printed = run("benchmarks.quality", "--feeds", "150", "--days", "25", "--processes", "1")
    right, false = (float(figure) for figure in re.findall(r"([\d.]+)%\)", printed))
    assert right >= 85
    assert false < 1


def test_the_language_benchmark_holds_what_is_told_against_what_is_declared(
    run: Callable[..., str], tmp_path: Path
) -> None:
    text = (ROOT / "tests/data/languages/uk.txt").read_text()
    for declared in ("uk", "en"):
        (tmp_path / f"{declared}.xml").write_bytes(rss([item("1", text)], head=f"<language>{declared}</language>"))
    printed = run("benchmarks.languages", str(tmp_path))
    assert "feeds: 2 entries" in printed
    shares = sorted(line.split() for line in printed.splitlines() if line.startswith(("agree", "differ")))
    assert shares == [["agree", "1", "50.0%"], ["differ", "1", "50.0%"]]
    assert f"{tmp_path.name}/en.xml: en declared, uk told: 1" in printed


def test_the_benchmark_of_encodings_counts_what_is_right(run: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "ru.txt").write_text((ROOT / "tests/data/languages/ru.txt").read_text())
    rows = [line.split() for line in run("benchmarks.encodings", str(tmp_path)).splitlines()[1:3]]
    assert [row[0] for row in rows] == ["80", "200"]
    assert all(int(row[1]) > 20 and row[2] == "100.00%" for row in rows)


def test_the_normalising_benchmark_measures_every_entry(run: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss([item("one"), item("two")]))
    rows = [line.rsplit(maxsplit=4) for line in run("benchmarks.normalising", str(tmp_path)).splitlines()[1:]]
    assert [row[0] for row in rows] == ["as an article", "its body's HTML", "language detected"]
    assert all(row[1] == "2" and float(row[2]) > 0 for row in rows)


def test_the_benchmark_of_grouping_says_what_each_stage_costs_beside_a_plain_script(run: Callable[..., str]) -> None:
    printed = run("benchmarks.story_costs", "--feeds", "4", "--copies", "2", "--store", "sqlite")
    assert printed.startswith("80 articles of 4 feeds, sqlite\n")
    stages = ["claim, read", "signature", "boilerplate", "publish", "candidates", "verify", "store", "rest", "in all"]
    rows = {line[:12].strip(): line[12:].split() for line in printed.splitlines()[3:]}
    assert list(rows) == [*stages, "plain script"]
    assert all(float(rows[stage][0]) > 0 for stage in stages)
    assert float(rows["in all"][1]) == pytest.approx(
        float(rows["in all"][0]) / float(rows["plain script"][0]), abs=1e-3
    )


def test_the_growth_benchmark_measures_each_size_and_draws_it(run: Callable[..., str], tmp_path: Path) -> None:
    picture = tmp_path / "growth.svg"
    chosen = ["--store", "sqlite", "--feeds", "50", "100", "--looking", "0.1s", "--keep", str(tmp_path)]
    printed = run("benchmarks.million", *chosen, "--plot", str(picture), "--json")
    rows = [json.loads(line) for line in printed.splitlines()]
    assert [(row["feeds"], row["articles"]) for row in rows] == [(50, 500), (100, 1_000)]
    assert all(row["costs"][name]["wall_ms"] > 0 for row in rows for name in ("claim", "poll", "status", "feeds"))
    assert picture.read_text().startswith("<svg")
    assert sorted(path.name for path in tmp_path.glob("sqlite-*")) == ["sqlite-100", "sqlite-50"]


def test_the_sustained_benchmark_says_how_late_polls_were_and_what_they_cost(run: Callable[..., str]) -> None:
    # On SQLite the benchmark of reading does the same.
    chosen = ["--store", "postgresql", "--feeds", "100", "--sustain", "3s", "--rate", "20"]
    found = json.loads(run("benchmarks.million", *chosen, "--json"))
    # 60 fall due in that time; the last of them may wait, and those that never answer are not stored yet.
    assert 20 <= found["polls"] <= 60
    assert 0 <= found["lateness"]["p50"] <= found["lateness"]["max"] < 20
    assert found["cpu_ms_per_poll"] > 0
    assert "schedules" in found["tables"]


def test_the_reading_benchmark_says_how_long_readers_wait_and_what_an_answer_costs(run: Callable[..., str]) -> None:
    # Long enough for polls to begin on a machine that is busy with other tests.
    chosen = ["--store", "sqlite", "--feeds", "50", "--readers", "4", "--pause", "0.3", "--time", "12s", "--rate", "9"]
    found = json.loads(run("benchmarks.reading", *chosen, "--alone", "5", "--json"))
    kinds = {"page: now", "page: a feed", "page: search", "search: best", "row: a feed", "out: Atom", "out: known Atom"}
    assert kinds <= {each["kind"] for each in found["waits"]}
    assert [each for each in found["waits"] if each["refused"]] == []
    assert sum(each["answers"] for each in found["waits"]) > 0
    assert sum(each["cpu_ms"] for each in found["waits"]) > 0
    assert found["cpu_ms_per_answer"] > 0
    assert found["polls"] > 0
