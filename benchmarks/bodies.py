"""Feed documents for measuring: about 80 kB and 20 entries of plausible prose, the same at every run."""

import random
from collections.abc import Sequence
from pathlib import Path

ENTRIES = 20
# Stands for the feed's number, in guids and links alike; as long as a number, so that all bodies have one length.
MARK = b"@FEED@"
_NO_FEED = b"000000"

# Characters of an entry's body; with the rest of it about 4 kB.
_ITEM = 3_600
_WORDS = (
    "harbour council bridge winter market ferry minister report figures schools rain budget library inquiry river "
    "station workers prices evening theatre museum engineers villagers election vote strike hospital storm power line "
    "committee doctors farmers coast railway court judge appeal decision week month year people city county region"
).split()
_LINKS = ("the", "a", "of", "in", "for", "on", "with", "after", "before", "and", "said", "will", "has", "was", "its")


def sentence(chance: random.Random) -> str:
    """Return a sentence of ten to twenty-five words."""
    words = [chance.choice(_WORDS if place % 2 else _LINKS) for place in range(chance.randint(10, 25))]
    return " ".join(words).capitalize() + "."


def paragraph(chance: random.Random) -> str:
    """Return a paragraph as feeds mark it up: with a link or emphasis now and then."""
    sentences = [sentence(chance) for _ in range(chance.randint(3, 6))]
    sentences[0] = (
        f'<a href="https://news.example/{chance.randrange(10**6)}">{sentences[0][:20]}</a>{sentences[0][20:]}'
    )
    return f"<p>{' '.join(sentences)} <em>{sentence(chance)}</em></p>"


def item(number: int) -> bytes:
    """Return entry ``number`` of any feed as an RSS item of about 4 kB."""
    chance = random.Random(number)
    body = f'<p><img src="https://news.example/{number}.jpg" alt="Picture {number}" width="640" height="360"></p>'
    while len(body) < _ITEM:
        body += paragraph(chance)
    title = f"{sentence(chance)[:60]} ({number})"
    link = f"https://news.example/{MARK.decode()}/{number}?utm_source=rss"
    return (
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{MARK.decode()}-{number}</guid>'
        f"<dc:creator>Reporter {number % 7}</dc:creator><category>News</category><category>Town</category>"
        f"<pubDate>Mon, 23 Nov 2026 {number % 24:02}:{number % 60:02}:00 +0000</pubDate>"
        f"<description>{sentence(chance)}</description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
    ).encode()


def made_document(newest: int, entries: int = ENTRIES, shared: int = 0) -> bytes:
    """Return the document whose newest entry is ``newest``, with marks where a feed's number belongs.

    The feed itself and its entries up to ``shared`` have no mark: they are the same whatever feed it is.
    """
    head = (
        b'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        b'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Feed @FEED@</title>'
        b"<link>https://news.example/</link><description>News</description><language>en</language>"
    )
    items = [item(number) for number in range(newest, newest - entries, -1)]
    first = newest - shared if shared else entries
    # As long as a mark, so that all documents have one length.
    old = b"".join(items[first:]).replace(MARK, _NO_FEED)
    return (head.replace(MARK, _NO_FEED) if shared else head) + b"".join(items[:first]) + old + b"</channel></rss>"


def read_documents(folder: Path) -> Sequence[bytes]:
    """Return the documents of a folder, which then take the place of made ones; each goes to many feeds."""
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
