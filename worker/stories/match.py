"""Comparing an article with its candidates: which of them it is a copy of, the best one first."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from worker.stories.compare import compare
from worker.stories.rules import ITEM, ITEM_REACH, UNITING_JACCARD
from worker.stories.values import Candidate, Copy, Overlap, Signature
from worker.stories.verdict import verify


def find_copies(
    signature: Signature, candidates: Iterable[Candidate], signatures: Mapping[int, Signature]
) -> tuple[Copy, ...]:
    """Return the candidates that the article is a copy of; one without a signature of these rules is passed over."""
    compared = [
        (compare(signature, signatures[candidate.article_id]), candidate)
        for candidate in candidates
        if candidate.article_id in signatures
    ]
    verified = [
        (overlap, candidate)
        for overlap, candidate in compared
        if verify(overlap, is_of_one_outlet=signature.outlet == signatures[candidate.article_id].outlet)
    ]
    if _is_round_up(compared):
        verified = [found for found in verified if found[0].jaccard >= UNITING_JACCARD]
    # Among equals the oldest.
    verified.sort(key=lambda found: (-_alikeness(found[0]), found[1].article_id))
    return tuple(
        Copy(
            candidate.article_id,
            candidate.story_id,
            overlap.jaccard,
            is_best=not place,
            is_grouped=candidate.is_grouped,
        )
        for place, (overlap, candidate) in enumerate(verified)
    )


def _alikeness(overlap: Overlap) -> float:
    return round(overlap.of_shorter + overlap.jaccard, 1)


def _is_round_up(compared: Sequence[tuple[Overlap, Candidate]]) -> bool:
    """Say whether a text opens one story after the other: it tells none of them."""
    items = sorted(
        {
            candidate.story_id: _places(overlap)[0]
            for overlap, candidate in compared
            if overlap.longest_run >= ITEM and _places(overlap)[1] <= ITEM_REACH and overlap.jaccard < UNITING_JACCARD
        }.values()
    )
    return any(after - before >= ITEM for before, after in pairwise(items))


def _places(overlap: Overlap) -> tuple[int, int]:
    """Return where in the text, and where in the other one, they first meet."""
    places = overlap.first_in_shorter, overlap.first_in_longer
    return places if overlap.is_shorter else places[::-1]
