"""The outbox over HTTP: changes after a cursor, those there are, the next, or all for as long as somebody listens."""

from collections.abc import Mapping
from http import HTTPStatus

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from worker.basics.json_lines import write_object
from worker.basics.units import LARGEST_ID
from worker.outbox import Change
from worker.web.interface.answer_schemas import list_of, named
from worker.web.interface.endpoints import Endpoint
from worker.web.interface.packed_answers import answer_packed, pack
from worker.web.interface.parameters import read_parameters, whole
from worker.web.interface.row_schemas import make_object
from worker.web.live_changes import EVENT_STREAM, LiveChanges, answer_events, data_event, read_since

# Less than the time in which an answer must have been taken.
_LONGEST_WAIT = 60
_SINCE = whole("since", "Begin after this cursor; 0: with the oldest change kept. Without: from now on.", 0, LARGEST_ID)
_WAIT = whole("wait", "Seconds to wait for a change where there is none yet.", 0, _LONGEST_WAIT, 0)


async def _answer_changes(request: Request) -> Response:
    values = read_parameters(request, (_SINCE, _WAIT))
    live: LiveChanges = request.app.state.live_changes
    is_stream = EVENT_STREAM in request.headers.get("accept", "")
    cursor = await live.begin(request, read_since(request) if is_stream else values["since"])
    if is_stream:
        return answer_events(request, live.follow(request, cursor), _write_event)
    with live.places.taken(request.app.state.access.visitor(request)):
        changes = await live.wait_for_changes(request, cursor, values["wait"])
    newest = changes[-1]["cursor"] if changes else cursor
    more = {"Link": f'<{ENDPOINT.path}?since={newest}>; rel="next"'}
    packed = await to_thread.run_sync(lambda: pack(request, write_object({"changes": changes, "cursor": newest})))
    return answer_packed(request, packed, more)


def _write_event(change: Change) -> bytes:
    return data_event(change["cursor"], write_object(change).decode())


_ANSWER: Mapping[str, object] = make_object(
    {
        "changes": list_of(named("Change")),
        "cursor": {"type": "integer", "description": "The cursor to go on after, though there is no change"},
    }
)
ENDPOINT = Endpoint(
    "/v1/changes",
    "follow_changes",
    "Changes as they were committed, none twice and none left out; as server-sent events, for as long as one listens",
    _ANSWER,
    _answer_changes,
    query=(_SINCE, _WAIT),
    refusals=[HTTPStatus.GONE],
    also={EVENT_STREAM: {"type": "string", "description": "An event for each change: its cursor, and it in JSON."}},
)
