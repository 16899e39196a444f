"""Feedmill keeps its word while it is killed: the kill test, as short as a lease lets it be."""

from pathlib import Path

import pytest

from tests.servers.commands import Commands
from tests.servers.forked_benchmark import run_benchmark

# Without those that last past a lease; they run by command.
FAULTS = "kill,redis,flush,postgres,backend,publisher"
SHORT = ["--faults", "8", "--pause", "1.5", "--feeds", "15"]


def test_nothing_is_lost_or_doubled_by_kills(
    commands: Commands, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    words = ["benchmarks.kills", "--only", FAULTS, *SHORT, "--logs", str(tmp_path)]
    done = run_benchmark(commands, words, tmp_path_factory.mktemp("ran"))
    logs = [f"---- {path.name}\n{path.read_text(errors='replace')[-6000:]}" for path in sorted(tmp_path.glob("*.log"))]
    print(done.stdout, done.stderr, *logs)
    figures = {" ".join(words[:-1]): words[-1] for words in map(str.split, done.stdout.splitlines()) if words}
    assert done.returncode == 0
    assert (figures["lost"], figures["doubled"], figures["violations"]) == ("0", "0", "0")
    assert int(figures["articles promised"]) > 45
