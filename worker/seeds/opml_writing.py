"""Writing OPML 2.0 that reads back: the same feeds, with their titles, sites and tags."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from worker.basics.text import clean
from worker.manage.feeds import NewFeed

_LONGEST = 4_000


def write_opml(feeds: Iterable[tuple[str | None, NewFeed]], title: str, created_at: datetime) -> Iterator[bytes]:
    """Yield a document that lists feeds, one a line: those of each tag that follow one another are in one folder.

    A feed of several tags comes with each of them, as in other programs' lists.
    """
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head>\n'
        f"<title>{escape(title)}</title>\n<dateCreated>{format_datetime(created_at)}</dateCreated>\n</head>\n<body>\n"
    ).encode()
    for tag, tagged in groupby(feeds, key=lambda pair: pair[0]):
        name = _attribute(tag or "")
        yield f"<outline text={name} title={name}>\n".encode() if tag else b""
        yield from (_outline(feed) for _, feed in tagged)
        yield b"</outline>\n" if tag else b""
    yield b"</body>\n</opml>\n"


def _outline(feed: NewFeed) -> bytes:
    name = _attribute(feed.title or feed.url)
    site = f" htmlUrl={_attribute(feed.site_url)}" if feed.site_url else ""
    return f'<outline type="rss" text={name} title={name} xmlUrl={_attribute(feed.url)}{site}/>\n'.encode()


def _attribute(text: str) -> str:
    # quoteattr also writes tabs and line breaks as references; a parser would turn them into spaces otherwise.
    return quoteattr(clean(text, _LONGEST))
