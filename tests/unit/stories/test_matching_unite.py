from worker.stories.matching import unite_stories
from worker.stories.story_values import Copy, Matched


def _copy(article_id: int, jaccard: float = 0.4, *, is_best: bool = True, is_grouped: bool = True) -> Copy:
    return Copy(article_id, article_id, jaccard, is_best=is_best, is_grouped=is_grouped)


def _unite(article_id: int, *copies: Copy, story_of: dict[int, int], sizes: dict[int, int]) -> dict[int, int]:
    return unite_stories([Matched(article_id, copies)], story_of, sizes)


def test_a_single_article_joins_its_best_match() -> None:
    assert _unite(9, _copy(2), story_of={9: 9, 2: 1}, sizes={9: 1, 1: 5}) == {9: 1}


def test_it_joins_no_other_match() -> None:
    copies = (_copy(2), _copy(3, is_best=False))
    assert _unite(9, *copies, story_of={9: 9, 2: 1, 3: 3}, sizes={9: 1, 1: 5, 3: 1}) == {9: 1}


def test_stories_unite_where_the_article_is_half_like_both() -> None:
    copies = (_copy(2, 0.9), _copy(3, 0.5, is_best=False))
    assert _unite(9, *copies, story_of={9: 9, 2: 1, 3: 3}, sizes={9: 1, 1: 5, 3: 4}) == {9: 1, 3: 1}


def test_an_article_of_a_story_joins_another_only_if_it_is_half_like_it() -> None:
    assert _unite(9, _copy(2, 0.49), story_of={9: 8, 2: 1}, sizes={8: 2, 1: 5}) == {}
    assert _unite(9, _copy(2, 0.5), story_of={9: 8, 2: 1}, sizes={8: 2, 1: 5}) == {8: 1}


def test_one_that_still_waits_joins_for_it_may_never_see_this_one() -> None:
    waiting = _copy(12, is_best=False, is_grouped=False)
    assert _unite(9, _copy(2), waiting, story_of={9: 9, 2: 1, 12: 12}, sizes={9: 1, 1: 5, 12: 1}) == {9: 1, 12: 1}


def test_the_older_story_takes_in_the_younger_one() -> None:
    assert _unite(3, _copy(9), story_of={3: 3, 9: 7}, sizes={3: 1, 7: 5}) == {7: 3}


def test_each_story_names_the_one_that_took_it_in_at_last() -> None:
    matched = [Matched(5, (_copy(9, 0.9),)), Matched(5, (_copy(2, 0.9),))]
    assert unite_stories(matched, {5: 5, 9: 9, 2: 2}, {5: 1, 9: 1, 2: 1}) == {9: 2, 5: 2}


def test_an_article_that_is_gone_is_passed_over() -> None:
    assert _unite(9, _copy(2), story_of={9: 9}, sizes={9: 1}) == {}
