from datetime import UTC, datetime

from tests.grouping import news
from worker.stories.matching import find_copies
from worker.stories.signature import make_signature, read_blocks
from worker.stories.story_values import Candidate, Copy, Signature

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _sign(text: str, outlet: str = "a.example") -> Signature:
    return make_signature(read_blocks(text), (), "", outlet)


def _find(text: str, *others: str, outlets: tuple[str, ...] = ()) -> list[int]:
    names = outlets or [f"b{number}.example" for number in range(len(others))]
    signatures = {
        number: _sign(other, outlet) for number, (other, outlet) in enumerate(zip(others, names, strict=True), 1)
    }
    candidates = [Candidate(number, number, is_grouped=True, moment=NOW) for number in range(1, len(others) + 2)]
    return [copy.article_id for copy in find_copies(_sign(text), candidates, signatures)]


def test_the_best_copy_comes_first() -> None:
    text = news(1, 300)
    half = " ".join(text.split()[:150])
    assert _find(text, half, news(2), text) == [3, 1]


def test_among_equals_the_oldest_comes_first() -> None:
    assert _find(news(1), news(1), news(1)) == [1, 2]


def test_a_copy_says_of_which_story_it_is_and_how_alike() -> None:
    candidate = Candidate(7, 3, is_grouped=False, moment=NOW)
    found = find_copies(_sign(news(1)), [candidate], {7: _sign(news(1), "b.example")})
    assert found == (Copy(7, 3, 1.0, is_best=True, is_grouped=False),)


def test_a_candidate_without_a_signature_is_passed_over() -> None:
    assert _find(news(1)) == []


def test_a_round_up_is_a_copy_of_none_of_its_stories() -> None:
    one, other = news(1, 80), news(2, 80)
    assert _find(f"{one}\n{other}", one, other) == []


def test_a_round_up_is_a_copy_of_the_same_round_up() -> None:
    one, other = news(1, 80), news(2, 80)
    assert _find(f"{one}\n{other}", one, other, f"{one}\n{other}") == [3]


def test_of_one_outlet_a_part_is_no_copy() -> None:
    text = news(1, 300)
    half = " ".join(text.split()[:150])
    assert _find(text, half, text, outlets=("a.example", "a.example")) == [2]
