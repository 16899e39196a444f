"""Rendering a page: one environment of templates, and how they write moments, numbers and names.

Whatever a template writes is escaped; only what this module calls ``Markup`` is not. Text of feeds stands in ``<bdi>``,
so that its direction does not reach the text around it, and has no characters that reorder it.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from worker.basics.moments import from_now, in_utc, show_moment
from worker.basics.units import counted, show_duration, show_size
from worker.web.answers import path_of
from worker.web.pages.static_files import address_of

# What a page may load: its own style, scripts, pictures and frames, and nothing of anybody else.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-cache",
}
# Controls, and what reorders the text around it (Unicode Bidirectional Algorithm, section 2).
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def render(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """Return a page made of a template; ``values`` are what it may name."""
    with in_utc():
        page = _environment().get_template(template).render(request=request, status=int(status), **values)
    return HTMLResponse(page, status, HEADERS)


def show_text(text: object) -> Markup:
    """Write a text of a feed, whatever it holds."""
    return Markup("<bdi>{}</bdi>").format(plain(text))


def plain(text: object) -> str:
    """Return a text without what no page gets."""
    return _UNSHOWN.sub("", "" if text is None else str(text))


def show_plot(drawn: str) -> Markup:
    """Write a plot of ``worker.plots``, which has escaped all that came from outside."""
    return Markup(drawn)  # noqa: S704 -- markup of ours


def link_outward(url: object, words: object = None) -> Markup:
    """Write a link to a page of somebody else, which opens apart and learns nothing of ours; else what it would say."""
    shown, address = show_text(url if words is None else words), plain(url)
    if not address.lower().startswith(("http://", "https://")):
        return shown
    written = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
    return written.format(address, shown)


def show_ago(moment: datetime | None, now: datetime) -> Markup:
    """Write how far a moment is from now; the moment itself is its title."""
    return _show_time(moment, from_now(moment, now)) if moment else Markup("")


def show_when(moment: datetime | None) -> Markup:
    """Write a moment, in UTC until a script shows it in the reader's own zone."""
    return _show_time(moment, show_moment(moment)) if moment else Markup("")


def _show_time(moment: datetime, words: str) -> Markup:
    written = Markup('<time datetime="{}" title="{}">{}</time>')
    return written.format(moment.isoformat().replace("+00:00", "Z"), show_moment(moment), words)


def show_number(number: int | None) -> str:
    """Write a number with its thousands apart; None is nothing."""
    return "" if number is None else f"{number:,}"


def show_span(span: timedelta | None) -> str:
    """Write a duration; None is nothing."""
    return "" if span is None else show_duration(span)


def lead(text: str | None, longest: int = 240) -> str:
    """Return the beginning of a text, cut at a word."""
    words = " ".join((text or "").split())
    return words if len(words) <= longest else f"{words[:longest].rpartition(' ')[0] or words[:longest]}…"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("worker.web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "shown": show_text,
        "plain": plain,
        "plot": show_plot,
        "outward": link_outward,
        "ago": show_ago,
        "when": show_when,
        "number": show_number,
        "span": show_span,
        "size": show_size,
        "lead": lead,
        "counted": counted,
    }
    made.globals |= {"static": address_of, "path_of": path_of}
    return made
