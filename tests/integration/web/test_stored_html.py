"""The stored HTML of an article as a document: inert, whatever stands in the store, and wherever it is opened."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine

from tests.page_parts import read_tags
from tests.servers.web import web_server
from tests.stored_articles import add_article

# What a document may do is a matter of its headers.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
ATTACKS = (Path(__file__).parents[2] / "data/normalise/attacks.txt").read_text().splitlines()


def _open(store: Engine, html: str, query: str = "", title: str = "A title") -> requests.Response:
    article_id = add_article(store, title, html=html)
    with web_server(store) as at:
        return requests.get(f"{at}/articles/{article_id}/html{query}", timeout=30)


def _policy(answer: requests.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_it_has_an_origin_of_its_own_and_runs_loads_and_sends_nothing(store: Engine) -> None:
    policy = _policy(_open(store, "<p>x"))
    style = policy.pop("style-src")
    assert re.fullmatch(r"'sha256-[\w+/]+='", style)
    assert policy == {
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }


def test_its_only_style_is_ours(store: Engine) -> None:
    answer = _open(store, "<style>p { color: red }</style><p style='color: red'>x")
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert _policy(answer)["style-src"] == f"'sha256-{digest}'"


def test_pictures_and_players_are_there_only_when_they_are_asked_for(store: Engine) -> None:
    html = '<p><img src="https://a.example/1.jpg" alt="A lake"><video src="https://a.example/1.mp4"></video>'
    asked, unasked = (_open(store, html, query) for query in ("?pictures=1", "?pictures=2"))
    assert [_policy(asked)[name] for name in ("img-src", "media-src")] == ["http: https:"] * 2
    assert not _policy(unasked).keys() & {"img-src", "media-src"}
    addresses = [re.findall(r'(?:src|poster)="([^"]*)"', answer.text) for answer in (asked, unasked)]
    assert addresses == [["https://a.example/1.jpg", "https://a.example/1.mp4"], []]
    assert '<img alt="A lake">' in unasked.text


def test_nobody_who_is_loaded_learns_from_where(store: Engine) -> None:
    headers = _open(store, "<p>x").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    # With it, a browser would show nothing of a document in a sandbox.
    assert "Cross-Origin-Opener-Policy" not in headers


def test_links_open_apart_and_hand_over_nothing(store: Engine) -> None:
    tags = read_tags(_open(store, '<p><a href="https://b.example/" rel="opener" target="_self">x</a>').text)
    assert [attributes for tag, attributes in tags if tag in {"base", "a"}] == [
        {"target": "_blank"},
        {"href": "https://b.example/", "rel": "noopener noreferrer nofollow"},
    ]


def test_what_somebody_put_into_the_store_past_the_cleaning_is_cleaned_as_it_goes(store: Engine) -> None:
    answer = _open(store, "\n".join(ATTACKS), title="</title><script>alert(1)</script>\u202e")
    tags = read_tags(answer.text)
    names = {tag for tag, _ in tags}
    attributes = {name for _, each in tags for name in each}
    assert not names & {"script", "iframe", "object", "embed", "form", "svg", "link"}
    assert not {name for name in attributes if name.startswith("on")} | attributes & {"style", "srcdoc", "action"}
    # What was swallowed by a tag that is dropped stands there as words, addresses and all.
    addresses = [each[name] for _, each in tags for name in ("href", "src", "poster") if name in each]
    assert addresses
    assert all(re.match("https?:|mailto:", address) for address in addresses)
    assert "\u202e" not in answer.text.partition("</title>")[0]


def test_of_an_article_that_there_is_not_there_is_no_document(store: Engine) -> None:
    with web_server(store) as at:
        answer = requests.get(f"{at}/articles/7/html", timeout=30)
    assert (answer.status_code, answer.text) == (404, "There is no article 7.\n")
