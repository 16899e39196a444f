import pytest

from worker.wire.mail.mail_text import cut_signature, join_flowed


@pytest.mark.parametrize(
    ("flowed", "joined"),
    [
        ("It rains \non the coast.\nAnd inland.", "It rains on the coast.\nAnd inland."),
        ("> It \n> rains.\nYes.", "> It rains.\nYes."),
        (" From now on \nit rains.", "From now on it rains."),
        ("It rains \n-- \nJane", "It rains \n-- \nJane"),
    ],
)
def test_flowed_lines_are_joined(flowed: str, joined: str) -> None:
    assert join_flowed(flowed, drops_space=False) == joined


def test_scripts_without_spaces_lose_the_one_that_marks_the_end_of_a_line() -> None:
    assert join_flowed("下 \n雨", drops_space=True) == "下雨"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It rains.\n\n-- \nJane", "It rains."),
        ("It rains.\n--\nJane\nCoast Press", "It rains."),
        ("It rains.\n____________________\nCoast mailing list\nhttps://list.example", "It rains."),
        ("It rains.\n____________________\nUp next: snow.", "It rains.\n____________________\nUp next: snow."),
        ("It rains.\n\nSent from my iPhone\n", "It rains."),
        ("Es regnet.\nVon meinem iPhone gesendet", "Es regnet."),
        ("Sent from my village", "Sent from my village"),
        ("-- \nJane", "-- \nJane"),
        ("It rains.\n--\n" + "It pours.\n" * 30, "It rains.\n--\n" + "It pours.\n" * 29 + "It pours."),
    ],
)
def test_a_signature_is_cut_off_and_nothing_else(text: str, shown: str) -> None:
    assert cut_signature(text) == shown
