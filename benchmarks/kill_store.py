"""What a store holds after the kill test, read in one transaction, feeds by the publisher's numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from benchmarks.kill_ledger import told_by
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow
from worker.database.outbox_tables import EventBoundsRow, EventKind, EventRow


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with its versions and appearances."""

    id: int
    said: tuple[int, int, int] | None
    """The feed, entry and version that its title names; null for none that was published."""
    revisions: tuple[int, ...] = (1,)
    """The published versions that its revisions say, in order."""
    sightings: int = 1
    is_present: bool = True
    """Whether it is said to be in its feed's newest document."""
    created: int = 1
    revised: int = 0
    """Events that tell of it."""


@dataclass(frozen=True, slots=True)
class StoredPoll:
    """A row of the ledger."""

    feed: int
    began_at: float
    ended_at: float
    status: int | None
    is_success: bool
    new: int = 0
    updated: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """What is held against the publisher's ledger."""

    articles: Sequence[StoredArticle] = ()
    polls: Sequence[StoredPoll] = ()
    etags: Mapping[int, str] = field(default_factory=dict)
    positions: Sequence[int | None] = ()
    numbered_to: int = 0
    inactive: Sequence[str] = ()
    """Feeds that are not active, or that are suspected."""
    leased: Sequence[str] = ()


def read_store(engine: Engine, numbers: Mapping[int, int]) -> Stored:
    """Read it all; ``numbers`` are the publisher's of the feeds by their ids."""
    level = "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"
    with reading(engine.execution_options(isolation_level=level)) as connection:
        events = list(connection.execute(select(EventRow.position, EventRow.kind, EventRow.article_id)).tuples())
        return Stored(
            articles=_articles(connection, [(kind, article_id) for _, kind, article_id in events if article_id]),
            polls=_polls(connection, numbers),
            etags={
                numbers[row.feed_id]: row.etag
                for row in connection.execute(select(ScheduleRow.feed_id, ScheduleRow.etag))
                if row.etag
            },
            positions=[position for position, _, _ in events],
            numbered_to=connection.execute(select(EventBoundsRow.numbered_to)).scalar_one(),
            inactive=_inactive(connection),
            leased=list(connection.execute(select(HostRow.name).where(HostRow.lease_token.is_not(None))).scalars()),
        )


def count_unfinished(engine: Engine) -> int:
    """Return how many events and articles still wait to be numbered or grouped."""
    with reading(engine) as connection:
        waiting = (
            select(EventRow.id).where(EventRow.position.is_(None)).limit(100),
            select(ArticleRow.id).where(ArticleRow.grouped_at.is_(None)).limit(100),
        )
        return sum(len(connection.execute(each).all()) for each in waiting)


def read_successes(engine: Engine, numbers: Mapping[int, int], since: float) -> dict[int, float]:
    """Return when each feed was first polled with success after a moment."""
    first: dict[int, float] = {}
    with reading(engine) as connection:
        rows = connection.execute(
            select(PollRow.feed_id, PollRow.started_at)
            .where(PollRow.error_class.is_(None), PollRow.started_at > datetime.fromtimestamp(since).astimezone())
            .order_by(PollRow.started_at)
        )
        for row in rows:
            first.setdefault(numbers[row.feed_id], row.started_at.timestamp())
    return first


def _articles(connection: Connection, events: Sequence[tuple[str, int]]) -> list[StoredArticle]:
    revisions: dict[int, list[int]] = {}
    rows = select(RevisionRow.article_id, RevisionRow.title).order_by(RevisionRow.article_id, RevisionRow.number)
    for article_id, title in connection.execute(rows).tuples():
        said = told_by(title)
        revisions.setdefault(article_id, []).append(said[2] if said else 0)
    sightings: dict[int, list[bool]] = {}
    for article_id, left_at in connection.execute(select(SightingRow.article_id, SightingRow.left_at)).tuples():
        sightings.setdefault(article_id, []).append(left_at is None)
    created = [article_id for kind, article_id in events if kind == EventKind.ARTICLE_CREATED]
    revised = [article_id for kind, article_id in events if kind == EventKind.ARTICLE_REVISED]
    counted = ({key: found.count(key) for key in set(found)} for found in (created, revised))
    created_of, revised_of = counted
    return [
        StoredArticle(
            id=row.id,
            said=told_by(row.title),
            revisions=tuple(revisions.get(row.id, ())),
            sightings=len(sightings.get(row.id, ())),
            is_present=any(sightings.get(row.id, ())),
            created=created_of.get(row.id, 0),
            revised=revised_of.get(row.id, 0),
        )
        for row in connection.execute(select(ArticleRow.id, ArticleRow.title).order_by(ArticleRow.id))
    ]


def _polls(connection: Connection, numbers: Mapping[int, int]) -> list[StoredPoll]:
    return [
        StoredPoll(
            feed=numbers[row.feed_id],
            began_at=row.started_at.timestamp(),
            ended_at=(row.started_at + row.duration).timestamp(),
            status=row.http_status,
            is_success=row.error_class is None,
            new=row.new,
            updated=row.updated,
        )
        for row in connection.execute(
            select(
                PollRow.feed_id,
                PollRow.started_at,
                PollRow.duration,
                PollRow.http_status,
                PollRow.error_class,
                PollRow.new,
                PollRow.updated,
            )
        )
    ]


def _inactive(connection: Connection) -> list[str]:
    states = select(FeedRow.url, FeedRow.state, FeedRow.state_reason).where(FeedRow.state != "active")
    suspects = select(FeedRow.url, ScheduleRow.claim_attempts).join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    isolated = select(HostRow.name).where(HostRow.isolated)
    return [
        *(f"{url} is {state}: {reason}" for url, state, reason in connection.execute(states).tuples()),
        *(
            f"{url} is still blamed for {count} lost workers"
            for url, count in connection.execute(suspects.where(ScheduleRow.claim_attempts > 0)).tuples()
        ),
        *(f"{name} is still isolated" for name in connection.execute(isolated).scalars()),
    ]
