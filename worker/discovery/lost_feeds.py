"""Lost feeds: those that have been failing for good reason and for long, but whose site is known and may tell more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select, update

from worker.basics.urls import feed_url_key
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.errors import ErrorClass
from worker.values import FeedState

_LOST_AFTER = timedelta(days=7)
_SEEK_AGAIN = timedelta(days=7)
# However long the first failure is ago, one is not enough: it may be we who did not run.
_FEWEST_FAILURES = 5
# What a host answers where there is no feed any more; a host that answers nothing may have its bad week.
_PERMANENT = (
    ErrorClass.HTTP_4XX,
    ErrorClass.HTTP_410,
    ErrorClass.NOT_A_FEED,
    ErrorClass.PARSE,
    ErrorClass.REDIRECT,
)
_GIVEN_UP = (FeedState.GONE, FeedState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class LostFeed:
    """A feed to look for, and the site on whose page to look."""

    feed_id: int
    url: str
    site_url: str


def list_lost_feeds(connection: Connection, now: datetime, most: int) -> list[LostFeed]:
    """Return up to ``most`` lost feeds that have not been sought for a week."""
    fails_for_long = and_(
        FeedRow.state == FeedState.ACTIVE,
        ScheduleRow.failing_since <= now - _LOST_AFTER,
        ScheduleRow.failures >= _FEWEST_FAILURES,
        ScheduleRow.error_class.in_(_PERMANENT),
    )
    rows = connection.execute(
        select(FeedRow.id, FeedRow.url, FeedRow.site_url)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .where(
            # Every lost feed has it; with it the index finds those that fail among the many that do not.
            ScheduleRow.failing_since.is_not(None),
            or_(fails_for_long, FeedRow.state.in_(_GIVEN_UP)),
            ScheduleRow.host_id.is_not(None),
            # What may have killed workers is for a person to look into.
            ScheduleRow.claim_attempts == 0,
            FeedRow.site_url.is_not(None),
            or_(FeedRow.sought_at.is_(None), FeedRow.sought_at <= now - _SEEK_AGAIN),
        )
        # Any order, but never the same: those that cannot be sought now must not hold up the others.
        .order_by(func.random())
        .limit(most)
    )
    return [LostFeed(row.id, row.url, row.site_url) for row in rows]


def note_search(connection: Connection, now: datetime, lost: LostFeed) -> bool:
    """Note that a feed is being sought; false where another worker has just done so."""
    is_due = or_(FeedRow.sought_at.is_(None), FeedRow.sought_at <= now - _SEEK_AGAIN)
    noted = connection.execute(update(FeedRow).where(FeedRow.id == lost.feed_id, is_due).values(sought_at=now))
    return noted.rowcount > 0


def is_still_lost(connection: Connection, lost: LostFeed) -> bool:
    """Say whether nobody moved, paused or removed the feed meanwhile; the feed is locked."""
    is_wanted = FeedRow.state.in_([FeedState.ACTIVE, *_GIVEN_UP])
    same = select(FeedRow.id).where(FeedRow.id == lost.feed_id, FeedRow.url == lost.url, is_wanted)
    return connection.execute(same).first() is not None


def find_occupant(connection: Connection, url: str) -> int | None:
    """Return the feed that has a URL, polled or not; null when none has."""
    found: int | None = connection.execute(
        select(FeedRow.id).where(FeedRow.url_key == feed_url_key(url))
    ).scalar_one_or_none()
    return found
