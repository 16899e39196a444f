import pytest

from worker.wire.bylines import reads_like_a_name


@pytest.mark.parametrize(
    "name",
    ["Ada Lovelace", "J. K. O'Hara", "Jean-Paul de la Tour", "Karl am Rhyn", "ADA LOVELACE", "Martin Luther King Jr."],
)
def test_two_to_five_words_with_capitals_or_particles_read_like_a_name(name: str) -> None:
    assert reads_like_a_name(name.split())


@pytest.mark.parametrize(
    "text", ["", "Lovelace", "Ada Lovelace of London", "Ada and Mary", "Ada 2", "Ada (pictures)", "A B C D E F"]
)
def test_other_words_do_not(text: str) -> None:
    assert not reads_like_a_name(text.split())
