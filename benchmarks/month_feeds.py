"""A thousand publishers of one simulated month: what each publishes and when, and what its document says at a moment.

All of it follows from a feed's number, so that whoever checks a store knows what had been published, without asking.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from random import Random

DAY = 86_400
BEFORE = 20 * DAY
"""So long before the month the feeds began to publish, in seconds."""
MONTH = 30 * DAY
A_PAGE = 20
"""Entries of a page of an archive (RFC 5005)."""
_WINDOWS = (15, 30, 60)
_SHORT_WINDOW = 8
# Entries a day, and how many feeds in ten publish so often.
_RATES = ((0.4, 2), (2.0, 3), (8.0, 3), (30.0, 2))
_BURST, _BURST_TAKES = 45, 1200
_WORDS = "rain market council river strike ferry harvest court bridge school vote ship fire road union winter".split()


class Trait(StrEnum):
    """What is peculiar about a feed; most are plain."""

    SILENT = "silent"
    FUTURE = "future dates"
    UNDATED = "undated"
    RENEWING = "guids made anew"
    TRUNCATED = "truncated"
    SPAMMY = "spammy"
    GAPPED = "bursts, with archives"
    GONE = "gone"
    DEAD = "failing"
    MOVED = "moved"
    RETURNING = "brings all of it back"
    PLAIN = "plain"
    OFFICE = "office hours"


# Of twenty feeds in a row.
_TRAITS = (*(each for each in Trait if each is not Trait.PLAIN), *[Trait.PLAIN] * 8)
BEGINS = {
    Trait.SILENT: 12 * DAY,
    Trait.FUTURE: 10 * DAY,
    Trait.RENEWING: 10 * DAY,
    Trait.TRUNCATED: 10 * DAY,
    Trait.SPAMMY: 15 * DAY,
    Trait.GAPPED: 14 * DAY,
    Trait.GONE: 20 * DAY,
    Trait.DEAD: 12 * DAY,
    Trait.MOVED: 8 * DAY,
    Trait.RETURNING: 25 * DAY,
}
"""How far into the month a trait begins to show, in seconds."""
_SPAM_LASTS, _SPAM_RATE = 2 * DAY, 40


@dataclass(frozen=True, slots=True)
class Month:
    """Which month was simulated."""

    feeds: int
    began_at: datetime
    retained: timedelta
    """How long articles are kept once they have left their feeds."""


@dataclass(frozen=True, slots=True)
class MonthFeed:
    """One publisher's feed; moments are seconds since the month began."""

    number: int
    trait: Trait
    window: int
    published: tuple[int, ...]
    """When each of its entries appeared, in order."""

    def count(self, at: float) -> int:
        """Return how many entries have appeared by then."""
        return bisect_right(self.published, at)

    def list_window(self, at: float) -> range:
        """Return the numbers of the entries that its document has then."""
        newest = self.count(at)
        if self.trait is Trait.GAPPED:
            # What no page of the archive has yet.
            return range(newest // A_PAGE * A_PAGE - _SHORT_WINDOW, newest) if newest >= A_PAGE else range(newest)
        if self.trait is Trait.RETURNING and at >= BEGINS[Trait.RETURNING]:
            return range(newest)
        return range(max(0, newest - self.window), newest)

    def guid(self, entry: int, at: float) -> str:
        """Return an entry's guid, as the document has it at a moment."""
        begins = BEGINS[Trait.RENEWING]
        made_anew = f"-{int((at - begins) // (3 * DAY))}" if self.trait is Trait.RENEWING and at >= begins else ""
        return f"{self.number}-{entry}{made_anew}"


@cache
def month_feed(number: int) -> MonthFeed:
    """Return a feed by its number."""
    chance = Random(number)
    trait = _TRAITS[number % len(_TRAITS)]
    rate = chance.choices([rate for rate, _ in _RATES], [weight for _, weight in _RATES])[0]
    if trait in BEGINS:
        # What is peculiar about a feed that hardly publishes cannot show within a month.
        rate = max(rate, 4.0)
    published = _appear(chance, trait, rate)
    return MonthFeed(number, trait, max(chance.choice(_WINDOWS), int(rate * 2)), tuple(sorted(published)))


def _appear(chance: Random, trait: Trait, rate: float) -> Sequence[int]:
    moments = []
    at = -float(BEFORE)
    while True:
        is_spam = trait is Trait.SPAMMY and 0 <= at - BEGINS[trait] < _SPAM_LASTS
        at += chance.expovariate(rate * (_SPAM_RATE if is_spam else 1) / DAY)
        if at >= (BEGINS[trait] if trait is Trait.SILENT else MONTH):
            break
        if trait is not Trait.OFFICE or (8 <= at % DAY / 3600 < 18 and at // DAY % 7 < 5):  # noqa: PLR2004 -- office hours
            moments.append(int(at))
    if trait is Trait.GAPPED:
        for burst in (BEGINS[trait], BEGINS[trait] + 12 * DAY):
            moments += [burst + chance.randrange(_BURST_TAKES) for _ in range(_BURST)]
    return moments


def write_document(feed: MonthFeed, at: float, month_began: datetime, address: str) -> bytes:
    """Return the RSS document that a feed serves at a moment."""
    links = ""
    if feed.trait is Trait.GAPPED and feed.count(at) >= A_PAGE:
        links = _link(address, feed.count(at) // A_PAGE - 1)
    return _write(feed, feed.list_window(at), at, month_began, links)


def write_page(feed: MonthFeed, page: int, month_began: datetime, address: str) -> bytes:
    """Return a page of a feed's archive, whose entries never change."""
    entries = range(page * A_PAGE, (page + 1) * A_PAGE)
    links = "<fh:archive/>" + (_link(address, page - 1) if page else "")
    return _write(feed, entries, feed.published[entries[-1]], month_began, links)


def _link(address: str, page: int) -> str:
    return f'<atom:link rel="prev-archive" href="{address}/{page}"/>'


def _write(feed: MonthFeed, entries: range, at: float, month_began: datetime, links: str) -> bytes:
    items = "".join(_item(feed, entry, at, month_began) for entry in reversed(entries))
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:fh="http://purl.org/syndication/history/1.0">'
        f"<channel><title>Feed {feed.number}</title><link>https://p{feed.number}.example/</link>{links}{items}</channel></rss>"
    ).encode()


def _item(feed: MonthFeed, entry: int, at: float, month_began: datetime) -> str:
    appeared = feed.published[entry]
    shows = BEGINS.get(feed.trait, 0) <= appeared
    told = appeared + (3 * DAY if feed.trait is Trait.FUTURE and shows else 0)
    moment = datetime.fromtimestamp(month_began.timestamp() + told, UTC)
    date = "" if feed.trait is Trait.UNDATED else f"<pubDate>{moment:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
    title, text = _words(feed.number, entry)
    if feed.trait is Trait.TRUNCATED and shows:
        text = f"{text[:140]}…"
    return (
        f"<item><title>{title}</title><link>https://p{feed.number}.example/{entry}</link>"
        f'<guid isPermaLink="false">{feed.guid(entry, at)}</guid>{date}<description>{text}</description></item>'
    )


@lru_cache(maxsize=300_000)
def _words(number: int, entry: int) -> tuple[str, str]:
    chance = Random(number * 100_003 + entry)
    words = chance.choices(_WORDS, k=70)
    return f"{' '.join(words[:5])} {number}/{entry}", f"{' '.join(words)} {entry} of {number}."
