"""What seed files cost: ``python -m benchmarks.seeds`` writes 10,000 dispatches, reads them, and scans them again.

first      each file read for the first time: its feed added, its article stored
again      nothing has changed: every file is looked at, and none is opened
opened     likewise, where nothing is known of how they looked: every file is opened, and none is read into the store
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import update

from benchmarks.bodies import sentence
from benchmarks.measuring import cpu_seconds
from benchmarks.running import database
from worker.database.engine import open_store, writing
from worker.database.file_tables import SeedFileRow
from worker.database.schema import migrate
from worker.pipeline.tools import make_tools
from worker.seeds.ingest import ingest
from worker.settings import Settings

_PLACES = "LONDON PARIS BERLIN MADRID ROME OSLO VIENNA LISBON DUBLIN PRAGUE".split()
_FILES_IN_A_FOLDER = 500
_YOUNG = timedelta(seconds=2.5)


def write_dispatches(folder: Path, count: int) -> None:
    """Write so many dispatches of some 250 words into folders, as a wire delivers them."""
    for number in range(count):
        chance = random.Random(number)
        day = f"2026-{1 + number // 28 % 9:02}-{1 + number % 28:02}"
        paragraphs = (" ".join(sentence(chance) for _ in range(3)) for _ in range(5))
        body = f"{chance.choice(_PLACES)}, July 10 (Reuters) - Report {number}: " + "\n\n".join(paragraphs)
        path = folder / f"{number // _FILES_IN_A_FOLDER}" / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"date {day}\n\n{body}\n")


def run(store_kind: str, files: int) -> Iterator[float]:
    """Yield the CPU seconds of reading all files for the first time, and of two scans that find them unchanged."""
    with ExitStack() as stack:
        # Short: the database's socket is in there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp")))
        seeds = folder / "seeds"
        seeds.mkdir()
        write_dispatches(seeds, files)
        # A file that was written a moment ago is opened again, for it may be written to once more.
        time.sleep(_YOUNG.total_seconds())
        url, servers = stack.enter_context(database(store_kind, folder))
        store = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
        stack.callback(store.dispose)
        migrate(store)
        chosen = Settings(seeds_dir=seeds)
        tools = make_tools(chosen, store)
        stack.callback(tools.close)
        for new, is_forgotten in ((files, False), (0, False), (0, True)):
            if is_forgotten:
                with writing(store) as connection:
                    connection.execute(update(SeedFileRow).values(look_hash=None))
            before = cpu_seconds([psutil.Process(), *servers])
            came = sum(seed.new for seed in ingest(tools, [seeds], chosen.max_body, still_for=timedelta(0)))
            yield cpu_seconds([psutil.Process(), *servers]) - before
            if came != new:
                raise SystemExit(f"{came:,} new articles, not {new:,}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    first, again, opened = run(chosen.store, chosen.files)
    print(f"{chosen.files:,} files, {chosen.store}: CPU of this process and the database's server")
    print(f"first  {first / chosen.files * 1000:8.2f} ms a file")
    print(f"again  {again:8.2f} s in all")
    print(f"opened {opened:8.2f} s in all, {opened / again:.1f} times as much")


if __name__ == "__main__":
    main()
