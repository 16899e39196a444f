"""Parameters of requests: what each is called, means and may be. Requests are read, and OpenAPI is written, by them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import Request

from worker.basics.text import is_storable, show_wrong
from worker.basics.units import LARGEST_ID
from worker.web.failures import ParameterError

Values = Mapping[str, Any]
"""What a request asks for: its parameters by name, those that it does not give with their defaults."""
_WHOLE = re.compile("[0-9]{1,19}")
_LONGEST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a request's query, or of its path."""

    name: str
    said: str
    """What it means, in a sentence."""
    expected: str
    """What it may be, as ``NAME is …`` goes on."""
    read: Callable[[str], Any]
    """Returns the value of a text; ValueError where it is none."""
    schema: Mapping[str, Any]
    default: Any = None
    is_required: bool = False


def whole(name: str, said: str, least: int, most: int, default: int | None = None) -> Parameter:
    """Return a parameter that is a whole number within bounds."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    bound = f" to {most:,}" if most < LARGEST_ID else ""
    schema = {"type": "integer", "minimum": least, "maximum": most, "format": "int64"}
    return Parameter(name, said, f"a whole number from {least}{bound}", read, schema, default)


def words(name: str, said: str, *, longest: int = _LONGEST_TEXT, is_required: bool = False) -> Parameter:
    """Return a parameter that is a text."""

    def read(text: str) -> str:
        if not text.strip() or not is_storable(text) or len(text) > longest:
            raise ValueError
        return text

    expected = f"text without NUL, not blank, of at most {longest:,} characters"
    schema = {"type": "string", "minLength": 1, "maxLength": longest, "pattern": r"^[^\u0000]*\S[^\u0000]*$"}
    return Parameter(name, said, expected, read, schema, is_required=is_required)


def choice(name: str, said: str, choices: Iterable[str], default: str | None = None) -> Parameter:
    """Return a parameter that is one of several words."""
    known = [str(each) for each in choices]

    def read(text: str) -> str:
        if text not in known:
            raise ValueError
        return text

    return Parameter(name, said, f"one of {', '.join(known)}", read, {"type": "string", "enum": known}, default)


def switch(name: str, said: str) -> Parameter:
    """Return a parameter that is true or false; false where it is not given."""

    def read(text: str) -> bool:
        if text not in {"true", "false"}:
            raise ValueError
        return text == "true"

    return Parameter(name, said, "true or false", read, {"type": "boolean"}, default=False)


def some_of(name: str, said: str, names: Sequence[str]) -> Parameter:
    """Return a parameter that is a list of names, which commas separate."""

    def read(text: str) -> tuple[str, ...]:
        asked = tuple(dict.fromkeys(text.split(",")))
        if not set(asked) <= set(names):
            raise ValueError
        return asked

    schema = {"type": "array", "items": {"type": "string", "enum": list(names)}, "minItems": 1, "uniqueItems": True}
    return Parameter(name, said, f"a list, separated by commas, of {', '.join(names)}", read, schema)


def read_parameters(request: Request, known: Sequence[Parameter]) -> dict[str, Any]:
    """Return what a request asks for; ParameterError names the first that is unknown, given twice, or wrong."""
    by_name = {parameter.name: parameter for parameter in known}
    found: dict[str, Any] = {}
    for name, text in _split_query(request.scope["query_string"]):
        if name not in by_name:
            told = f"the parameters here are {', '.join(by_name)}" if by_name else "there are no parameters here"
            raise ParameterError(name, f"There is no parameter {show_wrong(name)}: {told}")
        if name in found:
            raise ParameterError(name, f"{name} is given twice")
        found[name] = _read(by_name[name], text)
    for parameter in known:
        if parameter.is_required and parameter.name not in found:
            raise ParameterError(parameter.name, f"{parameter.name} is missing: {parameter.expected}")
    return {parameter.name: parameter.default for parameter in known} | found


def read_path(request: Request, known: Sequence[Parameter]) -> dict[str, Any]:
    """Return the parameters of a request's path; HTTPException where what it names cannot be there."""
    try:
        return {parameter.name: parameter.read(request.path_params[parameter.name]) for parameter in known}
    except ValueError as error:
        raise HTTPException(404) from error


def _read(parameter: Parameter, text: str) -> Any:
    try:
        return parameter.read(text)
    except ValueError as error:
        raise ParameterError(
            parameter.name, f"{parameter.name} is {parameter.expected}; not {show_wrong(text)}"
        ) from error


def _split_query(query: bytes) -> Iterable[tuple[str, str]]:
    for part in filter(None, query.split(b"&")):
        name, _, value = part.partition(b"=")
        yield _decode(name, "A parameter's name"), _decode(value, _decode(name, "A parameter's name"))


def _decode(said: bytes, what: str) -> str:
    try:
        return unquote_to_bytes(said.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as error:
        raise ParameterError(what, f"{what} is not UTF-8") from error
