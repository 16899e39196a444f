"""What answers have in common."""

from starlette.responses import PlainTextResponse, Response

# Nothing that is answered is a page with parts: a browser must not make one of it, nor keep it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def answer_text(text: str, status: int = 200) -> Response:
    """Return an answer of one line of plain text."""
    return PlainTextResponse(f"{text}\n", status, headers=HEADERS)
