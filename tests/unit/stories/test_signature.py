import random

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from worker.stories.signature import (
    choose_anchors,
    choose_width,
    find_minima,
    hash_shingles,
    make_signature,
    read_blocks,
)


def _sign(text: str, boilerplate: frozenset[int] = frozenset()) -> object:
    return make_signature(read_blocks(text), boilerplate, "Title", "a.example")


def test_a_shingle_is_the_hash_of_five_words() -> None:
    assert hash_shingles("a b c d e f".split(), 5) == [
        xxhash.xxh3_64_intdigest("a b c d e".encode("utf-32-le")),
        xxhash.xxh3_64_intdigest("b c d e f".encode("utf-32-le")),
    ]


def test_fewer_words_than_a_shingle_make_none() -> None:
    assert hash_shingles("a b c d".split(), 5) == []


def test_no_more_than_600_shingles_are_made() -> None:
    assert len(hash_shingles(["word"] * 800, 5)) == 600


@pytest.mark.parametrize(("words", "width"), [("天 気 は 雨", 10), ("rain in Tokyo 天 気", 5), ("a b cd ef", 5)])
def test_shingles_are_wider_where_most_words_are_single_characters(words: str, width: int) -> None:
    assert choose_width(words.split()) == width


@given(st.lists(st.integers(0, 99), max_size=60), st.integers(1, 12))
def test_minima_are_those_of_all_windows(numbers: list[int], window: int) -> None:
    windows = [numbers[start : start + window] for start in range(max(1, len(numbers) - window + 1))]
    assert find_minima(numbers, window) == {min(some) for some in windows if some}


def test_a_text_of_400_words_has_about_16_anchors() -> None:
    chance = random.Random(1)
    counts = [len(choose_anchors([chance.getrandbits(64) for _ in range(396)])) for _ in range(100)]
    assert 12 <= sum(counts) / len(counts) <= 18


def test_any_24_words_near_the_top_that_two_texts_share_give_them_an_anchor() -> None:
    chance = random.Random(2)
    for _ in range(200):
        shared = [chance.getrandbits(64) for _ in range(20)]
        one, other = (
            [chance.getrandbits(64) for _ in range(chance.randint(0, 60))] + shared + [chance.getrandbits(64)] * after
            for after in (0, 40)
        )
        assert choose_anchors(one) & choose_anchors(other)


def test_boilerplate_is_no_part_of_a_signature() -> None:
    news, line = "The council of the harbour town said so today.", "Sign up for our newsletter, it is free."
    (_, boilerplate) = read_blocks(f"{news}\n{line}")
    assert _sign(f"{news}\n{line}", frozenset({boilerplate.block_hash})) == _sign(news)


def test_each_fact_stands_once_with_its_place_in_the_text() -> None:
    signature = _sign("Police held 3 men.\nThe men of Jarrow, 3 in all, left Jarrow.")
    assert len(signature.facts) == 2
    assert signature.places == 1 << 2 | 1 << 7


def test_no_more_than_64_facts_are_kept() -> None:
    assert len(_sign(" ".join(map(str, range(100)))).facts) == 64


def test_a_text_too_short_to_be_a_copy_has_no_anchors() -> None:
    assert _sign("one two three four five six seven eight nine ten eleven").anchors == ()
    assert len(_sign("one two three four five six seven eight nine ten eleven twelve").anchors) == 1


def test_an_empty_text_has_an_empty_signature() -> None:
    signature = _sign("")
    assert (signature.anchors, signature.sketch, signature.facts) == ((), (), ())
