"""Comparing two signatures, with the shorter text as the measure."""

import re
from collections.abc import Sequence
from functools import lru_cache

from worker.stories import constants as rules
from worker.stories.signature import words_of_title
from worker.stories.story_values import Overlap, Signature

_KEPT = 4


def measure_overlap(one: Signature, other: Signature) -> Overlap:
    """Return what two texts have in common."""
    shorter, longer = (one, other) if len(one.sketch) <= len(other.sketch) else (other, one)
    marks, marks_of_longer = _mark_shared(shorter, longer), _mark_shared(longer, shorter)
    shared = _count_shared(shorter, longer)
    different = [len(_different_shingles(text.sketch)) for text in (shorter, longer)]
    stretches = [run.span() for run in re.finditer(rb"\x01+", marks)]
    runs = [end - start for start, end in stretches]
    facts = set(longer.facts)
    titles = words_of_title(one.title), words_of_title(other.title)
    swapped, swapped_facts = _count_swapped(marks, shorter)
    dateline, opening = (_facts_between(shorter, 0, end) for end in (rules.DATELINE, max(marks.find(1), 0)))
    opening_facts, body_facts = shorter.facts[dateline:opening], shorter.facts[opening:]
    return Overlap(
        is_shorter=shorter is one,
        shared=shared,
        shorter=len(marks),
        longer=len(marks_of_longer),
        of_shorter=_share(marks.count(1), len(marks)),
        of_longer=_share(marks_of_longer.count(1), len(marks_of_longer)),
        of_lede=_share(marks[: rules.LEDE].count(1), len(marks[: rules.LEDE])),
        jaccard=_share(shared, sum(different) - shared),
        runs=len(runs),
        mean_run=_share(sum(runs), len(runs)),
        longest_run=max(runs, default=0),
        first_in_shorter=marks.find(1),
        first_in_longer=marks_of_longer.find(1),
        facts=len(body_facts),
        of_facts=_share(len(facts.intersection(body_facts)), len(body_facts)),
        swapped=swapped,
        swapped_facts=swapped_facts,
        kept_facts=sum(_facts_between(shorter, start, end + shorter.width - 1) for start, end in stretches),
        opening_facts=len(opening_facts),
        of_opening=_share(len(facts.intersection(opening_facts)), len(opening_facts)),
        of_title=_share(len(titles[0] & titles[1]), min(map(len, titles))),
    )


def shares_enough(one: Signature, other: Signature) -> bool:
    """Say whether a text may be a copy of another one by how many of its shingles they share."""
    return _count_shared(one, other) >= rules.FEWEST_SHARED


def _count_shared(one: Signature, other: Signature) -> int:
    # Most copies that wires make are exact. Of others a set of the second text's shingles would be dearer than what it
    # saves: most are compared with one text.
    shared = _different_shingles(one.sketch)
    return len(shared if one.sketch == other.sketch else shared.intersection(read_shingles(other.sketch)))


def _mark_shared(text: Signature, other: Signature) -> bytes:
    """Return a byte for each shingle of a text: 1 where the other text has it too, else 0."""
    if text.sketch == other.sketch:
        return b"\x01" * (len(text.sketch) // 3)
    return bytes(map(_different_shingles(other.sketch).__contains__, read_shingles(text.sketch)))


# An article is compared with one after the other.
@lru_cache(maxsize=_KEPT)
def read_shingles(sketch: bytes) -> Sequence[int]:
    """Return a number for each shingle of a sketch."""
    count = len(sketch) // 3
    row = bytearray(4 * count)
    row[0::4], row[1::4], row[2::4] = sketch[:count], sketch[count : 2 * count], sketch[2 * count :]
    return memoryview(row).cast("I").tolist()


@lru_cache(maxsize=_KEPT)
def _different_shingles(sketch: bytes) -> frozenset[int]:
    return frozenset(read_shingles(sketch))


def _count_swapped(marks: bytes, text: Signature) -> tuple[int, int]:
    """Return how many words of a text were swapped in the midst of shared words, and how many of these are facts.

    A word is shared when any shingle around it is: swapping a single word breaks every shingle that holds it.
    """
    swapped = facts = 0
    longest_gap = text.width - 1 + rules.MOST_SWAPPED
    for gap in re.finditer(rb"(?<=\x01)\x00{%d,%d}(?=\x01)" % (text.width, longest_gap), marks):
        start = gap.start() + text.width - 1
        swapped += gap.end() - start
        facts += _facts_between(text, start, gap.end())
    return swapped, facts


def _facts_between(text: Signature, start: int, end: int) -> int:
    return ((text.places >> start) & ((1 << (end - start)) - 1)).bit_count()


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
