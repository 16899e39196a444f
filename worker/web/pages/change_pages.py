"""The page *Changes*: the events of the outbox in words, the newest first, and live as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from worker.basics.units import LARGEST_ID
from worker.database.outbox_tables import EventKind
from worker.errors import NamedError, UsageError
from worker.look.change_listing import list_changes
from worker.outbox import Change
from worker.web.looking import look
from worker.web.pages.rendering import HEADERS, plain, render
from worker.wording.changes import describe_details

_ROWS = 50
# Seconds between two signs of life, and for how long one connection lasts: less than ``connections`` gives it. Browsers
# come back by themselves, with the last cursor that they have got.
_HEARTBEAT, _LASTS = 15.0, 80.0
_RETRY = b"retry: 2000\n\n"
_STREAM = HEADERS | {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
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
    since = _read_cursor(request.headers.get("last-event-id") or request.query_params.get("since"))
    request.app.state.changes.refuse_if_full()
    events = _write_events(request.app.state.changes.follow(since, _HEARTBEAT), kinds)
    return StreamingResponse(events, media_type="text/event-stream", headers=_STREAM)


async def _write_events(
    followed: AsyncGenerator[Sequence[Change], None], kinds: Collection[str]
) -> AsyncGenerator[bytes, None]:
    """Write changes as server-sent events, whose ids are cursors; what is of no chosen kind still moves the cursor."""
    ends_at = asyncio.get_running_loop().time() + _LASTS
    try:
        yield _RETRY
        async for changes in followed:
            wanted = [each for each in changes if not kinds or each["kind"] in kinds]
            yield b"".join(map(_write_event, wanted)) + _write_place(changes, wanted)
            if asyncio.get_running_loop().time() >= ends_at:
                break
    except NamedError as error:
        yield b"event: gap\ndata: " + orjson.dumps({"sentence": str(error)}) + b"\n\n"
    finally:
        await followed.aclose()


def _write_event(change: Change) -> bytes:
    told = orjson.dumps(describe_change(change))
    return b"id: %d\nevent: change\ndata: %b\n\n" % (change["cursor"], told)


def _write_place(changes: Sequence[Change], wanted: Sequence[Change]) -> bytes:
    """Return what moves the cursor past changes that are not told, or else a comment, as a sign of life."""
    if changes and (not wanted or wanted[-1] is not changes[-1]):
        return b"id: %d\nevent: place\ndata:\n\n" % changes[-1]["cursor"]
    return b"" if changes else b":\n\n"


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


_LIVE = Route("/changes/live", _stream_changes)
# A HEAD would wait as long as a GET, for nothing.
_LIVE.methods = {"GET"}
ROUTES = [Route("/changes", _show_changes), _LIVE]
