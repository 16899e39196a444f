"""The page *Changes*: the events of the outbox in words, the newest first, and live as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.basics.units import LARGEST_ID
from worker.database.outbox_tables import EventKind
from worker.errors import UsageError
from worker.look.change_listing import list_changes
from worker.outbox import Change
from worker.web.live_changes import LiveChanges, answer_events, data_event, read_since
from worker.web.looking import look
from worker.web.pages.rendering import plain, render
from worker.wording.changes import describe_details

_ROWS = 50
_TONES = {
    EventKind.ARTICLE_CREATED: "accent",
    EventKind.ARTICLE_CORRECTED: "warn",
    EventKind.ARTICLE_KILLED: "bad",
    EventKind.ARTICLE_REMOVED: "bad",
    EventKind.FEED_GONE: "bad",
    EventKind.FEED_QUARANTINED: "bad",
    EventKind.FEED_QUALITY_CHANGED: "warn",
    EventKind.FEED_MOVED: "warn",
}


async def _show_changes(request: Request) -> Response:
    kinds, before = _read_kinds(request), _read_cursor(request.query_params.get("before"))
    page = await look(request, lambda connection: list_changes(connection, _ROWS, before, kinds))
    return render(
        request,
        "changes.html",
        rows=[describe_change(each) for each in page.changes],
        older=page.before,
        newest=page.newest,
        is_live=before is None,
        kinds=list(EventKind),
        chosen=request.query_params.get("kind", ""),
    )


async def _stream_changes(request: Request) -> Response:
    kinds = _read_kinds(request)
    live: LiveChanges = request.app.state.live_changes
    cursor = await live.begin(request, read_since(request))
    return answer_events(request, live.follow(request, cursor), partial(_write_event, kinds))


def _write_event(kinds: Collection[str], change: Change) -> bytes:
    """Write a change as an event; one of no chosen kind as its id alone, from which a browser goes on."""
    if kinds and change["kind"] not in kinds:
        return data_event(change["cursor"], "")
    return data_event(change["cursor"], orjson.dumps(describe_change(change)).decode(), "change")


def describe_change(change: Change) -> Mapping[str, Any]:
    """Return a change as the page's table shows it."""
    details = change["details"] or {}
    # An article that was removed cannot be looked up any more: its event keeps these.
    title, feed_url = (change[name] or details.get(name) for name in ("title", "feed_url"))
    is_there = change["article_id"] and change["kind"] != EventKind.ARTICLE_REMOVED
    about = f"/articles/{change['article_id']}" if is_there else f"/feeds/{change['feed_id']}"
    return {
        "cursor": change["cursor"],
        "at": change["at"],
        "kind": change["kind"],
        "tone": _TONES.get(change["kind"], ""),
        "title": plain(title or feed_url),
        "path": about if is_there or change["feed_id"] else None,
        "feed": plain(_place_of(feed_url)),
        "feed_path": f"/feeds/{change['feed_id']}" if change["feed_id"] else None,
        "words": plain(describe_details(details)),
        "words_path": f"/stories/{details['story_id']}" if "story_id" in details else None,
    }


def _place_of(feed_url: str | None) -> str:
    """Return what tells a feed in a narrow column: its host, or the name of its file."""
    parts = urlsplit(feed_url or "")
    return parts.netloc or parts.path.rpartition("/")[2]


def _read_kinds(request: Request) -> tuple[str, ...]:
    kind = request.query_params.get("kind", "")
    if kind and kind not in set(EventKind):
        raise UsageError(f"There is no kind of change of that name: there are {', '.join(EventKind)}")
    return (kind,) if kind else ()


def _read_cursor(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID):  # noqa: PLR2004 -- digits
        raise UsageError("A cursor of changes is a number, as an answer before named it")
    return int(text)


ROUTES = [Route("/changes", _show_changes), Route("/changes/live", _stream_changes)]
