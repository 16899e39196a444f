"""Matching: which articles are compared, which of them are copies of one another, and which stories then unite.

The articles of a batch are matched as though they had come one by one: each with those before it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from worker.stories import constants as rules
from worker.stories.compare import measure_overlap
from worker.stories.story_values import Candidate, Copy, Matched, Overlap, Signature, Signed
from worker.stories.verdict import is_copy_given_outlets


def choose_outside_batch(signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]]) -> set[int]:
    """Return the ids of the articles outside a batch that its articles may have to be compared with.

    ``sharing`` has, by anchor, the articles that share it.
    """
    outside = _without_batch(signed, sharing)
    return {
        candidate.article_id
        for one in signed
        for candidate in choose_candidates(one.article.moment, _sharing_anchors(one.signature, outside))
    }


def match_batch(
    signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]], signatures: Mapping[int, Signature]
) -> Iterator[Matched]:
    """Yield what each article of a batch is a copy of; ``signatures`` are those of ``choose_outside_batch``."""
    known = dict(signatures)
    near = _without_batch(signed, sharing)
    for one in signed:
        article_id, moment = one.article.article_id, one.article.moment
        copies = find_copies(one.signature, choose_candidates(moment, _sharing_anchors(one.signature, near)), known)
        yield Matched(article_id, copies)
        story_id = copies[0].story_id if copies else one.article.story_id or article_id
        candidate = Candidate(article_id, story_id, is_grouped=True, moment=moment)
        known[article_id] = one.signature
        for anchor in one.signature.anchors:
            near.setdefault(anchor, []).append(candidate)


def _without_batch(signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]]) -> dict[int, list[Candidate]]:
    batch = {one.article.article_id for one in signed}
    return {
        anchor: [candidate for candidate in candidates if candidate.article_id not in batch]
        for anchor, candidates in sharing.items()
    }


def _sharing_anchors(signature: Signature, sharing: Mapping[int, Sequence[Candidate]]) -> list[Sequence[Candidate]]:
    return [sharing[anchor] for anchor in signature.anchors if anchor in sharing]


def choose_candidates(moment: datetime, sharing: Iterable[Sequence[Candidate]]) -> list[Candidate]:
    """Return those worth comparing, from the candidates that share each anchor.

    Of the grouped ones, the few that share most; all ungrouped ones, the oldest first: nobody else may ever compare
    them.
    """
    known: dict[int, Candidate] = {}
    shared: Counter[int] = Counter()
    for candidates in sharing:
        near = [candidate for candidate in candidates if abs(candidate.moment - moment) <= rules.FARTHEST_APART]
        # What many stories have is how their outlets write, not what they tell.
        if len({candidate.story_id for candidate in near if candidate.is_grouped}) <= rules.MOST_STORIES_OF_ANCHOR:
            known.update((candidate.article_id, candidate) for candidate in near)
            shared.update(candidate.article_id for candidate in near)
    grouped = [candidate for candidate in known.values() if candidate.is_grouped]
    waiting = sorted(known.keys() - {candidate.article_id for candidate in grouped})
    return [*_choose_grouped(grouped, shared), *(known[article_id] for article_id in waiting[: rules.MOST_UNGROUPED])]


def _choose_grouped(grouped: list[Candidate], shared: Mapping[int, int]) -> list[Candidate]:
    """Return the candidates that share most anchors, the oldest first among equals, no more than two of a story."""
    of_story: Counter[int] = Counter()
    chosen: list[Candidate] = []
    for candidate in sorted(grouped, key=lambda one: (-shared[one.article_id], one.article_id)):
        of_story[candidate.story_id] += 1
        if of_story[candidate.story_id] <= rules.MOST_OF_STORY:
            chosen.append(candidate)
    return chosen[: rules.MOST_GROUPED]


def find_copies(
    signature: Signature, candidates: Iterable[Candidate], signatures: Mapping[int, Signature]
) -> tuple[Copy, ...]:
    """Return the candidates that an article is a copy of, the best match first.

    A candidate without a signature, which was signed by other rules, is passed over.
    """
    compared = [
        (measure_overlap(signature, signatures[candidate.article_id]), candidate)
        for candidate in candidates
        if candidate.article_id in signatures
    ]
    verified = [
        (overlap, candidate)
        for overlap, candidate in compared
        if is_copy_given_outlets(overlap, is_of_one_outlet=signature.outlet == signatures[candidate.article_id].outlet)
    ]
    if _is_round_up(compared):
        verified = [match for match in verified if match[0].jaccard >= rules.UNITING_JACCARD]
    # Among equals the oldest.
    verified.sort(key=lambda match: (-_alikeness(match[0]), match[1].article_id))
    return tuple(
        Copy(candidate.article_id, candidate.story_id, overlap.jaccard, not place, candidate.is_grouped)
        for place, (overlap, candidate) in enumerate(verified)
    )


def _alikeness(overlap: Overlap) -> float:
    return round(overlap.of_shorter + overlap.jaccard, 1)


def _is_round_up(compared: Sequence[tuple[Overlap, Candidate]]) -> bool:
    """Say whether a text opens one story after the other: it tells none of them."""
    openings: dict[int, int] = {}
    for overlap, candidate in compared:
        places = overlap.first_in_shorter, overlap.first_in_longer
        in_text, in_other = places if overlap.is_shorter else places[::-1]
        is_item = overlap.longest_run >= rules.ITEM and overlap.jaccard < rules.UNITING_JACCARD
        if is_item and in_other <= rules.ITEM_REACH:
            openings[candidate.story_id] = in_text
    return any(after - before >= rules.ITEM for before, after in pairwise(sorted(openings.values())))


def unite_stories(matched: Sequence[Matched], story_of: Mapping[int, int], sizes: Mapping[int, int]) -> dict[int, int]:
    """Return, for each story that another one takes in, which takes it in: the older of two, with the smaller id.

    An article joins its best match; two stories of several articles unite only where they are much alike. ``story_of``
    holds the story of each article that is matched or a copy; an article that has none there is passed over.
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
    # A copy that still waits may never get to see this article, so it joins here.
    joins = (copy.is_best and own_size == 1) or (not copy.is_grouped and other_size == 1)
    return joins or copy.jaccard >= rules.UNITING_JACCARD


def _root(taken_in: Mapping[int, int], story_id: int) -> int:
    while story_id in taken_in:
        story_id = taken_in[story_id]
    return story_id
