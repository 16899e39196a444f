import pytest

from worker.database.host_rows import Wildcard, split_name


@pytest.mark.parametrize(
    ("wildcard", "name", "covered"),
    [
        ("*.a.example", "b.a.example:443", True),
        ("*.a.example", "c.b.a.example:8080", True),
        ("*.a.example", "a.example:443", False),
        ("*.a.example", "ba.example:443", False),
        ("*.a.example", "b.a.example.org:443", False),
        ("*.a.example:443", "b.a.example:443", True),
        ("*.a.example:443", "b.a.example:8443", False),
        ("*.a.example", "*.a.example:443@2001:db8::1", True),
        ("*.a.example:443", "*.a.example:443@192.0.2.1", True),
        ("*.a.example:80", "*.a.example:443@192.0.2.1", False),
        ("*.b.a.example", "*.a.example:443@192.0.2.1", False),
    ],
)
def test_a_wildcard_stands_for_the_names_under_its_domain_at_its_port(wildcard: str, name: str, covered: bool) -> None:
    assert Wildcard(wildcard).covers(name) is covered


def test_a_wildcard_with_more_labels_is_narrower_and_so_is_one_with_a_port() -> None:
    names = ["*.a.example", "*.a.example:443", "*.b.a.example"]
    assert sorted(names, key=lambda name: Wildcard(name).narrowness) == names


def test_the_name_of_a_shared_row_has_its_host_and_port() -> None:
    assert split_name("*.a.example:443@2001:db8::1") == ("*.a.example", "443")
