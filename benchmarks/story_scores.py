"""How well stories were told apart: pairwise precision, recall and F1, adjusted Rand index, and kind by kind."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from benchmarks.story_set import Labelled

_COPIES = ("exact", "light", "medium", "heavy", "rewrite", "lede", "cut", "summary")
_DECOYS = ("template", "follow-up", "digest", "brief", "quotation")


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one grouping of the set."""

    precision: float
    recall: float
    f1: float
    rand: float
    found: dict[str, float]
    """Of each kind of copy, the share that stands with its original."""
    joined: dict[str, float]
    """Of each kind of decoy, the share that stands with an article of another story."""


def score(labelled: Sequence[Labelled], stories: Sequence[Hashable]) -> Scores:
    """Score ``stories``, which names the story found for each article."""
    truth = [one.story for one in labelled]
    both = _pairs(Counter(zip(truth, stories, strict=True)))
    true, found = _pairs(Counter(truth)), _pairs(Counter(stories))
    precision, recall = _share(both, found), _share(both, true)
    by_chance = true * found / (len(truth) * (len(truth) - 1) / 2)
    return Scores(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if both else 0.0,
        rand=_share(both - by_chance, (true + found) / 2 - by_chance),
        found=_found(labelled, stories),
        joined=_joined(labelled, stories),
    )


def _found(labelled: Sequence[Labelled], stories: Sequence[Hashable]) -> dict[str, float]:
    original = {one.story: story for one, story in zip(labelled, stories, strict=True) if one.kind == "original"}
    attached = defaultdict(list)
    for one, story in zip(labelled, stories, strict=True):
        attached[one.kind].append(original.get(one.story) == story)
    return {kind: sum(attached[kind]) / len(attached[kind]) for kind in _COPIES if attached[kind]}


def _joined(labelled: Sequence[Labelled], stories: Sequence[Hashable]) -> dict[str, float]:
    told = defaultdict(set)
    for one, story in zip(labelled, stories, strict=True):
        told[story].add(one.story)
    wrong = defaultdict(list)
    for one, story in zip(labelled, stories, strict=True):
        wrong[one.kind].append(len(told[story]) > 1)
    return {kind: sum(wrong[kind]) / len(wrong[kind]) for kind in _DECOYS if wrong[kind]}


def _pairs(counts: Counter[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
