"""What is answered when something fails: a sentence, on a page, as a problem of the API (RFC 9457), or by itself."""

from http import HTTPStatus

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ExceptionHandler

from worker.basics.text import show_wrong
from worker.errors import NamedError, StoreError, UsageError
from worker.web.answers import HEADERS, STORE_FAILURES, answer_text, log_store_failure
from worker.web.pages.rendering import render

API = "/v1/"
_PLAIN = ("/healthz", "/readyz", "/metrics", "/websub/", "/out/", "/static/")
_PROBLEM = "application/problem+json"
_LONGEST_NAME = 100
# Whoever asks for the same again gets the same.
_LASTING = frozenset((400, 404, 405, 414))


class ParameterError(UsageError):
    """A parameter of a request is none, or has a value that cannot be; the sentence says what is accepted."""

    def __init__(self, parameter: str, sentence: str) -> None:
        super().__init__(sentence)
        self.parameter = parameter


def wants_page(request: Request) -> bool:
    """Return whether a person looks at the answer in a browser."""
    path = request.scope["path"]
    return not path.startswith((API, *_PLAIN)) and "text/html" in request.headers.get("accept", "")


def explain(request: Request, sentence: str, status: int, **facts: str) -> Response:
    """Return the answer to a request that cannot be answered as it was meant; ``facts`` are told to programs alone."""
    phrase = HTTPStatus(status).phrase
    if request.scope["path"].startswith(API):
        problem = {"type": "about:blank", "title": phrase, "status": status, "detail": sentence} | facts
        return JSONResponse(problem, status, HEADERS, media_type=_PROBLEM)
    if wants_page(request):
        values = {"title": phrase, "sentence": sentence, "may_pass": status not in _LASTING}
        return render(request, "failure.html", status=status, **values)
    return answer_text(sentence, status)


async def _explain_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = _tell_person(request, error.status_code) if wants_page(request) else None
    answer = explain(request, told or f"{error.detail}.", error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def _tell_person(request: Request, status: int) -> str | None:
    """Say more than the name of a status; None where there is no more to be said."""
    asked = show_wrong(request.scope["path"])
    if status == HTTPStatus.NOT_FOUND:
        return f"There is no page at {asked}: a letter of it may be wrong, or whoever linked to it."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"What is at {asked} can be looked at, but takes no {show_wrong(request.method)}."
    return None


async def _explain_usage(request: Request, error: Exception) -> Response:
    return explain(request, _sentence(str(error)), HTTPStatus.BAD_REQUEST)


async def _explain_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, ParameterError)
    return explain(request, _as_said(error), HTTPStatus.BAD_REQUEST, parameter=error.parameter[:_LONGEST_NAME])


async def _explain_missing(request: Request, error: Exception) -> Response:
    return explain(request, _as_said(error), HTTPStatus.NOT_FOUND)


async def _explain_store_failure(request: Request, error: Exception) -> Response:
    told = log_store_failure(error, request.app.state.engine)
    answer = explain(request, _sentence(told), HTTPStatus.SERVICE_UNAVAILABLE)
    answer.headers["Retry-After"] = "10"
    return answer


async def _explain_fault(request: Request, _error: Exception) -> Response:
    # The server logs the traceback.
    return explain(request, "A fault of Feedmill; its log has the traceback.", HTTPStatus.INTERNAL_SERVER_ERROR)


def _as_said(error: Exception) -> str:
    # Its first word may be a name, whose case counts.
    return f"{str(error).rstrip('.')}."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


HANDLERS: dict[type[Exception] | int, ExceptionHandler] = {
    HTTPException: _explain_refusal,
    ParameterError: _explain_parameter,
    UsageError: _explain_usage,
    NamedError: _explain_missing,
    StoreError: _explain_store_failure,
    **dict.fromkeys(STORE_FAILURES, _explain_store_failure),
    DBAPIError: _explain_store_failure,
    PoolTimeoutError: _explain_store_failure,
    Exception: _explain_fault,
}
