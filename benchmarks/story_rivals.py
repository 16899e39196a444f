"""The usual ways to find near-duplicates, to compare with: SimHash and MinHash, each at its best threshold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import nsmallest

import xxhash

from benchmarks.story_scores import Scores, score
from benchmarks.story_set import Labelled

_WINDOW = timedelta(days=7)
_SHINGLE = 5
_BITS = 64
_KEPT = 128
# Hamming distances, and Jaccard similarities in hundredths.
_DISTANCES = range(25)
_SIMILARITIES = range(5, 100, 5)


@dataclass(frozen=True, slots=True)
class Rival:
    """A rival at its best threshold."""

    name: str
    threshold: float
    scores: Scores


def simhash(labelled: Sequence[Labelled]) -> Rival:
    """Score SimHash: 64 bits of five-word shingles, near by Hamming distance."""
    prints = [_simhash(_shingles(one.text)) for one in labelled]
    near: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for later, other in _pairs(labelled):
        distance = (prints[later] ^ prints[other]).bit_count()
        if distance <= _DISTANCES[-1]:
            near[later].append((distance, other))
    best = _best(labelled, near, [(distance, distance) for distance in _DISTANCES])
    return Rival("SimHash", *best)


def minhash(labelled: Sequence[Labelled]) -> Rival:
    """Score MinHash: the 128 smallest of five-word shingles (bottom-k), near by Jaccard similarity."""
    sketches = [nsmallest(_KEPT, _shingles(one.text)) for one in labelled]
    holding: dict[int, list[int]] = defaultdict(list)
    near: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for later, sketch in enumerate(sketches):
        for other in {other for shingle in sketch for other in holding[shingle]}:
            if labelled[later].arrives_at - labelled[other].arrives_at <= _WINDOW:
                near[later].append((1 - _jaccard(sketch, sketches[other]), other))
        for shingle in sketch:
            holding[shingle].append(later)
    best = _best(labelled, near, [(hundredths / 100, 1 - hundredths / 100) for hundredths in _SIMILARITIES])
    return Rival("MinHash", *best)


def _best(
    labelled: Sequence[Labelled],
    near: Mapping[int, Sequence[tuple[float, int]]],
    thresholds: Iterable[tuple[float, float]],
) -> tuple[float, Scores]:
    """Return the threshold with the best F1; each article joins the nearest one before it, or all near ones."""
    tried = [
        (shown, score(labelled, _stories(len(labelled), near, farthest, nearest_only=nearest_only)))
        for shown, farthest in thresholds
        for nearest_only in (True, False)
    ]
    return max(tried, key=lambda found: found[1].f1)


def _stories(
    count: int, near: Mapping[int, Sequence[tuple[float, int]]], farthest: float, *, nearest_only: bool
) -> list[int]:
    parents = list(range(count))

    def root(place: int) -> int:
        while parents[place] != place:
            place = parents[place]
        return place

    for later in range(count):
        others = sorted(found for found in near.get(later, ()) if found[0] <= farthest)
        for _, other in others[:1] if nearest_only else others:
            one, two = sorted((root(later), root(other)))
            parents[two] = one
    return [root(place) for place in range(count)]


def _pairs(labelled: Sequence[Labelled]) -> Iterable[tuple[int, int]]:
    for later, one in enumerate(labelled):
        for other in range(later):
            if one.arrives_at - labelled[other].arrives_at <= _WINDOW:
                yield later, other


def _shingles(text: str) -> set[int]:
    words = text.lower().split()
    runs = (" ".join(words[place : place + _SHINGLE]) for place in range(max(1, len(words) - _SHINGLE + 1)))
    return {xxhash.xxh3_64_intdigest(run.encode()) for run in runs}


def _simhash(shingles: set[int]) -> int:
    counts = [sum(shingle >> bit & 1 for shingle in shingles) for bit in range(_BITS)]
    return sum(1 << bit for bit, count in enumerate(counts) if count * 2 > len(shingles))


def _jaccard(one: Sequence[int], other: Sequence[int]) -> float:
    union = nsmallest(_KEPT, {*one, *other})
    both = {*one} & {*other}
    return sum(shingle in both for shingle in union) / len(union) if union else 0.0
