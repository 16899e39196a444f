"""One thing at a time: an article whole, a feed, a story with its copies, and the health of the store."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from worker.basics.units import LARGEST_ID
from worker.look.article_page import find_whole_article
from worker.look.feed_listing import find_listed_feed
from worker.look.health import read_health
from worker.look.stories import find_story
from worker.web.interface.answer_schemas import named
from worker.web.interface.endpoints import Single, look_up
from worker.web.interface.listed_endpoints import ID_OF_FEED
from worker.web.interface.parameters import Values, whole

_ID_OF_ARTICLE = whole("article_id", "The article's id.", 1, LARGEST_ID)
_ID_OF_STORY = whole("story_id", "The story's id.", 1, LARGEST_ID)


def _find_article(connection: Connection, _now: datetime, values: Values) -> Mapping[str, Any] | None:
    return find_whole_article(connection, values["article_id"])


def _find_feed(connection: Connection, now: datetime, values: Values) -> Mapping[str, Any] | None:
    found = find_listed_feed(connection, now, values["feed_id"])
    return found and dict(found)


def _find_story(connection: Connection, _now: datetime, values: Values) -> Mapping[str, Any] | None:
    return find_story(connection, values["story_id"])


def _find_status(connection: Connection, now: datetime, _values: Values) -> Mapping[str, Any]:
    return asdict(read_health(connection, now))


_SINGLES = [
    Single(
        path="/v1/articles/{article_id}",
        name="show_article",
        summary="An article whole: who carries it, how it changed, what corrects or kills it, and its story",
        answer=named("WholeArticle"),
        find=_find_article,
        in_path=(_ID_OF_ARTICLE,),
    ),
    Single(
        path="/v1/feeds/{feed_id}",
        name="show_feed",
        summary="A feed, removed or not",
        answer=named("Feed"),
        find=_find_feed,
        in_path=(ID_OF_FEED,),
    ),
    Single(
        path="/v1/stories/{story_id}",
        name="show_story",
        summary="A story, and how much each of its copies has of the first one",
        answer=named("Story"),
        find=_find_story,
        in_path=(_ID_OF_STORY,),
    ),
    Single(
        path="/v1/status",
        name="show_status",
        summary="The store's health at a glance",
        answer=named("Status"),
        find=_find_status,
    ),
]
ENDPOINTS = [look_up(each) for each in _SINGLES]
