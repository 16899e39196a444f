import pytest

from tests.costs import spend_at_most
from worker.basics.word_diff import WordKind, WordRun, align_texts, count_words, find_changes, find_differences


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


def test_a_change_of_the_title_comes_first_and_of_many_changes_some_are_told() -> None:
    before = {"title": "Bridge opens", "text": "\n\n".join(f"Day {number}." for number in range(9))}
    after = {"title": "Bridge closes", "text": "\n\n".join(f"Day {number}.\n\nMore {number}." for number in range(9))}
    passages, more = find_changes(before, after, 2)
    assert [_marked(passage) for passage in passages] == ["Bridge [-opens-]{+closes+}", "{+More 0.+}", "{+More 1.+}"]
    assert more == 7


def test_two_texts_are_aligned_paragraph_by_paragraph() -> None:
    aligned = list(align_texts("One.\n\nTwo here.\n\nGone.", "One.\n\nTwo there.\n\nGone."))
    sides = [(_marked([*each.old]), _marked([*each.new]), each.is_same) for each in aligned]
    assert sides == [("One.", "One.", True), ("Two [-here.-]", "Two {+there.+}", False), ("Gone.", "Gone.", True)]


def test_what_follows_the_end_of_the_other_text_stays_a_paragraph_of_its_own() -> None:
    (passage,) = find_differences("One word.", "One words.\n\nTwo.")
    assert _marked(passage) == "One [-word.-]{+words.\n\nTwo.+}"
    (longer,) = find_differences("A one.\n\nTwo.", "The one.")
    assert _marked(longer) == "[-A -]{+The +}one.\n\n[-Two.-]"


def test_of_scripts_without_spaces_each_character_is_a_word() -> None:
    assert [count_words(text) for text in ("", "two words", "橋が 開通")] == [0, 2, 4]


@pytest.mark.parametrize("paragraphs", [["a", "b"], ["a", "{}x"], ["{}"]])
def test_texts_of_very_many_paragraphs_are_compared_in_a_moment(paragraphs: list[str]) -> None:
    old, new = (
        "\n\n".join(paragraphs[number % len(paragraphs)].format(f"{number}{name}") for number in range(20_000))
        for name in ("old", "new")
    )
    spend_at_most(1, lambda: find_changes({"title": "", "text": old}, {"title": "", "text": new}, 12))
    spend_at_most(1, lambda: list(align_texts(old, new)))
