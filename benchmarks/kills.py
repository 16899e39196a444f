"""Whether Feedmill keeps its word whatever is killed, frozen, emptied, filled or shifted while it works.

``python -m benchmarks.kills`` runs a deployment (two workers, beat, Redis, PostgreSQL), or with ``--store sqlite`` the
one process of ``feedmill run``, under faults that a seed draws, and holds the store against the ledger of a publisher.
The same seed draws the same faults; when they strike is a matter of the machine. Ends with 1 if a promise was broken.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks.kill_faults import KILLS, OF_SQLITE, WEIGHTS
from benchmarks.kill_run import Plan, Ran, run

_MOST_TOLD = 50


def _kinds(chosen: argparse.Namespace) -> list[str]:
    """Return the faults that may be drawn."""
    named = {name: _named(getattr(chosen, name)) for name in ("only", "without")}
    possible = WEIGHTS if chosen.store == "postgresql" else OF_SQLITE
    return [kind for kind in possible if kind in (named["only"] or possible) and kind not in named["without"]]


def _named(words: str) -> set[str]:
    names = {word.strip() for word in words.split(",") if word.strip()}
    if unknown := names - {*WEIGHTS, "kill"}:
        raise SystemExit(f"no such fault: {', '.join(sorted(unknown))}; there are kill, {', '.join(WEIGHTS)}")
    return names | (set(KILLS) if "kill" in names else set())


def _print(plan: Plan, ran: Ran) -> None:
    verdict = ran.verdict
    for kind in plan.kinds:
        print(f"{kind:<30}{ran.faults[kind]:>9,}")
    rows = {
        "articles published": f"{ran.published:,}",
        "articles stored": f"{ran.stored:,}",
        "articles promised": f"{verdict.owed:,}",
        "lost": f"{verdict.lost:,}",
        "doubled": f"{verdict.doubled:,}",
        "polls": f"{ran.polls:,}",
        "all polled again after": f"{ran.longest:.0f} s",
        "too close, excused": f"{verdict.excused:,}",
        "largest process": f"{ran.memory[0]:.0f} MB, at the end {ran.memory[1]:.0f} MB",
        "violations": f"{len(verdict.violations):,}",
        "took": f"{ran.seconds:.0f} s",
    }
    for name, figure in rows.items():
        print(f"{name:<30}{figure:>9}")
    for kind, why in ran.missing.items():
        print(f"{kind} was left out: {why}")
    for violation in verdict.violations[:_MOST_TOLD]:
        print(f"VIOLATION {violation}")


def main() -> None:
    """Run it once and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--feeds", type=int, default=30, help="three on each host")
    parser.add_argument("--pause", type=float, default=4.0, help="the longest between two faults, in seconds")
    parser.add_argument("--only", default="", help=f"faults to draw, of: kill, {', '.join(WEIGHTS)}")
    parser.add_argument("--without", default="", help="faults not to draw")
    parser.add_argument("--logs", type=Path, help="a folder for what the programs said, if a promise was broken")
    chosen = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("FEEDMILL_")]:
        # The operator's own settings must not decide what is measured.
        del os.environ[name]
    plan = Plan(
        store=chosen.store,
        seed=chosen.seed,
        faults=chosen.faults,
        kinds=_kinds(chosen),
        feeds=chosen.feeds,
        pause=chosen.pause,
        logs=chosen.logs,
    )
    began = time.monotonic()
    ran = run(plan, lambda told: print(f"{time.monotonic() - began:6.1f} s  {told}", file=sys.stderr, flush=True))
    _print(plan, ran)
    raise SystemExit(bool(ran.verdict.violations))


if __name__ == "__main__":
    main()
