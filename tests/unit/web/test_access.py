"""Who may look: the token in each of its ways, a trusted proxy's word, and this machine, whatever others pretend."""

import base64
from typing import Any

import pytest
import time_machine
from starlette.requests import HTTPConnection

from tests.asking import make_scope
from worker.settings import Settings
from worker.web.access import COOKIE, KEPT_FOR, Access, is_from_own_page, read_access

TOKEN = "a-token-of-thirty-two-characters-"
WRONG = "another-token-of-so-many-characters"
STRANGER, PROXY = "203.0.113.7", "127.0.0.1"


def _access(**chosen: Any) -> Access:
    return read_access(Settings(**chosen))


def _asked(headers: dict[str, str] | None = None, client: str = STRANGER, **more: Any) -> HTTPConnection:
    return HTTPConnection(make_scope("/", headers or {}, client=client, **more))


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {TOKEN}"}, {"Authorization": f"bearer  {TOKEN}"}, _basic("anybody", TOKEN)]
)
def test_whoever_shows_the_token_may_look_from_anywhere(headers: dict[str, str]) -> None:
    assert _access(web_token=TOKEN).is_open_to(_asked(headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {WRONG}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer é"},
        {"Authorization": f"Digest {TOKEN}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Basic é"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()},
        _basic(TOKEN, ""),
        _basic("anybody", WRONG),
        {"Cookie": f"{COOKIE}={TOKEN}"},
    ],
)
@pytest.mark.parametrize("client", [STRANGER, PROXY])
def test_with_a_token_set_nobody_looks_without_it(headers: dict[str, str], client: str) -> None:
    assert not _access(web_token=TOKEN).is_open_to(_asked(headers, client))


def test_a_cookie_proves_the_token_until_it_expires() -> None:
    access = _access(web_token=TOKEN)
    with time_machine.travel("2026-12-01T00:00:00Z", tick=False) as clock:
        kept = {"Cookie": f"{COOKIE}={access.make_cookie()}"}
        assert access.is_open_to(_asked(kept))
        clock.shift(KEPT_FOR - 1)
        assert access.is_open_to(_asked(kept))
        clock.shift(1)
        assert not access.is_open_to(_asked(kept))


def test_a_cookie_of_another_token_proves_nothing() -> None:
    kept = {"Cookie": f"{COOKIE}={_access(web_token=WRONG).make_cookie()}"}
    assert not _access(web_token=TOKEN).is_open_to(_asked(kept))


@pytest.mark.parametrize("change", ["9{}", "{}0", "{}\x85", "", ".", "x.y", "٣.", "9" * 5_000 + ".a"])
def test_a_cookie_that_was_changed_proves_nothing(change: str) -> None:
    access = _access(web_token=TOKEN)
    kept = change.format(access.make_cookie())
    assert not access.is_open_to(_asked({"Cookie": f"{COOKIE}={kept.encode('utf-8').decode('latin-1')}"}))


def test_whom_a_trusted_proxy_names_may_look() -> None:
    access = _access(web_user_header="Remote-User")
    assert access.is_open_to(_asked({"Remote-User": "maria"}, PROXY))
    assert access.is_open_to(_asked({"Remote-User": "maria"}, "::1"))
    assert access.is_open_to(_asked({"Remote-User": "maria"}, "::ffff:127.0.0.1"))


@pytest.mark.parametrize(
    ("headers", "client"),
    [({"Remote-User": "maria"}, STRANGER), ({"Remote-User": " "}, PROXY), ({}, PROXY), ({"User": "maria"}, PROXY)],
)
def test_nobody_else_is_believed_who_they_say_they_are(headers: dict[str, str], client: str) -> None:
    assert not _access(web_user_header="Remote-User").is_open_to(_asked(headers, client))


def test_a_proxy_elsewhere_is_believed_where_the_settings_name_it() -> None:
    access = _access(web_user_header="Remote-User", web_proxies="203.0.113.0/24")
    assert access.is_open_to(_asked({"Remote-User": "maria"}, STRANGER))
    assert not access.is_open_to(_asked({"Remote-User": "maria"}, PROXY))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "127.9.9.9", "[::1]:8000"])
def test_without_a_token_this_machine_may_look(host: str) -> None:
    assert _access().is_open_to(_asked({"Host": host}, "127.0.0.1"))
    assert _access().is_open_to(_asked({"Host": host}, "::1"))


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ({}, STRANGER),
        ({}, ""),
        # A page of somebody else whose name points here.
        ({"Host": "evil.example"}, "127.0.0.1"),
        ({"Host": "localhost.evil.example:8000"}, "127.0.0.1"),
        ({"Host": "evil.example#@localhost"}, "127.0.0.1"),
        ({"Host": "[::1"}, "127.0.0.1"),
        ({"Host": ""}, "127.0.0.1"),
        # A proxy on this machine that passes on what anybody asks.
        ({"X-Forwarded-For": "203.0.113.7"}, "127.0.0.1"),
        ({"Forwarded": "for=203.0.113.7"}, "127.0.0.1"),
        ({"X-Real-IP": "203.0.113.7"}, "127.0.0.1"),
    ],
)
def test_without_a_token_nobody_else_looks(headers: dict[str, str], client: str) -> None:
    assert not _access().is_open_to(_asked(headers, client))


@pytest.mark.parametrize(
    ("said", "client", "visitor"),
    [
        (None, STRANGER, STRANGER),
        # What a stranger says of others is nothing; what a proxy adds stands last.
        ("198.51.100.1", STRANGER, STRANGER),
        ("198.51.100.1", PROXY, "198.51.100.1"),
        ("10.0.0.1, 198.51.100.1", PROXY, "198.51.100.1"),
        ("198.51.100.1,", PROXY, PROXY),
        # A household has so many addresses.
        (None, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "::ffff:203.0.113.7", STRANGER),
        (None, "", ""),
    ],
)
def test_a_visitor_is_who_connects_or_whom_a_proxy_names(said: str | None, client: str, visitor: str) -> None:
    headers = {} if said is None else {"X-Forwarded-For": said}
    assert _access(web_token=TOKEN).visitor(_asked(headers, client)) == visitor


def test_a_proxy_that_names_no_address_is_the_visitor() -> None:
    assert _access(web_token=TOKEN).visitor(_asked({"X-Forwarded-For": "unknown"}, PROXY)) == PROXY


def test_only_a_proxy_says_that_a_visitor_came_over_tls() -> None:
    access = _access(web_token=TOKEN)
    assert access.is_secure(_asked({"X-Forwarded-Proto": "https"}, PROXY))
    assert not access.is_secure(_asked({"X-Forwarded-Proto": "https"}, STRANGER))


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://localhost:8000"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://localhost:8001"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://[::1"}, False),
    ],
)
def test_a_page_of_somebody_else_changes_nothing(headers: dict[str, str], is_own: bool) -> None:
    assert is_from_own_page(_asked(headers)) is is_own
