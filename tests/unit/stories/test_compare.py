from worker.stories.compare import measure_overlap, shares_enough
from worker.stories.signature import make_signature, read_blocks
from worker.stories.story_values import Overlap

TEXT = (
    "the harbour council said on Monday that the bridge over the river Tarn will open in March after 2 winters of "
    "repairs which cost the county more than 40 million in all and closed the road for lorries"
)
WORDS = TEXT.split()


def _compare(one: str, other: str, titles: tuple[str, str] = ("", "")) -> Overlap:
    return measure_overlap(
        *(make_signature(read_blocks(text), (), title, "") for text, title in zip((one, other), titles, strict=True))
    )


def test_a_text_is_wholly_in_itself() -> None:
    same = _compare(TEXT, TEXT)
    assert (same.shared, same.shorter, same.longer) == (34, 34, 34)
    assert (same.of_shorter, same.of_longer, same.of_lede, same.jaccard, same.of_facts) == (1, 1, 1, 1, 1)
    assert (same.runs, same.mean_run, same.longest_run) == (1, 34, 34)
    assert (same.first_in_shorter, same.first_in_longer) == (0, 0)


def test_the_shorter_text_is_the_measure_whichever_comes_first() -> None:
    half = " ".join(WORDS[:21])
    one, other = _compare(half, TEXT), _compare(TEXT, half)
    assert (one.of_shorter, one.of_longer, one.is_shorter) == (1.0, 0.5, True)
    assert (other.of_shorter, other.of_longer, other.is_shorter) == (1.0, 0.5, False)


def test_a_header_moves_the_place_where_texts_first_meet() -> None:
    shifted = _compare(TEXT, f"LONDON (Reuters) {TEXT}")
    assert (shifted.first_in_shorter, shifted.first_in_longer) == (0, 2)


def test_one_word_swapped_breaks_five_shingles_and_counts_as_one() -> None:
    changed = _compare(TEXT, TEXT.replace("bridge", "crossing"))
    assert (changed.shared, changed.runs) == (29, 2)
    assert (changed.swapped, changed.swapped_facts) == (1, 0)


def test_a_fact_swapped_is_told_from_a_word() -> None:
    changed = _compare(TEXT, TEXT.replace("40", "50"))
    assert (changed.swapped, changed.swapped_facts, changed.facts) == (1, 1, 5)
    assert (changed.kept_facts, changed.of_facts) == (4, 0.8)


def test_a_passage_written_anew_is_not_swapped() -> None:
    anew = " ".join([*WORDS[:10], *"one two three four five six seven eight nine".split(), *WORDS[19:]])
    assert _compare(TEXT, anew).swapped == 0


def test_facts_before_the_texts_meet_are_counted_apart_without_a_dateline() -> None:
    one = f"by our own staff here in Tarn city where Quill and Marlow met {TEXT}"
    other = f"a wholly new first line of words that has no part in the other one {TEXT}"
    apart = _compare(one, other)
    assert (apart.first_in_shorter, apart.first_in_longer) == (13, 15)
    # Quill and Marlow; Tarn is the seventh word.
    assert (apart.opening_facts, apart.of_opening) == (2, 0.0)


def test_titles_share_words_by_the_shorter_one() -> None:
    assert _compare(TEXT, TEXT, ("Bridge reopens", "Tarn bridge reopens after repairs")).of_title == 1.0


def test_nothing_is_shared_with_nothing() -> None:
    nothing = _compare(TEXT, "")
    assert (nothing.shared, nothing.of_shorter, nothing.jaccard, nothing.mean_run) == (0, 0.0, 0.0, 0.0)


def test_characters_are_compared_where_they_are_words() -> None:
    text = "東京都は月曜日に新しい橋を三月に開くと発表した工事には二年かかった"
    changed = _compare(text, text.replace("三", "四"))
    assert changed.shorter == len(text) - 9
    assert (changed.swapped, changed.of_shorter < 1) == (1, True)


def test_texts_that_share_fewer_than_eight_shingles_are_no_copies() -> None:
    text = make_signature(read_blocks(TEXT), (), "", "")
    piece, smaller_piece = (make_signature(read_blocks(" ".join(WORDS[:end])), (), "", "") for end in (12, 11))
    assert shares_enough(text, piece)
    assert not shares_enough(text, smaller_piece)
