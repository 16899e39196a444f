"""From schedule to store: when to poll next and why, and all that one poll writes."""

from datetime import datetime, timedelta
from enum import StrEnum

from worker.errors import PollError
from worker.values.due_feeds import NO_STREAK, NO_VALIDATORS, FeedState, Streak, Validators
from worker.values.entries import GuidRule, Outline
from worker.values.feed_quality import Marks
from worker.values.frozen import dataclass
from worker.values.hubs import Push
from worker.values.kept_documents import PackedDocument
from worker.values.schedules import Hints, Move, Rhythm


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to poll a feed next, and why, as a sentence for people; ``at`` is None when it is not polled again."""

    at: datetime | None
    reason: str
    streak: Streak = NO_STREAK
    """Empty after a success."""
    interval: timedelta | None = None
    is_asked_for: bool = False
    """Whether the publisher asked to be left alone until then: only an operator who insists polls the feed sooner."""
    ends_as: FeedState | None = None
    """The state in which polling the feed ends: gone or quarantined; None while polling goes on."""


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
    lost: int = 0
    """Entries that a fault of ours kept from being read; ``note`` says which fault."""
    parser: str | None = None
    note: str | None = None
    """Anything a reader of the ledger should know, such as entries left out."""


PUSHED = "pushed by its hub (WebSub): the next poll stays as it is"
"""The reason of a document that no poll brought, but a hub."""
GAP_NOTE = "a gap: all "
"""How the note of a poll begins that found a gap."""
WAITS_FOR_TURN = "waits for its turn at "
"""How the reason of a poll begins that is put off."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """A poll that was given up uncounted, because what an answer led to could not be asked in time."""

    feed_id: int
    host_id: int
    token: str
    """The lease under which it was begun."""
    instructions: int
    """How many instructions the feed had when it was claimed."""
    at: datetime
    """When to poll it, for then that host may be expected to be free."""
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """That entries were missed between two polls."""

    since: datetime | None
    """When the first of the two was."""
    older_url: str | None
    """Where the second one's document says that older entries are."""
    robots_url: str | None
    """What may name a news sitemap of the feed's site, which vouches for it; None where nobody does."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """All that one poll writes, together or not at all."""

    record: PollRecord
    host_id: int | None
    """None for a seed file, which no host serves."""
    token: str | None
    """The lease under which the poll ran: scheduling state is written only while it holds."""
    instructions: int = 0
    """How many instructions the feed had when it was claimed; a poll that finds more does not decide about the feed."""
    edition: int | None = None
    """The feed's edition when it was claimed, for a poll with nothing to read: if a document was stored since, the
    poll does not confirm the entries. None for any other poll."""
    validators: Validators = NO_VALIDATORS
    """To be sent with the next request; a failed poll keeps those that are stored."""
    body_hash: bytes | None = None
    title: str | None = None
    site_url: str | None = None
    hints: Hints | None = None
    """The document's hints, kept for polls that read no document; None where none was read."""
    rhythm: Rhythm | None = None
    """The feed's rhythm after this poll; None where it learnt nothing."""
    move: Move | None = None
    """The permanent redirect that a successful poll was led by, if any."""
    is_move_changed: bool = False
    """Whether ``move`` differs from the stored one."""
    moves_to: str | None = None
    """The feed's new URL, where the redirect is believed."""
    is_document: bool = False
    """Whether a document was read."""
    is_in_ledger: bool = True
    """Whether the ledger gets a row of it: reading an older document of a feed is no poll."""
    gap: Gap | None = None
    """What was missed since the poll before; None where nothing was."""
    is_partial: bool = False
    """Whether it may lack entries that the feed still has: a hub pushes only what is new."""
    push: Push | None = None
    """The hub that the feed's documents name from now on."""
    is_push_changed: bool = False
    """Whether ``push`` differs from the stored one."""
    missed: int = 0
    """How many entries the poll found that a trusted hub had not brought."""
    is_outdated: bool = False
    """Whether another poll has read the feed since that document was read."""
    read_again: tuple[bytes, ...] = ()
    """Keys of sightings that a poll without a lease found unchanged; each gets ``read_at``."""
    read_at: datetime | None = None
    """When that poll read its document."""
    returned: tuple[int, ...] = ()
    """Ids of sightings that are back in the document."""
    left: tuple[int, ...] = ()
    """Ids of sightings that left it."""
    unread: PackedDocument | None = None
    """What could not be read, and is kept for a better parser."""
    outline: Outline | None = None
    """The document's entries by their bytes, to know again those that come again; None where that is not possible."""
    marks: Marks | None = None
    """What the feed's newest entries are like, after this poll; None where it brought none."""
    guid_rule: GuidRule | None = None
    """What the feed's entries are recognised by from now on; None where that does not change."""

    @property
    def feed_id(self) -> int:
        """The feed that was polled."""
        return self.record.feed_id
