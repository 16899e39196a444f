from datetime import UTC, datetime, timedelta

from tests.grouping import news
from worker.stories.matching import choose_outside_batch, match_batch
from worker.stories.signature import make_signature, read_blocks
from worker.stories.story_values import Candidate, Sharing, Signed, WaitingArticle

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _signed(article_id: int, text: str, *, days: float = 0) -> Signed:
    moment = NOW + timedelta(days=days)
    article = WaitingArticle(article_id, 1, b"", "", text, f"o{article_id}.example", moment, NOW, None)
    return Signed(article, (), make_signature(read_blocks(text), (), "", f"o{article_id}.example"))


def _matches(*signed: Signed) -> dict[int, list[int]]:
    of_anchor: dict[int, list[int]] = {}
    for one in signed:
        for anchor in one.signature.anchors:
            of_anchor.setdefault(anchor, []).append(one.article.article_id)
    candidates = {i: Candidate(i, i, is_grouped=False, moment=NOW) for ids in of_anchor.values() for i in ids}
    matches = match_batch(signed, Sharing(of_anchor, candidates), {})
    return {matched.article_id: [copy.article_id for copy in matched.copies] for matched in matches}


def test_each_article_of_a_batch_is_compared_with_those_before_it() -> None:
    assert _matches(_signed(1, news(1)), _signed(2, news(2)), _signed(3, news(1))) == {1: [], 2: [], 3: [1]}


def test_articles_of_a_batch_a_week_apart_are_not() -> None:
    assert _matches(_signed(1, news(1)), _signed(2, news(1), days=8)) == {1: [], 2: []}


def test_one_that_joined_counts_for_the_story_it_joined() -> None:
    copies = [_signed(number, news(1)) for number in range(1, 20)]
    assert _matches(*copies)[19] == [1, 2]


def test_only_those_outside_a_batch_are_looked_up() -> None:
    one = _signed(5, news(1))
    anchor = one.signature.anchors[0]
    candidates = {number: Candidate(number, number, is_grouped=True, moment=NOW) for number in (3, 5)}
    assert choose_outside_batch([one], Sharing({anchor: [3, 5]}, candidates)) == {3}
