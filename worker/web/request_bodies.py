"""Reading the body of a request: of so many bytes at the most, and within half a minute."""

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

# Seconds in which a body must have come whole.
_LONGEST_TRANSFER = 30


async def read_body(request: Request, most: int) -> bytes:
    """Return the body of a request; HTTPException where it is larger, comes too slowly or not whole."""
    body = bytearray()
    try:
        async with asyncio.timeout(_LONGEST_TRANSFER):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body has over {most:,} bytes")
    except TimeoutError as error:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "The body took too long to come") from error
    except ClientDisconnect as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The body did not come whole") from error
    return bytes(body)
