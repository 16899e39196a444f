"""Find what changed from one text to another, word by word, for people to read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from worker.basics.text import UNSPACED

# How many words of a changed passage are compared on either side; the rest is left out.
_LONGEST = 2_000
# What follows so many paragraphs is compared as one.
_MOST_PARAGRAPHS = 2_000
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


@dataclass(frozen=True, slots=True)
class AlignedPassage:
    """A passage of two texts, to be shown side by side; of one that only one text has, the other side is empty."""

    old: Sequence[WordRun]
    new: Sequence[WordRun]

    @property
    def is_same(self) -> bool:
        """Whether both texts have it word for word."""
        return self.old == self.new


def find_changes(before: Mapping[str, Any], after: Mapping[str, Any], most: int) -> tuple[list[list[WordRun]], int]:
    """Return the changed passages from one version of an article to another, and how many more there are than ``most``.

    A change of the title comes first, and does not count. Versions have a ``title`` and a ``text``.
    """
    titles = find_differences(before["title"], after["title"]) if before["title"] != after["title"] else ()
    old, new = _split(before["text"]), _split(after["text"])
    changed = [places for tag, *places in _match(old, new) if tag != "equal"]
    return [*titles, *(_show_change(old, new, places) for places in changed[:most])], len(changed[most:])


def find_differences(old: str, new: str) -> Iterator[list[WordRun]]:
    """Yield the changed passages, each with a few words before and after every change."""
    before, after = _split(old), _split(new)
    for tag, *places in _match(before, after):
        if tag != "equal":
            yield _show_change(before, after, places)


def align_texts(old: str, new: str) -> Iterator[AlignedPassage]:
    """Yield all of two texts, a passage after the other: paragraphs that both have, and such as changed."""
    before, after = _split(old), _split(new)
    for tag, *(i, j, k, m) in _match(before, after):
        if tag == "equal":
            same = ([WordRun(WordKind.SAME, paragraph)] for paragraph in after[k:m])
            yield from (AlignedPassage(runs, runs) for runs in same)
        else:
            runs = list(_compare(_words(before[i:j]), _words(after[k:m])))
            yield AlignedPassage(_leave_out(runs, WordKind.ADDED), _leave_out(runs, WordKind.REMOVED))


def _leave_out(runs: Sequence[WordRun], kind: WordKind) -> list[WordRun]:
    """Return what one of two texts has, without the space behind it."""
    *others, last = [run for run in runs if run.kind is not kind] or [WordRun(WordKind.SAME, "")]
    return [*others, WordRun(last.kind, last.text.rstrip())] if last.text else []


def count_words(text: str) -> int:
    """Return how many words a text has; of scripts that write no spaces each character is one."""
    return len(_WORD.findall(text))


def _split(text: str) -> list[str]:
    paragraphs = text.split("\n\n")
    last = paragraphs[_MOST_PARAGRAPHS - 1 :]
    return [*paragraphs[: _MOST_PARAGRAPHS - 1], "\n\n".join(last)] if last else paragraphs


def _match(before: list[str], after: list[str]) -> list[tuple[str, int, int, int, int]]:
    # Difflib's own heuristic anchors long texts by their rarer parts: without it some would take minutes.
    return list(SequenceMatcher(None, before, after).get_opcodes())


def _show_change(before: list[str], after: list[str], places: Sequence[int]) -> list[WordRun]:
    i, j, k, m = places
    return _shorten(list(_compare(_words(before[i:j]), _words(after[k:m]))))


def _words(paragraphs: Sequence[str]) -> list[str]:
    words = _WORD.findall("\n\n".join(paragraphs))
    return words if len(words) <= _LONGEST else [*words[:_LONGEST], "…"]


def _compare(before: list[str], after: list[str]) -> Iterator[WordRun]:
    bare_before, bare_after = [word.rstrip() for word in before], [word.rstrip() for word in after]
    for tag, i, j, k, m in _match(bare_before, bare_after):
        if tag == "equal":
            # One text may end where the other one goes on: then the last word has the space that the other has.
            last = max(before[j - 1], after[m - 1], key=len)
            yield WordRun(WordKind.SAME, "".join([*after[k : m - 1], last]))
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
