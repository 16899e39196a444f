"""Durations, sizes and ids as people write and read them: ``90s``, ``15m``, ``6h``, ``2d``; ``15MB``; ``4711``."""

import re
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])", re.ASCII)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", re.ASCII | re.IGNORECASE)
_LONGEST = timedelta(days=36500)
LARGEST_ID = 2**63 - 1
FOREVER = "forever"
"""How people write that articles are kept for ever."""
SHORTEST_RETENTION = timedelta(days=1)
"""Articles are kept for no shorter time: a quiet feed is polled once a day."""
_NO_ROW = 0


def parse_duration(text: str) -> timedelta:
    """Read ``90s``, ``15m``, ``6h``, ``2d`` or a sum such as ``1h30m``; anything else is a ValueError."""
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError(f"{text!r} is not a duration: write it as 90s, 15m, 6h, 2d or 1h30m")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"{text!r} is longer than a hundred years")
    return timedelta(seconds=seconds)


def show_duration(duration: timedelta) -> str:
    """Write a duration with its one or two largest units: ``1d 2h``, ``15m``, ``1.5s``, ``30ms``."""
    seconds = abs(duration.total_seconds())
    sign = "-" if duration < timedelta(0) else ""
    if not seconds:
        return "0s"
    if round(seconds, 3) < 1:
        return f"{sign}{seconds * 1000:.0f}ms"
    if round(seconds, 1) < 60:  # noqa: PLR2004 -- a minute
        return f"{sign}{seconds:.1f}s".replace(".0s", "s")
    whole = round(seconds)
    parts: list[str] = []
    for unit in "dhms":
        count, whole = divmod(whole, _SECONDS[unit])
        if count or parts:
            parts.append(f"{count}{unit}" if count else "")
    return sign + " ".join(filter(None, parts[:2]))


def show_offset(offset: timedelta) -> str:
    """Write how far a zone is from UTC: ``UTC``, ``UTC+1``, ``UTC-3:30``.

    Names of zones are no better known, and some (CST, IST) are those of several.
    """
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def parse_size(text: str) -> int:
    """Read a size in bytes, ``15MB`` or ``500 kB`` (powers of ten); anything else is a ValueError."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a size: write it as 500kB, 15MB or a number of bytes")
    return int(float(match[1]) * _BYTES[match[2].lower()])


def show_size(size: int) -> str:
    """Write a size in bytes the way a person reads it: ``512 B``, ``80 kB``, ``1.2 MB``."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":  # noqa: PLR2004 -- powers of ten
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit in {"B", "kB"} else f"{amount:.1f} {unit}"


def read_id(name: str) -> int | None:
    """Read an id, None where it is no number; a number beyond all ids becomes 0, which no row has."""
    if not name.isdecimal():
        return None
    # int() refuses thousands of digits, and both databases refuse what does not fit into 64 bits.
    number = int(name) if len(name) <= len(str(LARGEST_ID)) else _NO_ROW
    return number if number <= LARGEST_ID else _NO_ROW


def counted(count: int, thing: str, things: str = "") -> str:
    """Say how many there are of something: ``1 feed``, ``1,200 feeds``.

    ``things`` is the plural where it is not ``thing`` with an s.
    """
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"
