"""The pages of stories: the largest of a time, and one with its copies side by side."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, insert, update

from tests.page_parts import find_foreign
from tests.servers.web import web_server
from tests.stored_articles import HOUR, add_article
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.story_tables import StoryRow

ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
HOSTILE = '"><script>alert(1)</script>\u202e{{ 7 * 7 }}'


def _add_story(store: Engine, *copies: str | dict[str, Any], age: timedelta = HOUR) -> int:
    """Store a story whose copies have these texts, each from the next outlet an hour after the one before."""
    with reading(store) as connection:
        at = read_clock(connection).now() - age
    ids = [_add_copy(store, copy, number, at) for number, copy in enumerate(copies)]
    with writing(store) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id.in_(ids)).values(story_id=ids[0]))
        seen = {"first_seen_at": at, "last_seen_at": at}
        connection.execute(insert(StoryRow).values(id=ids[0], first_article_id=ids[0], size=len(ids), **seen))
    return ids[0]


def _add_copy(store: Engine, copy: str | dict[str, Any], number: int, at: datetime) -> int:
    fields = {"text": copy} if isinstance(copy, str) else copy
    url = f"https://paper{number}.example/{at.timestamp()}"
    given = {"url": url, "published_at": at + number * HOUR, "first_seen_at": at} | fields
    return add_article(
        store, given.pop("title", f"Title {number}"), feed=f"https://paper{number}.example/feed", **given
    )


def _get(at: str, path: str, **query: str) -> requests.Response:
    return requests.get(f"{at}{path}", query, headers={"Accept": "text/html"}, timeout=30, allow_redirects=False)


def _listed(page: requests.Response) -> list[int]:
    return [int(number) for number in re.findall(r'<a href="/stories/(\d+)">', page.text)]


def test_stories_of_the_last_days_are_listed_by_size_spread_or_age(store: Engine) -> None:
    large = _add_story(store, "a", "a", "a", {"text": "a", "url": "https://paper0.example/again"}, age=3 * HOUR)
    wide = _add_story(store, "b", "b", "b", age=2 * HOUR)
    narrow = [{"text": "c", "url": f"https://paper0.example/{number}"} for number in range(4)]
    same = _add_story(store, *narrow, age=HOUR)
    _add_story(store, "old", "old", age=timedelta(days=8))
    _add_story(store, "alone")
    with web_server(store) as at:
        by_size, by_outlets, newest = (_get(at, "/stories", order=order) for order in ("size", "outlets", "newest"))
        month = _get(at, "/stories", since="30d")
    assert _listed(by_size) == [same, large, wide]
    assert _listed(by_outlets) == [large, wide, same]
    assert _listed(newest) == [same, wide, large]
    assert len(_listed(month)) == 4
    assert "3 outlets" in by_size.text


def test_stories_are_found_by_words_in_any_title_and_by_a_feed(store: Engine) -> None:
    first = _add_story(store, "a", {"text": "a", "title": "Ice sings"}, {"text": "a", "url": "https://c.example/"})
    second = _add_story(store, "b", "b")
    with web_server(store) as at:
        titled, carried, both = (
            _get(at, "/stories", **query)
            for query in (
                {"q": "ICE"},
                {"feed": "https://paper2.example/feed"},
                {"feed": "https://paper1.example/feed"},
            )
        )
    assert (_listed(titled), _listed(carried), _listed(both)) == ([first], [first], [first, second])


@ON_SQLITE
def test_what_is_wrong_in_the_form_is_told_and_the_page_is_still_there(store: Engine) -> None:
    with web_server(store) as at:
        page = _get(at, "/stories", feed=HOSTILE, since=HOSTILE, until=HOSTILE, q=HOSTILE, order=HOSTILE)
    assert page.status_code == 400
    assert page.text.count('role="alert"') == 3
    assert find_foreign(page.text) == []


def test_copies_stand_side_by_side_with_what_each_changed_of_the_first_one(store: Engine) -> None:
    first, second = "The bridge opens.\n\nIt is new.", "The bridge closes.\n\nIt is new."
    story = _add_story(store, first, second, first)
    with web_server(store) as at:
        page, chosen = (_get(at, f"/stories/{story}", **query) for query in ({}, {"base": "2", "with": "3"}))
    assert page.status_code == 200
    assert '<p dir="auto" class="left">The bridge <del>opens.</del>' in page.text
    assert '<p dir="auto" class="right">The bridge <ins>closes.</ins>' in page.text
    assert "The bridge <del>opens.</del><ins>closes.</ins>" in page.text.partition("What each changed")[2]
    assert '<p dir="auto" class="left">The bridge <del>closes.</del>' in chosen.text
    assert page.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'; script-src 'self';"
    )


@ON_SQLITE
def test_who_had_it_when_is_drawn_and_told(store: Engine) -> None:
    story = _add_story(store, "a", {"text": "b", "notice": "correction"}, {"text": "c", "notice": "kill"})
    with web_server(store) as at:
        page = _get(at, f"/stories/{story}").text
    assert "3 articles of 3 outlets within 2h" in page
    assert page.count("<circle") == 2 * 3
    assert re.findall(r'class="chip (?:warn|bad)">(\w+)', page.partition("<tbody>")[2].partition("</tbody>")[0]) == [
        "correction",
        "kill",
    ]


@ON_SQLITE
def test_a_story_that_another_one_took_in_leads_there_and_a_single_article_to_itself(store: Engine) -> None:
    story = _add_story(store, "a", "a")
    alone = _add_story(store, "alone")
    with writing(store) as connection:
        moved = {"first_article_id": 1, "size": 0, "first_seen_at": datetime.now().astimezone(), "parent": story}
        connection.execute(insert(StoryRow).values(id=77, last_seen_at=moved["first_seen_at"], **moved))
    with web_server(store) as at:
        answers = [_get(at, f"/stories/{name}") for name in (77, alone, 999, "x")]
    assert [answer.status_code for answer in answers] == [307, 307, 404, 404]
    assert [answer.headers.get("Location") for answer in answers[:2]] == [f"/stories/{story}", f"/articles/{alone}"]
    assert "There is no story 999" in answers[2].text
    assert "Stories are named by their ids: &#39;x&#39; is none." in answers[3].text


@ON_SQLITE
def test_whatever_copies_hold_stays_words(store: Engine) -> None:
    hostile = {"title": HOSTILE, "text": f"{HOSTILE}\n\nOne.", "language": HOSTILE, "url": None}
    story = _add_story(store, hostile, {**hostile, "text": f"{HOSTILE}\n\nTwo."}, {"text": "", "title": ""})
    with web_server(store) as at:
        pages = [_get(at, f"/stories/{story}"), _get(at, "/stories"), _get(at, f"/stories/{story}?base=x&with=-1")]
    assert [page.status_code for page in pages] == [200] * 3
    assert [find_foreign(page.text) for page in pages] == [[]] * 3
    assert all("\u202e" not in page.text for page in pages)


@ON_SQLITE
def test_of_hundreds_of_copies_the_first_are_shown(store: Engine) -> None:
    ids = [add_article(store, f"Title {number}", text=f"word {number} " * 500) for number in range(3)]
    with writing(store) as connection:
        row = dict(connection.execute(ArticleRow.__table__.select().where(ArticleRow.id == ids[0])).mappings().one())
        row |= {"story_id": 1, "text": " ".join(f"w{number}" for number in range(2_500))}
        more = [
            row | {"id": number, "guid": str(number), "text": row["text"].replace("w1 ", f"x{number} ")}
            for number in range(10, 260)
        ]
        connection.execute(insert(ArticleRow), more)
    with web_server(store) as at:
        page = _get(at, "/stories/1")
    assert page.status_code == 200
    assert "The first 200 of 250 copies." in page.text
    assert page.text.count("<tr") == 201
