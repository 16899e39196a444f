"""Comparing two signatures, with the shorter text as the measure."""

import re
from collections.abc import Collection, Sequence

from worker.stories.rules import DATELINE, LEDE, MOST_SWAPPED
from worker.stories.signature import words_of_title
from worker.stories.values import Overlap, Signature


def compare(one: Signature, other: Signature) -> Overlap:
    """Return what two texts have in common."""
    shorter, longer = (one, other) if len(one.sketch) <= len(other.sketch) else (other, one)
    in_shorter, in_longer = set(shorter.sketch), set(longer.sketch)
    shared = len(in_shorter & in_longer)
    found, found_back = _found(shorter.sketch, in_longer), _found(longer.sketch, in_shorter)
    stretches = [run.span() for run in re.finditer(rb"\x01+", found)]
    runs = [end - start for start, end in stretches]
    facts = set(longer.facts)
    titles = words_of_title(one.title), words_of_title(other.title)
    swapped, swapped_facts = count_swapped(found, shorter)
    dateline, opening = (_facts_between(shorter, 0, end) for end in (DATELINE, max(found.find(1), 0)))
    opening_facts, body_facts = shorter.facts[dateline:opening], shorter.facts[opening:]
    return Overlap(
        is_shorter=shorter is one,
        shared=shared,
        shorter=len(shorter.sketch),
        longer=len(longer.sketch),
        of_shorter=_share(found.count(1), len(found)),
        of_longer=_share(found_back.count(1), len(found_back)),
        of_lede=_share(found[:LEDE].count(1), len(found[:LEDE])),
        jaccard=_share(shared, len(in_shorter) + len(in_longer) - shared),
        runs=len(runs),
        mean_run=_share(sum(runs), len(runs)),
        longest_run=max(runs, default=0),
        first_in_shorter=found.find(1),
        first_in_longer=found_back.find(1),
        facts=len(body_facts),
        of_facts=_share(len(facts.intersection(body_facts)), len(body_facts)),
        swapped=swapped,
        swapped_facts=swapped_facts,
        kept_facts=sum(_facts_between(shorter, start, end + shorter.width - 1) for start, end in stretches),
        opening_facts=len(opening_facts),
        of_opening=_share(len(facts.intersection(opening_facts)), len(opening_facts)),
        of_title=_share(len(titles[0] & titles[1]), min(map(len, titles))),
    )


def count_swapped(found: bytes, text: Signature) -> tuple[int, int]:
    """Return how many words of a text differ in the midst of what is shared, and how many of them are facts.

    ``found`` says of each of its shingles whether it is shared. A word is, too, when one of the shingles around it is:
    swapping a single word breaks as many shingles as hold it.
    """
    swapped = facts = 0
    for gap in re.finditer(rb"(?<=\x01)\x00{%d,%d}(?=\x01)" % (text.width, text.width - 1 + MOST_SWAPPED), found):
        start = gap.start() + text.width - 1
        swapped += gap.end() - start
        facts += _facts_between(text, start, gap.end())
    return swapped, facts


def _facts_between(text: Signature, start: int, end: int) -> int:
    return ((text.places >> start) & ((1 << (end - start)) - 1)).bit_count()


def _found(sketch: Sequence[int], other: Collection[int]) -> bytes:
    """Return a byte for each shingle: 1 where the other text has it too."""
    return bytes(map(other.__contains__, sketch))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
