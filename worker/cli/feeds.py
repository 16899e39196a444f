"""Managing feeds: ``add``, ``remove``, ``pause`` and ``resume``."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import click
from sqlalchemy import Connection

from worker.cli.open_store import change_store, opened_tools
from worker.cli.output import with_progress, write_failure, write_line
from worker.cli.typed_secrets import using_secrets_file
from worker.database.clock import Clock
from worker.discovery.adding import AddedFeed, add_as_is, add_by_url
from worker.errors import NamedError
from worker.manage import feeds as manage
from worker.manage.feed_requests import forget_request
from worker.manage.feed_tags import read_tags
from worker.manage.named_feeds import feed_called
from worker.pipeline.tools import Tools
from worker.values.due_feeds import FeedState

# Makes a change and says what became of it, in one line or several.
_Change = Callable[[Connection, Clock, str], str | Sequence[str]]
FEED_NAMES = click.argument("names", nargs=-1, required=True, metavar="URL_OR_ID...")


@click.command("add")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--as-is", is_flag=True, help="Add the URLs as they are given: no host is asked.")
@click.option("--tag", "tags", multiple=True, help="A tag of the feeds; may be given several times.")
def add_command(urls: tuple[str, ...], *, as_is: bool, tags: tuple[str, ...]) -> int:
    """Add feeds, by their own URLs or by a page of their sites; each is polled as soon as a worker is free."""
    tags = read_tags("--tag", tags)
    if as_is:
        return change_each(urls, partial(_add_as_is, tags=tags), create=True)
    code = 0
    with opened_tools() as tools:
        found = _look_and_add(tools, urls, tags)
        for _, added in with_progress(found, "Looking", len(urls), name=lambda pair: pair[0]):
            if isinstance(added, NamedError):
                write_failure(added)
                code = 1
            else:
                write_line(_describe_added(added))
    return code


def _look_and_add(
    tools: Tools, urls: Iterable[str], tags: tuple[str, ...]
) -> Iterator[tuple[str, AddedFeed | NamedError]]:
    for url in urls:
        try:
            yield url, add_by_url(tools, url, lambda: False, tags)
        except NamedError as error:
            yield url, error


def _add_as_is(connection: Connection, clock: Clock, url: str, tags: tuple[str, ...]) -> str:
    return _describe_added(add_as_is(connection, clock.now(), url, tags))


def _describe_added(added: AddedFeed) -> str:
    # A feed that has moved is named by the URL that was given: its giver knows that one.
    url = added.feed.url if added.is_of_page else added.url
    said = f"{'Added' if added.is_new else 'Known already:'} {url} (feed {added.feed.feed_id})"
    if added.is_of_page:
        said += f", the feed of {added.url}"
    if added.unseen:
        said += f" as it is: it could not be looked at ({added.unseen.sentence})"
    return said


@click.command("remove")
@FEED_NAMES
@click.option("--articles", is_flag=True, help="Also delete the articles that no other feed carries.")
def remove_command(names: tuple[str, ...], *, articles: bool) -> int:
    """Stop polling feeds for good; their articles and history stay, what they were asked with does not."""

    def remove(connection: Connection, _clock: Clock, name: str) -> str:
        feed = feed_called(connection, name)
        with using_secrets_file(connection, f"{feed.url} was not removed") as file:
            forget_request(connection, feed.feed_id, file)
        manage.remove_feed(connection, feed.feed_id, articles=articles)
        return f"Removed {feed.url}{' and its articles' if articles else '; its articles stay'}"

    return change_each(names, remove)


@click.command("pause")
@FEED_NAMES
def pause_command(names: tuple[str, ...]) -> int:
    """Stop polling feeds until they are resumed."""
    return change_each(names, _pause)


def _pause(connection: Connection, _clock: Clock, name: str) -> str:
    feed = feed_called(connection, name)
    refuse_seed_file(feed)
    if feed.state is FeedState.PAUSED and not feed.is_from_document:
        return f"{feed.url} was paused already ({feed.state_reason})"
    manage.pause_feed(connection, feed.feed_id)
    return f"Paused {feed.url}"


@click.command("resume")
@FEED_NAMES
def resume_command(names: tuple[str, ...]) -> int:
    """Poll feeds again, whatever had stopped them: paused, gone or quarantined."""
    return change_each(names, _resume)


def _resume(connection: Connection, clock: Clock, name: str) -> str:
    feed = feed_called(connection, name)
    if feed.state is FeedState.ACTIVE:
        refuse_seed_file(feed)
        return f"{feed.url} was active already"
    manage.resume_feed(connection, clock.now(), feed.feed_id)
    return f"Resumed {feed.url}"


def refuse_seed_file(feed: manage.NamedFeed) -> None:
    """Raise NamedError for a feed that is a seed file: nothing that is set for polls means anything for it."""
    if feed.host_id is None:
        raise NamedError(f"{feed.url} is a seed file: it is read when it is ingested, never polled.")


def change_each(names: Iterable[str], change: _Change, *, create: bool = False) -> int:
    """Make one change for each name, say what became of it, and return the exit code: one failure stops no other."""

    def changed(connection: Connection, clock: Clock, name: str) -> str | Sequence[str] | NamedError:
        try:
            return change(connection, clock, name)
        except NamedError as error:
            return error

    outcomes = change_store(
        lambda connection, clock: [changed(connection, clock, name) for name in names], create=create
    )
    for outcome in outcomes:
        if isinstance(outcome, NamedError):
            write_failure(outcome)
        else:
            for line in [outcome] if isinstance(outcome, str) else outcome:
                write_line(line)
    return int(any(isinstance(outcome, NamedError) for outcome in outcomes))
