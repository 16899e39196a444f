"""Writing polls under concurrency: nothing lost, nothing doubled, nobody's schedule overwritten."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from tests.stores import url_of
from tests.waiting import PATIENCE, wait_for
from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.clock import read_clock
from worker.database.conflicts import retry_conflicts
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedRow, PollRow, ScheduleRow
from worker.errors import ErrorClass, PermanentError
from worker.manage.feeds import NewFeed, add_feeds
from worker.pipeline.conclude import store_documents, store_prepared, store_results
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.results import Answered
from worker.recognise.keys import hash_guid
from worker.store.decided_articles import StaleDecisionError
from worker.store.known import find_lengths, find_sightings
from worker.values.due_feeds import ClaimedHost, Document, DueFeed, Fetched, FetchRequest, Validators
from worker.values.entries import Entry, ParsedDocument
from worker.values.outcomes import NextPoll, Outcome, PollRecord, PollResult
from worker.values.schedules import Bounds

TERMS = ClaimTerms(lease=timedelta(seconds=90), gap=timedelta(0), parallel=1, hosts=50, feeds_per_host=5)
BOUNDS = Bounds(timedelta(hours=1), timedelta(minutes=15), timedelta(days=1))


def _now(store: Engine) -> datetime:
    with reading(store) as connection:
        return read_clock(connection).now()


def _add(store: Engine, *urls: str) -> None:
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(url) for url in urls])


def _claim(store: Engine, later: timedelta = timedelta(0)) -> ClaimedHost:
    with writing(store) as connection:
        (host,) = claim_due_hosts(connection, read_clock(connection).now() + later, TERMS)
    return host


def _result(feed_id: int, host: ClaimedHost | None, now: datetime, **more: object) -> PollResult:
    next_poll = NextPoll(now + timedelta(hours=1), "every 1h", interval=timedelta(hours=1))
    record = PollRecord(feed_id, "https://a.example/", now, timedelta(0), Outcome.UNCHANGED, next_poll)
    result = PollResult(record, host.host_id if host else 1, host.token if host else "nobody's")
    return replace(result, **more)


def _store(store: Engine, *results: PollResult) -> None:
    store_results(store, results, [], _now(store))


def test_polls_that_share_a_commit_lock_their_schedules_in_one_order(postgres: Engine) -> None:
    store = postgres
    _add(store, "https://a.example/1", "https://a.example/2")
    host = _claim(store)
    now = _now(store)
    first, second = (_result(feed.feed_id, host, now) for feed in sorted(host.feeds, key=lambda feed: feed.feed_id))
    # Failures are written after successes.
    failed = replace(first, record=replace(first.record, error=PermanentError(ErrorClass.HTTP_4XX, "it is gone")))

    def store_both() -> None:
        store_results(store, [failed, second], [], now)

    def is_anybody_waiting() -> bool:
        with reading(store) as connection:
            waiting = text(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            return connection.execute(waiting).first() is not None

    with ThreadPoolExecutor() as pool, writing(store) as other:
        other.execute(select(ScheduleRow).where(ScheduleRow.feed_id == first.record.feed_id).with_for_update())
        storing = pool.submit(store_both)
        wait_for(is_anybody_waiting, "the commit waits for the first feed")
        # A commit that had taken the second feed already would now be in our way, as we are in its.
        mine = select(ScheduleRow).where(ScheduleRow.feed_id == second.record.feed_id)
        assert other.execute(mine.with_for_update(nowait=True)).first()
        other.commit()
        storing.result(PATIENCE)
    store.dispose()


def test_a_late_worker_adds_articles_but_leaves_the_schedule_to_its_successor(store: Engine) -> None:
    _add(store, "https://a.example/feed")
    late = _claim(store)
    current = _claim(store, timedelta(seconds=91))
    feed, now = late.feeds[0], _now(store)
    _store(store, _result(feed.feed_id, current, now, validators=Validators(etag='"current"')))
    answered = _answered(feed, late, now)
    document = Document("https://a.example/feed", b"", validators=Validators(etag='"late"'))
    answered = replace(answered, fetched=replace(answered.fetched, answer=document))
    store_documents(store, [(answered, _parsed(["one"]))], now)
    with reading(store) as connection:
        assert connection.execute(select(ScheduleRow.etag)).scalar_one() == '"current"'
        assert connection.execute(select(ArticleRow.title)).scalars().all() == ["one"]


def test_a_poll_that_fails_to_be_written_leaves_nothing(store: Engine) -> None:
    _add(store, "https://a.example/feed")
    host = _claim(store)
    answered = _answered(host.feeds[0], host, _now(store))
    # Too large for the ledger, which refuses it after all else is written.
    answered = replace(answered, fetched=replace(answered.fetched, http_status=2**70))
    with pytest.raises((OverflowError, DBAPIError)):
        store_documents(store, [(answered, _parsed(["one"]))], _now(store))
    with reading(store) as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (ArticleRow, SightingRow, RevisionRow, PollRow)
        ]
        assert counts == [0, 0, 0, 0]
        assert connection.execute(select(ScheduleRow.last_attempt_at)).scalar_one() is None


def test_a_decision_made_before_another_poll_wrote_is_refused(store: Engine) -> None:
    _add(store, "https://a.example/feed")
    host = _claim(store)
    now = _now(store)
    read = (_answered(host.feeds[0], host, now), _parsed(["one"]))
    with reading(store) as connection:
        prepared = prepare_documents(connection, [read], now, None)
    store_documents(store, [read], now)
    with pytest.raises(StaleDecisionError), writing(store) as connection:
        store_prepared(connection, prepared, now)


def _parsed(names: list[str]) -> ParsedDocument:
    entries = [
        Entry(guid=name, link=f"https://a.example/{name}", title=name, content=f"Text of {name}") for name in names
    ]
    return ParsedDocument("rss", "feedparser", tuple(entries), site_url="https://a.example/")


def _answered(feed: DueFeed, host: ClaimedHost, now: datetime) -> Answered:
    document = Document("https://a.example/feed", b"")
    fetched = Fetched(FetchRequest(feed.feed_id, feed.url), document, timedelta(0), http_status=200)
    return Answered(feed, host.token, now, fetched, BOUNDS)


def _at_once(*work: Callable[[], object]) -> None:
    barrier = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> object:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        for future in [pool.submit(run, one) for one in work]:
            future.result()


@pytest.mark.parametrize("_round", range(5))
def test_polls_that_share_urls_in_opposite_order_both_get_through(store: Engine, _round: int) -> None:
    _add(store, "https://a.example/1", "https://a.example/2")
    host = _claim(store)
    now = _now(store)
    names = [f"page-{number:02}" for number in range(40)]
    first, second = host.feeds
    _at_once(
        lambda: store_documents(store, [(_answered(first, host, now), _parsed(names))], now),
        lambda: store_documents(store, [(_answered(second, host, now), _parsed(names[::-1]))], now),
    )
    with reading(store) as connection:
        assert sorted(connection.execute(select(ArticleRow.title)).scalars()) == names
        assert connection.execute(select(func.count()).select_from(SightingRow)).scalar_one() == 80
        assert connection.execute(select(func.count()).select_from(PollRow)).scalar_one() == 2


@pytest.mark.parametrize("_round", range(5))
def test_two_workers_that_poll_one_feed_at_once_double_nothing(store: Engine, _round: int) -> None:
    _add(store, "https://a.example/1")
    late = _claim(store)
    current = _claim(store, timedelta(seconds=91))
    now = _now(store)
    feed = replace(late.feeds[0], url="https://other.example/feed")
    parsed = replace(_parsed(["one", "two"]), site_url="https://other.example/")
    _at_once(
        lambda: store_documents(store, [(_answered(feed, late, now), parsed)], now),
        lambda: store_documents(store, [(_answered(feed, current, now), parsed)], now),
    )
    with reading(store) as connection:
        assert sorted(connection.execute(select(ArticleRow.title)).scalars()) == ["one", "two"]


def test_sightings_are_found_in_slices_however_many_there_are(store: Engine) -> None:
    _add(store, "https://a.example/1")
    host = _claim(store)
    feed, now = host.feeds[0], _now(store)
    names = [f"n{number}" for number in range(5_100)]
    store_documents(store, [(_answered(feed, host, now), _parsed(names))], now)
    with reading(store) as connection:
        keys = [(feed.feed_id, hash_guid(name)) for name in names]
        assert len(find_sightings(connection, keys)[feed.feed_id]) == 5_100


def test_lengths_are_told_of_articles_that_show_the_words_of_their_only_sighting(store: Engine) -> None:
    _add(store, "https://a.example/1", "https://a.example/2")
    host = _claim(store)
    now = _now(store)
    first, second = host.feeds
    store_documents(store, [(_answered(first, host, now), _parsed(["both", "one"]))], now)
    store_documents(store, [(_answered(second, host, now), _parsed(["both"]))], now)
    with reading(store) as connection:
        rows = connection.execute(select(ArticleRow.id, ArticleRow.title))
        ids = {title: article_id for article_id, title in rows}
        assert find_lengths(connection, ids.values()) == {ids["one"]: len("Text of one")}


def test_reading_leaves_statements_prepared(postgres: Engine) -> None:
    # Each connection counts for itself how often it had a statement: there is but one.
    postgres.dispose()
    for _ in range(10):
        now = _now(postgres)
    assert now
    with reading(postgres) as connection:
        known = connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any("clock_timestamp" in statement for statement in known)


def test_feeds_added_by_many_at_once_are_added_once(store: Engine) -> None:
    urls = [f"https://h{number % 7}.example/{number}" for number in range(60)]

    def add(order: list[str]) -> Callable[[], None]:
        engine = open_store(url_of(store))

        def work() -> None:
            def once() -> None:
                with writing(engine) as connection:
                    add_feeds(connection, read_clock(connection).now(), [NewFeed(url) for url in order])

            retry_conflicts(once)
            engine.dispose()

        return work

    _at_once(add(urls), add(urls[::-1]), add(urls[30:] + urls[:30]))
    with reading(store) as connection:
        assert sorted(connection.execute(select(FeedRow.url)).scalars()) == sorted(urls)
