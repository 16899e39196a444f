"""Finding the pages that a reader can come to by links: one of each kind."""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.servers.chromium import Page

_LINKS = "[...document.querySelectorAll('a[href]')].map(each => each.href)"
# What is for programs, or leaves the page.
_NOT_PAGES = ("/v1/", "/out/", "/static/", "/metrics")
_MOST = 40


def crawl(page: Page, begin: str = "/") -> Iterator[tuple[str, int]]:
    """Yield a path of each kind of page that links lead to, and the status of its answer."""
    waiting, kinds = deque([begin]), {_kind_of(begin)}
    while waiting and len(kinds) < _MOST:
        path = waiting.popleft()
        yield path, page.visit(path)
        for link in page.evaluate(_LINKS):
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" != page.origin or parts.path.startswith(_NOT_PAGES):
                continue
            found = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if (kind := _kind_of(found)) not in kinds:
                kinds.add(kind)
                waiting.append(found)


def _kind_of(path: str) -> str:
    """Return what pages of one kind have in common: no numbers, and the names of their parameters alone."""
    return re.sub(r"\d+", "N", re.sub(r"=[^&]*", "", path))
