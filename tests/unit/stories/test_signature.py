import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.stories.compare import read_shingles
from worker.stories.signature import (
    choose_anchors,
    choose_width,
    hash_shingles,
    make_signature,
    pack_words,
    read_blocks,
)
from worker.stories.story_values import Signature


def _sign(text: str, boilerplate: frozenset[int] = frozenset()) -> Signature:
    return make_signature(read_blocks(text), boilerplate, "Title", "a.example")


def _shingles(words: str) -> list[bytes]:
    sketch = hash_shingles(pack_words(words.encode().split()), 5)
    count = len(sketch) // 3
    return [sketch[place::count] for place in range(count)]


def test_a_shingle_is_a_hash_of_five_words_in_order_wherever_they_stand() -> None:
    (shingle,) = _shingles("a b c d e")
    assert _shingles("f a b c d e f")[1] == shingle
    others = _shingles("e d c b a") + _shingles("a b c d f") + _shingles("f b c d e") + _shingles("b c d e a")
    assert len({shingle, *others}) == 5


@given(st.lists(st.text("ab", min_size=1, max_size=10), min_size=5, max_size=200), st.sampled_from([5, 10]))
def test_a_shingle_is_the_same_whatever_stands_around_it(words: list[str], width: int) -> None:
    packed = pack_words([word.encode() for word in words])
    sketch = hash_shingles(packed, width)
    count = max(0, len(words) - width + 1)
    assert len(sketch) == 3 * count
    alone = [hash_shingles(packed[8 * place : 8 * (place + width)], width) for place in range(count)]
    assert [sketch[place::count] for place in range(count)] == alone


@pytest.mark.parametrize("word", ["x", "internal", "internationally"])
def test_a_shingle_is_of_all_its_words(word: str) -> None:
    changed = [" ".join([word] * place + ["y"] + [word] * (4 - place)) for place in range(5)]
    shingles = [shingle for words in (" ".join([word] * 5), *changed) for shingle in _shingles(words)]
    assert len({*shingles}) == 6


def test_words_count_as_far_as_their_first_eight_bytes() -> None:
    assert _shingles("the internationale of a b") == _shingles("the international of a b")
    assert _shingles("the interned of a b") != _shingles("the internal of a b")


def test_the_highest_byte_of_a_shingle_is_any_of_them() -> None:
    # Anchors would else lie where texts have few words, or the same ones.
    chance = random.Random(3)
    words = " ".join(str(chance.randrange(100)) for _ in range(10_000))
    counts = Counter(shingle[0] for shingle in _shingles(words))
    assert len(counts) == 256
    assert max(counts.values()) < 2 * 10_000 / 256


def test_fewer_words_than_a_shingle_make_none() -> None:
    assert _shingles("a b c d") == []


def test_no_more_than_600_shingles_are_made() -> None:
    signature = _sign(" ".join(map(str, range(800))))
    assert len(read_shingles(signature.sketch)) == 600
    assert read_shingles(signature.sketch) == read_shingles(_sign(" ".join(map(str, range(604)))).sketch)


@pytest.mark.parametrize(("words", "width"), [("天 気 は 雨", 10), ("rain in Tokyo 天 気", 5), ("a b c d e", 5)])
def test_shingles_are_wider_where_most_words_are_single_characters(words: str, width: int) -> None:
    assert choose_width(read_blocks(words)) == width


@given(st.binary(min_size=1, max_size=300))
def test_near_the_top_each_window_has_an_anchor(tops: bytes) -> None:
    places = choose_anchors(tops + bytes(2 * len(tops)))
    near = range(max(1, min(80, len(tops)) - 19))
    assert all(places & {*range(start, start + 20)} for start in near)


@given(st.binary(min_size=1, max_size=300), st.integers(0, 200))
def test_a_shingle_that_makes_an_anchor_does_so_wherever_it_stands(tops: bytes, more: int) -> None:
    places = choose_anchors(tops + bytes(2 * len(tops)))
    moved = choose_anchors(b"\xff" * more + tops + bytes(2 * (more + len(tops))))
    assert {place + more for place in places if tops[place] < 6} <= moved


def test_where_texts_begin_they_have_more_anchors_and_one_at_the_smallest_of_a_window_without() -> None:
    tops = bytearray(b"\xff" * 120)
    tops[30], tops[60], tops[90], tops[100], tops[110] = 15, 99, 15, 5, 99
    assert choose_anchors(bytes(tops) + bytes(240)) & {*range(41, 120)} == {60, 100}
    assert 30 in choose_anchors(bytes(tops) + bytes(240))


def test_a_text_of_400_words_has_about_16_anchors() -> None:
    chance = random.Random(1)
    counts = [len(choose_anchors(chance.randbytes(3 * 396))) for _ in range(100)]
    assert 12 <= sum(counts) / len(counts) <= 18


def test_any_24_words_near_the_top_that_two_texts_share_give_them_an_anchor() -> None:
    chance = random.Random(2)
    for _ in range(200):
        shared = [f"word{chance.randrange(1_000)}" for _ in range(24)]
        one, other = (
            " ".join(
                [f"word{chance.randrange(1_000)}" for _ in range(chance.randint(0, 60))] + shared + ["word"] * after
            )
            for after in (0, 40)
        )
        assert {*_sign(one).anchors} & {*_sign(other).anchors}


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
    assert _sign("one two three four five six seven eight nine ten eleven twelve").anchors


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
