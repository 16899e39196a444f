"""Scanning the seed folder: what it refuses is recorded, so that it need not be said again at each scan."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from worker.basics.text import clean
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.refused_files import find_refused_files, replace_refused_files
from worker.errors import SeedError
from worker.pipeline import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import IngestOptions, ingest
from worker.settings import Settings

_LONGEST = 4_000


def ingest_seed_folder(tools: Tools, chosen: Settings) -> Iterator[SeedRead]:
    """Ingest the folder of seeds, if there is one, and record which of its files are refused.

    A folder that the settings name and that is not there is refused as a file would be.
    """
    with reading(tools.engine) as connection:
        before = find_refused_files(connection)
    refused: dict[str, str] = {}
    told_of = _sort_by_archive(before)
    for seed in _scan(tools, chosen, IngestOptions(told_of=told_of)):
        reason = seed.why_refused()
        if seed.is_passed_over:
            # An archive is not unpacked again: what was said of its members still holds.
            refused |= {path: before[path] for path in told_of.get(seed.path, ())}
        if reason is None:
            yield seed
            continue
        path = clean(seed.path or reason, _LONGEST)
        refused[path] = clean(reason, _LONGEST)
        yield replace(seed, was_told=before.get(path) == refused[path])
    if refused != before:
        write(tools.engine, lambda link: replace_refused_files(link, before, refused, read_clock(link).now()))


def _sort_by_archive(refused: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return the paths of what was refused by every path that they may be archived in, and by their own."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in refused:
        for archive in (path, *map(str, PurePosixPath(path).parents)):
            found[archive].append(path)
    return found


def _scan(tools: Tools, chosen: Settings, options: IngestOptions) -> Iterator[SeedRead]:
    if chosen.seeds_dir.is_dir():
        yield from ingest(tools, [chosen.seeds_dir], chosen.max_body, options=options)
    elif missing := explain_missing_folder(chosen):
        yield SeedRead(str(chosen.seeds_dir), error=SeedError(missing))


def explain_missing_folder(chosen: Settings) -> str | None:
    """Say that the folder of seeds that the settings name is none; None where it is one, or where none is named."""
    if "seeds_dir" not in chosen.model_fields_set or chosen.seeds_dir.is_dir():
        return None
    return f"FEEDMILL_SEEDS_DIR names {chosen.seeds_dir}, which is not a folder."
