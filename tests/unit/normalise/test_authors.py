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
        ("Ada Lovelace/Mary Somerville", ["Ada Lovelace", "Mary Somerville"]),
        ("Ines Marlow / Reuters", ["Ines Marlow", "Reuters"]),
        ("王小明、李華", ["王小明", "李華"]),
        ("王小明；李華", ["王小明", "李華"]),  # noqa: RUF001 -- as Chinese has it
        ("Bloomberg,Ines Marlow", ["Bloomberg", "Ines Marlow"]),
        ("Ines Marlow and Reuters", ["Ines Marlow", "Reuters"]),
        ("Ada Lovelace <ada@x.example> and Mary Somerville <m@x.example>", ["Ada Lovelace", "Mary Somerville"]),
        ("O'Brien, Pat <p@x.example>, \"Lovelace, Ada\" <a@x.example>", ["O'Brien, Pat", "Lovelace, Ada"]),
        ("Ada Lovelace and Mary Somerville <post@x.example>", ["Ada Lovelace", "Mary Somerville"]),
        ("ada@x.example, Mary Somerville", ["Mary Somerville"]),
        ('"Somerville Greig, Mary Fairfax" <m@x.example>', ["Somerville Greig, Mary Fairfax"]),
        ('"Lovelace King, Ada Augusta" <a@x.example>, "Mary" <m@x.example>', ["Lovelace King, Ada Augusta", "Mary"]),
        ('Ada "Countess" Lovelace <ada@x.example>', ['Ada "Countess" Lovelace']),
        ("Ada Lovelace &lt;ada@x.example&gt;", ["Ada Lovelace"]),
        ("ada@x.example; mary@x.example", ["ada@x.example", "mary@x.example"]),
        ("<ada@x.example>", ["ada@x.example"]),
        ("LOVELACE, A., Somerville, M.-F., de la Tour, J.", ["LOVELACE, A.", "Somerville, M.-F.", "de la Tour, J."]),
        ("Lovelace, A. K. and Somerville, M.", ["Lovelace, A. K.", "Somerville, M."]),
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
        "Lovelace, A.",
        "Lovelace, A., Somerville, Mary",
        "Martin Luther King, Jr.",
        "Ernst & Young",
        "Ada Lovelace/Gazette",
        "news/desk",
        "Ministry of Culture, Media and Sport",
        "Human Rights and Democracy Network",
        "Ada Lovelace, Staff Writer",
        "Ada Lovelace, The Guardian",
        "Ada Lovelace, Evening Post",
        "Santiago Ramón y Cajal",
        "Ada Lovelace, Mary Somerville (pictures)",
        "The sea, the sea and the boats",
    ],
)
def test_in_doubt_a_field_stays_as_published(field: str) -> None:
    assert list(split_names([field])) == [field]


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("By Ada Lovelace", ["Ada Lovelace"]),
        ("by: Ada Lovelace and Mary Somerville", ["Ada Lovelace", "Mary Somerville"]),
        ("by <a href='mailto:ada@x.example'>Ada Lovelace</a>", ["Ada Lovelace"]),
        ("By the Editors", ["the Editors"]),
        ("Von Ada Lovelace und Mary Somerville", ["Ada Lovelace", "Mary Somerville"]),
        ("Par Ada Lovelace", ["Ada Lovelace"]),
        ("Words by Ada Lovelace", ["Ada Lovelace"]),
        ("By", []),
        ("Von der Leyen", ["Von der Leyen"]),
        ("Von Miller", ["Von Miller"]),
        ("Par Equity", ["Par Equity"]),
        ("Byron Lovelace", ["Byron Lovelace"]),
    ],
)
def test_what_opens_a_byline_is_no_part_of_a_name(field: str, names: list[str]) -> None:
    assert list(split_names([field])) == names


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (["ada@x.example", "Ada Lovelace"], ["Ada Lovelace"]),
        (["ada@x.example", "mary@x.example"], ["ada@x.example", "mary@x.example"]),
        (["ada@x.example", "@mary"], ["@mary"]),
    ],
)
def test_an_address_stands_for_a_name_only_where_there_is_none(fields: list[str], names: list[str]) -> None:
    assert list(split_names(fields)) == names


def test_fields_keep_their_order() -> None:
    assert list(split_names(["Mary Somerville", "Ada Lovelace, Caroline Herschel"])) == [
        "Mary Somerville", "Ada Lovelace", "Caroline Herschel",
    ]  # fmt: skip
