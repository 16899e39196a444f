"""How sure it is that a text is prose, in whatever language and script; and what it is where it is none.

Each line is one of three: prose, which has several words in a row; marked, which looks like code, data, a log or a
setting; or plain, like a heading, a name or the row of a table of results. What is marked weighs against what is prose,
by characters. It takes time in proportion to the length of what is looked at.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.wire import prose_marks as marks
from worker.wire.head_labels import is_label

# Characters that are looked at, of a text and of a line.
_LONGEST_TEXT, _LONGEST_LINE = 60_000, 500
_PROSE, _PLAIN = "prose", "plain"
# What a character of each kind says: plain lines alone are just enough, marked ones weigh double.
_WORTH_OF_PLAIN, _WORTH_OF_PARAGRAPHS, _WEIGHT_OF_MARKS = 0.6, 3, 2
_SURE = 0.5
# Results of matches are news.
_SURENESS_OF_TABLES = 0.3
# A line is prose where so much of it is words in a row; a long one needs less, and less where nothing marks it.
_MOSTLY, _PARTLY, _LONG, _SOME = 0.6, 0.35, 120, 0.3
_SHORTEST_LINE = 25
# The scripts that part no words are told apart before.
_LONGEST_WORD = 100
_STOPS = (".", "!", "?", "。")
_MOST_SIGNS = 0.03
# A text that opens with a paragraph may show code below.
_OPENING = 2
_MOST_ROWS, _LEAST_REGULAR = 50, 2
_PARTING_SIGNS = ",;\t|"
_ADDRESS = re.compile(r"https?://\S{1,2000}")
_GROUPED_DIGITS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_MOST_CONTROLS = 0.02
_CONTROLS = dict.fromkeys([*range(9), *range(14, 32), 0x7F, *range(0x80, 0xA0), 0xFFFD])
# Wires part their messages by these.
_WIRE_CONTROLS = dict.fromkeys((1, 2, 3, 4, 0x16, 0x1B))


@dataclass(frozen=True, slots=True)
class Prose:
    """How sure it is that a text is prose, from 0 to 1; and what it looks like where that is less than a half."""

    sureness: float
    looks_like: str | None = None


def judge_prose(text: str) -> Prose:
    """Return how sure it is that a text is prose."""
    text = text[:_LONGEST_TEXT].strip().translate(_WIRE_CONTROLS)
    if len(text.translate(_CONTROLS)) < (1 - _MOST_CONTROLS) * len(text):
        return Prose(0.0, "characters that no text has")
    lines = [line.strip() for line in text.split("\n")]
    opening = "\n".join(lines[:3])
    for shape, reason in marks.OPENINGS:
        if shape.match(opening):
            return Prose(0.0, reason)
    if text and all(_ADDRESS.fullmatch(line) for line in lines if line):
        return Prose(0.0, marks.ADDRESSES)
    if _is_table(lines):
        return Prose(_SURENESS_OF_TABLES, marks.TABLE)
    kinds = [*_sort_lines(lines)]
    sizes: Counter[str] = Counter()
    for kind, size in kinds:
        sizes[kind] += size
    is_told = any(kind is _PROSE and size > _LONG for kind, size in kinds[:_OPENING])
    return _weigh(sizes, len(kinds), 1 if is_told else _WEIGHT_OF_MARKS)


def _is_table(lines: Sequence[str]) -> bool:
    """Say whether each line has as many values, parted by commas, semicolons, tabs or bars (RFC 4180)."""
    rows = [_GROUPED_DIGITS.sub("", line) for line in lines[:_MOST_ROWS] if line]
    counts = {sign: {row.count(sign) for row in rows} for sign in _PARTING_SIGNS}
    # One value more may be chance in two rows.
    return any(
        len(counts[sign]) == 1
        and min(counts[sign]) * (len(rows) - 1) >= _LEAST_REGULAR
        and not any(f"{sign} " in row for row in rows)
        for sign in _PARTING_SIGNS
    )


def _weigh(sizes: Counter[str], count: int, weight: int) -> Prose:
    for kind, fewest in marks.NEED_COMPANY.items():
        if count < fewest:
            sizes[_PLAIN] += sizes.pop(kind, 0)
    prose, plain = sizes.pop(_PROSE, 0), sizes.pop(_PLAIN, 0)
    marked = sum(sizes.values())
    whole = prose + plain + weight * marked
    sureness = (prose + _WORTH_OF_PLAIN * plain) / whole if whole else 1.0
    return Prose(sureness, sizes.most_common(1)[0][0] if sureness < _SURE else None)


def _sort_lines(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield the kind of each line and how many characters it has."""
    closing = ""
    for at, line in enumerate(line[:_LONGEST_LINE] for line in lines):
        if closing:
            kind = marks.CODE
            closing = "" if closing in line else closing
        elif opened := next((signs for signs in marks.FENCES if line.startswith(signs[0])), None):
            kind = marks.CODE
            closing = "" if opened[1] in line[len(opened[0]) :] else opened[1]
        elif line.startswith("#") and (len(lines) == 1 or any((*lines[at - 1 : at], *lines[at + 1 : at + 2]))):
            # Above a blank line it may be a heading in Markdown.
            kind = marks.CODE
        elif line:
            kind = _kind_of(line)
        else:
            continue
        # Whole paragraphs on a line are no comments.
        yield kind, len(line) * (_WORTH_OF_PARAGRAPHS if kind is _PROSE and len(line) > _LONG else 1)


def _kind_of(line: str) -> str:
    if sure := _sure_kind(line):
        return sure
    share = sum(run.end() - run.start() for run in marks.RUN.finditer(line)) / len(line)
    if share >= (_PARTLY if len(line) > _LONG else _MOSTLY) and len(line) >= _SHORTEST_LINE:
        return _PROSE
    if line.startswith(("http://", "https://")) or is_label(line):
        return _PLAIN
    kind = next((kind for mark, kind in marks.MARKS if mark.match(line)), None)
    return kind or (_PROSE if share >= _SOME else _kind_of_words(line))


def _sure_kind(line: str) -> str | None:
    """Return what a line is that is no prose, however many words in a row it has."""
    if marks.LOG_LINE.match(line):
        return marks.LOG
    # A long line may be a whole program.
    is_dense = len(line) > _LONG and len(marks.CODE_SIGNS.findall(line)) > _MOST_SIGNS * len(line)
    return marks.CODE if is_dense or marks.COMMENT.match(line) or marks.SURE_CODE.match(line) else None


def _kind_of_words(line: str) -> str:
    """Return what a line is that has few words in a row, and no marks."""
    if marks.IS_PATH.match(line):
        return marks.PATHS
    if not any(map(str.isalpha, line)):
        return marks.NUMBERS
    if marks.MACHINE_WORD.search(line):
        return marks.TABLE
    is_token = marks.IS_TOKEN.fullmatch(line)
    if is_token and len(line) > _LONGEST_WORD:
        return marks.TABLE
    return marks.WORDS if is_token and not line.endswith(_STOPS) else _PLAIN
