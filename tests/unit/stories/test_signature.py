import random
from collections import Counter
from collections.abc import Iterable

import pytest
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


def _shingles(words: str) -> list[bytes]:
    row = hash_shingles(words.encode().split(), 5)
    return [row[start : start + 8] for start in range(0, len(row), 8)]


def _pack(numbers: Iterable[int]) -> bytes:
    return b"".join(number.to_bytes(8, "little") for number in numbers)


def test_a_shingle_is_a_hash_of_five_words_in_order_wherever_they_stand() -> None:
    (shingle,) = _shingles("a b c d e")
    assert _shingles("f a b c d e f")[1] == shingle
    others = _shingles("e d c b a") + _shingles("a b c d f") + _shingles("f b c d e") + _shingles("b c d e a")
    assert len({shingle, *others}) == 5


def test_both_halves_of_a_shingle_are_of_all_its_words() -> None:
    changed = [" ".join(["x"] * place + ["y"] + ["x"] * (4 - place)) for place in range(5)]
    (same,), *others = map(_shingles, ("x x x x x", *changed))
    assert all(same[:4] != other[:4] and same[4:] != other[4:] for (other,) in others)


def test_the_smallest_shingle_is_any_of_them() -> None:
    # Anchors would else lie where texts have few words, or the same ones.
    chance = random.Random(3)
    words = " ".join(str(chance.randrange(100)) for _ in range(604))
    numbers = [int.from_bytes(shingle, "little") for shingle in _shingles(words)]
    assert len({number >> 58 for number in numbers}) == 16
    assert max(numbers) < 1 << 62


def test_fewer_words_than_a_shingle_make_none() -> None:
    assert _shingles("a b c d") == []


def test_no_more_than_600_shingles_are_made() -> None:
    assert len(_shingles("word " * 800)) == 600


@pytest.mark.parametrize(("words", "width"), [("天 気 は 雨", 10), ("rain in Tokyo 天 気", 5), ("a b c d e", 5)])
def test_shingles_are_wider_where_most_words_are_single_characters(words: str, width: int) -> None:
    assert choose_width(read_blocks(words)) == width


@given(st.lists(st.integers(0, 99), max_size=60), st.integers(1, 12))
def test_minima_are_those_of_all_windows(numbers: list[int], window: int) -> None:
    windows = [numbers[start : start + window] for start in range(max(1, len(numbers) - window + 1))]
    assert find_minima(_pack(numbers), window) == {min(some) for some in windows if some}


@pytest.mark.parametrize("bits", [8, 58, 62, 64])
def test_minima_are_those_of_all_windows_whatever_the_highest_bytes_are(bits: int) -> None:
    chance = random.Random(bits)
    for length in (1, 19, 20, 21, 100, 600):
        numbers = [chance.getrandbits(bits) for _ in range(length)]
        windows = [numbers[start : start + 20] for start in range(max(1, length - 19))]
        assert find_minima(_pack(numbers), 20) == set(map(min, windows))


def test_a_text_of_400_words_has_about_16_anchors() -> None:
    chance = random.Random(1)
    counts = [len(choose_anchors(_pack(chance.getrandbits(64) for _ in range(396)))) for _ in range(100)]
    assert 12 <= sum(counts) / len(counts) <= 18


def test_any_24_words_near_the_top_that_two_texts_share_give_them_an_anchor() -> None:
    chance = random.Random(2)
    for _ in range(200):
        shared = [chance.getrandbits(64) for _ in range(20)]
        one, other = (
            [chance.getrandbits(64) for _ in range(chance.randint(0, 60))] + shared + [chance.getrandbits(64)] * after
            for after in (0, 40)
        )
        assert choose_anchors(_pack(one)) & choose_anchors(_pack(other))


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
    assert (signature.anchors, signature.sketch, signature.facts) == ((), b"", ())


def test_anchors_are_spread_over_all_of_their_range() -> None:
    chance = random.Random(3)
    texts = (" ".join(f"word{chance.randrange(5_000)}" for _ in range(300)) for _ in range(200))
    anchors = [anchor for text in texts for anchor in make_signature(read_blocks(text), set(), "", "").anchors]
    # Retention deletes by 256 parts of the range, each in a transaction of its own.
    fullest = max(Counter(anchor >> 56 for anchor in anchors).values())
    assert fullest < len(anchors) * 0.03
