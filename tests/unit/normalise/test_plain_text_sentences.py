import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.plain_text import first_sentence, summarise


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Rain fell. Wind rose.", "Rain fell."),
        ("Rain fell\nin Lisbon. Wind rose.", "Rain fell in Lisbon."),
        ("Will it rain? Yes!", "Will it rain?"),
        ("“It rains!” he said. She left.", "“It rains!” he said."),
        ("Mr. Smith left for St. Ives. It rained.", "Mr. Smith left for St. Ives."),
        ("The U.S. Senate met on Jan. 5. It rained.", "The U.S. Senate met on Jan. 5."),
        ("J. Smith left. It rained.", "J. Smith left."),
        ("It rose 3.5 percent. It fell.", "It rose 3.5 percent."),
        ("Rain… and wind. Sun.", "Rain… and wind."),
        ("東京は雨。明日は晴れ。", "東京は雨。"),
        ("No end in sight", "No end in sight"),
        ("", ""),
    ],
)
def test_a_sentence_ends_where_the_next_begins(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_a_summary_is_the_publishers_own() -> None:
    assert summarise("Rain at last.", "It rained all day.", 300) == "Rain at last."


def test_without_one_the_first_whole_sentences_are_it() -> None:
    text = "Rain fell over Lisbon.\n\nThe wind rose at noon. The sun came back."
    assert summarise("", text, 50) == "Rain fell over Lisbon. The wind rose at noon."


def test_a_sentence_that_is_too_long_is_cut_at_a_word() -> None:
    assert summarise("", "Rain fell over Lisbon and over Porto all day long", 30) == "Rain fell over Lisbon and…"


def test_a_short_first_sentence_is_not_enough() -> None:
    assert summarise("", "No. Rain fell over Lisbon and over Porto all day long", 30) == "No. Rain fell over Lisbon…"


@pytest.mark.parametrize("mark", ["…", "...", " […]", " [...]", "… Continue reading Rain →", "… Read more"])
def test_a_summary_that_breaks_off_the_text_gives_way_to_it(mark: str) -> None:
    text = "Rain fell over Lisbon and the wind rose at noon."
    assert summarise(f"Rain fell over Lisbon{mark}", text, 300) == text


@pytest.mark.parametrize("mark", ["…", "...", " […]", " [...]"])
def test_one_that_breaks_off_on_its_own_says_so_in_one_way(mark: str) -> None:
    assert summarise(f"Rain at last{mark}", "It rained all day.", 300) == "Rain at last…"


@pytest.mark.parametrize(
    "appendix",
    [
        "The post Rain first appeared on Weather News.",
        "The post Rain appeared first on Weather News.",
        "[…] The post Rain appeared first on Weather News.",
        "Continue reading Rain at last →",
        "Read more",
    ],
)
def test_what_blog_software_appends_is_dropped(appendix: str) -> None:
    assert summarise(f"Rain fell. {appendix}", "It rained.", 300) == "Rain fell."
    assert summarise("", f"Rain fell.\n\n{appendix}", 300) == "Rain fell."


def test_a_sentence_about_reading_stays() -> None:
    assert summarise("Read more books. Then write.", "", 300) == "Read more books. Then write."


@given(
    st.text(st.sampled_from('ab. …![]()"\n' + "The post appeared first on Read more Continue reading"), max_size=300),
    st.integers(2, 120),
)
def test_no_summary_is_longer_than_it_may_be(text: str, longest: int) -> None:
    assert len(summarise("", text, longest)) <= longest
    assert len(summarise(text, "", longest)) <= longest
