"""Keeping the newest entries of a document, whichever end of the file they stand at."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_Item = TypeVar("_Item")


def keep_newest(items: Sequence[_Item], most: int, date_of: Callable[[_Item], Any]) -> list[_Item]:
    """Return the ``most`` newest in document order; undated ones count as older than any, the first of them first."""
    if len(items) <= most:
        return list(items)
    dates = [date_of(item) for item in items]
    dated = sorted((index for index, date in enumerate(dates) if date), key=dates.__getitem__, reverse=True)
    undated = [index for index, date in enumerate(dates) if not date]
    newest = [*dated, *undated][:most]
    return [items[index] for index in sorted(newest)]
