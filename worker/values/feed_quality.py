"""How good a feed is: what its newest entries were like, what else is known of it, and the state that follows."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from enum import StrEnum

from worker.values.due_feeds import FeedState
from worker.values.frozen import dataclass
from worker.values.schedules import Move, Rhythm


class QualityState(StrEnum):
    """How good a feed is; where more than one fits, the first of this order holds."""

    DEAD = "dead"
    """Nothing comes any more: polling it has ended, or it has failed for long."""
    SILENT = "silent"
    """It answers, but has brought nothing for much longer than its own rhythm makes likely."""
    SPAMMY = "spammy"
    """It brings many times as much as it used to."""
    GAPPED = "gapped"
    """Its document holds less than came since the poll before: entries were missed."""
    DEGRADED = "degraded"
    """Most of its newest entries lack something: a date, the rest of the text, a lasting guid."""
    MOVED = "moved"
    """It is redirected for good, or has moved in the last days."""
    NEW = "new"
    """Too little has come to tell."""
    HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class Quality:
    """A feed's state, and why it is in it."""

    state: QualityState
    reason: str | None = None
    """In words that stay the same as long as the reason does; None for a healthy feed."""


@dataclass(frozen=True, slots=True)
class EntryMarks:
    """What is good or wrong about one entry that a feed brought for the first time."""

    dated: datetime | None
    """When it was published; None where it does not say, or says what cannot be."""
    is_ahead: bool
    """Whether it is dated after the moment at which it was read."""
    is_cut: bool
    """Whether its text ends before its end: in an ellipsis, or in "read more"."""
    letters: int
    """Of its text."""


@dataclass(frozen=True, slots=True)
class DocumentMarks:
    """What is good or wrong about a document that brought something new."""

    arrived: Sequence[EntryMarks]
    """The entries that the feed had not carried before."""
    renamed: int = 0
    """Entries that were known under other guids."""
    lost: int = 0
    """Entries that could not be read."""
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """What a feed's newest entries were like: shares (0 to 1) and means that follow the newest, and counts that fade.

    Only a document that brought something new changes them.
    """

    at: datetime
    """As of when: ``volume`` and ``gaps`` fade from then on."""
    seen: int = 0
    """Entries so far; enough are enough, beyond some thousand they are no longer counted."""
    undated: float = 0.0
    """The share of entries without a date that can be read."""
    ahead: float = 0.0
    """The share of entries that are dated in the future."""
    cut: float = 0.0
    """The share of entries whose text ends before its end."""
    unfit: float = 0.0
    """The share of entries that could not be read."""
    renamed: float = 0.0
    """The share of entries that were known under other guids."""
    letters: float = 0.0
    """How long texts are: the mean of the logarithms (base 2)."""
    usual_letters: float = 0.0
    """The same over months, as the feed's norm."""
    burst: float = 1.0
    """How many entries come in one hour, where any come."""
    volume: float = 0.0
    """Entries, each counting half as much after a day."""
    usual_volume: float = 0.0
    """Entries a day, as the feed's norm; 0 while it is not known."""
    gaps: float = 0.0
    """Polls that found a gap, each counting half as much after a week."""

    def rounded(self) -> "Marks":
        """Return it with three decimals, as the store keeps it."""
        return replace(self, **{name: round(getattr(self, name), 3) for name in _SHARES})


_SHARES = [each.name for each in fields(Marks) if each.type is float]


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """All that a feed's quality is judged by."""

    state: FeedState = FeedState.ACTIVE
    state_reason: str | None = None
    before: QualityState = QualityState.NEW
    """What it was found to be when it was last judged: what ends a state is not what begins it."""
    marks: Marks | None = None
    rhythm: Rhythm | None = None
    move: Move | None = None
    """The permanent redirect that its polls are led by."""
    moved_at: datetime | None = None
    """When it last moved to another URL."""
    last_success_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    error: str | None = None
