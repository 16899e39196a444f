from datetime import UTC, datetime, timedelta
from itertools import chain

from worker.stories.matching import choose_candidates
from worker.stories.story_values import Candidate

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _candidate(article_id: int, story_id: int | None = None, *, is_grouped: bool = True, days: float = 0) -> Candidate:
    return Candidate(article_id, story_id or article_id, is_grouped, NOW - timedelta(days=days))


def _ids(sharing: list[list[Candidate]]) -> list[int]:
    ids = [[candidate.article_id for candidate in candidates] for candidates in sharing]
    known = {candidate.article_id: candidate for candidate in chain.from_iterable(sharing)}
    return [candidate.article_id for candidate in choose_candidates(NOW, ids, known)]


def test_those_that_share_most_come_first_the_older_among_equals() -> None:
    one, two, three = _candidate(1), _candidate(2), _candidate(3)
    assert _ids([[three, one], [three], [two]]) == [3, 1, 2]


def test_those_more_than_a_week_away_are_left_out_either_way() -> None:
    assert _ids([[_candidate(1, days=7), _candidate(2, days=7.1), _candidate(3, days=-7), _candidate(4, days=-8)]]) == [
        1,
        3,
    ]


def test_a_key_of_more_than_eight_stories_is_passed_over() -> None:
    eight = [_candidate(number) for number in range(1, 9)]
    assert len(_ids([eight])) == 6
    assert _ids([[*eight, _candidate(9)]]) == []
    assert len(_ids([[*eight, _candidate(9, 1)]])) == 6


def test_no_more_than_two_of_a_story_and_six_in_all_are_compared() -> None:
    sharing = [[_candidate(number, (number + 2) // 3) for number in range(1, 16)]]
    assert _ids(sharing) == [1, 2, 4, 5, 7, 8]


def test_ungrouped_ones_are_always_compared_the_oldest_first_up_to_fifty() -> None:
    waiting = [_candidate(number, is_grouped=False) for number in range(60, 0, -1)]
    assert _ids([waiting]) == list(range(1, 51))


def test_ungrouped_ones_count_for_no_story() -> None:
    waiting = [_candidate(number, is_grouped=False) for number in range(1, 20)]
    assert _ids([[*waiting, _candidate(99)]]) == [99, *range(1, 20)]


def test_those_of_whom_nothing_is_known_are_passed_over() -> None:
    assert choose_candidates(NOW, [[1, 2]], {2: _candidate(2)}) == [_candidate(2)]
