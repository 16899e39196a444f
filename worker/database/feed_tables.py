"""The tables of polling: feeds, their schedules, the hosts that are leased, and the ledger of polls."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, false, literal_column, or_, text
from sqlalchemy.orm import Mapped

from worker.database.statements import partial_index
from worker.database.types import NEVER_REUSED, Base, BigId, Json, column


class FeedRow(Base):
    """A URL we poll, or a seed file or a folder of them that we read."""

    __tablename__ = "feeds"
    __table_args__ = (
        # For those who look: feeds added since a moment, and the few that are not active.
        Index("ix_feeds_added_at", "added_at", "id"),
        partial_index("ix_feeds_inactive", "state", "id", where="state <> 'active'"),
        # For `feedmill status`: feeds with request settings are few.
        partial_index("ix_feeds_request", "id", where="request IS NOT NULL"),
        # For counting feeds by quality, and listing those of one.
        partial_index("ix_feeds_quality", "quality", "id", where="quality IS NOT NULL"),
        # For listing the few folders among very many files.
        partial_index("ix_feeds_folder", "id", where="is_folder"),
        NEVER_REUSED | {"comment": "One row per feed: a URL we poll, a seed file we read, or a folder of these"},
    )

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    url: Mapped[str] = column("URL exactly as it was given; fetched verbatim")
    url_key: Mapped[str] = column("Canonical form of the URL: two spellings of one feed are one row", unique=True)
    title: Mapped[str | None] = column("Title, as the feed's newest document gives it")
    site_url: Mapped[str | None] = column("The site the feed belongs to, as its newest document gives it")
    state: Mapped[str] = column("active, paused, gone, quarantined or removed", server_default=text("'active'"))
    state_reason: Mapped[str | None] = column("Why the feed is not active, in words")
    options: Mapped[dict[str, Any] | None] = column(
        "What an operator chose for this feed: interval (seconds), guid_policy", Json
    )
    request: Mapped[dict[str, Any] | None] = column(
        "How an operator wants it asked for: user, headers (their names), user_agent, proxy, is_insecure, "
        "offers_http2; given_for is the URL whose origin alone gets user and headers. Secrets are kept "
        "elsewhere; null for the usual",
        Json,
    )
    added_at: Mapped[datetime] = column("When the feed was added")
    hints: Mapped[dict[str, Any] | None] = column(
        "What its newest document asks of those who poll it: ttl and update_period (seconds), skip_hours (0 to 23, "
        "UTC), skip_days (Monday is 0)",
        Json,
    )
    rhythm: Mapped[dict[str, Any] | None] = column(
        "When it publishes, as learnt from its articles: since, latest, articles, and shares of them "
        "by hours (24, UTC), weekdays (7, Monday first) and minutes (a direction on a dial, and how many): all fade",
        Json,
    )
    moved_to: Mapped[str | None] = column("Where a permanent redirect (301, 308) leads that is not believed yet")
    moved_polls: Mapped[int] = column("Polls in a row that were redirected there", server_default=text("0"))
    moved_since: Mapped[datetime | None] = column("When the first of them was")
    guid_policy: Mapped[str] = column(
        "By what its entries are known: guid, guid and link, or link", server_default=text("'guid'")
    )
    guid_reason: Mapped[str | None] = column("Why they are not known by guid alone, in words")
    guid_renamings: Mapped[int] = column(
        "Documents in a row in which most of its entries came back under other guids", server_default=text("0")
    )
    gaps: Mapped[int] = column(
        "Polls that found none of the former entries, and only new ones: some had come and gone in between",
        server_default=text("0"),
    )
    marks: Mapped[dict[str, Any] | None] = column(
        "What its newest entries were like, for judging its quality: shares undated, ahead (dated in the future), cut, "
        "unfit and renamed; means of letters (logarithms) and of a burst; volume and gaps, which fade from at on; "
        "seen says how many entries there were",
        Json,
    )
    quality: Mapped[str | None] = column(
        "dead, silent, spammy, gapped, degraded, moved, new or healthy, as last judged; null for a file",
        server_default=text("'new'"),
    )
    quality_reason: Mapped[str | None] = column("Why it is of this quality, in words; null for a healthy feed")
    quality_since: Mapped[datetime | None] = column("When it was found to be; null until it is first judged otherwise")
    sought_at: Mapped[datetime | None] = column("When its site was last searched for the feed, which had been failing")
    push: Mapped[dict[str, Any] | None] = column(
        "The hub that its newest document names (WebSub): hub_url, topic, and until when it is trusted to bring "
        "what is new (until), so that the feed is polled once a day; null without a hub",
        Json,
    )
    is_folder: Mapped[bool] = column(
        "Whether it is a folder of seed files with a feed.toml: the feed of all that wires sent into it",
        server_default=false(),
    )


IS_INACTIVE = FeedRow.state != literal_column("'active'")
"""The condition of ``ix_feeds_inactive``, in the very words by which SQLite knows the index."""
HAS_QUALITY = FeedRow.quality.is_not(None)
"""The condition of ``ix_feeds_quality``."""


class FeedAliasRow(Base):
    """A URL that a feed had before it moved, or before it was merged with another: it still names the feed."""

    __tablename__ = "feed_aliases"
    __table_args__ = (
        Index("ix_feed_aliases_feed_id", "feed_id"),
        {"comment": "One row per former URL of a feed: adding or naming it means the feed"},
    )

    url_key: Mapped[str] = column("Canonical form of the former URL", primary_key=True)
    url: Mapped[str] = column("The former URL as it was given")
    feed_id: Mapped[int] = column("The feed it names now", BigId, ForeignKey("feeds.id", ondelete="CASCADE"))
    since: Mapped[datetime] = column("When the feed moved")


class FeedTagRow(Base):
    """A name by which an operator finds feeds together: a folder of a list, or a tag of one's own."""

    __tablename__ = "feed_tags"
    __table_args__ = (
        # For finding the feeds of a tag, and for writing a list folder by folder.
        Index("ix_feed_tags_tag", "tag", "feed_id"),
        {"comment": "One row per tag of a feed: the folders and categories of lists it came in, or an operator's own"},
    )

    feed_id: Mapped[int] = column(
        "The feed", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tag: Mapped[str] = column("The tag, as it is written: case counts", primary_key=True)


class HostRow(Base):
    """A hostname and port that serves feeds: what a worker leases, so that politeness is a property of the claim."""

    __tablename__ = "hosts"
    __table_args__ = (
        # The claim reads this index in order and nothing else, so it stays flat however many feeds a host has.
        Index("ix_hosts_claimable_at", "claimable_at"),
        partial_index("ix_hosts_lost_at", "lost_at", where="lost_at IS NOT NULL"),
        partial_index("ix_hosts_isolated", "claimable_at", where="isolated"),
        # For `feedmill status`: no host that answers is in it.
        partial_index("ix_hosts_held_until", "held_until", where="held_until IS NOT NULL"),
        # For finding names of one domain at one address, and the names that are polled under one row.
        partial_index("ix_hosts_domain", "domain", "has_siblings", "address", where="domain IS NOT NULL"),
        partial_index("ix_hosts_shares_with", "shares_with", where="shares_with IS NOT NULL"),
        {"comment": "One row per hostname:port: the lease, the gap and the back-off"},
    )

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    name: Mapped[str] = column("hostname:port in ASCII (punycode)", unique=True)
    claimable_at: Mapped[datetime | None] = column(
        "When a worker may next claim the host: its feeds' earliest next poll, not before next_request_at or the end "
        "of a lease; null when nothing is scheduled"
    )
    lease_until: Mapped[datetime | None] = column("When the present lease expires; null when nobody holds one")
    lease_token: Mapped[str | None] = column("Names the present lease; a result is scheduled only under its own")
    expired_token: Mapped[str | None] = column("The lease that the present one took over after it expired")
    next_request_at: Mapped[datetime | None] = column("Earliest next request: the gap, or held_until")
    failures: Mapped[int] = column(
        "Refusals in a row (403, 429, 503), each of another feed, nothing good between: from three on the host is held",
        server_default=text("0"),
    )
    refused_feeds: Mapped[list[int] | None] = column("The first of the feeds that were refused, JSON", Json)
    refused_wait: Mapped[timedelta | None] = column("Seconds: the shortest wait that any of the refusals asked for")
    held_until: Mapped[datetime | None] = column(
        "Until when the host is left alone with all its feeds, since it refused one after the other; null otherwise"
    )
    gap: Mapped[timedelta | None] = column("Seconds between two requests; null follows FEEDMILL_HOST_GAP")
    parallel: Mapped[int | None] = column("Requests in flight at a time; null follows FEEDMILL_HOST_PARALLEL")
    wildcard_gap: Mapped[timedelta | None] = column(
        "Seconds between two requests, as the narrowest wildcard over this name has it; where gap is null"
    )
    wildcard_parallel: Mapped[int | None] = column(
        "Requests in flight at a time, as the narrowest wildcard over this name has it; where parallel is null"
    )
    domain: Mapped[str | None] = column(
        "The domain that its name is registered under, and the port; null for an address"
    )
    has_siblings: Mapped[bool] = column(
        "Other names of its domain are known: those at one address are asked as one host", server_default=text("false")
    )
    address: Mapped[str | None] = column("An address at which the name was found; of names with siblings only")
    shares_with: Mapped[int | None] = column(
        "The row leased in its place, *.domain:port@address, which names of one domain at one address share",
        BigId,
    )
    isolated: Mapped[bool] = column(
        "A feed of this host may be killing workers: it is polled with few others beside it, or with nothing",
        server_default=text("false"),
    )
    lost_at: Mapped[datetime | None] = column("When a lease last ran out with its worker")


IS_MAILBOX = or_(HostRow.name.startswith("imap://"), HostRow.name.startswith("imaps://"))
"""The condition for a row that stands for a mailbox, by whose URL it is called: no claim of feeds takes it."""


class HostWildcardRow(Base):
    """What an operator chose for all names under a domain, known or not."""

    __tablename__ = "host_wildcards"
    __table_args__ = ({"comment": "One row per wildcard: how the hosts are treated whose names it stands for"},)

    name: Mapped[str] = column("*.domain, for hosts at any port, or *.domain:port", primary_key=True)
    gap: Mapped[timedelta | None] = column("Seconds between two requests; null: it says nothing of that")
    parallel: Mapped[int | None] = column("Requests in flight at a time; null: it says nothing of that")


class ScheduleRow(Base):
    """The hot half of a feed: what changes at every poll."""

    __tablename__ = "schedules"
    __table_args__ = (
        # A host's feeds in the order in which they are claimed: a claim reads no more of them than it takes …
        Index("ix_schedules_due", "host_id", "next_poll_at", "feed_id"),
        # … and, first of all, those that somebody asked for: hardly ever any.
        partial_index("ix_schedules_requested", "host_id", "requested_at", "feed_id", where="requested_at IS NOT NULL"),
        partial_index("ix_schedules_failing_since", "failing_since", where="failing_since IS NOT NULL"),
        # For `feedmill status`; no feed whose last poll succeeded is in it, so it costs next to nothing.
        partial_index(
            "ix_schedules_failing",
            "error_class",
            "failures",
            "last_success_at",
            where="error_class IS NOT NULL AND next_poll_at IS NOT NULL",
        ),
        # For listing feeds: a store may have very many files beside them.
        partial_index("ix_schedules_polled", "feed_id", where="host_id IS NOT NULL"),
        {"comment": "One row per feed: when it is polled next and why"},
    )

    feed_id: Mapped[int] = column("The feed", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    host_id: Mapped[int | None] = column("The host that serves it; null for a seed file", ForeignKey("hosts.id"))
    next_poll_at: Mapped[datetime | None] = column("When it is due; null when it is not to be polled")
    next_poll_reason: Mapped[str | None] = column("Why then, in words")
    requested_at: Mapped[datetime | None] = column("When somebody asked for a poll that has not been made yet")
    held_until: Mapped[datetime | None] = column(
        "Until when the publisher asked to leave the feed alone: it refused us (403, 429, 503), or sent Retry-After; "
        "null otherwise"
    )
    interval: Mapped[timedelta | None] = column("Seconds between polls, as last decided")
    etag: Mapped[str | None] = column("ETag of the newest stored document, byte for byte")
    last_modified: Mapped[str | None] = column("Last-Modified of the newest stored document, byte for byte")
    body_hash: Mapped[bytes | None] = column("xxh3-128 of the newest stored document")
    failures: Mapped[int] = column(
        "Failed polls in a row, without those that may have been an outage of our own network", server_default=text("0")
    )
    attempts: Mapped[int] = column("Failed polls in a row, all of them", server_default=text("0"))
    failing_since: Mapped[datetime | None] = column("When the first of them was; null when the last poll succeeded")
    claim_attempts: Mapped[int] = column(
        "Times in a row that a lease expired while it was polled", server_default=text("0")
    )
    error_class: Mapped[str | None] = column("Class of the newest poll's failure; null when it succeeded")
    error: Mapped[str | None] = column("The newest poll's failure in a sentence")
    edition: Mapped[int] = column(
        "How often documents of the feed have been stored: what was decided from an older one is decided again",
        server_default=text("0"),
    )
    instructions: Mapped[int] = column(
        "How often somebody has told what to do with the feed (pause, resume, remove, set, poll now): a poll that "
        "began before the last time leaves the schedule to it",
        server_default=text("0"),
    )
    last_attempt_at: Mapped[datetime | None] = column("When it was last polled")
    last_success_at: Mapped[datetime | None] = column("When a poll last succeeded, changed or not")
    last_changed_at: Mapped[datetime | None] = column("When a poll last brought something new")


class PollRow(Base):
    """One visit of one feed: the ledger that answers "why is this feed late?"."""

    __tablename__ = "polls"
    __table_args__ = (
        Index("ix_polls_feed_id_started_at", "feed_id", "started_at"),
        Index("ix_polls_started_at", "started_at"),
        NEVER_REUSED
        | {
            "comment": "One row per attempt to poll a feed, kept for FEEDMILL_RETAIN_POLLS",
            "postgresql_partition_by": "RANGE (started_at)",
        },
    )

    id: Mapped[int] = column("Identifier, in the order of writing", BigId, primary_key=True)
    feed_id: Mapped[int] = column("The feed", BigId)
    started_at: Mapped[datetime] = column("When the request began")
    duration: Mapped[timedelta] = column("Seconds from the request to the end of the answer")
    outcome: Mapped[str] = column("new, unchanged, transient, permanent or rejected")
    http_status: Mapped[int | None] = column("HTTP status; null when no answer came")
    error_class: Mapped[str | None] = column("Class of the failure")
    error: Mapped[str | None] = column("The failure in a sentence")
    bytes: Mapped[int] = column("Bytes received, headers included", BigId)
    entries: Mapped[int | None] = column("Entries in the document; null when it was not parsed")
    new: Mapped[int] = column("Articles this poll sighted for the first time")
    updated: Mapped[int] = column("Articles whose words had changed")
    parser: Mapped[str | None] = column("Which parser read the document")
    next_poll_at: Mapped[datetime | None] = column("The decision: when to poll next")
    next_poll_reason: Mapped[str | None] = column("The reason of that decision")
    note: Mapped[str | None] = column("Anything else worth knowing, such as entries left out")
