"""Keeping the newest entries of a document, whichever end of the file they stand at."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from feedparser.datetimes import _parse_date as parse_date

from worker.values import Entry

_Item = TypeVar("_Item")
# No date is longer; feedparser's patterns are not safe on a long string.
_LONGEST = 100


def keep_newest(items: Sequence[_Item], most: int, date_of: Callable[[_Item], Any]) -> list[_Item]:
    """Return the ``most`` newest in document order; undated ones count as older than any, the first of them first."""
    if len(items) <= most:
        return list(items)
    dates = [date_of(item) for item in items]
    dated = sorted((index for index, date in enumerate(dates) if date), key=dates.__getitem__, reverse=True)
    undated = [index for index, date in enumerate(dates) if not date]
    newest = [*dated, *undated][:most]
    return [items[index] for index in sorted(newest)]


def moment_of(entry: Entry) -> Any:
    """Return when an entry was published, or else changed, as a tuple to sort by; null where it does not say."""
    return _read(entry.published) or _read(entry.updated)


def _read(date: str | None) -> Any:
    try:
        return tuple(parse_date(date[:_LONGEST]) or ()) if date else None
    except (ValueError, TypeError, OverflowError, AttributeError, LookupError):
        # feedparser's readers raise as they please on what they half understand.
        return None
