"""What a claim costs does not depend on how many feeds are due, nor on what the planner knows of them."""

from datetime import timedelta

from sqlalchemy import Engine, text, update

from tests.plans import most_read, recording
from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.clock import read_clock
from worker.database.engine import open_store, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.schema import migrate
from worker.manage.feeds import NewFeed, add_feeds

MINUTE = timedelta(minutes=1)
TERMS = ClaimTerms(MINUTE, timedelta(0), parallel=1, hosts=50, feeds_per_host=200)
FEEDS = 2_000


def _stand_still(store: Engine) -> None:
    """Let very many feeds fall due in a store of which the planner knows that nothing was due for an hour."""
    with writing(store) as connection:
        now = read_clock(connection).now()
        feeds = (NewFeed(f"https://n{number}.example/") for number in range(FEEDS))
        add_feeds(connection, now + 60 * MINUTE, feeds)
    with writing(store) as connection:
        connection.execute(text("ANALYZE"))  # codespell:ignore analyze
    with writing(store) as connection:
        connection.execute(update(ScheduleRow).values(next_poll_at=now - MINUTE))
        connection.execute(update(HostRow).values(claimable_at=now - MINUTE))


def test_a_claim_after_a_standstill_reads_no_more_hosts_and_feeds_than_it_leases(postgres_url: str) -> None:
    store = open_store(postgres_url)
    migrate(store)
    _stand_still(store)
    with recording(store) as statements, writing(store) as connection:
        assert len(claim_due_hosts(connection, read_clock(connection).now(), TERMS)) == TERMS.hosts
    assert {most_read(store, statements, table) for table in ("hosts", "schedules")} == {TERMS.hosts}
    store.dispose()
