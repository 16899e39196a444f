"""``coverage``: feeds day by day, whether nothing came or nobody looked, and what was missed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from worker.cli.asked_days import read_days
from worker.cli.open_store import reading_store
from worker.cli.options import MOST_ROWS, Whole, most_rows
from worker.cli.output import column_room, print_json, print_markup, write_line
from worker.cli.tables import Column, Page, print_rows
from worker.cli.wanted_rows import FIRST_STEPS, find_feed_id, short_address
from worker.coverage.coverage_summary import draw_coverage, sum_up
from worker.coverage.feed_days import Days, FeedCoverage, by_worst, draw_cells
from worker.coverage.missed_entries import list_missed
from worker.coverage.stored_days import choose_feeds, read_coverage
from worker.database.clock import read_clock
from worker.datasets.whole_files import whole_file
from worker.errors import UsageError
from worker.look.counts import Counted
from worker.look.feed_listing import count_listed_feeds, find_feed_with_host
from worker.look.listings import Listed, Wanted
from worker.manage.feed_tags import known_tag

# A day of a feed takes about 0.1 ms: a table is there in a few seconds.
_MOST_FEED_DAYS = 20_000
_PICTURED = 60
# What the columns besides the days need, and the least of the days.
_BESIDE, _FEWEST_CELLS, _NAME_ROOM = 50, 14, 16
_KEY = "▁…█ new articles  · nothing new  × all polls failed  – not polled  ! missed some"
_NO_GAPS = "No gap is known: no poll of these days found that entries had come and gone since the one before."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A store that is open to be looked at, and what is asked of it."""

    connection: Connection
    now: datetime
    days: Days
    tag: str | None
    feed_ids: Sequence[int]

    @property
    def most_feeds(self) -> int:
        """How many feeds are looked at, unless they are named."""
        return max(_MOST_FEED_DAYS // len(self.days), 1)

    def feeds(self, most: int | None) -> Iterator[Listed]:
        """Yield the feeds that are named; else those that are polled, at most so many."""
        if self.feed_ids:
            return (find_feed_with_host(self.connection, self.now, feed_id) for feed_id in self.feed_ids)
        return choose_feeds(self.connection, self.now, self.tag, most)


@click.command("coverage")
@click.argument("feeds", nargs=-1)
@click.option("--tag", help="Only feeds with this tag.")
@click.option("--since", default="14d", show_default=True, help="From which day on: 14d, a date or a moment.")
@click.option("--until", help="To which day, it too: 2d, a date or a moment; else to today.")
@click.option("--gaps", is_flag=True, help="List the gaps: between which polls entries were missed, about how many.")
@click.option("--svg", metavar="FILE", help="Write a picture of the days instead; - for output.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for each day of a feed or each gap.")
@click.option("--limit", type=Whole(0, MOST_ROWS), help="Rows, 0: all (tables: 50, pictures: 60, JSON: all).")
def coverage_command(feeds: tuple[str, ...], *, as_json: bool, limit: int | None, **options: Any) -> None:
    """Show FEEDs day by day: how much came, whether nobody looked, and what was missed; those with gaps first.

    FEED is an id, a URL, or a title or address as tables show it; without any, all feeds that are polled. Days are of
    UTC. How often a feed was polled, and its gaps, are known for FEEDMILL_RETAIN_POLLS.
    """
    _refuse_contradictions(feeds, options, as_json=as_json)
    with reading_store() as connection:
        asked = _ask(connection, feeds, options)
        if options["gaps"]:
            _print_gaps(asked, limit, as_json=as_json)
        elif as_json:
            found = read_coverage(connection, asked.feeds(None), asked.days)
            print_json(islice(chain.from_iterable(map(_list_days, found)), limit or None))
        elif options["svg"] is not None:
            _write_picture(asked, options["svg"], _PICTURED if limit is None else limit)
        else:
            _print_days(asked, limit)


def _refuse_contradictions(feeds: Sequence[str], options: Mapping[str, Any], *, as_json: bool) -> None:
    if feeds and options["tag"] is not None:
        raise UsageError("Name feeds or a --tag, not both.")
    if options["svg"] == "":
        raise UsageError("--svg names no file: say which one, or - for output.")
    if options["svg"] is not None and (as_json or options["gaps"]):
        raise UsageError("--svg draws days: it goes with neither --gaps nor --json.")


def _ask(connection: Connection, names: Iterable[str], options: Mapping[str, Any]) -> _Asked:
    now = read_clock(connection).now()
    tag = options["tag"]
    return _Asked(
        connection,
        now,
        read_days(options["since"], options["until"], now),
        None if tag is None else known_tag(connection, tag),
        list(dict.fromkeys(find_feed_id(connection, now, name) for name in names)),
    )


def _name(feed: FeedCoverage) -> str:
    return short_address(feed.url) if feed.name == feed.url else feed.name


def _list_days(feed: FeedCoverage) -> Iterator[Mapping[str, Any]]:
    for day in feed.days:
        yield {"feed_id": feed.feed_id, "feed_url": feed.url, **asdict(day), "looked": day.looked}


def _print_gaps(asked: _Asked, limit: int | None, *, as_json: bool) -> None:
    most = most_rows(limit, as_json=as_json)
    feed_ids = [feed["id"] for feed in asked.feeds(asked.most_feeds)]
    found = list_missed(asked.connection, feed_ids, asked.days.begins, asked.days.ends)
    columns = [
        Column("FEED", lambda row: f"{row['feed_id']} {row['name']}", column_room(_NAME_ROOM, 90)),
        Column("FROM", "since", 25),
        Column("TO", "until", 25),
        Column("MISSED", lambda row: "" if row["missed"] is None else f"~{row['missed']:,}", 7),
        Column("FILLED", _say_filled, wraps=True),
    ]
    page = Page(most, lambda: Counted(len(found)))
    rows = [asdict(gap) for gap in (found[:most] if as_json else found)]
    print_rows(rows, columns, as_json=as_json, when_empty=_NO_GAPS, page=page)


def _say_filled(gap: Mapping[str, Any]) -> str:
    if gap["is_filled"] is None:
        return "older documents are being read"
    return f"yes: {gap['articles']:,} articles" if gap["is_filled"] else f"no: {gap['reason']}"


def _write_picture(asked: _Asked, file: str, most: int) -> None:
    feeds = by_worst([*read_coverage(asked.connection, asked.feeds(asked.most_feeds), asked.days)])[: most or None]
    if not feeds:
        write_line(f"No feeds: {FIRST_STEPS}")
        return
    drawn = draw_coverage(feeds).encode()
    if file == "-":
        print_markup([drawn])
        return
    with whole_file(Path(file)) as stream:
        stream.write(drawn)
    write_line(f"{file}: {sum_up(feeds, len(asked.days))[0]}")


def _print_days(asked: _Asked, limit: int | None) -> None:
    feeds = by_worst([*read_coverage(asked.connection, asked.feeds(asked.most_feeds), asked.days)])
    if not feeds:
        write_line(f"No feeds: {FIRST_STEPS}")
        return
    for sentence in sum_up(feeds, len(asked.days)):
        write_line(sentence)
    write_line("")
    page = Page(most_rows(limit, as_json=False), lambda: Counted(len(feeds)))
    print_rows([{"feed": feed} for feed in feeds], _day_columns(asked.days), as_json=False, when_empty="", page=page)
    write_line("")
    write_line(_KEY)
    _say_how_many(asked, len(feeds))


def _day_columns(days: Days) -> list[Column]:
    room = min(column_room(_FEWEST_CELLS, _BESIDE), max(len(days), _FEWEST_CELLS))
    return [
        Column("FEED", lambda row: f"{row['feed'].feed_id} {_name(row['feed'])}", column_room(_NAME_ROOM, room + 34)),
        Column(f"{days.first:%m-%d} TO {days.last:%m-%d}", lambda row: draw_cells(row["feed"].days, room), room),
        Column("ARTICLES", lambda row: f"{row['feed'].articles:,}", 8),
        Column("POLLS", lambda row: _show(row["feed"].polls), 6),
        Column("FAILED", lambda row: _show(row["feed"].failed_polls), 6),
        Column("GAPS", lambda row: _show(row["feed"].open_gaps or None), 4),
    ]


def _show(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _say_how_many(asked: _Asked, looked_at: int) -> None:
    """Say so where there are more feeds than could be looked at."""
    if not asked.feed_ids and looked_at == asked.most_feeds:
        found = count_listed_feeds(asked.connection, Wanted(feed_tag=asked.tag, is_polled=True))
        if found is None or found.count > looked_at:
            write_line(f"Only {looked_at:,} feeds were looked at, those with gaps and failures first: name others.")
