"""The description of the interface, OpenAPI 3.1: made of the endpoints, their parameters and the schemas of answers."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from worker.web.interface.answer_schemas import SCHEMAS, named
from worker.web.interface.endpoints import Endpoint
from worker.web.interface.packed_answers import JSON
from worker.web.interface.parameters import Parameter

_PROBLEM_JSON = "application/problem+json"
_DESCRIPTION = (
    "What the store has, read-only, with the fields of the commands' `--json`. Moments are in UTC, durations in "
    "seconds. Lists go on by the cursor in `next`, which stays right whatever is stored meanwhile. A parameter that is "
    "unknown, or wrong, is refused by a problem that names it."
)
_ANY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The token of FEEDMILL_WEB_TOKEN."},
    "basic": {"type": "http", "scheme": "basic", "description": "Any name, with the token as password."},
}


def describe_interface(endpoints: Sequence[Endpoint]) -> Mapping[str, Any]:
    """Return the document of OpenAPI."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _describe_operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Feedmill",
            "version": version("feedmill"),
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        # Where no token is set, this machine alone may ask, without one.
        "security": [{}, {"bearer": []}, {"basic": []}],
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": _SCHEMES},
    }


def _describe_operation(endpoint: Endpoint) -> Mapping[str, Any]:
    content = {JSON: {"schema": endpoint.answer}} | {kind: {"schema": each} for kind, each in endpoint.also.items()}
    answers: dict[str, Any] = {str(int(endpoint.status)): {"description": "What was asked for.", "content": content}}
    if endpoint.method == "GET":
        answers["304"] = {"description": "It is as the tag in If-None-Match says."}
    for status in {*_ANY, *endpoint.refusals}:
        refusal = {"description": f"{status.phrase}.", "content": {_PROBLEM_JSON: {"schema": named("Problem")}}}
        answers[str(int(status))] = refusal
    places = [(endpoint.in_path, "path"), (endpoint.query, "query")]
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [_describe_parameter(each, place) for known, place in places for each in known],
        "responses": answers,
    }
    if endpoint.body:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": endpoint.body}}}
        operation["security"] = [{"bearer": []}, {"basic": []}]
    return operation


def _describe_parameter(parameter: Parameter, place: str) -> Mapping[str, Any]:
    default = {} if parameter.default is None else {"default": parameter.default}
    # A list is one text, with commas.
    style = {"style": "form", "explode": False} if parameter.schema["type"] == "array" else {}
    return {
        "name": parameter.name,
        "in": place,
        "description": parameter.said,
        "required": place == "path" or parameter.is_required,
        "schema": {**parameter.schema, **default},
        **style,
    }
