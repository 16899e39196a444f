"""Managing feeds: ``remove``, ``pause``, ``resume`` and ``set``."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import click
from sqlalchemy import Connection

from worker.basics.measures import show_duration
from worker.cli.choices import read_duration
from worker.cli.output import from_now
from worker.cli.store import change_store, feed_called
from worker.database.clock import Clock
from worker.errors import NamedError, UsageError
from worker.manage.feeds import NamedFeed, choose_guid_policy, pause_feed, remove_feed, resume_feed
from worker.manage.intervals import LONGEST_INTERVAL, SHORTEST_INTERVAL, choose_interval
from worker.pipeline.tools import bounds_of_settings
from worker.settings import settings
from worker.values.due_feeds import FeedState
from worker.values.entries import GuidPolicy
from worker.values.schedules import Bounds

# As they are typed: without spaces.
_GUID_POLICIES = {policy.value.replace(" ", "-"): policy for policy in GuidPolicy}
_names = click.argument("names", nargs=-1, required=True, metavar="URL_OR_ID...")


@click.command("remove")
@_names
@click.option("--articles", is_flag=True, help="Also delete the articles that no other feed carries.")
def remove_command(names: tuple[str, ...], *, articles: bool) -> int:
    """Stop polling feeds for good; their articles and history stay."""

    def remove(connection: Connection, _clock: Clock, feed: NamedFeed) -> str:
        remove_feed(connection, feed.feed_id, articles=articles)
        return f"Removed {feed.url}{' and its articles' if articles else '; its articles stay'}"

    return _each_feed(names, remove)


@click.command("pause")
@_names
def pause_command(names: tuple[str, ...]) -> int:
    """Stop polling feeds until they are resumed."""

    def pause(connection: Connection, _clock: Clock, feed: NamedFeed) -> str:
        if feed.host_id is None:
            raise NamedError(_never_polled(feed))
        if feed.state is FeedState.PAUSED and not feed.is_from_document:
            return f"{feed.url} was paused already ({feed.state_reason})"
        pause_feed(connection, feed.feed_id)
        return f"Paused {feed.url}"

    return _each_feed(names, pause)


@click.command("resume")
@_names
def resume_command(names: tuple[str, ...]) -> int:
    """Poll feeds again, whatever had stopped them: paused, gone or quarantined."""

    def resume(connection: Connection, clock: Clock, feed: NamedFeed) -> str:
        if feed.state is FeedState.ACTIVE and feed.host_id is None:
            raise NamedError(_never_polled(feed))
        if feed.state is FeedState.ACTIVE:
            return f"{feed.url} was active already"
        resume_feed(connection, clock.now(), feed.feed_id)
        return f"Resumed {feed.url}"

    return _each_feed(names, resume)


@click.command("set")
@_names
@click.option("--interval", help="Time between two polls: 1m to 30d, or default.")
@click.option(
    "--guid-policy",
    type=click.Choice([*_GUID_POLICIES, "default"]),
    help="By what entries are known; default leaves it to the audit of the feed's guids.",
)
def set_command(names: tuple[str, ...], *, interval: str | None, guid_policy: str | None) -> int:
    """Set how often feeds are polled, whatever their rhythm; what their publishers ask for still counts.

    Or set by what their entries are known: those that are in a feed then may be taken for new ones once.
    """
    if interval is None and guid_policy is None:
        raise UsageError("set needs --interval, --guid-policy or both.")
    every = read_duration("--interval", interval, SHORTEST_INTERVAL, LONGEST_INTERVAL) if interval else None
    bounds = bounds_of_settings(settings())

    def choose(connection: Connection, clock: Clock, feed: NamedFeed) -> str:
        told = []
        if interval:
            told.append(_set_interval(connection, clock, feed, every, bounds))
        if guid_policy:
            choose_guid_policy(connection, feed.feed_id, _GUID_POLICIES.get(guid_policy))
            told.append("entries known by what the audit says" if guid_policy == "default" else _known_by(guid_policy))
        return f"Set {feed.url}: {'; '.join(told)}"

    return _each_feed(names, choose)


def _known_by(guid_policy: str) -> str:
    return f"entries known by {_GUID_POLICIES[guid_policy]}"


def _set_interval(
    connection: Connection, clock: Clock, feed: NamedFeed, every: timedelta | None, bounds: Bounds
) -> str:
    if feed.host_id is None:
        raise NamedError(_never_polled(feed))
    following = choose_interval(connection, clock.now(), feed.feed_id, every, bounds)
    when = f"next poll {from_now(following.at, clock.now())}" if following.at else "no poll for now"
    return f"{f'every {show_duration(every)}' if every else 'the usual interval'}; {when} ({following.reason})"


def _never_polled(feed: NamedFeed) -> str:
    return f"{feed.url} is a seed file: it is read when it is ingested, never polled."


def _each_feed(names: Iterable[str], change: Callable[[Connection, Clock, NamedFeed], str]) -> int:
    return change_each(names, lambda connection, clock, name: change(connection, clock, feed_called(connection, name)))


def change_each(names: Iterable[str], change: Callable[[Connection, Clock, str], str], *, create: bool = False) -> int:
    """Make one change for each name, say what became of it, and return the exit code: one failure stops no other."""

    def change_all(connection: Connection, clock: Clock) -> list[str | NamedError]:
        return [_changed(change, connection, clock, name) for name in names]

    told = change_store(change_all, create=create)
    for each in told:
        if isinstance(each, NamedError):
            click.echo(f"feedmill: {each}", err=True)
        else:
            click.echo(each)
    return int(any(isinstance(each, NamedError) for each in told))


def _changed(
    change: Callable[[Connection, Clock, str], str], connection: Connection, clock: Clock, name: str
) -> str | NamedError:
    try:
        return change(connection, clock, name)
    except NamedError as error:
        return error
