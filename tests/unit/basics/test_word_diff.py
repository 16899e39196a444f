import pytest

from tests.costs import spend_at_most
from worker.basics.word_diff import WordKind, WordRun, find_differences


def _marked(passage: list[WordRun]) -> str:
    marks = {WordKind.SAME: "{}", WordKind.REMOVED: "[-{}-]", WordKind.ADDED: "{{+{}+}}"}
    return "".join(marks[run.kind].format(run.text) for run in passage)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("The bridge opens.", "The bridge opens.", []),
        ("The bridge opens.", "The bridge closes.", ["The bridge [-opens.-]{+closes.+}"]),
        ("One.\n\nTwo.", "One.\n\nTwo.\n\nThree.", ["{+Three.+}"]),
        ("One.\n\nTwo.", "Two.", ["[-One.-]"]),
        ("", "All of it.", ["{+All of it.+}"]),
        ("One  two", "One two", ["One two"]),
        ("桥今天开放", "桥明天开放", ["桥[-今-]{+明+}天开放"]),
        ("다리가 오늘", "다리는 오늘", ["다리[-가 -]{+는 +}오늘"]),
        ("ស្ពានបើក", "ស្ពានបិទ", ["ស្ពានប[-ើក-]{+ិទ+}"]),
    ],
)
def test_what_changed_is_told_word_by_word(old: str, new: str, marked: list[str]) -> None:
    assert [_marked(passage) for passage in find_differences(old, new)] == marked


def test_of_what_stayed_only_a_few_words_around_each_change_are_kept() -> None:
    old = " ".join(f"w{number}" for number in range(40))
    new = old.replace("w10 ", "x10 ").replace("w30 ", "x30 ")
    (passage,) = find_differences(old, new)
    assert _marked(passage) == (
        "… w4 w5 w6 w7 w8 w9 [-w10 -]{+x10 +}w11 w12 w13 w14 w15 w16 … w24 w25 w26 w27 w28 w29 [-w30 -]{+x30 +}"
        "w31 w32 w33 w34 w35 w36 … "
    )


def test_the_longest_texts_are_compared_in_a_moment() -> None:
    old, new = "the cat and the dog and " * 20_000, "the dog and the cat or " * 20_000
    spend_at_most(1, lambda: list(find_differences(old, new)))
