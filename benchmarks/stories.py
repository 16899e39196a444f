"""How well stories are told apart, and at what cost: ``python -m benchmarks.stories``.

Makes a labelled set of copies and of what only looks like copies, streams it into a store in the order of arrival, and
prints scores beside those of SimHash and MinHash. Constants were tuned on seeds 1 to 4; quote others.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
from sqlalchemy import Engine

from benchmarks.running import database
from benchmarks.story_copies import TRUNCATED
from benchmarks.story_keyed import add_keyed
from benchmarks.story_memory import group_in_memory
from benchmarks.story_rivals import minhash, simhash
from benchmarks.story_scores import Scores, score
from benchmarks.story_set import Labelled, make_set
from benchmarks.story_store import Streamed, count_changes, count_split, index_bytes, stream
from worker.database.engine import open_store
from worker.database.schema import migrate

_WORDS = 400
_COPIES = 8
_BACKLOG = 200


@contextmanager
def opened(kind: str) -> Iterator[tuple[Engine, str, list[psutil.Process]]]:
    """Provide an empty store: its engine, its URL, and the processes that serve it."""
    with ExitStack() as stack:
        # Short: the database's socket is in there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fms-", dir="/tmp")))
        given, servers = stack.enter_context(database(kind, folder))
        url = given.replace("postgresql://", "postgresql+psycopg://")
        store = open_store(url)
        stack.callback(store.dispose)
        migrate(store)
        yield store, url, servers


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--texts", type=Path, metavar="FOLDER", help="feed bodies to take texts from; else invented ones"
    )
    parser.add_argument("--stories", type=int, default=300, help="texts that are copied")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument(
        "--keyed", type=int, default=0, metavar="ARTICLES", help="only the cost with so many keyed already"
    )
    chosen = parser.parse_args()
    labelled = make_set(chosen.texts and chosen.texts.resolve(), chosen.stories, chosen.seed)
    print(f"{len(labelled):,} articles, seed {chosen.seed}, {chosen.store}\n")
    if chosen.keyed:
        measure_keyed(chosen.store, labelled, chosen.keyed)
    else:
        measure(chosen.store, labelled)


def measure(kind: str, labelled: Sequence[Labelled]) -> None:
    """Score and measure the method, and its rivals."""
    memory = group_in_memory(labelled)
    with opened(kind) as (store, _, servers):
        streamed = stream(store, labelled, servers)
        sizes = index_bytes(store)
        replayed = count_changes(store)
        afresh = count_changes(store, afresh=True)
    ours = score(labelled, streamed.stories)
    rivals = [simhash(labelled), minhash(labelled)]
    print(f"{'':<22}{'F1':>8}{'ARI':>8}{'precision':>11}{'recall':>8}")
    for name, scores in [("Feedmill", ours), *((f"{one.name} ({one.threshold:g})", one.scores) for one in rivals)]:
        print(f"{name:<22}{scores.f1:>8.4f}{scores.rand:>8.4f}{scores.precision:>11.4f}{scores.recall:>8.4f}")
    _print_kinds(labelled, ours, [one.scores for one in rivals])
    per_400 = _per_400(labelled)
    print(f"\nCPU ms an article of {_WORDS} words: {memory.cpu_ms * per_400:.2f} without SQL, ", end="")
    print(f"{memory.cpu_ms * per_400 + streamed.cpu_ms - memory.cpu_ms:.2f} with")
    print(f"compared with {memory.compared:.1f} candidates, found by {memory.anchors:.1f} anchors")
    print("bytes an article: ", end="")
    print(", ".join(f"{name} {size / len(labelled):,.0f}" for name, size in sizes.items()))
    print(f"articles of another story after a replay: {replayed}; after comparing all afresh: {afresh}")
    measure_crowds(kind, labelled)


def measure_crowds(kind: str, labelled: Sequence[Labelled]) -> None:
    """Say whether one dispatch in many copies stays one story, and whether workers at once split any."""
    first = next(one for one in labelled if one.kind == "original")
    copies = [replace(first, outlet=f"paper-{number}.example") for number in range(_BACKLOG)]
    with opened(kind) as (store, _, servers):
        print(f"stories of one dispatch in {_BACKLOG} copies: {len({*stream(store, copies, servers).stories})}")
    if kind == "postgresql":
        with opened(kind) as (store, url, _):
            texts, split = count_split(store, url, labelled, _COPIES)
        print(f"stories split by six workers at once: {split} of {texts}")


def measure_keyed(kind: str, labelled: Sequence[Labelled], articles: int) -> None:
    """Print the cost of grouping the set where so many articles are keyed already, beside that in an empty store."""
    pure, per_400 = group_in_memory(labelled).cpu_ms, _per_400(labelled)
    empty: Streamed | None = None
    for keyed in (0, articles):
        with opened(kind) as (store, _, servers):
            add_keyed(store, keyed, lambda done: print(f"\r{done:,} keyed", end="", flush=True))
            streamed = stream(store, labelled, servers)
            size = sum(index_bytes(store).values()) / (keyed + len(labelled))
        cost = pure * per_400 + streamed.cpu_ms - pure
        print(f"\r{keyed:>12,} articles keyed: {cost:.2f} CPU ms an article, {size:,.0f} bytes an article")
        if empty and empty.stories != streamed.stories:
            raise SystemExit("the stories are not the same")
        empty = streamed


def _per_400(labelled: Sequence[Labelled]) -> float:
    return _WORDS * len(labelled) / sum(len(one.text.split()) for one in labelled)


def _print_kinds(labelled: Sequence[Labelled], ours: Scores, rivals: Sequence[Scores]) -> None:
    print(f"\n{'copies found':<22}{'Feedmill':>10}{'SimHash':>10}{'MinHash':>10}")
    for kind in ours.found:
        print(f"{kind:<22}" + "".join(f"{scores.found[kind]:>10.3f}" for scores in (ours, *rivals)))
    counts = {kind: sum(one.kind == kind for one in labelled) for kind in TRUNCATED}
    shares = (
        sum(scores.found[kind] * count for kind, count in counts.items()) / sum(counts.values())
        for scores in (ours, *rivals)
    )
    print(f"{'truncated, all':<22}" + "".join(f"{share:>10.3f}" for share in shares))
    print(f"\n{'wrongly joined':<22}{'Feedmill':>10}{'SimHash':>10}{'MinHash':>10}")
    for kind in ours.joined:
        print(f"{kind:<22}" + "".join(f"{scores.joined[kind]:>10.3f}" for scores in (ours, *rivals)))


if __name__ == "__main__":
    main()
