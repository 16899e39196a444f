"""The schemas of all that is answered, by name; a field is described by its column's comment wherever it has one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.story_tables import StoryRow
from worker.database.types import Base
from worker.look.article_listing import INTERNAL, select_articles
from worker.look.feed_listing import select_feeds
from worker.look.health import Health
from worker.look.listings import columns
from worker.look.poll_listing import select_polls
from worker.outbox import select_changes
from worker.values.promised import PollAnswer
from worker.web.interface.row_schemas import Schema, describe_columns, describe_type, make_object, nullable

_ANY_MOMENT = datetime.min.replace(tzinfo=UTC)
_WHOLE, _WORDS, _MOMENT, _SECONDS = (describe_type(kind) for kind in (int, str, datetime, float))
_FEED_URL = {"feed_url": "The URL of the feed that carried it first"}


def named(name: str) -> Schema:
    """Return a reference to a schema of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(item: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


def _fields(table: type[Base], names: str) -> dict[str, Schema]:
    properties: dict[str, Schema] = describe_columns(columns(table, names), {}, may_lack=())["properties"]
    return properties


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


_WHOLE_ARTICLE = describe_columns(select_articles().selected_columns, _FEED_URL, may_lack=())["properties"]
_ARTICLE = {name: schema for name, schema in _WHOLE_ARTICLE.items() if name not in INTERNAL}
_LINKED = _fields(ArticleRow, "id title notice notice_number note acts_on killed_by published_at first_seen_at")
_OF_FEED = {"feed_url": _said(_WORDS, "The feed's URL")}
_SPREAD = {
    "outlets": _said(list_of(_WORDS), "The outlets that tell it, by their domains"),
    "first_at": _said(_MOMENT, "When the first of its articles was published; without a date, first seen"),
    "last_at": _said(_MOMENT, "When the last of them was"),
    "spread": _said(_SECONDS, "Seconds between the two"),
}
_COPY = {
    **_fields(ArticleRow, "id title url"),
    **_OF_FEED,
    **_fields(ArticleRow, "published_at first_seen_at notice killed_by"),
    "words": _said(_WHOLE, "How many words its text has"),
    "share_found": _said(
        {"type": "number", "minimum": 0, "maximum": 1},
        "How much of the shorter one of the two texts, its own and that of the first article, the longer one has",
    ),
}
_HOST = {
    "id": _said(_WHOLE, "Identifier"),
    "host": _said(_WORDS, "Its name and port"),
    "feeds": _said(_WHOLE, "How many of its feeds are polled"),
    "due": _said(_WHOLE, "How many of them are due"),
    "state": _said({"type": "string", "enum": ["free", "polled", "left alone", "shared"]}, "Whether it may be asked"),
    "until": _said(nullable(_MOMENT), "Until when it may not"),
    "why": _said(nullable(_WORDS), "Why, in words"),
    "failures": _said(_WHOLE, "Refusals in a row (403, 429, 503), each of another feed"),
    "held_until": _said(nullable(_MOMENT), "Until when it is left alone with all its feeds"),
    "gap": _said(nullable(_SECONDS), "Seconds between two requests; null for the usual"),
    "parallel": _said(nullable(_WHOLE), "Requests in flight at a time; null for the usual"),
    "claimable_at": _said(nullable(_MOMENT), "When a worker may next claim it"),
}
_TICKET = {
    "id": _said(_WHOLE, "Identifier of the ticket"),
    "asked_at": _said(_MOMENT, "When the polls were asked for"),
}
SCHEMAS: Mapping[str, Schema] = {
    "Article": make_object(_ARTICLE, "An article as lists show it."),
    "WholeArticle": make_object(
        {
            **_WHOLE_ARTICLE,
            "sightings": list_of(
                make_object(
                    _fields(SightingRow, "feed_id")
                    | _OF_FEED
                    # Each of the feeds that carried it, and under which guid.
                    | _fields(SightingRow, "guid original_url first_seen_at left_at")
                )
            ),
            "revisions": list_of(
                make_object(
                    {
                        **_fields(RevisionRow, "number seen_at polled_at updated_at feed_id"),
                        "feed_url": nullable(_OF_FEED["feed_url"]),
                        **_fields(RevisionRow, "title"),
                        "text": _said(_WORDS, "The version's text"),
                    }
                )
            ),
            "acted_on": nullable(make_object(_LINKED | _fields(ArticleRow, "text"), "What this notice acts on.")),
            "acted_on_by": list_of(named("LinkedArticle")),
            "kills": list_of(named("LinkedArticle")),
            "kill": nullable(named("LinkedArticle")),
            "story": nullable(named("Story")),
        },
        "An article with all that is known of it, as `feedmill show --json` has it.",
    ),
    "LinkedArticle": make_object(_LINKED, "An article that is linked with another by a notice."),
    "Feed": describe_columns(
        select_feeds(_ANY_MOMENT).selected_columns,
        {
            "tags": "Its tags, sorted",
            "host": "The host that serves it, with its port; null for a file",
            "left_alone_until": "Until when its host is left alone with all its feeds; null while it is not",
        },
        may_lack=("hosts", "subscriptions"),
    ),
    "Poll": describe_columns(
        select_polls().selected_columns, {"url": "The feed's URL; null for a deleted one"}, may_lack=("feeds",)
    ),
    "ListedStory": make_object(
        {
            **_fields(StoryRow, "id size first_seen_at last_seen_at"),
            **_fields(ArticleRow, "title notice killed_by"),
            **_SPREAD,
        },
        "A story as lists show it, under the title of its first article.",
    ),
    "Story": make_object(
        {
            "id": _said(_WHOLE, "Identifier"),
            "size": _said(_WHOLE, "How many articles it has"),
            **_SPREAD,
            "articles": list_of(make_object(_COPY, "One of its articles, compared with the first one.")),
        },
        "Articles that are copies of one another; the first 200 of them.",
    ),
    "Host": make_object(_HOST, "A host, and whether it may be asked now."),
    "Change": describe_columns(
        select_changes().selected_columns,
        {"cursor": "Following since this goes on with the next change", "title": "The title that it has now"},
        may_lack=("articles", "feeds"),
    ),
    "Status": {**describe_type(Health), "description": "The store's health at a glance."},
    "Ticket": make_object(
        _TICKET
        | {"untold": _said(nullable(_WORDS), "Why workers were not told at once; the next tick makes the polls")}
    ),
    "AnsweredTicket": make_object(
        {
            **_TICKET,
            "is_waiting": _said(describe_type(bool), "Whether any of its polls is still to come"),
            "answers": list_of(describe_type(PollAnswer)),
        }
    ),
    "Problem": {
        "type": "object",
        "description": "Why something is not answered (RFC 9457).",
        "properties": {
            "type": _WORDS,
            "title": _WORDS,
            "status": _WHOLE,
            "detail": _said(_WORDS, "What is wrong, and what to do, in a sentence"),
            "parameter": _said(_WORDS, "Which parameter is wrong"),
        },
        "required": ["type", "title", "status", "detail"],
    },
}


def fields_of(name: str) -> list[str]:
    """Return the fields of a row of this schema."""
    properties: Mapping[str, Any] = SCHEMAS[name]["properties"]
    return list(properties)


def without_required(name: str) -> Schema:
    """Return the schema of a row of which a reader may have asked for some fields alone."""
    return {key: value for key, value in SCHEMAS[name].items() if key != "required"}
