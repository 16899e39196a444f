"""What stands before the application refuses what may not come in, each with a sentence, and lets machines pass."""

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine
from starlette.applications import Starlette

from tests.asking import Answered, ask
from worker.settings import Settings
from worker.web.application import make_application

TOKEN = "a-token-of-thirty-two-characters-"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
STRANGER = "203.0.113.7"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _application(**chosen: Any) -> Starlette:
    # Nothing here looks into the store.
    return make_application(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"), Settings(**chosen))


def _sign_in(application: Starlette, token: str = TOKEN, to: str = "/", **more: Any) -> Answered:
    body = f"token={quote(token)}&to={quote(to, safe='')}".encode()
    return ask(application, "/sign-in", FORM | more, method="POST", client=STRANGER, body=body)


def test_a_stranger_is_told_how_to_get_in() -> None:
    answer = ask(_application(web_token=TOKEN), "/v1/", client=STRANGER)
    assert (answer.status, answer.json["detail"]) == (401, "This takes the token of FEEDMILL_WEB_TOKEN.")
    assert answer.headers["www-authenticate"] == 'Basic realm="Feedmill", charset="UTF-8"'
    assert ask(_application(web_token=TOKEN), "/v1/", SHOWN, client=STRANGER).status == 200


def test_without_a_token_a_stranger_is_told_that_this_is_for_this_machine() -> None:
    answer = ask(_application(), "/v1/", client=STRANGER)
    assert answer.status == 403
    assert answer.json["detail"] == (
        "Only this machine, under its own name, may look: set FEEDMILL_WEB_TOKEN to open this to whoever has it."
    )


def test_a_page_whose_name_was_made_to_point_here_reads_nothing() -> None:
    assert ask(_application(), "/v1/", {"Host": "evil.example"}).status == 403


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/websub/1/x"])
def test_machines_need_no_token(path: str) -> None:
    assert ask(_application(web_token=TOKEN), path, client=STRANGER).status not in {401, 403}


@pytest.mark.parametrize(
    "path",
    ["/v1/../metrics", "//metrics", "/%2e/metrics", "/metrics/../v1/", "/healthz/../v1/status", "/V1/", "/v1%2f"],
)
def test_no_path_leads_around_the_gate(path: str) -> None:
    answer = ask(_application(web_token=TOKEN), path, client=STRANGER)
    assert answer.status in {401, 404}
    assert b"endpoints" not in answer.body


@pytest.mark.parametrize("host", ["localhost/healthz", "x/metrics?", "x/static/", "x/sign-in#"])
def test_no_host_that_holds_a_path_leads_around_the_gate(host: str) -> None:
    for path in ("/v1/", "/articles", "/out/x.atom"):
        answer = ask(_application(web_token=TOKEN), path, {"Host": host}, client=STRANGER)
        assert answer.status == 401


def test_what_is_too_long_is_refused_before_anything_else() -> None:
    for target in ("/v1/articles?text=" + "x" * 8_000, "/v1/" + "x" * 8_000):
        answer = ask(_application(), target)
        assert (answer.status, answer.json["detail"]) == (
            414,
            "What is asked for is longer than 8,000 characters: ask for less at once.",
        )


def test_an_address_that_asks_too_often_is_told_when_to_come_back() -> None:
    application = _application(web_token=TOKEN, web_rate=1)
    statuses = [ask(application, "/v1/", SHOWN, client=STRANGER).status for _ in range(10)]
    late = ask(application, "/v1/", SHOWN, client=STRANGER)
    assert (statuses, late.status, late.headers["retry-after"]) == ([200] * 10, 429, "1")
    assert ask(application, "/v1/", SHOWN, client="198.51.100.1").status == 200


def test_who_says_to_be_somebody_else_each_time_is_one_address() -> None:
    application = _application(web_token=TOKEN, web_rate=1)
    for number in range(10):
        ask(application, "/v1/", SHOWN | {"X-Forwarded-For": f"198.51.100.{number}"}, client=STRANGER)
    assert ask(application, "/v1/", SHOWN | {"X-Forwarded-For": "198.51.100.99"}, client=STRANGER).status == 429


def test_whoever_tries_tokens_soon_has_to_wait() -> None:
    application = _application(web_token=TOKEN, web_rate=10)
    statuses = [ask(application, "/v1/", {"Authorization": "Bearer x"}, client=STRANGER).status for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 401, 429]
    application = _application(web_token=TOKEN, web_rate=10)
    assert [_sign_in(application, "x").status for _ in range(6)] == [403, 403, 403, 403, 403, 429]


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_a_page_of_somebody_else_asks_for_no_poll(headers: dict[str, str]) -> None:
    answer = ask(_application(web_token=TOKEN), "/v1/polls", SHOWN | headers, method="POST")
    assert (answer.status, answer.json["detail"]) == (403, "A page of somebody else asked for this.")


def test_a_browser_is_led_to_the_form_and_back() -> None:
    application = _application(web_token=TOKEN)
    led = ask(application, "/articles?text=a%26b", BROWSER, client=STRANGER)
    assert (led.status, led.headers["location"]) == (303, "/sign-in?to=%2Farticles%3Ftext%3Da%2526b")
    signed_in = _sign_in(application, to="/articles?text=a%26b")
    assert (signed_in.status, signed_in.headers["location"]) == (303, "/articles?text=a%26b")
    cookie = signed_in.headers["set-cookie"]
    assert {part.strip() for part in cookie.split(";")[1:]} >= {"HttpOnly", "SameSite=lax", "Path=/"}
    assert "Secure" not in cookie
    kept = {"Cookie": cookie.partition(";")[0]}
    assert ask(application, "/v1/", kept, client=STRANGER).status == 200


def test_over_tls_the_cookie_is_kept_for_tls_alone() -> None:
    body = f"token={TOKEN}".encode()
    headers = FORM | {"X-Forwarded-Proto": "https", "X-Forwarded-For": STRANGER}
    answer = ask(_application(web_token=TOKEN), "/sign-in", headers, method="POST", body=body)
    assert "Secure" in answer.headers["set-cookie"]


def test_a_wrong_token_gets_no_cookie() -> None:
    answer = _sign_in(_application(web_token=TOKEN), "another-token-of-so-many-characters")
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize("token", ["", " ", "\x00", "é", "x" * 7_000])
def test_no_odd_token_is_a_fault(token: str) -> None:
    assert _sign_in(_application(web_token=TOKEN), token).status == 403


def test_without_a_token_nobody_signs_in() -> None:
    answer = ask(_application(), "/sign-in", FORM, method="POST", body=b"token=")
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


def test_a_form_that_is_too_long_is_refused() -> None:
    assert _sign_in(_application(web_token=TOKEN), "x" * 9_000).status == 413


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "",
        "evil.example",
    ],
)
def test_the_form_leads_nowhere_else(to: str) -> None:
    answer = _sign_in(_application(web_token=TOKEN), to=to)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    shown = ask(_application(web_token=TOKEN), f"/sign-in?to={quote(to, safe='')}", BROWSER, client=STRANGER)
    assert shown.status == 200
    assert "evil.example" not in shown.text


def test_a_static_file_is_kept_for_ever_under_its_own_name_and_no_other_file_is_reached() -> None:
    application = _application(web_token=TOKEN)
    page = ask(application, "/sign-in", BROWSER, client=STRANGER).text
    address = page.partition('href="/static/')[2].partition('"')[0]
    named = ask(application, f"/static/{address}", client=STRANGER)
    assert (named.status, named.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    other = ask(application, f"/static/old/{address.partition('/')[2]}", client=STRANGER)
    assert (other.status, other.headers["cache-control"]) == (200, "no-cache")
    for name in ("..%2frendering.py", "%2e%2e", "none.css", "style.css%00", "../../static_files.py"):
        assert ask(application, f"/static/x/{name}", client=STRANGER).status in {401, 404}


def test_a_page_may_load_nothing_of_anybody_else() -> None:
    policy = ask(_application(), "/sign-in", BROWSER).headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_form_of_which_only_a_part_comes_is_no_fault() -> None:
    answer = ask(_application(web_token=TOKEN), "/sign-in", FORM, method="POST", body=None)
    assert (answer.status, answer.text) == (400, "The body did not come whole.\n")
