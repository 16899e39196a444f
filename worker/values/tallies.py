"""What is counted, in memory at first: how often something happened, and how long it took.

A process adds what it has counted to the store's tallies once a task (``database/tally_table.py``), and `feedmill
metrics` shows these as the counters and histograms of Prometheus.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import TypeAlias

from worker.errors import ErrorClass
from worker.values.outcomes import Outcome, PollRecord


def write_labels(**labels: str) -> str:
    """Write labels as Prometheus has them between braces; those without a value are left out."""
    return ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items() if value)


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


@dataclass(frozen=True, slots=True, eq=False)
class Tallied:
    """Something that is counted: its name, what it says, and for seconds the upper bounds of the counts."""

    name: str
    help: str
    bounds: tuple[float, ...] = ()
    """Empty for what is only counted; another row of bounds needs another name, for the former counts stay."""
    kinds: tuple[str, ...] = ("",)
    """The labels that are shown from the start, at zero: what appears at one has not risen, to Prometheus."""


def _kinds(label: str, *values: str) -> tuple[str, ...]:
    return tuple(write_labels(**{label: value}) for value in values)


_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_LONG = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BY_POLL, BY_FILE = _BROUGHT = _kinds("brought_by", "poll", "file")
DOCUMENTS, NO_DOCUMENTS = _STORED = _kinds("stored", "documents", "unchanged or failed")
TAKEN, FAILED = _ENDED = _kinds("outcome", "taken", "failed")

POLLS = Tallied("feedmill_polls_total", "Polls that ended, by outcome.", kinds=_kinds("outcome", *Outcome))
ERRORS = Tallied("feedmill_poll_errors_total", "Failed polls, by class.", kinds=_kinds("error_class", *ErrorClass))
NEW_ARTICLES = Tallied("feedmill_articles_new_total", "Articles stored first, by what brought them.", kinds=_BROUGHT)
UPDATED_ARTICLES = Tallied("feedmill_articles_updated_total", "Articles reworded, by what did it.", kinds=_BROUGHT)
GROUPED_ARTICLES = Tallied("feedmill_articles_grouped_total", "Articles that were told apart into stories.")
RECEIVED_BYTES = Tallied("feedmill_received_bytes_total", "Bytes of documents that polls received, as sent.")
CLAIMED_HOSTS = Tallied("feedmill_claimed_hosts_total", "Hosts that workers claimed.")
CLAIMED_FEEDS = Tallied("feedmill_claimed_feeds_total", "Due feeds that workers claimed with their hosts.")
DELIVERIES = Tallied("feedmill_deliveries_total", "Deliveries to webhooks, by how they ended.", kinds=_ENDED)
PRUNED = Tallied("feedmill_pruned_total", "What retention has removed, by what it was.", kinds=())
CLAIM_SECONDS = Tallied("feedmill_claim_seconds", "Seconds that a claim took which found hosts.", _SHORT)
FETCH_SECONDS = Tallied("feedmill_fetch_seconds", "Seconds from asking a host to the end of its answer.", _LONG)
PARSE_SECONDS = Tallied("feedmill_parse_seconds", "Seconds that reading a document took.", _SHORT)
STORE_SECONDS = Tallied("feedmill_store_seconds", "Seconds that a commit took, by what it stored.", _SHORT, _STORED)
TALLIED = (
    POLLS,
    ERRORS,
    NEW_ARTICLES,
    UPDATED_ARTICLES,
    GROUPED_ARTICLES,
    RECEIVED_BYTES,
    CLAIMED_HOSTS,
    CLAIMED_FEEDS,
    DELIVERIES,
    PRUNED,
    CLAIM_SECONDS,
    FETCH_SECONDS,
    PARSE_SECONDS,
    STORE_SECONDS,
)
"""All that is counted, in the order in which it is shown."""

SUM, ENDLESS = "sum", "+Inf"
Part: TypeAlias = tuple[str, str, str]
"""A name, its labels as Prometheus writes them, and a bound: empty for what is only counted.

Of what has bounds it is the least one that is not below what was counted, ``ENDLESS`` beyond all, and ``SUM`` for the
seconds together.
"""


class Tally:
    """What has been counted and not been added to the store yet; a class because it counts from task to task."""

    def __init__(self) -> None:
        self.counts: dict[Part, float] = defaultdict(float)

    def count(self, what: Tallied, by: float = 1, labels: str = "") -> None:
        """Count something; ``labels`` are few words of ours, never what came from outside."""
        self.counts[what.name, labels, ""] += by

    def observe(self, what: Tallied, seconds: float, labels: str = "") -> None:
        """Count how long something took."""
        parts = _list_parts(what, labels)
        self.counts[parts[bisect_left(what.bounds, seconds)]] += 1
        self.counts[parts[-1]] += seconds

    @contextmanager
    def timing(self, what: Tallied, labels: str = "") -> Iterator[None]:
        """Count how long something took, unless it failed."""
        began = perf_counter()
        yield
        self.observe(what, perf_counter() - began, labels)

    def count_poll(self, record: PollRecord) -> None:
        """Count a poll, what it brought, and how long its host took."""
        self.counts[_OUTCOMES[str(record.outcome)]] += 1
        if record.error:
            self.count(ERRORS, labels=write_labels(error_class=record.error.error_class))
        self.observe(FETCH_SECONDS, record.duration.total_seconds())
        if record.bytes_received:
            self.count(RECEIVED_BYTES, record.bytes_received)
        if record.new or record.updated:
            self.count_articles(record.new, record.updated, BY_POLL)

    def count_articles(self, new: int, updated: int, labels: str) -> None:
        """Count new and revised articles by what brought them: ``BY_POLL`` or ``BY_FILE``."""
        if new:
            self.count(NEW_ARTICLES, new, labels)
        if updated:
            self.count(UPDATED_ARTICLES, updated, labels)


@cache
def _list_parts(what: Tallied, labels: str) -> Sequence[Part]:
    """Return under what durations count: by their bounds from the least up, at last the seconds together."""
    return [(what.name, labels, bound) for bound in (*map(str, what.bounds), ENDLESS, SUM)]


# By plain strings: to find a member of an enumeration in a table costs a call.
_OUTCOMES = {str(outcome): (POLLS.name, write_labels(outcome=outcome), "") for outcome in Outcome}
