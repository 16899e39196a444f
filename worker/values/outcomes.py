"""From schedule to store: when to poll next and why, and all that one poll writes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from worker.errors import PollError
from worker.values.due_feeds import FeedState, Streak, Validators
from worker.values.entries import GuidRule
from worker.values.schedules import Hints, Move, Rhythm


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to poll next, and why, in words a person understands; ``at`` is null when never."""

    at: datetime | None
    reason: str
    streak: Streak = field(default_factory=Streak)
    """Empty after a success."""
    interval: timedelta | None = None
    host_wait: timedelta | None = None
    """How long the whole host wants to be left alone (429, 503); null for the ordinary gap."""
    ends_as: FeedState | None = None
    """The state in which polling the feed ends: gone or quarantined; null while it goes on."""


class Outcome(StrEnum):
    """How a poll ended."""

    NEW = "new"
    UNCHANGED = "unchanged"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One visit of one feed, as the ledger keeps it."""

    feed_id: int
    url: str
    started_at: datetime
    duration: timedelta
    outcome: Outcome
    next_poll: NextPoll
    http_status: int | None = None
    error: PollError | None = None
    bytes_received: int = 0
    entries: int | None = None
    new: int = 0
    updated: int = 0
    parser: str | None = None
    note: str | None = None
    """Anything a reader of the ledger should know, such as entries left out."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """All that one poll writes, together or not at all."""

    record: PollRecord
    host_id: int | None
    """Null for a seed file, which no host serves."""
    token: str | None
    """The lease under which the poll ran: scheduling state is written only while it holds."""
    instructions: int = 0
    """How often somebody had said what to do with the feed when it was claimed; since then once more, and this poll
    decides nothing."""
    edition: int | None = None
    """Of the feed when it was claimed, where the poll found nothing to read: documents that were stored since may not
    say what it left unread. None for any other poll."""
    validators: Validators = field(default_factory=Validators)
    """To be sent with the next request; a failed poll keeps those that are stored."""
    body_hash: bytes | None = None
    title: str | None = None
    site_url: str | None = None
    hints: Hints | None = None
    """Of the document, to be kept for polls that bring none; null where none was read."""
    rhythm: Rhythm | None = None
    """As of this poll; null where nothing was learnt."""
    move: Move | None = None
    """The permanent redirect that a successful poll was led by, if any."""
    is_move_changed: bool = False
    """Whether that differs from what is stored."""
    moves_to: str | None = None
    """The URL that the feed has from now on, where the redirect is believed."""
    is_document: bool = False
    """Whether a document was read, and what is known of the feed's entries changes with it."""
    is_outdated: bool = False
    """Whether the feed has been read since that document was."""
    read_again: tuple[int, ...] = ()
    """Sightings whose entries were read unchanged without a lease: no good poll of the feed tells when that was."""
    read_at: datetime | None = None
    returned: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    guid_rule: GuidRule | None = None
    """By what the feed's entries are known from now on; null where that stays as it is stored."""
