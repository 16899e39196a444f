import pytest

from worker.basics.domains import registrable_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.example.co.uk", "example.co.uk"),
        ("example.com", "example.com"),
        ("www.example.com.", "example.com"),
        # The private section of the list says that these are suffixes, but one service has all names under each.
        ("someone.github.io", "github.io"),
        ("someone.blogspot.com", "blogspot.com"),
        ("someone.tumblr.com", "tumblr.com"),
        ("co.uk", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("[2001:db8::1]", None),
        ("", None),
    ],
)
def test_a_name_belongs_to_the_domain_that_somebody_registered(host: str, domain: str | None) -> None:
    assert registrable_domain(host) == domain
