"""Reading over HTTP beside workers that poll: how long fifty readers wait, and what an answer costs.

    python -m benchmarks.reading
    python -m benchmarks.reading --store sqlite --feeds 100000 --keep /var/tmp --time 60s

Each reader asks for something, reads it, thinks for a second and asks for something else: pages, the interface's lists
and rows, feeds out. What this version does not answer (404) is left out, and named. Waiting depends on what else the
machine does; CPU, of the web process and of PostgreSQL's beside it, hardly does.
"""

import argparse
import json
import random
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.large_store import ARTICLES, LargeStore, large_store
from benchmarks.measuring import cpu_seconds
from benchmarks.planned_polls import Plan, plan_polls, put_off, read_polls
from benchmarks.running import switch
from benchmarks.sustained import start_programs, wait_for_polls
from worker.basics.units import parse_duration
from worker.database.clock import read_clock
from worker.database.engine import reading

# By kind, what is asked for: {feed} and {article} are ids of the store.
_TARGETS: Mapping[str, Sequence[str]] = {
    "page: now": ["/"],
    "page: feeds": ["/feeds"],
    "page: a feed": ["/feeds/{feed}"],
    "page: articles": ["/articles"],
    "page: an article": ["/articles/{article}"],
    "page: search": ["/articles?q=the", "/articles?q=%22of+the%22"],
    "page: stories": ["/stories"],
    "list: articles": ["/v1/articles?limit=50", "/v1/articles?limit=50&since=1d&sort=seen"],
    "list: of a feed": ["/v1/articles?limit=50&feed={feed}", "/v1/feeds/{feed}/polls?limit=50"],
    "list: feeds": ["/v1/feeds?limit=50", "/v1/feeds?limit=50&failing=true"],
    "list: polls": ["/v1/polls?limit=50"],
    "list: search": ["/v1/search?q=the&limit=20"],
    "row: an article": ["/v1/articles/{article}"],
    "row: a feed": ["/v1/feeds/{feed}"],
    "changes": ["/v1/changes?since=0"],
    "out": ["/out/articles.atom"],
}
_READY_WITHIN = 60.0
_OK, _MISSING = 200, 404
_HANGING = "2"


@dataclass(frozen=True, slots=True)
class Waits:
    """How long readers waited for one kind of answer, in milliseconds."""

    kind: str
    answers: int
    p50: float
    p95: float
    longest: float
    refused: int
    """Answers that were none: 4xx and 5xx."""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading beside workers came to."""

    readers: int
    articles: int
    waits: Sequence[Waits]
    left_out: Sequence[str]
    answers_per_second: float
    cpu_ms_per_answer: float
    """Of the web process."""
    server_cpu_ms: float | None
    """Of PostgreSQL in all, for an answer or a poll beside it."""
    polls: int
    polls_late_p95: float


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    status: int
    milliseconds: float


def read(store: LargeStore, plan: Plan, readers: int, pause: float) -> Read:
    """Let readers read for the plan's time beside workers that poll, and say how it went."""
    switch(store.port, "mixed")
    switch(store.port, _HANGING)
    put_off(store.engine)
    port = _free_port()
    with ExitStack() as stack:
        *_, web = start_programs(
            stack, store, plan.processes, {"web": ("worker", "web", "--bind", f"127.0.0.1:{port}")}
        )
        wait_for_polls(store)
        kinds = _find_answered(port, plan.feeds)
        begins_at = plan_polls(store.engine, plan)
        process, before, server_before = web.tree()[0], cpu_seconds(web.tree()[:1]), cpu_seconds(store.servers)
        began = time.monotonic()
        asked = _read_all(port, kinds, plan, readers, pause)
        took = time.monotonic() - began
        cpu, server_cpu = cpu_seconds([process]) - before, cpu_seconds(store.servers) - server_before
        with reading(store.engine) as connection:
            now = read_clock(connection).now()
    late = sorted(poll.late for poll in read_polls(store.engine, begins_at, now))
    return Read(
        readers=readers,
        articles=plan.feeds * ARTICLES,
        waits=[_sum_up(kind, [each for each in asked if each.kind == kind]) for kind in kinds],
        left_out=[kind for kind in _TARGETS if kind not in kinds],
        answers_per_second=len(asked) / took,
        cpu_ms_per_answer=cpu / max(len(asked), 1) * 1000,
        server_cpu_ms=server_cpu / max(len(asked) + len(late), 1) * 1000 if store.servers else None,
        polls=len(late),
        polls_late_p95=_share_of(late, 0.95),
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _find_answered(port: int, feeds: int) -> list[str]:
    """Wait until the web process answers; return the kinds that this version has."""
    ends_at = time.monotonic() + _READY_WITHIN
    while time.monotonic() < ends_at:
        try:
            with _connected(port) as connection:
                statuses = {kind: _ask(connection, _target(kind, feeds)) for kind in _TARGETS}
            return [kind for kind, status in statuses.items() if status != _MISSING]
        except ConnectionRefusedError:
            time.sleep(0.2)
    raise SystemExit(f"the web process does not answer within {_READY_WITHIN:g} s")


def _read_all(port: int, kinds: Sequence[str], plan: Plan, readers: int, pause: float) -> list[_Asked]:
    ends_at = time.monotonic() + plan.time.total_seconds()

    def read_on(number: int) -> list[_Asked]:
        # Each has its own order, the same each time, and not all begin at once.
        chance = random.Random(number)
        time.sleep(pause * number / readers)
        with _connected(port) as connection:
            return list(_read_until(ends_at, connection, kinds, plan.feeds, (chance, pause)))

    with ThreadPoolExecutor(readers) as pool:
        return [each for one in pool.map(read_on, range(readers)) for each in one]


def _read_until(
    ends_at: float, connection: HTTPConnection, kinds: Sequence[str], feeds: int, manner: tuple[random.Random, float]
) -> Iterator[_Asked]:
    chance, pause = manner
    while time.monotonic() < ends_at:
        kind = chance.choice(kinds)
        began = time.monotonic()
        status = _ask(connection, _target(kind, feeds, chance))
        yield _Asked(kind, status, (time.monotonic() - began) * 1000)
        time.sleep(pause * chance.uniform(0.5, 1.5))


def _target(kind: str, feeds: int, chance: random.Random | None = None) -> str:
    chance = chance or random.Random(1)
    target = chance.choice(_TARGETS[kind])
    return target.format(feed=chance.randint(1, feeds), article=chance.randint(1, feeds * ARTICLES))


@contextmanager
def _connected(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        yield connection
    finally:
        connection.close()


def _ask(connection: HTTPConnection, target: str) -> int:
    connection.request("GET", target, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _sum_up(kind: str, asked: Sequence[_Asked]) -> Waits:
    waited = sorted(each.milliseconds for each in asked)
    refused = sum(each.status != _OK for each in asked)
    return Waits(kind, len(waited), _share_of(waited, 0.5), _share_of(waited, 0.95), _share_of(waited, 1.0), refused)


def _share_of(values: Sequence[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)] if values else 0.0


def print_read(found: Read) -> None:
    """Print what came of it."""
    print(f"{found.articles:,} articles, {found.readers} readers, {found.answers_per_second:.0f} answers a second\n")
    print("milliseconds                p50      p95  longest  answers  refused")
    for each in found.waits:
        print(
            f"{each.kind:<20}{each.p50:>11.0f}{each.p95:>9.0f}{each.longest:>9.0f}{each.answers:>9,}{each.refused:>9,}"
        )
    print(f"\nCPU          {found.cpu_ms_per_answer:.1f} ms of the web process for an answer")
    if found.server_cpu_ms:
        print(f"             {found.server_cpu_ms:.1f} ms of PostgreSQL for an answer or a poll")
    print(f"beside it    {found.polls:,} polls, 95% of them begun within {found.polls_late_p95:.1f} s of being due")
    if found.left_out:
        print(f"left out     {', '.join(found.left_out)}: not answered here")


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
    parser.add_argument("--json", action="store_true", help="one JSON object")
    chosen = parser.parse_args()
    plan = Plan(chosen.feeds, chosen.rate, chosen.time, chosen.processes)
    with large_store(chosen.store, plan.feeds, chosen.keep) as store:
        found = read(store, plan, chosen.readers, chosen.pause)
    if chosen.json:
        print(json.dumps(asdict(found)))
    else:
        print_read(found)


if __name__ == "__main__":
    main()
