"""How good feeds are: what polls note of their entries, and what judging makes of it, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, text, update

from tests.documents import entry, item, rss
from tests.polling import add, follow, now_of, poll, poll_again
from tests.servers.publisher import Answer, Publisher
from worker.basics.codec import pack
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedAliasRow, FeedRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.database.schema import migrate
from worker.database.task_turns import TurnRow
from worker.look.counts import count_by_quality
from worker.look.feed_listing import count_listed_feeds, list_feeds
from worker.look.listings import Wanted
from worker.manage.feeds import NewFeed, add_feeds, add_file_feeds, pause_feed, remove_feed
from worker.pipeline.tools import Tools
from worker.quality.judging import JUDGING, Judged, judge_some
from worker.values.feed_quality import Marks
from worker.values.schedules import Rhythm

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNDATED = [entry(guid=f"u{number}", title=f"Undated {number}", text="Some words.") for number in range(4)]


def judge(engine: Engine, most: int = 10_000) -> Judged:
    return judge_some(engine, lambda: False, most)


def feeds(engine: Engine) -> list[tuple[str | None, str | None]]:
    with reading(engine) as connection:
        rows = connection.execute(select(FeedRow.quality, FeedRow.quality_reason).order_by(FeedRow.id))
        return [(row.quality, row.quality_reason) for row in rows]


def marks(tools: Tools) -> dict[str, Any]:
    with reading(tools.engine) as connection:
        return connection.execute(select(FeedRow.marks)).scalar_one()


def told(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        quality = EventRow.kind == "feed quality changed"
        return list(connection.execute(select(EventRow.details).where(quality).order_by(EventRow.id)).scalars())


def set_feed(engine: Engine, feed_id: int = 1, schedule: dict[str, Any] | None = None, **facts: Any) -> None:
    with writing(engine) as connection:
        if facts:
            connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(facts))
        if schedule:
            connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(schedule))


def add_some(engine: Engine, count: int) -> datetime:
    """Add feeds that have brought enough and answer well; return now."""
    with writing(engine) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed(f"https://a{number}.example/") for number in range(count)])
        connection.execute(update(FeedRow).values(marks=pack(Marks(now, seen=9))))
        connection.execute(update(ScheduleRow).values(last_success_at=now))
    return now


def test_a_poll_notes_what_its_new_entries_are_like(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, [*UNDATED, item("a", "It begins here and …")], [item("b"), *UNDATED])
    noted = marks(tools)
    # The second document is a sixth of what has come.
    assert (noted["seen"], noted["undated"], noted["cut"]) == (6, 0.667, 0.167)


def test_polls_that_bring_nothing_note_nothing(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, [item("a")])
    before = marks(tools)
    publisher.serve("/feed", rss([item("a", "Other words for the same.")]))
    poll_again(tools)
    poll_again(tools)
    assert marks(tools) == before


def test_entries_under_other_guids_are_noted(tools: Tools, publisher: Publisher) -> None:
    first, second = ([item(f"n{n}", f"Words of {n}.", guid=f"{day}-{n}") for n in range(4)] for day in range(2))
    follow(tools, publisher, first, second)
    assert marks(tools)["renamed"] > 0.3


def test_a_feed_is_judged_and_each_change_of_its_state_is_told_once(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, UNDATED)
    reason = "many of its newest entries have no date that can be read"
    assert (judge(tools.engine), judge(tools.engine)) == (Judged(1, 1), Judged(1, 0))
    assert feeds(tools.engine) == [("degraded", reason)]
    set_feed(tools.engine, marks=pack(Marks(now_of(tools), seen=9)))
    judge(tools.engine)
    assert told(tools.engine) == [
        {"from": "new", "to": "degraded", "reason": reason},
        {"from": "degraded", "to": "healthy", "reason": None},
    ]


def test_a_feed_that_stays_near_a_threshold_does_not_go_to_and_fro(store: Engine) -> None:
    now = add_some(store, 1)
    for share in (0.5, 0.4, 0.55, 0.3, 0.5, 0.25):
        set_feed(store, marks=pack(Marks(now, seen=9, undated=share)))
        judge(store)
    assert [(each["from"], each["to"]) for each in told(store)] == [("new", "degraded")]


def test_a_gap_is_found(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, [item("b"), item("a")], [item("d"), item("c")])
    judge(tools.engine)
    assert feeds(tools.engine)[0][0] == "gapped"


def test_silence_is_found_without_a_poll(store: Engine) -> None:
    now = add_some(store, 2)
    rhythm = pack(Rhythm(now - 400 * DAY, now - 30 * DAY, 30.0, weekdays=(20.0,) * 7, hours=(5.0,) * 24))
    set_feed(store, 1, rhythm=rhythm)
    set_feed(store, 2, {"last_success_at": now - 29 * DAY}, rhythm=rhythm)
    judge(store)
    assert [state for state, _ in feeds(store)] == ["silent", "healthy"]
    assert feeds(store)[0][1] == (f"nothing new since {now - 30 * DAY:%Y-%m-%d}; before that about 1 article a day")


def test_dead_and_moved_feeds_are_found(store: Engine) -> None:
    now = add_some(store, 5)
    set_feed(store, 1, {"failing_since": now - 8 * DAY, "failures": 9, "error": "a0.example answered 404"})
    set_feed(store, 2, {"next_poll_at": None}, state="gone", state_reason="it answers 410")
    set_feed(store, 3, moved_to="https://b.example/", moved_polls=2, moved_since=now - DAY)
    with writing(store) as connection:
        moved = {"url": "https://former.example/", "url_key": "https://former.example/", "feed_id": 4}
        connection.execute(insert(FeedAliasRow).values(since=now - DAY, **moved))
    judge(store)
    assert [state for state, _ in feeds(store)] == ["dead", "dead", "moved", "moved", "healthy"]


def test_what_is_paused_removed_or_a_file_is_not_judged(store: Engine) -> None:
    add_some(store, 3)
    with writing(store) as connection:
        add_file_feeds(connection, read_clock(connection).now(), ["file:///in/a.txt"])
        pause_feed(connection, 1)
        remove_feed(connection, 2, articles=False)
    assert judge(store) == Judged(1, 1)
    assert [state for state, _ in feeds(store)] == ["new", "new", "healthy", None]


def test_runs_take_up_where_the_last_one_ended(store: Engine) -> None:
    add_some(store, 5)
    runs = [judge(store, most=2) for _ in range(4)]
    assert runs == [Judged(2, 2), Judged(2, 2), Judged(1, 1), Judged(2, 0)]
    with reading(store) as connection:
        assert connection.execute(select(TurnRow.place).where(TurnRow.name == JUDGING)).scalar_one() == 2


def test_a_run_that_is_stopped_judges_no_more(store: Engine) -> None:
    add_some(store, 1)
    assert judge_some(store, lambda: True) == Judged(0, 0)


def test_what_cannot_be_read_of_a_feed_costs_no_other(store: Engine) -> None:
    add_some(store, 2)
    set_feed(store, 1, marks={"at": "never", "seen": "many"}, rhythm=[1], quality="of a newer version")
    judge(store)
    assert [state for state, _ in feeds(store)] == ["new", "healthy"]


def test_a_feed_that_cannot_be_judged_keeps_no_other_from_it(store: Engine) -> None:
    now = add_some(store, 2)
    latest = datetime.max.replace(tzinfo=UTC) - HOUR
    set_feed(store, 1, rhythm=pack(Rhythm(now, latest, 9.0, weekdays=(9.0,) * 7)))
    assert judge(store) == Judged(2, 1)
    assert [state for state, _ in feeds(store)] == ["new", "healthy"]


def test_feeds_are_counted_and_listed_by_quality(store: Engine) -> None:
    now = add_some(store, 4)
    set_feed(store, 1, marks=pack(Marks(now, seen=9, cut=1.0)))
    judge(store)
    with writing(store) as connection:
        remove_feed(connection, 4, articles=False)
    with reading(store) as connection:
        assert count_by_quality(connection) == {"degraded": 1, "healthy": 2}
        wanted = Wanted(quality="degraded", is_polled=True)
        (listed,) = list_feeds(connection, now, wanted)
        counted = count_listed_feeds(connection, wanted)
    assert (listed["id"], listed["quality"], listed["quality_since"] >= now, counted.count) == (1, "degraded", True, 1)


def test_a_backlog_in_the_first_document_is_no_flood(tools: Tools, publisher: Publisher) -> None:
    written = now_of(tools) - HOUR
    dated = f"<pubDate>{written:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
    items = [f"<item><guid>{n}</guid><title>Entry {n}</title>{dated}</item>" for n in range(100)]
    add(tools, publisher.on("/feed", Answer(rss(items))))
    poll(tools)
    judge(tools.engine)
    assert feeds(tools.engine) == [("healthy", None)]


def test_a_store_that_is_upgraded_calls_feeds_new_until_enough_is_seen(store_url: str) -> None:
    engine = open_store(store_url)
    migrate(engine, "0023")
    with writing(engine) as connection:
        for number, url in enumerate(("https://a.example/", "file:///in/a.txt"), 1):
            row = {"id": number, "url": url, "at": "2026-11-24 12:00:00.000000"}
            connection.execute(
                text("INSERT INTO feeds (id, url, url_key, added_at) VALUES (:id, :url, :url, :at)"), row
            )
    migrate(engine)
    assert feeds(engine) == [("new", None), (None, None)]
    engine.dispose()
