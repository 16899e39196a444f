"""Managing feeds: ``add``, ``remove``, ``pause``, ``resume`` and ``set``."""

from collections.abc import Callable, Iterable, Iterator

import click
from sqlalchemy import Connection

from worker.cli.choices import read_duration
from worker.cli.output import from_now, write_line
from worker.cli.progress import with_progress
from worker.cli.store import change_store, feed_called, opened_tools
from worker.database.clock import Clock
from worker.errors import NamedError
from worker.feeds import NamedFeed, NewFeed, add_feeds, pause_feed, remove_feed, resume_feed
from worker.intervals import LONGEST, SHORTEST, choose_interval
from worker.measures import show_duration
from worker.pipeline import AddedFeed, add_by_url
from worker.settings import settings
from worker.tools import Tools, bounds_of_settings
from worker.urls import feed_url_key

_names = click.argument("names", nargs=-1, required=True, metavar="URL_OR_ID...")


@click.command("add")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--as-is", is_flag=True, help="Add the URLs as they are given: no host is asked.")
def add_command(urls: tuple[str, ...], *, as_is: bool) -> int:
    """Add feeds, by their own URLs or by a page of their sites; each is polled as soon as a worker is free."""
    if as_is:
        return change_each(urls, _add_as_is, create=True)
    code = 0
    with opened_tools() as tools:
        for _, told in with_progress(_look_and_add(tools, urls), "Looking", len(urls), name=lambda pair: pair[0]):
            if isinstance(told, NamedError):
                click.echo(f"feedmill: {told}", err=True)
                code = 1
            else:
                write_line(_sentence(told))
    return code


def _look_and_add(tools: Tools, urls: Iterable[str]) -> Iterator[tuple[str, AddedFeed | NamedError]]:
    for url in urls:
        try:
            yield url, add_by_url(tools, url, lambda: False)
        except NamedError as error:
            yield url, error


def _add_as_is(connection: Connection, clock: Clock, url: str) -> str:
    try:
        feed_url_key(url)
    except ValueError as error:
        raise NamedError(f"{url} was not added: {error}") from error
    is_new = add_feeds(connection, clock.now(), [NewFeed(url)]) > 0
    return _sentence(AddedFeed(url, feed_called(connection, url), is_new=is_new))


def _sentence(added: AddedFeed) -> str:
    feed = added.feed
    # Where a feed is known under another URL it has moved: the one that was given is what its giver knows.
    url = feed.url if added.is_of_page else added.url
    said = f"{'Added' if added.is_new else 'Known already:'} {url} (feed {feed.feed_id})"
    if added.is_of_page:
        said += f", the feed of {added.url}"
    if added.unseen:
        said += f" as it is: it could not be looked at ({added.unseen.sentence})"
    return said


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
        pause_feed(connection, feed.feed_id)
        return f"Paused {feed.url}"

    return _each_feed(names, pause)


@click.command("resume")
@_names
def resume_command(names: tuple[str, ...]) -> int:
    """Poll feeds again, whatever had stopped them: paused, gone or quarantined."""

    def resume(connection: Connection, clock: Clock, feed: NamedFeed) -> str:
        resume_feed(connection, clock.now(), feed.feed_id)
        return f"Resumed {feed.url}"

    return _each_feed(names, resume)


@click.command("set")
@_names
@click.option("--interval", required=True, help="Time between two polls: 1m to 30d, or default.")
def set_command(names: tuple[str, ...], *, interval: str) -> int:
    """Set how often feeds are polled, whatever their rhythm; what their publishers ask for still counts."""
    chosen = read_duration("--interval", interval, SHORTEST, LONGEST)
    bounds = bounds_of_settings(settings())

    def choose(connection: Connection, clock: Clock, feed: NamedFeed) -> str:
        if feed.host_id is None:
            raise NamedError(f"{feed.url} is a seed file: it is read when it is ingested, never polled.")
        following = choose_interval(connection, clock.now(), feed.feed_id, chosen, bounds)
        when = f"next poll {from_now(following.at, clock.now())}" if following.at else "no poll for now"
        every = f"every {show_duration(chosen)}" if chosen else "the usual interval"
        return f"Set {feed.url}: {every}; {when} ({following.reason})"

    return _each_feed(names, choose)


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
