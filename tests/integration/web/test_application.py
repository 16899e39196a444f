import re
import socket

import pytest
import requests
from sqlalchemy import Engine, create_engine

from tests.servers.web import web_server
from worker.errors import NamedError
from worker.web.serving import listen


def test_what_is_not_there_is_told_in_a_line_of_plain_text(store: Engine):
    with web_server(store) as at:
        missing, wrong = requests.get(f"{at}/nothing", timeout=30), requests.delete(f"{at}/metrics", timeout=30)
    assert (missing.status_code, missing.text) == (404, "Not Found.\n")
    assert (wrong.status_code, wrong.text) == (405, "Method Not Allowed.\n")
    assert missing.headers["content-type"] == "text/plain; charset=utf-8"
    assert missing.headers["x-content-type-options"] == "nosniff"
    assert "server" not in missing.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/nothing<b>", 404, "There is no page at &#39;/nothing&lt;b&gt;&#39;: a letter of it may be wrong"),
        ("GET", "/articles/77", 404, "There is no article 77."),
        ("POST", "/articles", 405, "What is at &#39;/articles&#39; can be looked at, but takes no &#39;POST&#39;."),
        ("GET", "/changes?kind=x", 400, "There is no kind of change of that name"),
    ],
)
def test_a_person_is_told_on_a_page_what_is_wrong_and_where_to_go(
    store: Engine, method: str, path: str, status: int, sentence: str
):
    with web_server(store) as at:
        answer = requests.request(method, f"{at}{path}", headers={"Accept": "text/html,*/*;q=0.8"}, timeout=30)
    assert answer.status_code == status
    assert sentence in answer.text
    assert '<nav aria-label="Pages">' in answer.text
    # The same would come again.
    assert "Try again" not in answer.text
    assert '<a href="/">to the beginning</a>' in answer.text


def test_no_answer_names_the_host_that_a_request_does(store: Engine):
    with web_server(store) as at:
        answer = requests.get(f"{at}/healthz/", headers={"Host": "evil.example"}, timeout=30, allow_redirects=False)
    assert (answer.status_code, answer.text) == (404, "Not Found.\n")


def test_it_starts_and_answers_while_the_store_cannot_be_reached():
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with web_server(away) as at:
        assert requests.get(f"{at}/sign-in", timeout=30).status_code == 200


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NamedError) as raised:
            listen("127.0.0.1", port)
    assert str(raised.value) == (
        f"127.0.0.1:{port} cannot be listened on (address already in use): choose another with --bind."
    )


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..b", "é" * 70])
def test_a_host_that_is_not_ours_is_named(host: str):
    with pytest.raises(NamedError, match=f"^{re.escape(host)} is no address of this machine"):
        listen(host, 8000)
