import pytest

from worker.wire.transmissions.anpa_alphabet import is_centred, is_closed, read_signs, without_marks


@pytest.mark.parametrize(
    ("sent", "printed"),
    [
        ("Rain _ and snow", "Rain — and snow"),
        ("Rain __ and snow", "Rain — and snow"),
        ("___", "___"),
        ("harbour_bridge", "harbour_bridge"),
        ("Pier;7;_;_", "Pier;7;—;—"),
        ("3{ years, {;{", "3½ years, ½;½"),
        ("``Rain,'' he said", "“Rain,” he said"),
        ("``They said, `Rain''' ", "“They said, ‘Rain’” "),
        ("the town's ferry", "the town's ferry"),
        ("cafe\x08', man\x08~ana, Mu\x08\"ller", "café, mañana, Müller"),
        ("Rain\x11\x1f\x02", "Rain"),
    ],
)
def test_signs_are_read_as_they_are_printed(sent: str, printed: str) -> None:
    assert read_signs(sent) == printed


@pytest.mark.parametrize("line", ["^Rain<", "^Rain< ", "^Rain=", "^Rain@<", "Rain<!", "Rain .=!"])
def test_marks_for_the_typesetter_close_a_line(line: str) -> None:
    assert is_closed(line)


@pytest.mark.parametrize("line", ["^Rain", "Rain.", "3 < 4 hours", ""])
def test_other_lines_are_open(line: str) -> None:
    assert not is_closed(line)


def test_an_equals_sign_sets_a_line_in_the_middle() -> None:
    assert is_centred("^By ADA HOLM= ")
    assert not is_centred("^By ADA HOLM<")


def test_marks_are_no_words() -> None:
    assert without_marks(" ^Rain stops@< ") == "Rain stops"
