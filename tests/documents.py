"""Feed documents for tests, and pages that name them, as small as they can be."""

from collections.abc import Iterable


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
