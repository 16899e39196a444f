"""Lines that fit a screen: cut or wrapped by the columns that their signs take, colours left alone."""

import os
import re
import sys
from collections.abc import Iterator

from rich.cells import cell_len

_COLOUR = re.compile("(\x1b\\[[0-9;]*m)")
_PLAIN = "\x1b[0m"
_WORD = re.compile(r"\s*\S+|\s+$")
_INDENT = "    "


def screen_width() -> int | None:
    """Return how many columns the screen has on which standard error is read, or as COLUMNS says; None without one."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked[:4]) > 0:
        return int(asked[:4])
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or None
    except (OSError, ValueError):
        # It is no terminal, or closed.
        return None


def cut_line(line: str, width: int) -> str:
    """Return a line with no more columns than ``width``; one that is longer ends with ``…``."""
    if _length(line) <= width:
        return line
    return f"{next(_chunks(line, width - 1))}…{_PLAIN if _COLOUR.search(line) else ''}"


def wrap_lines(lines: str, width: int) -> str:
    """Return lines with no more columns than ``width``, parted between words; what goes on is set back."""
    return "\n".join(part for line in lines.split("\n") for part in _wrap(line, width))


def _wrap(line: str, width: int) -> Iterator[str]:
    kept = ""
    for word in _words(line, max(width - len(_INDENT), 2)):
        if kept.strip() and _length(kept + word) > width:
            yield kept
            kept = _INDENT + word.lstrip()
        else:
            kept += word
    yield kept


def _words(line: str, longest: int) -> Iterator[str]:
    """Yield words with the blanks before them; what has no blanks for long, such as a URL, is parted anywhere."""
    for word in _WORD.findall(line):
        yield from _chunks(word, longest)


def _chunks(text: str, width: int) -> Iterator[str]:
    kept, room = "", width
    for part in _COLOUR.split(text):
        for piece in [part] if part.startswith("\x1b") else part:
            length = 0 if piece.startswith("\x1b") else cell_len(piece)
            if length > room:
                yield kept
                kept, room = "", width
            kept, room = kept + piece, room - length
    yield kept


def _length(line: str) -> int:
    return cell_len(_COLOUR.sub("", line))
