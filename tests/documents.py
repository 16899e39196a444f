"""Feed documents for tests, and pages that name them, as small as they can be."""

from collections.abc import Iterable

# Nothing that one of them says stands in another.
PARAGRAPHS = """
The harbour bridge was opened again on Monday after two winters of repairs to its piers, which had been eaten away by
the tide faster than anyone had reckoned when it was built. The first cars crossed at dawn, behind a brass band.

Librarians counted three hundred and twelve gulls on the roof of the central library, one more than in the year before,
and for the first time a heron, which left before the count was over and was entered in pencil only.

A well that nobody had known of was found under number nine when the cellar was drained; it is some eleven metres deep
and lined with brick, and the owner means to keep it, with a grating, as soon as the council has been to see it.

The night market moves indoors for the season: forty stalls will be set up in the old tram depot, whose roof was mended
in autumn, and the organisers ask for patience with the heating, which dates from nineteen twenty-eight.
""".strip().split("\n\n")


def rss(items: Iterable[str], title: str = "A feed", site: str = "http://127.0.0.1/", head: str = "") -> bytes:
    """An RSS 2.0 document of ready-made items."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>{site}</link><description>News</description>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(name: str, text: str = "Some text of the article.", link: str | None = None, guid: str | None = None) -> str:
    """An item called ``name``, which is also its guid unless that is given."""
    return (
        f'<item><guid isPermaLink="false">{guid or name}</guid><title>{name}</title>'
        f"<link>{link or f'http://127.0.0.1/{name}'}</link><pubDate>Mon, 23 Nov 2026 07:30:00 +0000</pubDate>"
        f"<description>{text}</description></item>"
    )


def page(*hrefs: str) -> bytes:
    """A web page that names these feeds, and what else a browser would load."""
    links = (f'<link rel="alternate" type="application/rss+xml" href="{href}">' for href in hrefs)
    others = "<link rel=icon href=/icon.png><link rel=stylesheet href=/style.css><script src=/x.js></script>"
    return f"<!doctype html><html><head>{others}{''.join(links)}</head><body><img src=/x.png></body></html>".encode()


def entry(guid: str = "", link: str = "", title: str = "", text: str = "", published: str = "") -> str:
    """An RSS item of exactly what is given; ``published`` is a day and an hour of June 2024, such as ``4 07:30``."""
    day, _, hour = published.partition(" ")
    return (
        "<item>"
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + (f"<link>{link}</link>" if link else "")
        + (f"<title>{title}</title>" if title else "")
        + (f"<description>{text}</description>" if text else "")
        + (f"<pubDate>{int(day):02} Jun 2024 {hour}:00 +0000</pubDate>" if published else "")
        + "</item>"
    )
