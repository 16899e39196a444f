"""Feedmill in a Python program: ``open_store`` opens a store, whose methods do what the commands of their names do.

What ``__all__`` names is promised: a later version may add to it, and takes nothing away. All else in ``worker`` is
private. docs/python.md has examples.

Whatever goes wrong is a ``FeedmillError`` that says in one sentence what, where and what to do: ``UsageError`` for
arguments and settings, ``StoreError`` for the database, ``NamedError`` for what was named. Moments are in UTC.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, Unpack

from sqlalchemy import Connection, Engine

from worker.api_values import (
    check_duration,
    check_search,
    check_whole,
    find_promised_articles,
    list_promised_articles,
    promise_added,
    promise_answer,
    promise_file,
    promise_poll,
    read_filters,
    read_paths,
    read_texts,
)
from worker.basics.stopping import STOP_CLAIMING, stops_after
from worker.basics.units import LARGEST_ID
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import keep_index, reading
from worker.database.engine import open_store as make_engine
from worker.database.schema import make_ready
from worker.discovery.adding import AddedFeed, add_as_is, add_by_url
from worker.errors import BrokerError, FeedmillError, NamedError, SettingsError, StoreError, UsageError
from worker.manage.feed_tags import read_tags
from worker.manage.named_feeds import read_names
from worker.outbox import follow_changes
from worker.pipeline import Stop, poll_all_due, poll_by_name
from worker.pipeline.shared_store import SharedStore
from worker.pipeline.tickets import find_ticket, wait_for_answers
from worker.queued_polls import queue_polls
from worker.seeds.ingest import ingest
from worker.settings import Settings, read_settings
from worker.stories.grouping import group_waiting
from worker.values.entries import Enclosure
from worker.values.outcomes import Outcome
from worker.values.promised import Added, Article, ArticleFilters, Change, FoundArticle, IngestedFile, Poll, PollAnswer

__all__ = [
    "Added",
    "Article",
    "ArticleFilters",
    "BrokerError",
    "Change",
    "Enclosure",
    "FeedmillError",
    "FoundArticle",
    "IngestedFile",
    "NamedError",
    "Outcome",
    "Poll",
    "PollAnswer",
    "SettingsError",
    "Store",
    "StoreError",
    "Ticket",
    "UsageError",
    "open_store",
]

# Between two looks for changes that come later, and between two questions whether to stop.
_LOOK_EVERY, _ASK_EVERY = 1.0, 0.1
_MOST_NAMED = 100_000


def _never() -> bool:
    return False


def open_store(database_url: str | None = None, *, create: bool = True) -> "Store":
    """Open the store at a URL such as ``sqlite:///news.db``; without one, that of FEEDMILL_DATABASE_URL or ``.env``.

    All other settings are those of the environment and ``.env``. With ``create`` an SQLite store that is not there yet
    is made. SettingsError for a setting that is wrong; StoreError for a database that cannot be reached, has no
    tables of ours, or those of an older or newer version.
    """
    chosen = read_settings() if database_url is None else read_settings(database_url=database_url)
    engine = keep_index(make_engine(chosen.database_url), is_on=chosen.search)
    if engine.dialect.name == "sqlite" and engine.url.database in {None, "", ":memory:"}:
        raise UsageError("A store in memory is another one in each thread: name a file, such as sqlite:///news.db.")
    store = SharedStore(engine, chosen)
    try:
        with store.opened():
            make_ready(engine, create=create)
    except FeedmillError:
        store.close()
        raise
    return Store(store, chosen)


class Store:
    """An open store, which ``open_store`` makes. Threads may share it, and a forked process may go on with it.

    Leave its ``with``, or close it, to free its connections and its parser's process; after that every method raises
    UsageError. ``stop``, where a method takes one, is asked about ten times a second: once it returns True nothing more
    begins, and what has been done by then is returned.
    """

    def __init__(self, store: SharedStore, chosen: Settings) -> None:
        self._store = store
        self._chosen = chosen

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self._store}>"

    def close(self) -> None:
        """Free connections and the parser's process; a poll that runs in another thread frees them at its end."""
        self._store.close()

    def add(self, url: str, *, tags: Sequence[str] = (), as_is: bool = False) -> Added:
        """Add the feed at a URL, or the feed of the page there, as ``feedmill add`` does; ``as_is`` asks no host.

        NamedError says why nothing was added. Where the host cannot be reached now the URL is added all the same.
        """
        (name,) = read_names([url], most=1)
        given = read_tags("A tag", read_texts("Tags", tags))

        def add_unseen(connection: Connection) -> AddedFeed:
            return add_as_is(connection, read_clock(connection).now(), name, given)

        if as_is:
            with self._store.opened() as engine:
                return promise_added(write(engine, add_unseen))
        with self._store.borrowed_tools() as tools:
            return promise_added(add_by_url(tools, name, _never, given))

    def poll(self, names: Sequence[str | int], *, force: bool = False, stop: Stop = _never) -> list[PollAnswer]:
        """Poll these feeds now, named by id or URL, and return what became of each, in that order.

        It is what ``feedmill poll`` does: an unknown URL is added if a feed is there. A failed poll is an answer, no
        error. ``force`` also polls where the host asked to be left alone (429, 503).
        """
        given = read_names(names, most=_MOST_NAMED)
        with self._store.borrowed_tools() as tools:
            answers = {each.name: promise_answer(each) for each in poll_by_name(tools, given, stop, force=force)}
            _group(tools.engine)
        return [answers[name] for name in given if name in answers]

    def poll_due(self, *, stop: Stop = _never) -> list[PollAnswer]:
        """Poll every feed that is due, however long it takes, and return what became of each."""
        with self._store.borrowed_tools() as tools:
            records = poll_all_due(tools, stop)
            answers = [PollAnswer(record.url, record.feed_id, promise_poll(record), None) for record in records]
            _group(tools.engine)
        return answers

    def request_polls(self, names: Sequence[str | int]) -> "Ticket":
        """Have workers poll these feeds, named by id or URL, and return the ticket that tells what became of each.

        Nobody is waited for. That a feed is unknown or not polled is an answer of the ticket, not an error.
        """
        given = read_names(names, most=_MOST_NAMED)
        with self._store.opened() as engine:
            asked = queue_polls(engine, self._chosen, given)
        return Ticket(self._store, asked.ticket_id, asked.asked_at, asked.untold)

    def find_ticket(self, ticket_id: int) -> "Ticket":
        """Return a ticket by its id; NamedError where there is none, or none any more (FEEDMILL_RETAIN_POLLS)."""
        check_whole("A ticket's id", ticket_id, 1, LARGEST_ID)
        with self._store.opened() as engine, reading(engine) as connection:
            return Ticket(self._store, ticket_id, find_ticket(connection, ticket_id))

    def ingest(self, paths: Sequence[str | Path]) -> list[IngestedFile]:
        """Read files, folders and globs, as ``feedmill ingest`` does; a file that fails says why, the others go on."""
        given = read_paths(paths)
        with self._store.borrowed_tools() as tools:
            read = [promise_file(seed) for seed in ingest(tools, given, self._chosen.max_body)]
            _group(tools.engine)
        return read

    def articles(self, **filters: Unpack[ArticleFilters]) -> Iterator[Article]:
        """Iterate over the articles that pass all filters, as ``feedmill articles --json`` does, few of them in memory.

        NamedError for an unknown feed or tag.
        """
        self._store.refuse_closed()
        wanted = read_filters(filters)
        return self._store.list_rows(lambda connection: list_promised_articles(connection, wanted))

    def search(self, query: str, *, order: str = "relevance", limit: int | None = None) -> Iterator[FoundArticle]:
        """Iterate over the articles that match a query, as ``feedmill search`` does: docs/search.md has its language.

        ``order`` is relevance or newest. UsageError says where a query is wrong; NamedError for an unknown feed.
        """
        check_search(query, order, limit)
        self._store.refuse_closed()
        return self._store.list_rows(lambda connection: find_promised_articles(connection, query, order, limit))

    def follow(self, since: int | None = None, *, once: bool = False, stop: Stop = _never) -> Iterator[Change]:
        """Iterate over changes as they are committed, none twice and none left out, as ``feedmill follow`` does.

        They begin after the cursor ``since``: from now on without one, with 0 from the oldest that is kept. With
        ``once`` they end where there are no more. NamedError for a cursor whose changes are no longer kept.
        """
        if since is not None:
            check_whole("A cursor", since, 0, LARGEST_ID)
        self._store.refuse_closed()
        return _follow(self._store, since, _never if once else _waiting(stop), stop)


class Ticket:
    """Polls that were asked for, and what becomes of each; ``request_polls`` and ``find_ticket`` return it."""

    def __init__(self, store: SharedStore, ticket_id: int, asked_at: datetime, untold: str | None = None) -> None:
        self._store = store
        self.id = ticket_id
        """By it another process finds the ticket."""
        self.asked_at = asked_at
        self.untold = untold
        """Why workers were not told at once, in a sentence: the next tick makes the polls. None where they were."""

    def __repr__(self) -> str:
        return f"<Ticket {self.id} of {self.asked_at:%Y-%m-%d %H:%M:%S} UTC>"

    def answers(self) -> list[PollAnswer]:
        """Return what has become of each feed by now, in the order in which they were named."""
        return self.wait(timedelta(0))

    def wait(self, timeout: timedelta | None, *, stop: Stop = _never) -> list[PollAnswer]:
        """Return the answers once none is waiting any more, or when ``timeout`` is over (None: never).

        An answer that is waiting still says for what: a worker that is busy, a host, or that no worker runs.
        """
        if timeout is not None:
            check_duration("timeout", timeout)
        with self._store.opened() as engine:
            return wait_for_answers(engine, self.id, timeout, stop)


def _follow(store: SharedStore, since: int | None, wait: Stop, stop: Stop) -> Iterator[Change]:
    with store.opened() as engine:
        for change in follow_changes(engine, since, wait):
            yield Change(**change)
            store.refuse_closed()
            if stop():
                break


def _waiting(stop: Callable[[], bool]) -> Callable[[], bool]:
    """Return a function that waits a moment, and returns False as soon as ``stop`` says so."""

    def wait() -> bool:
        ends_at = time.monotonic() + _LOOK_EVERY
        while (is_on := not stop()) and time.monotonic() < ends_at:
            time.sleep(_ASK_EVERY)
        return is_on

    return wait


def _group(engine: Engine) -> None:
    """Group what was stored, as a command does before it ends; after a while the rest is left to the workers."""
    for _ in group_waiting(engine, stops_after(STOP_CLAIMING)):
        pass
