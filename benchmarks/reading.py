"""Reading over HTTP beside workers that poll: how long fifty readers wait, and what an answer costs.

    python -m benchmarks.reading
    python -m benchmarks.reading --store sqlite --feeds 100000 --keep /var/tmp --time 60s

Each reader asks for something, reads it, thinks for a second and asks for something else: pages, the interface's lists,
searches and rows, feeds out. Waiting depends on what else the machine does; CPU, of the web process and of
PostgreSQL's beside it, hardly does: before the readers come, each kind of answer is asked for alone.
"""

import argparse
import json
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.large_store import ARTICLES, LargeStore, large_store
from benchmarks.measuring import cpu_seconds
from benchmarks.planned_polls import Plan, plan_polls, put_off, read_polls
from benchmarks.readers import TARGETS, Asked, Site, measure_alone, read_until, reader_of
from benchmarks.running import switch
from benchmarks.sustained import start_programs, wait_for_polls
from worker.basics.units import parse_duration
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.search.indexing import index_waiting

_READY_WITHIN = 60.0
_HANGING = "2"


@dataclass(frozen=True, slots=True)
class Waits:
    """How long readers waited for one kind of answer, in milliseconds, and what one costs."""

    kind: str
    answers: int
    p50: float
    p95: float
    longest: float
    unchanged: int
    """Answers that said that the reader has it already."""
    refused: int
    """Answers that were none: 4xx and 5xx."""
    cpu_ms: float
    """Of the web process, for one that is asked for alone."""
    server_cpu_ms: float
    """Of PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading beside workers came to."""

    readers: int
    articles: int
    waits: Sequence[Waits]
    answers_per_second: float
    cpu_ms_per_answer: float
    """Of the web process."""
    server_cpu_ms: float | None
    """Of PostgreSQL in all, for an answer or a poll beside it."""
    polls: int
    polls_late_p95: float


def read(store: LargeStore, plan: Plan, readers: int, pause: float, alone: int) -> Read:
    """Let readers read for the plan's time beside workers that poll, and say how it went.

    Before, each kind of answer is asked for ``alone`` times.
    """
    switch(store.port, "mixed")
    switch(store.port, _HANGING)
    put_off(store.engine)
    sum(index_waiting(store.engine))
    site = Site(_free_port(), plan.feeds)
    with ExitStack() as stack:
        *_, web = start_programs(
            stack, store, plan.processes, {"web": ("worker", "web", "--bind", f"127.0.0.1:{site.port}")}
        )
        wait_for_polls(store)
        _wait_for_answers(site)
        process = web.tree()[0]

        def cpu() -> tuple[float, float]:
            return cpu_seconds([process]), cpu_seconds(store.servers)

        costs = measure_alone(site, alone, cpu)
        # What polls may have gone to sleep meanwhile, for nothing was due.
        wait_for_polls(store)
        begins_at = plan_polls(store.engine, plan)
        before, began = cpu(), time.monotonic()
        asked = read_until(began + plan.time.total_seconds(), site, readers, pause)
        took, used = time.monotonic() - began, [after - earlier for earlier, after in zip(before, cpu(), strict=True)]
        with reading(store.engine) as connection:
            now = read_clock(connection).now()
    late = sorted(poll.late for poll in read_polls(store.engine, begins_at, now))
    return Read(
        readers=readers,
        articles=plan.feeds * ARTICLES,
        waits=[_sum_up(target.kind, asked, costs[target.kind]) for target in TARGETS],
        answers_per_second=len(asked) / took,
        cpu_ms_per_answer=used[0] / max(len(asked), 1) * 1000,
        server_cpu_ms=used[1] / max(len(asked) + len(late), 1) * 1000 if store.servers else None,
        polls=len(late),
        polls_late_p95=_share_of(late, 0.95),
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for_answers(site: Site) -> None:
    ends_at = time.monotonic() + _READY_WITHIN
    while time.monotonic() < ends_at:
        try:
            with reader_of(site) as reader:
                reader.ask(TARGETS[0])
        except ConnectionRefusedError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"the web process does not answer within {_READY_WITHIN:g} s")


def _sum_up(kind: str, asked: Sequence[Asked], costs: Sequence[float]) -> Waits:
    of_kind = [each for each in asked if each.kind == kind]
    waited = sorted(each.milliseconds for each in of_kind)
    return Waits(
        kind=kind,
        answers=len(waited),
        p50=_share_of(waited, 0.5),
        p95=_share_of(waited, 0.95),
        longest=_share_of(waited, 1.0),
        unchanged=sum(each.is_unchanged for each in of_kind),
        refused=sum(each.is_refused for each in of_kind),
        cpu_ms=costs[0],
        server_cpu_ms=costs[1],
    )


def _share_of(values: Sequence[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)] if values else 0.0


def print_read(found: Read) -> None:
    """Print what came of it."""
    print(f"{found.articles:,} articles, {found.readers} readers, {found.answers_per_second:.0f} answers a second\n")
    print("                        waited ms:                                                  CPU ms, alone:")
    print("                      p50    p95 longest answers unchanged refused    web  PostgreSQL")
    for each in found.waits:
        print(
            f"{each.kind:<18}{each.p50:>7.0f}{each.p95:>7.0f}{each.longest:>8.0f}{each.answers:>8,}"
            f"{each.unchanged:>10,}{each.refused:>8,}{each.cpu_ms:>7.1f}{each.server_cpu_ms:>12.1f}"
        )
    print(f"\nCPU          {found.cpu_ms_per_answer:.1f} ms of the web process for an answer")
    if found.server_cpu_ms:
        print(f"             {found.server_cpu_ms:.1f} ms of PostgreSQL for an answer or a poll")
    print(f"beside it    {found.polls:,} polls, 95% of them begun within {found.polls_late_p95:.1f} s of being due")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--feeds", type=int, default=10_000, help=f"of {ARTICLES} articles each")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the store there, and use one that is there")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds for which a reader thinks")
    parser.add_argument("--time", type=parse_duration, default=timedelta(seconds=30), metavar="DURATION")
    parser.add_argument("--rate", type=float, default=20.0, help="feeds that fall due a second")
    parser.add_argument("--processes", type=int, default=2, help="that poll (PostgreSQL)")
    parser.add_argument("--alone", type=int, default=25, metavar="N", help="how often each kind is asked for alone")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    chosen = parser.parse_args()
    plan = Plan(chosen.feeds, chosen.rate, chosen.time, chosen.processes)
    with large_store(chosen.store, plan.feeds, chosen.keep) as store:
        found = read(store, plan, chosen.readers, chosen.pause, chosen.alone)
    if chosen.json:
        print(json.dumps(asdict(found)))
    else:
        print_read(found)


if __name__ == "__main__":
    main()
