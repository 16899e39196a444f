"""The HTML of an article as it is stored, as a document of its own that can do nothing but be read.

Its own policy, not the frame that shows it, makes it so: it has an origin of its own, runs and sends nothing, and loads
nothing but, where its reader asks for them, pictures and players from wherever they are. What is stored was cleaned
when it came; it is cleaned again as it goes, for an older policy may have let in what today's does not.
"""

import base64
import hashlib

from markupsafe import Markup
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from worker.database.article_tables import ArticleRow
from worker.normalise.html_policy import drop_media
from worker.normalise.sanitise import sanitise
from worker.web.looking import look
from worker.web.pages.article_pages import SANDBOX, missing_article, read_article_id
from worker.web.pages.rendering import plain
from worker.web.pages.static_files import content_of

# Within the document, for it may load nothing; the policy names it by its hash.
_STYLE = content_of("stored.css")
_HASH = base64.b64encode(hashlib.sha256(_STYLE).digest()).decode()
_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_WITH_PICTURES = "; img-src http: https:; media-src http: https:"
# No Cross-Origin-Opener-Policy: with a sandbox, browsers show nothing then.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-cache",
}
_DOCUMENT = Markup(
    '<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><base target="_blank">'
    '<style>{style}</style></head>\n<body dir="auto">\n{body}\n</body></html>\n'
)


async def _show_html(request: Request) -> Response:
    article_id = read_article_id(request)
    with_pictures = request.query_params.get("pictures") == "1"
    page = await look(request, lambda connection: _write_document(connection, article_id, with_pictures=with_pictures))
    policy = _POLICY + (_WITH_PICTURES if with_pictures else "")
    return HTMLResponse(page, headers={"Content-Security-Policy": policy} | _HEADERS)


def _write_document(connection: Connection, article_id: int, *, with_pictures: bool) -> str:
    columns = (ArticleRow.title, ArticleRow.html, ArticleRow.language)
    found = connection.execute(select(*columns).where(ArticleRow.id == article_id)).one_or_none()
    if found is None:
        raise missing_article(connection, article_id)
    html = sanitise(found.html)
    return _DOCUMENT.format(
        language=found.language or "",
        title=plain(found.title),
        style=Markup(_STYLE.decode()),  # noqa: S704 -- our own
        body=Markup(html if with_pictures else drop_media(html)),  # noqa: S704 -- cleaned, in a document that can do nothing
    )


ROUTES = [Route("/articles/{article}/html", _show_html)]
