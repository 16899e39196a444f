"""Which rows a request asks for: the parameters that listings share, and what a listing is then asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from worker.basics.moments import read_moment
from worker.look.listings import Sort, Wanted
from worker.manage.feed_tags import known_tag
from worker.manage.named_feeds import feed_called
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import QualityState
from worker.values.outcomes import Outcome
from worker.web.failures import ParameterError
from worker.web.interface.parameters import Values, choice, switch, whole, words
from worker.wire.agencies import agency_name

NEWEST, OLDEST = "newest", "oldest"
USUAL_LIMIT, MOST_ROWS = 100, 1_000

LIMIT = whole("limit", "How many rows at the most; with JSON Lines: all, unless it is given.", 1, 1_000_000_000)
AFTER = words("after", "Where the rows go on: the cursor in `next` of the answer before this one.", longest=400)
FORMAT = choice("format", "JSON, page by page, or all rows as JSON Lines, one a line.", ["json", "jsonl"])
FEED = words("feed", "Only of this feed: its id or URL.")
SINCE = words("since", "Only since then: a duration before now (2d, 1h30m), a day (UTC), or a moment (ISO 8601).")
UNTIL = words("until", "Only until then; a day is meant to its end.")
TEXT = words("text", "Only what has this in it, whatever the case of its letters.")
FEED_TAG = words("feed_tag", "Only of feeds that have this tag.")
TAG = words("tag", "Only articles that have this tag (keyword, category) themselves.")
AGENCY = words("agency", "Only what this agency filed, in any of its spellings.")
LANGUAGE = words("language", "Only articles in this language (BCP 47): en finds en-GB too.")
STATE = choice("state", "Only feeds in this state; removed ones are listed only so.", FeedState)
QUALITY = choice("quality", "Only feeds of this quality.", QualityState)
FAILING = switch("failing", "Only feeds whose last poll failed.")
OUTCOME = choice("outcome", "Only polls that ended so.", Outcome)
SORT = choice(
    "sort", "By what articles are sorted: when they were published, first seen, or stored.", Sort, "published"
)
ORDER = choice("order", "Which come first.", [NEWEST, OLDEST], NEWEST)


def read_wanted(connection: Connection, now: datetime, values: Values) -> Wanted:
    """Return which rows a request asks for; NamedError for a feed or tag that is none, ParameterError for a time."""
    given = {name: value for name, value in values.items() if value is not None}
    since = _read_bound("since", given, now, is_end=False)
    until = _read_bound("until", given, now, is_end=True)
    if since and until and until <= since:
        raise ParameterError("until", "until is not after since: nothing lies between them")
    return Wanted(
        feed_id=_find_feed_id(connection, given),
        since=since,
        until=until,
        text=given.get("text"),
        state=given.get("state", given.get("outcome")),
        quality=given.get("quality"),
        feed_tag=known_tag(connection, given["feed_tag"]) if "feed_tag" in given else None,
        tag=given.get("tag"),
        agency=agency_name(given["agency"]) if "agency" in given else None,
        language=given.get("language"),
        is_polled=given.get("is_polled"),
        is_failing=given.get("failing", False),
        # The time that is wanted is that by which articles are sorted.
        is_published_then=given.get("sort") == Sort.PUBLISHED,
        sort=Sort(given["sort"]) if "sort" in given else None,
        newest_first=given.get("order") == NEWEST,
    )


def _find_feed_id(connection: Connection, given: Mapping[str, Any]) -> int | None:
    if "feed_id" in given:
        # Of its path; what is of no feed is no list, though an empty one would be true.
        return feed_called(connection, str(given["feed_id"])).feed_id
    return feed_called(connection, given["feed"]).feed_id if "feed" in given else None


def _read_bound(name: str, given: Mapping[str, Any], now: datetime, *, is_end: bool) -> datetime | None:
    if name not in given:
        return None
    try:
        return read_moment(given[name], now, is_end=is_end)
    except ValueError as error:
        raise ParameterError(name, f"{name}: {error}") from error
