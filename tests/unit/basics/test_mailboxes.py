import pytest

from tests.costs import spend_at_most
from worker.basics.mailboxes import is_address, name_of_author, names_beside_addresses


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ann Arbor", "Ann Arbor"),
        ("ann@example.com (Ann Arbor)", "Ann Arbor"),
        ("Ann Arbor <ann@example.com>", "Ann Arbor"),
        ('"Arbor, Ann" <ann@example.com>', '"Arbor, Ann"'),
        ("Ann Arbor (mailto:ann@example.co.uk)", "Ann Arbor"),
        ("ann@example.com", "ann@example.com"),
        ("<ann@example.com>", "ann@example.com"),
        ("Ann @ Home", "Ann @ Home"),
        ("Ann (London)", "Ann (London)"),
        ("o'hara@example.com (Ann O'Hara)", "Ann O'Hara"),
        ("ann@example.com, Ann Arbor", "Ann Arbor"),
        ("Ann Arbor <ann@example.com> (Editor)", "Ann Arbor"),
        ("ann@example.com (Ann Arbor (Mayor))", "Ann Arbor (Mayor)"),
        ("ann@example.com?subject=Rain (Ann Arbor)", "Ann Arbor"),
    ],
)
def test_of_an_author_with_an_address_the_name_counts(author: str, name: str) -> None:
    assert name_of_author(author) == name


@pytest.mark.parametrize("author", ["a." * 200, "a@" * 200, "a@a." * 100, "a@" + "a." * 199, "-" * 400])
def test_looking_for_an_address_costs_next_to_nothing(author: str) -> None:
    spend_at_most(0.1, lambda: [name_of_author(author) for _ in range(100)])


@pytest.mark.parametrize("author", ["Ann <a@x.example>, Ben <b@x.example>", '<a href="mailto:a@x.example">Ann</a>'])
def test_several_addresses_and_markup_stay_as_written(author: str) -> None:
    assert name_of_author(author) == author


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Ann Arbor <a@x.example>, Ben Nevis <b@x.example>", ["Ann Arbor", "Ben Nevis"]),
        ("a@x.example (Ann Arbor), b@x.example (Ben Nevis)", ["Ann Arbor", "Ben Nevis"]),
        ('O\'Hara, Ann <a@x.example>; "Nevis, Ben" <b@x.example>', ["O'Hara, Ann", '"Nevis, Ben"']),
        ("Cy Young, a@x.example (Ann Arbor)", ["Cy Young", "Ann Arbor"]),
        ("Ann Arbor [a@x.example] (Editor)", ["Ann Arbor"]),
        ("a@x.example, b@x.example", []),
        ("@ann and @ben", ["@ann and @ben"]),
    ],
)
def test_each_mailbox_has_a_name_of_its_own(field: str, names: list[str]) -> None:
    assert names_beside_addresses(field) == names


@pytest.mark.parametrize(("name", "is_one"), [("a@x.example", True), ("@ann", False), ("Ann a@x.example", False)])
def test_a_name_with_a_sign_of_addresses_need_not_be_one(name: str, is_one: bool) -> None:
    assert is_address(name) is is_one
