"""Feedmill keeps its word while it is killed: the kill test, as short as a lease lets it be."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Without those that last past a lease; they run by command.
FAULTS = "kill,redis,flush,postgres,backend,publisher"
SHORT = ["--faults", "8", "--pause", "1.5", "--feeds", "15"]


def test_nothing_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", "--only", FAULTS, *SHORT, "--logs", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    logs = [f"---- {path.name}\n{path.read_text(errors='replace')[-6000:]}" for path in sorted(tmp_path.glob("*.log"))]
    print(done.stdout, done.stderr, *logs)
    figures = {" ".join(words[:-1]): words[-1] for words in map(str.split, done.stdout.splitlines()) if words}
    assert done.returncode == 0
    assert (figures["lost"], figures["doubled"], figures["violations"]) == ("0", "0", "0")
    assert int(figures["articles promised"]) > 45
