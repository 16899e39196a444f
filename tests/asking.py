"""Asking the web application without a server: as whoever, from wherever, with whatever headers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.types import ASGIApp, Message, Scope

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered; headers by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def ask(
    application: ASGIApp,
    target: str,
    headers: Mapping[str, str] = {},
    *,
    method: str = "GET",
    client: str = LOOPBACK,
    body: bytes | None = b"",
) -> Answered:
    """Return what is answered to a request for a path and its query; without a body whoever asks breaks off."""
    return asyncio.run(_ask(application, make_scope(target, headers, method=method, client=client), body))


def make_scope(
    target: str,
    headers: Mapping[str, str] = {},
    *,
    method: str = "GET",
    client: str = LOOPBACK,
) -> Scope:
    """Return a request as a server hands it to the application; it is asked for by a name of this machine."""
    path, _, query = target.partition("?")
    said = {"host": "localhost:8000", **{name.lower(): value for name, value in headers.items()}}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in said.items()],
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8000),
    }


async def _ask(application: ASGIApp, scope: Scope, body: bytes | None) -> Answered:
    sent: list[Message] = []
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    if body is None:
        left = [{"type": "http.disconnect"}]
    never = asyncio.Event()

    async def receive() -> Message:
        if not left:
            await never.wait()
        return left.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, receive, send)
    start = sent[0]
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answered(start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))
