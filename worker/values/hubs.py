"""From parse to store: the hub that pushes what a feed publishes (WebSub), and how a subscription with it stands."""

from datetime import datetime
from enum import StrEnum

from worker.values.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Push:
    """Where a feed's documents can be had without polling: its hub, and what the feed is called there."""

    hub_url: str
    topic: str
    """The URL that is subscribed to, as the publisher writes it; the feed is polled at its own."""
    until: datetime | None = None
    """Until when the hub is trusted to bring what is new; None while it has not shown that it does."""


class SubscriptionState(StrEnum):
    """How a feed's subscription with its hub stands."""

    NAMED = "named"
    """A document names the hub; nothing has been asked of it."""
    ASKED = "asked"
    """The hub was asked, and has not come back yet to verify that it was us."""
    ACTIVE = "active"
    """The hub pushes until the lease ends."""
    FAILING = "failing"
    """The hub cannot be asked, or does not verify; it is asked again."""
    DENIED = "denied"
    """The hub does not want to; it is asked again after a week."""
    ENDED = "ended"
    """The feed is not polled any more, and its hub has been told."""
