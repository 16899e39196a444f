"""The page of an article, whatever its feed wrote."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, delete, update

from tests.page_parts import find_foreign
from tests.servers.web import web_server
from tests.stored_articles import HOUR, THEN, add_article, add_revisions
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import writing

ATTACKS = (Path(__file__).parents[2] / "data/normalise/attacks.txt").read_text()
OVERRIDE = "\u202egnp.exe\u202c"
EPISODE = {
    "duration": 1867.0,
    "season": 2,
    "people": [{"name": "Tessa Wren", "role": "host", "url": "https://wren.example/"}],
    "transcripts": [{"url": "https://a.example/1.vtt", "media_type": "text/vtt"}],
    "chapters": {"url": "javascript:alert(1)"},
    "soundbites": [{"start": 61.0, "duration": 30.0, "title": "<b>The end</b>"}],
}


# What is shown of a row has nothing to do with the database.
ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def _get(at: str, path: str) -> requests.Response:
    return requests.get(f"{at}{path}", headers={"Accept": "text/html"}, timeout=30, allow_redirects=False)


def _show(store: Engine, article_id: int, query: str = "") -> requests.Response:
    with web_server(store) as at:
        return _get(at, f"/articles/{article_id}{query}")


def _plain(page: requests.Response) -> str:
    """The words of a page, with no more than single blanks between them."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.text.partition("<main")[2]).split())


def test_an_article_is_shown_with_its_facts_and_its_text_in_paragraphs(store: Engine) -> None:
    facts: dict[str, Any] = {
        "authors": ["Ada Lovelace"],
        "agency": "Reuters",
        "dateline_place": "LONDON",
        "slug": "ICE-1",
    }
    facts |= {"urgency": 3, "language": "en-GB", "language_source": "detected", "tags": ["Lakes & rivers"]}
    facts |= {"url": "https://a.example/ice", "image_url": "https://pictures.example/ice.jpg"}
    page = _show(store, add_article(store, "Why ice sings", text="It hums.\nAnd rings.\n\nNobody knew.", **facts))
    assert page.status_code == 200
    assert '<h1 dir="auto" lang="en-GB">Why ice sings</h1>' in page.text
    assert '<p dir="auto">It hums.\nAnd rings.</p>' in page.text
    assert '<p dir="auto">Nobody knew.</p>' in page.text
    assert '<a href="https://a.example/ice" target="_blank" rel="noopener noreferrer">' in page.text
    assert '<a class="chip" href="/articles?tag=Lakes%20%26%20rivers">' in page.text
    words = _plain(page)
    for fact in ("Ada Lovelace", "Agency Reuters", "Dateline LONDON", "Slug ICE-1", "Urgency 3 of 9", "en-GB detected"):
        assert fact in words


@ON_SQLITE
def test_its_picture_is_named_and_not_loaded(store: Engine) -> None:
    page = _show(store, add_article(store, image_url="https://pictures.example/ice.jpg"))
    assert re.findall(r'(?:src|poster)="(?!/static/)([^"]*)"', page.text) == []
    assert '<a href="https://pictures.example/ice.jpg"' in page.text


@ON_SQLITE
def test_markup_of_a_feed_is_words_on_the_page_wherever_it_stands(store: Engine) -> None:
    fields = ("summary", "text", "agency", "dateline_place", "slug", "note", "url", "image_url", "language")
    hostile: dict[str, Any] = dict.fromkeys(fields, ATTACKS)
    hostile |= {"authors": [ATTACKS], "tags": [ATTACKS], "html": ATTACKS, "notice": "correction"}
    hostile |= {"enclosures": [{"url": "javascript:alert(1)", "media_type": ATTACKS, "length": 1}], "podcast": EPISODE}
    article_id = add_article(store, ATTACKS, **hostile)
    add_revisions(store, article_id, f"{ATTACKS}\n\nOther words.")
    page = _show(store, article_id)
    assert page.status_code == 200
    assert find_foreign(page.text) == []


@ON_SQLITE
def test_what_reorders_text_never_reaches_the_page(store: Engine) -> None:
    page = _show(store, add_article(store, OVERRIDE, text=OVERRIDE, authors=[OVERRIDE], tags=[OVERRIDE]))
    assert "gnp.exe" in page.text
    assert "\u202e" not in page.text


@ON_SQLITE
def test_the_policy_lets_the_page_load_nothing_of_anybody_else(store: Engine) -> None:
    page = _show(store, add_article(store, html="<p>x"))
    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
        " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@ON_SQLITE
def test_the_stored_html_is_in_a_frame_that_can_do_nothing(store: Engine) -> None:
    article_id = add_article(store, html="<p>Words <b>in bold</b>.</p>")
    page = _show(store, article_id)
    (frame,) = re.findall(r"<iframe [^>]*>", page.text)
    assert f' src="/articles/{article_id}/html"' in frame
    assert ' sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    assert "<b>in bold" not in page.text


@ON_SQLITE
def test_an_episode_has_a_player_that_loads_nothing_by_itself(store: Engine) -> None:
    files = [
        {"url": "https://a.example/1.mp3?x=1", "media_type": None, "length": 24_000_000},
        {"url": "javascript:alert(1)", "media_type": "audio/mpeg", "length": None},
        {"url": "https://a.example/1.pdf", "media_type": "application/pdf", "length": None},
    ]
    page = _show(store, add_article(store, enclosures=files, podcast=EPISODE))
    assert re.findall(r"<(?:audio|video) [^>]*>", page.text) == [
        '<audio controls preload="none" src="https://a.example/1.mp3?x=1">'
    ]
    assert page.headers["Content-Security-Policy"].endswith("; media-src http: https:")
    assert '<a href="https://wren.example/" target="_blank" rel="noopener noreferrer">' in page.text
    words = _plain(page)
    for fact in (
        "season 2, 31m 7s",
        "Tessa Wren (host)",
        "text/vtt",
        "24.0 MB",
        "30s long: &lt;b&gt;The end&lt;/b&gt;",
    ):
        assert fact in words


@ON_SQLITE
def test_each_revision_says_what_it_changed_in_marks_that_need_no_colour(store: Engine) -> None:
    article_id = add_article(store, text="The bridge closes.")
    add_revisions(store, article_id, "The bridge opens.", "The bridge opened.")
    page = _show(store, article_id)
    assert "The bridge <del>opened.</del><ins>closes.</ins>" in page.text
    assert "The bridge <del>opens.</del><ins>opened.</ins>" in page.text
    assert page.text.count("The first version.") == 1


def test_of_many_revisions_the_newest_are_shown_and_the_others_are_a_link_away(store: Engine) -> None:
    article_id = add_article(store, text="Last")
    add_revisions(store, article_id, *(f"Version {number}" for number in range(1, 25)))
    with web_server(store) as at:
        first, second = (_get(at, f"/articles/{article_id}{query}").text for query in ("", "?version=15"))
    numbers = [re.findall(r"Revision (\d+)", page) for page in (first, second)]
    assert numbers == [[str(number) for number in range(25, 15, -1)], [str(number) for number in range(15, 5, -1)]]
    assert 'href="?version=15#versions"' in first


def test_feeds_that_carry_it_are_named_with_their_times(store: Engine) -> None:
    article_id = add_article(store)
    with writing(store) as connection:
        connection.execute(update(SightingRow).values(left_at=THEN + HOUR))
    page = _show(store, article_id)
    assert "https://a.example/feed" in page.text
    assert "2026-11-24 12:00 UTC to 2026-11-24 13:00 UTC" in _plain(page)


def test_a_killed_article_says_so_before_all_else_and_leads_to_its_kill(store: Engine) -> None:
    killed = add_article(store, "Ferry sinks")
    kill = add_article(store, "Kill", notice="kill", note="There is <no> ferry", acts_on=killed)
    with writing(store) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id == killed).values(killed_by=kill))
    page = _show(store, killed)
    banner = page.text.partition('class="banner bad"')[2].partition("</div>")[0]
    assert f"Killed by {kill} (2026-11-24 12:00 UTC): There is &lt;no&gt; ferry" in banner
    assert f'<a href="/articles/{kill}">' in banner


@ON_SQLITE
def test_a_corrected_article_and_its_correction_lead_to_each_other(store: Engine) -> None:
    first = add_article(store, "Bridge opens", text="It opens on Monday.")
    second = add_article(store, "Bridge opens", text="It opens on Friday.", notice="correction", acts_on=first)
    with web_server(store) as at:
        old, new = _get(at, f"/articles/{first}").text, _get(at, f"/articles/{second}").text
    assert f'<strong>Corrected</strong> by <a href="/articles/{second}">' in old
    assert f'<a href="/articles/{first}">' in new.partition('id="changed"')[2]
    assert "It opens on <del>Monday.</del><ins>Friday.</ins>" in new


MISSING = {
    "999": "There is no article 999.",
    "0": "Articles are named by their ids: &#39;0&#39; is none.",
    "9" * 30: f"Articles are named by their ids: &#39;{'9' * 30}&#39; is none.",
    "x%00%E2%80%AE": "Articles are named by their ids: &#39;x\\x00\\u202e&#39; is none.",
}


@ON_SQLITE
def test_an_article_that_there_is_not_is_a_page_that_says_so(store: Engine) -> None:
    with web_server(store) as at:
        pages = [_get(at, f"/articles/{path}") for path in MISSING]
    assert [page.status_code for page in pages] == [404] * 4
    assert [sentence in page.text for page, sentence in zip(pages, MISSING.values(), strict=True)] == [True] * 4


def test_an_article_that_was_deleted_is_told_from_one_that_never_was(store: Engine) -> None:
    first = add_article(store)
    add_article(store)
    with writing(store) as connection:
        connection.execute(delete(ArticleRow).where(ArticleRow.id == first))
    page = _show(store, first)
    assert page.status_code == 404
    assert f"Article {first} is gone: articles are deleted once they have outlived their retention." in page.text


@ON_SQLITE
def test_the_longest_article_is_shown_up_to_a_bound(store: Engine) -> None:
    article_id = add_article(store, text="word\n\n" * 100_000, published_at=THEN - timedelta(days=1))
    add_revisions(store, article_id, "other\n\n" * 100_000)
    page = _show(store, article_id)
    assert page.status_code == 200
    assert page.text.count('<p dir="auto">word</p>') == 33_333
    assert f'<a href="/v1/articles/{article_id}">' in page.text
