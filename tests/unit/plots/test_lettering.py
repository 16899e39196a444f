from worker.plots.lettering import cut, make_plain, measure, wrapped


def test_what_reorders_a_text_or_ends_a_document_is_escaped_or_left_out() -> None:
    assert make_plain("a\u202eb\x00c\nd\ufffee") == "a\\u202eb\\x00c de"


def test_a_letter_keeps_no_more_than_three_marks() -> None:
    assert make_plain("q" + "\u0323" * 40 + "!") == "q" + "\u0323" * 3 + "!"


def test_a_text_is_cut_to_its_room_and_one_that_fits_is_whole() -> None:
    assert cut("short", 100) == "short"
    shown = cut("W" * 1000, 100)
    assert shown.endswith("…")
    assert 80 < measure(shown) <= 100


def test_letters_that_fill_a_square_take_more_room() -> None:
    assert measure("新") > measure("n") > measure("i")


def test_a_long_text_has_three_lines_of_which_the_last_is_cut() -> None:
    lines = wrapped("word " * 100, 120)
    assert len(lines) == 3
    assert lines[2].endswith("…")
    assert all(measure(line) <= 120 for line in lines)
