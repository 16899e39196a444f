"""Matching: which articles are compared, which of them are copies of one another, and which stories then unite.

The articles of a batch are matched as though they had come one by one: each with those before it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, pairwise

from worker.stories import constants as rules
from worker.stories.compare import measure_overlap, shares_enough
from worker.stories.story_values import Candidate, Copy, Matched, Overlap, Sharing, Signature, Signed
from worker.stories.verdict import is_copy_given_outlets


def choose_outside_batch(signed: Sequence[Signed], sharing: Sharing) -> set[int]:
    """Return the ids of the articles outside a batch that its articles may have to be compared with."""
    outside = _outside_batch(signed, sharing)
    return {
        candidate.article_id
        for one in signed
        for candidate in choose_candidates(one.article.moment, _sharing_anchors(one, sharing), outside)
    }


def match_batch(signed: Sequence[Signed], sharing: Sharing, signatures: Mapping[int, Signature]) -> Iterator[Matched]:
    """Yield what each article of a batch is a copy of; ``signatures`` are those of ``choose_outside_batch``."""
    known, candidates = dict(signatures), _outside_batch(signed, sharing)
    for one in signed:
        article_id, moment = one.article.article_id, one.article.moment
        chosen = choose_candidates(moment, _sharing_anchors(one, sharing), candidates)
        copies = find_copies(one.signature, chosen, known)
        yield Matched(article_id, copies)
        story_id = copies[0].story_id if copies else one.article.story_id or article_id
        candidates[article_id] = Candidate(article_id, story_id, is_grouped=True, moment=moment)
        known[article_id] = one.signature


def _outside_batch(signed: Sequence[Signed], sharing: Sharing) -> dict[int, Candidate]:
    batch = {one.article.article_id for one in signed}
    return {article_id: one for article_id, one in sharing.candidates.items() if article_id not in batch}


def _sharing_anchors(signed: Signed, sharing: Sharing) -> list[Sequence[int]]:
    return [sharing.of_anchor[anchor] for anchor in signed.signature.anchors if anchor in sharing.of_anchor]


def choose_candidates(
    moment: datetime, sharing: Sequence[Sequence[int]], candidates: Mapping[int, Candidate]
) -> list[Candidate]:
    """Return those worth comparing, given the ids of the articles that share each anchor; others are passed over.

    Of the grouped ones, the few that share most; all ungrouped ones, the oldest first: nobody else may ever compare
    them.
    """
    if not sharing:
        return []
    shared = Counter(chain.from_iterable(sharing))
    known = [candidates[article_id] for article_id in shared if article_id in candidates]
    near = {one.article_id: one for one in known if abs(one.moment - moment) <= rules.FARTHEST_APART}
    if not near:
        return []
    if _count_stories(near.values()) > rules.MOST_STORIES_OF_ANCHOR:
        # What many stories have is how their outlets write, not what they tell.
        shared = Counter(chain.from_iterable(ids for ids in sharing if not _is_of_many_stories(ids, near)))
        near = {article_id: candidate for article_id, candidate in near.items() if article_id in shared}
    grouped = [candidate for candidate in near.values() if candidate.is_grouped]
    waiting = sorted(article_id for article_id, candidate in near.items() if not candidate.is_grouped)
    return [*_choose_grouped(grouped, shared), *(near[article_id] for article_id in waiting[: rules.MOST_UNGROUPED])]


def _is_of_many_stories(article_ids: Iterable[int], near: Mapping[int, Candidate]) -> bool:
    of_anchor = (near[article_id] for article_id in article_ids if article_id in near)
    return _count_stories(of_anchor) > rules.MOST_STORIES_OF_ANCHOR


def _count_stories(candidates: Iterable[Candidate]) -> int:
    return len({candidate.story_id for candidate in candidates if candidate.is_grouped})


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
    signature: Signature, candidates: Collection[Candidate], signatures: Mapping[int, Signature]
) -> tuple[Copy, ...]:
    """Return the candidates that an article is a copy of, the best match first.

    A candidate without a signature, which was signed by other rules, is passed over.
    """
    compared = [
        (measure_overlap(signature, signatures[candidate.article_id]), candidate)
        for candidate in candidates
        # Most candidates share an anchor and little else, which is soon seen.
        if candidate.article_id in signatures and shares_enough(signature, signatures[candidate.article_id])
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
