"""Managing feeds: ``add``, ``remove``, ``pause``, ``resume`` and ``set``."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import click
from sqlalchemy import Connection

from worker.basics.units import show_duration
from worker.cli.open_store import change_store, opened_tools
from worker.cli.options import read_duration
from worker.cli.output import from_now, with_progress, write_failure, write_line
from worker.database.clock import Clock
from worker.discovery.adding import AddedFeed, add_as_is, add_by_url
from worker.errors import NamedError, UsageError
from worker.manage import feeds as manage
from worker.manage.feed_tags import read_tags, tag_feed, untag_feed
from worker.manage.intervals import LONGEST_INTERVAL, SHORTEST_INTERVAL, choose_interval
from worker.manage.named_feeds import feed_called
from worker.pipeline.tools import Tools, bounds_of_settings
from worker.settings import settings
from worker.values.due_feeds import FeedState
from worker.values.entries import GuidPolicy
from worker.values.schedules import Bounds

# As they are typed: without spaces.
_GUID_POLICIES = {policy.value.replace(" ", "-"): policy for policy in GuidPolicy}
# Makes a change and says what became of it, in one line or several.
_Change = Callable[[Connection, Clock, str], str | Sequence[str]]
_NAMES = click.argument("names", nargs=-1, required=True, metavar="URL_OR_ID...")


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
@_NAMES
@click.option("--articles", is_flag=True, help="Also delete the articles that no other feed carries.")
def remove_command(names: tuple[str, ...], *, articles: bool) -> int:
    """Stop polling feeds for good; their articles and history stay."""

    def remove(connection: Connection, _clock: Clock, name: str) -> str:
        feed = feed_called(connection, name)
        manage.remove_feed(connection, feed.feed_id, articles=articles)
        return f"Removed {feed.url}{' and its articles' if articles else '; its articles stay'}"

    return change_each(names, remove)


@click.command("pause")
@_NAMES
def pause_command(names: tuple[str, ...]) -> int:
    """Stop polling feeds until they are resumed."""
    return change_each(names, _pause)


def _pause(connection: Connection, _clock: Clock, name: str) -> str:
    feed = feed_called(connection, name)
    _refuse_seed_file(feed)
    if feed.state is FeedState.PAUSED and not feed.is_from_document:
        return f"{feed.url} was paused already ({feed.state_reason})"
    manage.pause_feed(connection, feed.feed_id)
    return f"Paused {feed.url}"


@click.command("resume")
@_NAMES
def resume_command(names: tuple[str, ...]) -> int:
    """Poll feeds again, whatever had stopped them: paused, gone or quarantined."""
    return change_each(names, _resume)


def _resume(connection: Connection, clock: Clock, name: str) -> str:
    feed = feed_called(connection, name)
    if feed.state is FeedState.ACTIVE:
        _refuse_seed_file(feed)
        return f"{feed.url} was active already"
    manage.resume_feed(connection, clock.now(), feed.feed_id)
    return f"Resumed {feed.url}"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The options of ``set``."""

    interval: str | None
    guid_policy: str | None
    tags: tuple[str, ...]
    former: tuple[str, ...]
    fresh: bool


@click.command("set")
@_NAMES
@click.option("--interval", help="Time between two polls: 1m to 30d, such as 1h30m, or default.")
@click.option(
    "--guid-policy",
    type=click.Choice([*_GUID_POLICIES, "default"]),
    help="What entries are recognised by; default leaves it to the audit of the feed's guids.",
)
@click.option("--tag", "tags", multiple=True, help="Give them a tag; may be given several times.")
@click.option("--untag", "former", multiple=True, help="Take a tag from them; may be given several times.")
@click.option("--fresh", is_flag=True, help="Ask for the whole document once, whatever its host says is unchanged.")
def set_command(names: tuple[str, ...], **options: Any) -> int:
    """Set how often feeds are polled, whatever their rhythm; what their publishers ask for still counts.

    Or set what their entries are recognised by: the entries in a feed at that moment may then be taken for new ones,
    once. Or give them tags, by which `feedmill feeds` and `feedmill articles` find them together. Or have their next
    poll ask for the whole document, where a host calls unchanged what is not.
    """
    if not any(options.values()):
        raise UsageError("set needs --interval, --guid-policy, --tag, --untag or --fresh.")
    chosen = _Chosen(**options)
    interval = chosen.interval
    every = read_duration("--interval", interval, SHORTEST_INTERVAL, LONGEST_INTERVAL) if interval else None
    tags, former = read_tags("--tag", chosen.tags), read_tags("--untag", chosen.former)
    bounds = bounds_of_settings(settings())

    def choose(connection: Connection, clock: Clock, name: str) -> str:
        feed = feed_called(connection, name)
        said = []
        if interval:
            said.append(_set_interval(connection, clock, feed, every, bounds))
        if chosen.guid_policy:
            policy = _GUID_POLICIES.get(chosen.guid_policy)
            manage.choose_guid_policy(connection, feed.feed_id, policy)
            said.append(f"entries known by {policy or 'what the audit says'}")
        said += _set_tags(connection, feed, tags, former)
        if chosen.fresh:
            _refuse_seed_file(feed)
            manage.forget_validators(connection, [feed.feed_id])
            said.append("its next poll asks for the whole document")
        return f"Set {feed.url}: {'; '.join(said)}"

    return change_each(names, choose)


def _set_interval(
    connection: Connection, clock: Clock, feed: manage.NamedFeed, every: timedelta | None, bounds: Bounds
) -> str:
    _refuse_seed_file(feed)
    following = choose_interval(connection, clock.now(), feed.feed_id, every, bounds)
    when = f"next poll {from_now(following.at, clock.now())}" if following.at else "no poll for now"
    return f"{f'every {show_duration(every)}' if every else 'the usual interval'}; {when} ({following.reason})"


def _set_tags(
    connection: Connection, feed: manage.NamedFeed, tags: tuple[str, ...], former: tuple[str, ...]
) -> list[str]:
    untag_feed(connection, feed.feed_id, former)
    tag_feed(connection, feed.feed_id, tags)
    return [f"{did} {', '.join(some)}" for did, some in (("tagged", tags), ("no longer tagged", former)) if some]


def _refuse_seed_file(feed: manage.NamedFeed) -> None:
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
