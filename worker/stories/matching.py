"""Comparing an article with its candidates: which of them it is a copy of, the best one first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from worker.stories.compare import compare
from worker.stories.rules import (
    ITEM,
    ITEM_REACH,
    MOST_GROUPED,
    MOST_OF_STORY,
    MOST_STORIES_OF_ANCHOR,
    MOST_UNGROUPED,
    UNITING_JACCARD,
    WINDOW,
)
from worker.stories.values import Candidate, Copy, Matched, Overlap, Signature, Signed
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


# --- Which of the articles that share an anchor with another one are compared with it.


def choose_candidates(moment: datetime, sharing: Iterable[Sequence[Candidate]]) -> list[Candidate]:
    """Return those worth comparing, from the candidates that share each anchor.

    Grouped ones: the few that share most. Ungrouped ones always, the oldest first: nobody else may ever compare them.
    """
    known: dict[int, Candidate] = {}
    shared: Counter[int] = Counter()
    for candidates in sharing:
        near = [candidate for candidate in candidates if abs(candidate.moment - moment) <= WINDOW]
        # What many stories have is how their outlets write, not what they tell.
        if len({candidate.story_id for candidate in near if candidate.is_grouped}) <= MOST_STORIES_OF_ANCHOR:
            known.update((candidate.article_id, candidate) for candidate in near)
            shared.update(candidate.article_id for candidate in near)
    grouped = [candidate for candidate in known.values() if candidate.is_grouped]
    waiting = sorted(known.keys() - {candidate.article_id for candidate in grouped})
    return [*_best(grouped, shared), *(known[article_id] for article_id in waiting[:MOST_UNGROUPED])]


def _best(grouped: list[Candidate], shared: Mapping[int, int]) -> Iterable[Candidate]:
    """Return those that share most anchors, the oldest first among equals, no more than two of a story."""
    of_story: Counter[int] = Counter()
    best: list[Candidate] = []
    for candidate in sorted(grouped, key=lambda grouped: (-shared[grouped.article_id], grouped.article_id)):
        of_story[candidate.story_id] += 1
        if of_story[candidate.story_id] <= MOST_OF_STORY:
            best.append(candidate)
    return best[:MOST_GROUPED]


# --- Matching a batch of articles, as though they had come one by one: each with those before it.


def choose_of_batch(signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]]) -> set[int]:
    """Return which articles outside the batch may have to be compared, of those that share each anchor."""
    apart = _without_batch(signed, sharing)
    return {
        candidate.article_id
        for one in signed
        for candidate in choose_candidates(one.article.moment, _near(one.signature, apart))
    }


def match_batch(
    signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]], signatures: Mapping[int, Signature]
) -> Iterator[Matched]:
    """Yield what each article of a batch is a copy of; ``signatures`` are those of ``choose_of_batch``."""
    known = dict(signatures)
    near = _without_batch(signed, sharing)
    for one in signed:
        article = one.article
        copies = find_copies(one.signature, choose_candidates(article.moment, _near(one.signature, near)), known)
        yield Matched(article.article_id, copies)
        own = article.story_id or article.article_id
        candidate = Candidate(
            article.article_id, copies[0].story_id if copies else own, is_grouped=True, moment=article.moment
        )
        known[article.article_id] = one.signature
        for anchor in one.signature.anchors:
            near.setdefault(anchor, []).append(candidate)


def _without_batch(signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]]) -> dict[int, list[Candidate]]:
    batch = {one.article.article_id for one in signed}
    return {
        anchor: [candidate for candidate in candidates if candidate.article_id not in batch]
        for anchor, candidates in sharing.items()
    }


def _near(signature: Signature, sharing: Mapping[int, Sequence[Candidate]]) -> list[Sequence[Candidate]]:
    return [sharing[anchor] for anchor in signature.anchors if anchor in sharing]


# --- Which stories become one: an article joins its best match, and two stories unite only where they are much
# alike.


def unite(matched: Sequence[Matched], story_of: Mapping[int, int], sizes: Mapping[int, int]) -> dict[int, int]:
    """Return, for each story that is taken in, the one that takes it in: of two always the older, with the smaller id.

    ``story_of`` holds the story of each article that is matched or a copy; one that has none is passed over.
    """
    taken_in: dict[int, int] = {}
    grown = dict(sizes)
    for article in matched:
        for copy in article.copies:
            if article.article_id in story_of and copy.article_id in story_of:
                own, other = (_root(taken_in, story_of[one.article_id]) for one in (article, copy))
                if own != other and _may_unite(copy, grown[own], grown[other]):
                    older, younger = sorted((own, other))
                    taken_in[younger] = older
                    grown[older] += grown[younger]
    return {story_id: _root(taken_in, story_id) for story_id in taken_in}


def _may_unite(copy: Copy, own_size: int, other_size: int) -> bool:
    if copy.jaccard >= UNITING_JACCARD:
        return True
    # One that still waits may never get to see this article: it joins here.
    return (copy.is_best and own_size == 1) or (not copy.is_grouped and other_size == 1)


def _root(taken_in: Mapping[int, int], story_id: int) -> int:
    while story_id in taken_in:
        story_id = taken_in[story_id]
    return story_id
