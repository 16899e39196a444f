"""The pages of stories: the largest of a time, and one with its copies side by side."""

from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from worker.basics.text import show_wrong
from worker.basics.units import read_id
from worker.database.clock import read_clock
from worker.errors import NamedError
from worker.look.large_stories import MOST_COPIES, MOST_LOOKED_AT, StoryOrder, list_large_stories
from worker.look.stories import find_parent, find_story_with_texts, list_copies
from worker.web.answers import HEADERS
from worker.web.looking import look
from worker.web.pages.asked_filters import Filters, read_filters
from worker.web.pages.rendering import render
from worker.web.pages.story_copies import compare_copies, draw_spread

_MOST_STORIES = 50
_SINCE = "7d"
# What another page shows in place of a story.
_Elsewhere = str


async def _list_stories(request: Request) -> Response:
    asked = Filters.of(request.query_params, order=StoryOrder.SIZE, since=_SINCE)
    page = await look(request, lambda connection: _read_list(connection, asked))
    return render(request, "stories.html", status=400 if page["wrong"] else 200, asked=asked, **page)


def _read_list(connection: Connection, asked: Filters) -> dict[str, Any]:
    now = read_clock(connection).now()
    wanted, wrong = read_filters(connection, asked, now)
    order = StoryOrder(asked.order) if asked.order in [*StoryOrder] else StoryOrder.SIZE
    found = [] if wrong else list_large_stories(connection, wanted, order, _MOST_STORIES)
    limits = {"most_copies": MOST_COPIES, "most_looked_at": MOST_LOOKED_AT, "most": _MOST_STORIES}
    return {"now": now, "wrong": wrong, "stories": found, "order": order, "orders": [*StoryOrder], **limits}


async def _show_story(request: Request) -> Response:
    name = request.path_params["story"]
    story_id = read_id(name)
    if story_id is None:
        raise NamedError(f"Stories are named by their ids: {show_wrong(name)} is none.")
    base, other = (read_id(request.query_params.get(key, "")) for key in ("base", "with"))
    page = await look(request, lambda connection: _read_story(connection, story_id, base, other))
    if isinstance(page, str):
        return RedirectResponse(page, 307, HEADERS)
    return render(request, "story.html", **page)


def _read_story(
    connection: Connection, story_id: int, base: int | None, other: int | None
) -> dict[str, Any] | _Elsewhere:
    story = find_story_with_texts(connection, story_id)
    if story is None:
        return _find_elsewhere(connection, story_id)
    now = read_clock(connection).now()
    return {"story": story, "now": now, "plot": draw_spread(story), **compare_copies(story["articles"], base, other)}


def _find_elsewhere(connection: Connection, story_id: int) -> _Elsewhere:
    """Return the path of what a story that has no copies is now: another story, or the one article that is left."""
    if parent := find_parent(connection, story_id):
        return f"/stories/{parent}"
    if left := list_copies(connection, story_id, 1):
        return f"/articles/{left[0]['id']}"
    raise NamedError(f"There is no story {story_id}, or all of its articles were deleted.")


ROUTES = [Route("/stories", _list_stories), Route("/stories/{story}", _show_story)]
