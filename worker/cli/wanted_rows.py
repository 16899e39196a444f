"""Which rows a listing is asked for: its options, and the feeds and tags that people name as tables show them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from worker.basics.text import is_storable
from worker.basics.units import read_id
from worker.cli.moments import read_since, read_until
from worker.cli.open_store import reading_store
from worker.cli.options import most_rows
from worker.cli.tables import Page
from worker.database.clock import read_clock
from worker.errors import NamedError
from worker.look.counts import Counted
from worker.look.feed_listing import is_any_feed_polled, list_feeds
from worker.look.listings import Wanted
from worker.manage.feed_tags import known_tag
from worker.manage.named_feeds import feed_called

FIRST_STEPS = "`feedmill add URL` adds one, `feedmill import FILE` those of a list; `feedmill ingest PATH` reads files."
"""What to do in a store that has nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A store that is open to be looked at, and which rows are wanted of it."""

    connection: Connection
    now: datetime
    wanted: Wanted
    most: int | None

    def page(self, count: Callable[[Connection, Wanted], Counted[int] | None]) -> Page:
        """Return how many rows a table shows; ``count`` counts them all."""
        return Page(self.most, lambda: count(self.connection, replace(self.wanted, limit=None)))


@contextmanager
def asked_rows(filters: Mapping[str, Any], limit: int | None, *, as_json: bool, **more: Any) -> Iterator[Asked]:
    """Open the store to look, and say which rows the options of a listing ask for; ``more`` is of ``Wanted``.

    A table shows the newest first, and is asked for one row more than it shows.
    """
    with reading_store() as connection:
        now = read_clock(connection).now()
        most = most_rows(limit, as_json=as_json)
        feed = filters.get("feed")
        since = read_since(filters.get("since"), now)
        wanted = Wanted(
            feed_id=None if feed is None else find_feed_id(connection, now, feed),
            since=since,
            until=read_until(filters.get("until"), now, since),
            text=filters.get("text"),
            state=filters.get("state"),
            quality=filters.get("quality"),
            feed_tag=known_tag(connection, tag) if (tag := filters.get("feed_tag")) is not None else None,
            limit=most if as_json or most is None else most + 1,
            newest_first=not as_json,
        )
        yield Asked(connection, now, replace(wanted, **more), most)


def find_feed_id(connection: Connection, now: datetime, name: str) -> int:
    """Return the id of a feed by its id or URL, or by what a table shows in its place: title, address, host or file."""
    if name and read_id(name) is None and "://" not in name and is_storable(name):
        alike = list_feeds(connection, now, Wanted(text=name))
        ids = [
            int(row["id"])
            for row in alike
            if name in {row["title"], short_address(row["url"]), host_or_file(row["url"])}
        ]
        if len(ids) > 1:
            some = ", ".join(map(str, ids[:5]))
            raise NamedError(f"{len(ids):,} feeds are called {name}: name one by its id, such as {some}.")
        if not ids:
            raise NamedError(f"No feed is called {name}: `feedmill feeds` lists them.")
        return ids[0]
    return feed_called(connection, name).feed_id


def when_empty(filters: Mapping[str, object], otherwise: str) -> str:
    """Say why nothing is listed: nothing matches, or there is nothing yet."""
    return "None match." if any(filters.values()) else otherwise


def say_what_next(connection: Connection, what: str, otherwise: str) -> str:
    """Say that there is nothing of a kind yet, and what to do: add feeds, or what is for the feeds that there are."""
    if is_any_feed_polled(connection):
        return f"{what}: {otherwise}"
    return f"{what}, and no feeds: {FIRST_STEPS}"


def host_or_file(feed_url: str) -> str:
    """Return what a feed is called in a narrow column: its host, its file, or its folder with a slash behind it."""
    scheme, _, rest = feed_url.partition("://")
    return rest[rest.rstrip("/").rfind("/") + 1 :] if scheme == "file" else rest.partition("/")[0]


def short_address(feed_url: str) -> str:
    """Return what tells feeds without a title apart: the URL, without what most have in common."""
    scheme, _, rest = feed_url.partition("://")
    return host_or_file(feed_url) if scheme == "file" else rest.rstrip("/")
