import pytest

from worker.normalise.authors import split_names


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Ada Lovelace", ["Ada Lovelace"]),
        ("Ada Lovelace, Mary Somerville", ["Ada Lovelace", "Mary Somerville"]),
        ("Ada Lovelace ,Mary Somerville", ["Ada Lovelace", "Mary Somerville"]),
        ("Ada Lovelace, Mary Somerville and Jane Marcet", ["Ada Lovelace", "Mary Somerville", "Jane Marcet"]),
        ("Ada Lovelace, Mary Somerville, and Jane Marcet", ["Ada Lovelace", "Mary Somerville", "Jane Marcet"]),
        ("Emilia Pardo y Concha Méndez", ["Emilia Pardo", "Concha Méndez"]),
        ("Annette von Droste und Else Lasker-Schüler", ["Annette von Droste", "Else Lasker-Schüler"]),
        ("Karl am Rhyn, Ada Lovelace", ["Karl am Rhyn", "Ada Lovelace"]),
        ("J. K. O'Hara & Jean-Paul de la Tour", ["J. K. O'Hara", "Jean-Paul de la Tour"]),
        ("AFP | Reuters", ["AFP", "Reuters"]),
        ("Lovelace, Ada; Somerville, Mary", ["Lovelace, Ada", "Somerville, Mary"]),
    ],
)  # fmt: skip
def test_names_in_one_field_are_taken_apart(field: str, names: list[str]) -> None:
    assert list(split_names([field])) == names


@pytest.mark.parametrize(
    "field",
    [
        "Lovelace, Ada",
        "Lovelace, Ada Augusta",
        "Martin Luther King, Jr.",
        "Ernst & Young",
        "Ministry of Culture, Media and Sport",
        "Human Rights and Democracy Network",
        "Ada Lovelace, Staff Writer",
        "Ada Lovelace, The Guardian",
        "Ada Lovelace, Evening Post",
        "Santiago Ramón y Cajal",
        "Ada Lovelace, Mary Somerville (pictures)",
        "ada@example.com, Mary Somerville",
        "The sea, the sea and the boats",
    ],
)
def test_in_doubt_a_field_stays_as_published(field: str) -> None:
    assert list(split_names([field])) == [field]


def test_fields_keep_their_order() -> None:
    assert list(split_names(["Mary Somerville", "Ada Lovelace, Caroline Herschel"])) == [
        "Mary Somerville", "Ada Lovelace", "Caroline Herschel",
    ]  # fmt: skip
