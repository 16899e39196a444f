"""Find what changed from one text to another, word by word, for people to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from worker.basics.text import UNSPACED

# How many words of a changed passage are compared on either side; the rest is left out.
_LONGEST = 2_000
# How many unchanged words are shown before and after a change.
_CONTEXT = 6
_WORD = re.compile(rf"[{UNSPACED}]\s*|[^\s{UNSPACED}]+\s*")


class WordKind(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class WordRun:
    """Words in a row of one kind."""

    kind: WordKind
    text: str


def find_differences(old: str, new: str) -> Iterator[list[WordRun]]:
    """Yield the changed passages, each with a few words before and after every change."""
    before, after = old.split("\n\n"), new.split("\n\n")
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _shorten(list(_compare(_words(before[i:j]), _words(after[k:m]))))


def _words(paragraphs: Sequence[str]) -> list[str]:
    words = _WORD.findall("\n\n".join(paragraphs))
    return words if len(words) <= _LONGEST else [*words[:_LONGEST], "…"]


def _compare(before: list[str], after: list[str]) -> Iterator[WordRun]:
    bare_before, bare_after = [word.rstrip() for word in before], [word.rstrip() for word in after]
    # Difflib's own heuristic anchors long passages by their rarer words: without it some would take minutes.
    for tag, i, j, k, m in SequenceMatcher(None, bare_before, bare_after).get_opcodes():
        if tag == "equal":
            yield WordRun(WordKind.SAME, "".join(after[k:m]))
            continue
        if i < j:
            yield WordRun(WordKind.REMOVED, "".join(before[i:j]))
        if k < m:
            yield WordRun(WordKind.ADDED, "".join(after[k:m]))


def _shorten(runs: list[WordRun]) -> list[WordRun]:
    """Drop the unchanged words that are not next to a change."""
    last = len(runs) - 1
    return [_near_change(run, is_first=number == 0, is_last=number == last) for number, run in enumerate(runs)]


def _near_change(run: WordRun, *, is_first: bool, is_last: bool) -> WordRun:
    words = _WORD.findall(run.text)
    if run.kind is not WordKind.SAME or len(words) <= (_CONTEXT if is_first or is_last else 2 * _CONTEXT) + 1:
        return run
    head = "" if is_first else "".join(words[:_CONTEXT])
    tail = "" if is_last else "".join(words[-_CONTEXT:])
    return WordRun(run.kind, f"{head}… {tail}")
