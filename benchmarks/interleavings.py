"""Whether any order of polls, files, late workers and retries ends in the same store: random interleavings of them.

``python -m benchmarks.interleavings`` takes 10,000 random steps a seed, and holds the store against a small sequential
model after each that wrote. The first difference of a seed is printed with the steps that led to it.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from benchmarks.interleaving_machine import DifferenceError, Machine
from benchmarks.running import begin_connections_with, database
from worker.database.engine import open_store
from worker.database.schema import migrate


@contextmanager
def open_empty(kind: str) -> Iterator[Engine]:
    """Provide an empty store."""
    # Short: the database's socket is in there.
    with tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp") as folder, database(kind, Path(folder)) as (url, _):
        engine = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
        migrate(engine)
        forgo_syncing(engine)
        yield engine
        engine.dispose()


def forgo_syncing(engine: Engine) -> None:
    """Let a store wait for no disk: nobody pulls its plug."""
    statement = "PRAGMA synchronous = OFF" if engine.dialect.name == "sqlite" else "SET synchronous_commit TO off"
    begin_connections_with(engine, statement)


def run(engine: Engine, seed: int, steps: int, stretch: int) -> tuple[int, Counter[str]]:
    """Take random steps, each stretch of them from an empty store; return how many ended well, and what was done."""
    done: Counter[str] = Counter()
    for began in range(0, steps, stretch):
        random = Random(f"{seed} {began}")
        machine = Machine(engine)
        for step in range(began, min(began + stretch, steps)):
            try:
                machine.step(random)
            except DifferenceError as difference:
                print(f"seed {seed}, step {step}:\n{difference}\n")
                return step, done + machine.done
        done += machine.done
    return steps, done


def main() -> None:
    """Run the seeds and say what came of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000, help="of each seed")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--stretch", type=int, default=500, help="steps from one empty store to the next")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    differing, total = 0, Counter[str]()
    with open_empty(chosen.store) as engine:
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            began = time.monotonic()
            taken, done = run(engine, seed, chosen.steps, chosen.stretch)
            differing += taken < chosen.steps
            total += done
            ended = "no difference" if taken == chosen.steps else "a difference"
            print(f"seed {seed}: {taken:,} steps, {ended}, {time.monotonic() - began:.0f} s", flush=True)
    print("\n".join(f"{count:>9,} {done}" for done, count in sorted(total.items())))
    raise SystemExit(differing > 0)


if __name__ == "__main__":
    main()
