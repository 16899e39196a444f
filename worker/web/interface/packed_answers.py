"""Answers in JSON: with a tag by which a reader asks whether anything has changed (RFC 9110, section 8.8.3), packed."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from xxhash import xxh3_64_hexdigest

from worker.web.answers import HEADERS
from worker.web.conditional_requests import is_known

JSON = "application/json"
_KEPT = HEADERS | {"Cache-Control": "private, no-cache", "Vary": "Accept, Accept-Encoding, Authorization, Cookie"}
# Less is not worth it; the least effort saves most bytes, and any more takes longer than finding the rows.
_WORTH_PACKING, _EFFORT = 1_000, 1


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of an answer."""

    body: bytes
    tag: str
    is_gzip: bool


def pack(request: Request, body: bytes) -> Packed:
    """Return a body as its reader takes it; it takes a thread, for compressing a megabyte takes a while."""
    tag = xxh3_64_hexdigest(body)
    if len(body) < _WORTH_PACKING or not _accepts_gzip(request.headers.get("accept-encoding", "")):
        return Packed(body, tag, is_gzip=False)
    return Packed(gzip.compress(body, _EFFORT, mtime=0), tag, is_gzip=True)


def answer_packed(request: Request, packed: Packed, more: Mapping[str, str], media_type: str = JSON) -> Response:
    """Return the answer, without its body where its reader has that already."""
    # Weak: the same rows compressed and not have one tag.
    headers = _KEPT | {"ETag": f'W/"{packed.tag}"'} | dict(more)
    if is_known(request.headers, packed.tag):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    if packed.is_gzip:
        headers["Content-Encoding"] = "gzip"
    return Response(packed.body, headers=headers, media_type=media_type)


def _accepts_gzip(said: str) -> bool:
    for each in said.lower().split(","):
        coding, _, weight = each.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
