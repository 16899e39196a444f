"""The kinds of feeds there are, and how many of each.

Shares, rates, gaps, hours, weekends, bursts and dates without an hour follow 94 real feed documents. What documents
cannot show was chosen: how late they are written, how often a feed falls silent, wakes, moves its hour or its rate.
"""

from dataclasses import dataclass

DORMANT = "dormant"
EVEN = 12


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of feeds: its share of the population, and the ranges its feeds are drawn from."""

    name: str
    share: float
    rates: tuple[float, float]
    """Publications a day: the middle of a log-normal distribution, and its spread as a factor."""
    widths: tuple[float, float]
    """Hours around the peak of the day within which two thirds appear; from ``EVEN`` on the day is even."""
    weekend: tuple[float, float] = (0.2, 1.2)
    """What a day of the weekend brings, compared to another."""
    unrest: float = 0.5
    """By how much (the sigma of a logarithm) the rate swings from month to month."""
    batch: float = 0.0
    """How many more articles a publication brings, on average."""
    by_calendar: float = 0.0
    """Share of the feeds that publish at a fixed minute on fixed days."""
    entries: tuple[int, ...] = (10, 10, 15, 20, 25, 30)
    """How many a document keeps: one of these."""
    undated: float = 0.02
    """Share of the feeds without dates …"""
    hourless: float = 0.0
    """… and of those whose dates are mere days."""
    silences: float = 0.1
    """Chance that a feed falls silent within a year, or wakes from silence."""
    moves: float = 0.1
    """Chance that it moves to another hour."""
    shifts: float = 0.15
    """Chance that it publishes three times as much, or a third, from some day on."""


KINDS = (
    Kind(DORMANT, 0.30, (0.01, 3.0), (3, 8), hourless=0.4, silences=0.04, moves=0.0, shifts=0.0),
    Kind("rare blog", 0.27, (0.012, 2.2), (2, 8), unrest=1.0, hourless=0.4),
    Kind("blog", 0.18, (0.15, 2.5), (1, 6), unrest=0.8, batch=0.05, hourless=0.2),
    Kind("podcast", 0.09, (0.14, 1.6), (0, 1), (0.3, 1.0), by_calendar=0.7),
    Kind("clockwork", 0.05, (1.0, 1.8), (0, 0), (0.0, 1.0), by_calendar=1.0),
    Kind("bursty", 0.03, (0.2, 2.5), (2, 8), unrest=1.0, batch=6.0, entries=(20, 30, 50, 100)),
    Kind("newsroom", 0.07, (9.0, 2.2), (4, 7), (0.3, 0.9), unrest=0.2, batch=0.2, entries=(10, 20, 25, 30, 50, 60)),
    Kind("wire", 0.01, (90.0, 1.8), (6, 14), (0.5, 1.0), unrest=0.1, batch=0.2, entries=(20, 50, 100, 100)),
)
