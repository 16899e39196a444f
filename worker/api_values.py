"""Between programs and ``worker.api``: arguments as they must be, and what the store says as promised values."""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from worker.basics.codec import unpack
from worker.basics.text import is_storable, show_wrong
from worker.basics.units import LARGEST_ID
from worker.database.clock import read_clock
from worker.discovery.adding import AddedFeed
from worker.errors import UsageError
from worker.look.article_listing import list_articles
from worker.look.listings import Listed, Sort, Wanted
from worker.manage.feed_tags import known_tag
from worker.manage.named_feeds import feed_called, read_names
from worker.pipeline.on_demand import NamedPoll
from worker.search.query_reading import read_query
from worker.search.searching import Order, walk_found
from worker.seeds.bunches import SeedRead
from worker.values.entries import Enclosure
from worker.values.outcomes import PollRecord
from worker.values.promised import Added, Article, ArticleFilters, FoundArticle, IngestedFile, Poll, PollAnswer
from worker.wire.agencies import agency_name

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_COLUMNS = tuple(field.name for field in fields(Article))


def check_whole(what: str, number: object, least: int, most: int) -> None:
    """Raise UsageError unless a number is whole and within bounds."""
    # True is an int too.
    if type(number) is not int or not least <= number <= most:
        raise UsageError(f"{what} is a whole number from {least}; not {show_wrong(number)}.")


def check_text(what: str, text: object) -> None:
    """Raise UsageError unless a text says something, and is one that the store could hold."""
    if not isinstance(text, str) or not text.strip() or not is_storable(text):
        raise UsageError(f"{what} is text in UTF-8, without NUL and not empty; not {show_wrong(text)}.")


def check_duration(what: str, duration: object) -> None:
    """Raise UsageError unless a duration is one, and not below zero."""
    if not isinstance(duration, timedelta) or duration < timedelta(0):
        raise UsageError(f"{what} is a timedelta, such as timedelta(seconds=30); not {show_wrong(duration)}.")


def read_texts(what: str, texts: object) -> list[str]:
    """Return a list of texts; UsageError for anything else, such as a single text, which is a list of letters."""
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{what} are given as a list of texts; not as {show_wrong(texts)}.")
    return list(texts)


def read_paths(paths: object) -> list[str | Path]:
    """Return a list of paths; UsageError for anything else."""
    if not isinstance(paths, list | tuple) or not all(isinstance(path, str | Path) for path in paths):
        raise UsageError(f"Files are named by a list of paths, such as ['wire/']; not by {show_wrong(paths)}.")
    return list(paths)


def read_filters(filters: ArticleFilters) -> ArticleFilters:
    """Return filters of articles as they must be; UsageError names the one that is not."""
    for name, given in filters.items():
        check = _FILTERS.get(name)
        if check is None:
            raise UsageError(f"articles() has the filters {', '.join(_FILTERS)}; not {name}.")
        if given is not None:
            check(name, given)
    return filters


def _check_moment(what: str, moment: object) -> None:
    if isinstance(moment, timedelta):
        check_duration(what, moment)
    elif not isinstance(moment, datetime) or moment.tzinfo is None:
        raise UsageError(f"{what} is a datetime with its time zone, or a timedelta; not {show_wrong(moment)}.")


def _check_sort(what: str, given: object) -> None:
    if not isinstance(given, str) or given not in {*Sort}:
        raise UsageError(f"{what} is {', '.join(Sort)}; not {show_wrong(given)}.")


def _check_switch(what: str, given: object) -> None:
    if not isinstance(given, bool):
        raise UsageError(f"{what} is True or False; not {show_wrong(given)}.")


_FILTERS: Mapping[str, Callable[[str, object], object]] = {
    "feed": lambda _, given: read_names([given], most=1),
    "feed_tag": check_text,
    "tag": check_text,
    "agency": check_text,
    "language": check_text,
    "since": _check_moment,
    "until": _check_moment,
    "text": check_text,
    "limit": lambda what, given: check_whole(what, given, 1, LARGEST_ID),
    "sort": _check_sort,
    "newest_first": _check_switch,
}


def list_promised_articles(connection: Connection, filters: ArticleFilters) -> Generator[Article]:
    """List the articles that pass all filters; NamedError for an unknown feed or tag."""
    now = read_clock(connection).now()
    feed, feed_tag, agency, sort = (filters.get(name) for name in ("feed", "feed_tag", "agency", "sort"))
    wanted = Wanted(
        feed_id=None if feed is None else feed_called(connection, str(feed)).feed_id,
        feed_tag=None if feed_tag is None else known_tag(connection, str(feed_tag)),
        tag=filters.get("tag"),
        agency=None if agency is None else agency_name(str(agency)),
        language=filters.get("language"),
        since=_read_moment(filters.get("since"), now),
        until=_read_moment(filters.get("until"), now),
        text=filters.get("text"),
        sort=None if sort is None else Sort(str(sort)),
        limit=filters.get("limit"),
        newest_first=bool(filters.get("newest_first")),
    )
    for row in list_articles(connection, wanted):
        yield _promise_article(row)


def find_promised_articles(
    connection: Connection, query: str, order: str, limit: int | None
) -> Generator[FoundArticle]:
    """Search articles; NamedError for an unknown feed."""
    for row in walk_found(connection, read_query(query), Order(order), limit):
        yield FoundArticle(_promise_article(row), row["excerpt"], row["score"])


def check_search(query: object, order: object, limit: object) -> None:
    """Raise UsageError unless a search is one that can be made."""
    if not isinstance(query, str):
        raise UsageError(f"A query is text; not {show_wrong(query)}.")
    if order not in {*Order}:
        raise UsageError(f"order is one of {', '.join(Order)}; not {show_wrong(order)}.")
    if limit is not None:
        check_whole("limit", limit, 1, LARGEST_ID)
    read_query(query)


def _read_moment(given: datetime | timedelta | None, now: datetime) -> datetime | None:
    return now - min(given, now - _BEGINNING) if isinstance(given, timedelta) else given


def promise_added(added: AddedFeed) -> Added:
    """Return what became of a URL that was to be added."""
    unseen = added.unseen.sentence if added.unseen else None
    return Added(added.url, added.feed.feed_id, added.feed.url, is_new=added.is_new, unseen=unseen)


def promise_answer(polled: NamedPoll) -> PollAnswer:
    """Return what became of a feed that was named to be polled."""
    if polled.record is None or polled.why_not_added:
        reason = polled.refusal or polled.why_not_added
        return PollAnswer(polled.name, polled.feed_id, None, reason, is_waiting=polled.is_waiting)
    return PollAnswer(polled.name, polled.record.feed_id, promise_poll(polled.record), None)


def promise_poll(record: PollRecord) -> Poll:
    """Return a poll that was made."""
    return Poll(
        feed_id=record.feed_id,
        url=record.url,
        started_at=record.started_at,
        duration=record.duration,
        outcome=record.outcome,
        new=record.new,
        updated=record.updated,
        entries=record.entries,
        http_status=record.http_status,
        error_class=record.error.error_class if record.error else None,
        error=record.error.sentence if record.error else None,
        bytes_received=record.bytes_received,
        note=record.note,
        next_poll_at=record.next_poll.at,
        next_poll_reason=record.next_poll.reason,
    )


def promise_file(seed: SeedRead) -> IngestedFile:
    """Return what came of a file."""
    error = str(seed.error) if seed.error else None
    unread = tuple(map(str, seed.unread))
    return IngestedFile(seed.path, seed.new, seed.updated, seed.feeds, unread, error)


def _promise_article(row: Listed) -> Article:
    """Return an article from its row in a listing."""
    said = {name: row[name] for name in _COLUMNS}
    return Article(
        **said
        | {
            "authors": tuple(row["authors"] or ()),
            "tags": tuple(row["tags"] or ()),
            "enclosures": tuple(_read_enclosures(row["enclosures"] or ())),
        }
    )


def _read_enclosures(stored: Iterable[object]) -> Iterable[Enclosure]:
    return filter(None, (unpack(Enclosure, each) for each in stored))
