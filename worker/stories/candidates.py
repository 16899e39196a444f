"""Which of the articles that share an anchor with another one are compared with it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from worker.stories.rules import MOST_GROUPED, MOST_OF_STORY, MOST_STORIES_OF_ANCHOR, MOST_UNGROUPED, WINDOW
from worker.stories.values import Candidate


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
