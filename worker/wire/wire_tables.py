"""Tables in wire copy: rows of cells that signs part, or that stand in columns.

They are kept as tables, for nobody can read rows that were put together as lines of a text are.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

_FEWEST_MARKED_ROWS, _FEWEST_ROWS, _FEWEST_ITEMS = 2, 3, 5
_LONGEST_ROW, _LONGEST_ITEM = 200, 70
# Lines of a text that is wrapped, or spread over its width, go on with small letters.
_FEW = 0.1
# | 1. | Harbour | 14 |
_BARS = re.compile(r"\s*\|.*\|\s*")
# Harbour;23;13;.639
_SEMICOLONS = re.compile(r"[^;]{0,60}(?:;[^;\s][^;]{0,30}|;){2,30}")
# Two blanks within a line; typists set them behind a full stop too.
_GAP = re.compile(r"[^\s.!?:;,]['\"”’)]?(?:  |\t)\s{0,60}\S")
_WIDE_GAP = re.compile(r"\S {3,60}\S")
_RULE = re.compile(r"[-=_](?:[-=_ ]{3,198}[-=_])")


def split_tables(lines: Sequence[str]) -> Iterator[tuple[bool, Sequence[str]]]:
    """Yield the lines of a block, none of them blank, in runs, and whether each is a table or a list of short lines."""
    if is_list(lines):
        yield True, lines
        return
    pending: list[str] = []
    of_rows = [*map(is_row, lines)]
    # A rule between rows is of their table.
    ruled = [is_rule(line) and any(of_rows[max(at - 1, 0) : at + 2]) for at, line in enumerate(lines)]
    at = 0
    for has_cells, run in groupby(map(max, of_rows, ruled)):
        rows = lines[at : at + len([*run])]
        at += len(rows)
        if has_cells and _are_rows(rows):
            if pending:
                yield False, pending
            yield True, rows
            pending = []
        else:
            pending += rows
    if pending:
        yield False, pending


def is_row(line: str) -> bool:
    """Say whether a line has cells as a row of a table has them."""
    if len(line) > _LONGEST_ROW:
        return False
    line = line.strip("^<= ")
    return bool(_BARS.fullmatch(line) or _SEMICOLONS.fullmatch(line) or _GAP.search(line))


def has_wide_gap(line: str) -> bool:
    """Say whether a line has a gap within that nobody sets in a sentence."""
    return bool(_WIDE_GAP.search(line))


def is_rule(line: str) -> bool:
    """Say whether a line is nothing but a rule, as it stands between the rows of a table."""
    return bool(_RULE.fullmatch(line.strip()))


def _are_rows(lines: Sequence[str]) -> bool:
    has_bars = all(map(_BARS.fullmatch, lines))
    # Two lines with so wide gaps are rows; by narrow ones it takes three.
    fewest = _FEWEST_MARKED_ROWS if has_bars or all(map(has_wide_gap, lines)) else _FEWEST_ROWS
    return len(lines) >= fewest and (has_bars or not _goes_on(lines))


def is_list(lines: Sequence[str], fewest: int = _FEWEST_ITEMS) -> bool:
    """Say whether the lines of a block are items of a list: short, and each with a beginning of its own."""
    if len(lines) < fewest or any(len(line) > _LONGEST_ITEM for line in lines):
        return False
    return all(line.lstrip()[:1] < "\u0250" for line in lines) and not _goes_on(lines) and not _ends_sentences(lines)


def _goes_on(lines: Sequence[str]) -> bool:
    """Say whether sentences go on from line to line."""
    return sum(line.lstrip(" ")[:1].islower() for line in lines) > _FEW * len(lines)


def _ends_sentences(lines: Sequence[str]) -> bool:
    """Say whether every third line ends a sentence: such lines are paragraphs, or verses."""
    return 3 * sum(line.rstrip().endswith((".", "!", "?", '."', ".”")) for line in lines) > len(lines)


def write_paragraphs(paragraphs: Sequence[str]) -> tuple[str, bool]:
    """Return the content that paragraphs make, and whether it is plain text: with tables in it, it is HTML.

    A paragraph of several lines is a table or a list.
    """
    if not any("\n" in paragraph for paragraph in paragraphs):
        return "\n\n".join(paragraphs), True
    return "\n".join(map(_write_block, paragraphs)), False


def _write_block(paragraph: str) -> str:
    lines = paragraph.split("\n")
    if len(lines) == 1:
        return f"<p>{escape(paragraph, quote=False)}</p>"
    return "\n".join(
        _write_rows([_split_cells(line) for line in rows]) if has_cells else _write_lines([*rows])
        for has_cells, rows in groupby(lines, key=lambda line: bool(_split_cells(line)))
    )


def _split_cells(line: str) -> list[str]:
    """Return the cells of a row that are parted by signs; none for any other row."""
    line = line.strip()
    if _BARS.fullmatch(line):
        return [cell.strip() for cell in line.strip("|").split("|")]
    return [cell.strip() for cell in line.split(";")] if _SEMICOLONS.fullmatch(line) else []


def _write_rows(rows: Sequence[Sequence[str]]) -> str:
    width = max(map(len, rows))
    written = (
        "".join(f"<td>{escape(cell, quote=False)}</td>" for cell in [*row, *[""] * (width - len(row))]) for row in rows
    )
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in written)}</table>"


def _write_lines(lines: Sequence[str]) -> str:
    if not any(map(_GAP.search, lines)):
        return f"<p>{'<br>'.join(escape(line.strip(), quote=False) for line in lines)}</p>"
    # The margin that all lines share says nothing.
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    text = "\n".join(line[margin:] for line in lines)
    return f"<pre>{escape(text, quote=False)}</pre>"
