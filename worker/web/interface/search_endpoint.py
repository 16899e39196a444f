"""Searching: articles by their words, the best or the newest first, each with an excerpt that shows why."""

from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from worker.basics.json_lines import write_object
from worker.errors import UsageError
from worker.look.article_listing import as_shown
from worker.search.query import SearchQuery
from worker.search.query_reading import LONGEST_QUERY, read_query
from worker.search.searching import MOST_ON_A_PAGE, Order, search_articles
from worker.web.failures import ParameterError
from worker.web.interface.answer_schemas import SCHEMAS, list_of
from worker.web.interface.endpoints import Endpoint
from worker.web.interface.packed_answers import Packed, answer_packed, pack
from worker.web.interface.parameters import Values, choice, read_parameters, whole, words
from worker.web.interface.row_schemas import make_object
from worker.web.looking import look

_Q = words(
    "q",
    'What is looked for: words, "a phrase", -not, title:, agency:, since: …',
    longest=LONGEST_QUERY,
    is_required=True,
)
_SORT = choice("sort", "Which come first.", Order, Order.RELEVANCE)
_LIMIT = whole("limit", "How many articles at the most.", 1, MOST_ON_A_PAGE, 20)
_AFTER = words("after", "Where the articles go on: the cursor in `next` of the answer before this one.", longest=400)
_QUERY = (_Q, _SORT, _LIMIT, _AFTER)
_PART = make_object(
    {"text": {"type": "string"}, "is_match": {"type": "boolean", "description": "Whether it is what was looked for"}}
)
_FOUND = {
    **SCHEMAS["Article"]["properties"],
    "excerpt": {**list_of(_PART), "description": "The part of its text that has the most of what was looked for"},
    "score": {"type": ["number", "null"], "description": "How well it matches; null where all match alike"},
}


async def _search(request: Request) -> Response:
    values = read_parameters(request, _QUERY)
    try:
        query = read_query(values["q"])
    except UsageError as error:
        raise ParameterError("q", f"q: {error}") from error
    packed, rest = await look(request, partial(_pack_found, request, query, values))
    return answer_packed(request, packed, {"Link": f'<{rest}>; rel="next"'} if rest else {})


def _pack_found(
    request: Request, query: SearchQuery, values: Values, connection: Connection
) -> tuple[Packed, str | None]:
    page = search_articles(connection, query, limit=values["limit"], order=Order(values["sort"]), after=values["after"])
    asked = {name: value for name, value in values.items() if name != "after"}
    rest = f"{request.url.path}?{urlencode({**asked, 'after': page.after})}" if page.after else None
    articles = [as_shown(article) | {"excerpt": _show_parts(article["excerpt"])} for article in page]
    return pack(request, write_object({"articles": articles, "next": rest})), rest


def _show_parts(excerpt: Iterable[tuple[str, bool]]) -> list[dict[str, Any]]:
    return [{"text": text, "is_match": is_match} for text, is_match in excerpt]


ENDPOINT = Endpoint(
    "/v1/search",
    "search_articles",
    "Articles by their words, the best first, each with an excerpt",
    make_object(
        {
            "articles": list_of(make_object(_FOUND)),
            "next": {"type": ["string", "null"], "description": "Where the next page is; null for the last one."},
        }
    ),
    _search,
    query=_QUERY,
    refusals=[HTTPStatus.NOT_FOUND],
)
