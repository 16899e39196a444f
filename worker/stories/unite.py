"""Which stories become one: an article joins its best match, and two stories unite only where they are much alike."""

from collections.abc import Mapping, Sequence

from worker.stories.rules import UNITING_JACCARD
from worker.stories.values import Copy, Matched


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
