import pytest

from worker.fetch.host_names import needs_lookup


@pytest.mark.parametrize(
    "host", ["example.com", "example.com.", "localhost.example", "notlocalhost", "1.2.3.4.example"]
)
def test_a_name_has_to_be_looked_up(host: str) -> None:
    assert needs_lookup(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "8.8.8.8", "::1", "2606:4700::1111", "localhost", "a.localhost", "localhost."]
)
def test_an_address_has_not_and_neither_has_localhost(host: str) -> None:
    assert not needs_lookup(host)
