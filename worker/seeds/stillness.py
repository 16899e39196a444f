"""Whether a file is whole: it was renamed into place, or nobody has written to it for a moment."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from worker.errors import SeedError
from worker.seeds.finding import Look, SeedFile

_SECOND = 1_000_000_000
# FAT counts in steps of two seconds; nothing that cannot tell parts of a second takes longer ones.
_COARSEST = 2 * _SECOND


def still_at(look: Look, seen: int, still_for: int) -> int:
    """Return when a file that looks so at ``seen`` will have stood still, if nothing changes; all in nanoseconds.

    Writing sets both times of a file, renaming only the second: one that got its name after its bytes is whole at once.
    """
    if look.modified % _SECOND:
        return seen if look.changed > look.modified else min(look.modified, seen) + still_for
    # Where parts of a second are not told, neither are renames, and the last bytes may be younger than it says.
    return min(look.modified + _COARSEST, seen) + still_for


def settle(
    found: Iterable[SeedFile | SeedError],
    still_for: timedelta,
    clock: Callable[[], int] = time.time_ns,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[SeedFile | SeedError]:
    """Yield files with how they look, those written a moment ago last, after one wait for all of them.

    Whether one was written to again meanwhile shows when it is read: it looks otherwise then.
    """
    span = still_for // timedelta(microseconds=1) * 1000
    fresh: list[SeedFile] = []
    end = 0
    for file in found:
        if isinstance(file, SeedError):
            yield file
            continue
        look, seen = _look_at(file), clock()
        still = still_at(look, seen, span) if look else seen
        if still > seen:
            fresh.append(replace(file, look=look))
            end = max(end, still)
        else:
            yield replace(file, look=look)
    if fresh:
        # Never longer, whatever becomes of the clock meanwhile.
        wait(min(max(end - clock(), 0), span) / _SECOND)
        yield from fresh


def _look_at(file: SeedFile) -> Look | None:
    try:
        return Look.of(file.path.stat())
    except OSError:
        return None
