"""Keeping the newest entries of a document, whichever end of the file they stand at."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_Item = TypeVar("_Item")


def keep_newest(items: Sequence[_Item], most: int, date_of: Callable[[_Item], Any]) -> list[_Item]:
    """Return the ``most`` newest in document order; undated ones count as older than any, the first of them first."""
    if len(items) <= most:
        return list(items)
    dated = sorted((index for index, item in enumerate(items) if date_of(item)), key=lambda i: date_of(items[i]))
    undated = [index for index, item in enumerate(items) if not date_of(item)]
    newest = [*reversed(dated), *undated][:most]
    return [items[index] for index in sorted(newest)]
