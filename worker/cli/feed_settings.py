"""What an operator chooses for one feed: ``set``."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import click
from sqlalchemy import Connection, Engine

from worker.basics.moments import from_now
from worker.basics.units import show_duration
from worker.cli.feeds import FEED_NAMES, change_each, refuse_seed_file
from worker.cli.options import read_duration, read_retention, show_retention
from worker.cli.output import write_failure, write_note
from worker.cli.request_options import request_options, take_request_change
from worker.cli.typed_secrets import using_secrets_file
from worker.database.clock import Clock, read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.errors import NamedError, UsageError
from worker.manage import feeds as manage
from worker.manage.feed_requests import RequestChange, choose_request, find_request, find_withheld, forget_secrets
from worker.manage.feed_tags import read_tags, tag_feed, untag_feed
from worker.manage.intervals import LONGEST_INTERVAL, SHORTEST_INTERVAL, choose_interval
from worker.manage.named_feeds import feed_called
from worker.manage.new_urls import give_url
from worker.pipeline.tools import bounds_of_settings
from worker.retention.choices import Retention, keep_feed
from worker.settings import read_feed_variables, settings
from worker.values.due_feeds import Credentials
from worker.values.entries import GuidPolicy
from worker.wording.sentences import explain_request

# As they are typed: without spaces.
_GUID_POLICIES = {policy.value.replace(" ", "-"): policy for policy in GuidPolicy}


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The options of ``set``, as they are read."""

    interval: str | None
    guid_policy: str | None
    tags: tuple[str, ...]
    former: tuple[str, ...]
    fresh: bool
    url: str | None
    merge: bool
    retain: str | None
    request: RequestChange | None
    every: timedelta | None
    """The interval; None for the usual one, if ``interval`` says so."""
    retention: Retention | None
    """How long articles are kept; None for as long as others are, if ``retain`` says so."""


@click.command("set")
@FEED_NAMES
@click.option("--interval", help="Time between two polls: 1m to 30d, such as 1h30m, or default.")
@click.option(
    "--guid-policy",
    type=click.Choice([*_GUID_POLICIES, "default"]),
    help="What entries are recognised by; default leaves it to the audit of the feed's guids.",
)
@click.option("--retain", help="How long articles are kept after they left: 1d or longer, forever, or default.")
@click.option("--tag", "tags", multiple=True, help="Give them a tag; may be given several times.")
@click.option("--untag", "former", multiple=True, help="Take a tag from them; may be given several times.")
@click.option("--fresh", is_flag=True, help="Ask for the whole document once, whatever its host says is unchanged.")
@click.option("--url", help="Move a feed to another URL; the former one goes on naming it.")
@click.option("--merge", is_flag=True, help="With --url: should another feed have it, the two become one.")
@request_options
def set_command(names: tuple[str, ...], **options: Any) -> int:
    """Set how often feeds are polled, whatever their rhythm; what their publishers ask for still counts.

    Or set what their entries are recognised by: the entries in a feed at that moment may then be taken for new ones,
    once. Or set how long their articles are kept after they left the feed. Or give them tags, by which `feedmill feeds`
    and `feedmill articles` find them together. Or have their next poll ask for the whole document, where a host calls
    unchanged what is not.

    Or say how they are asked for: at which URL, as which user, with which header lines, under which name, through which
    proxy, in which version of HTTP. Passwords and values of headers are listed nowhere, and go to the origin of the
    feed's own URL only.
    """
    given = {name for name, value in options.items() if value not in {None, False, ()}} - {"yes"}
    if not given and options["insecure"] is None and options["http2"] is None:
        raise UsageError("set needs something to set: `feedmill set --help` lists it.")
    interval = options["interval"]
    options["every"] = read_duration("--interval", interval, SHORTEST_INTERVAL, LONGEST_INTERVAL) if interval else None
    options["tags"] = read_tags("--tag", options["tags"])
    options["former"] = read_tags("--untag", options["former"])
    retention = read_retention("--retain", options["retain"]) if options["retain"] else None
    _refuse_contradictions(names, options)
    chosen = _Chosen(retention=retention, request=take_request_change(options, names), **options)
    return change_each(names, partial(_choose, chosen=chosen))


def _choose(connection: Connection, clock: Clock, name: str, chosen: _Chosen) -> str:
    """Set for one feed what was chosen, and say so in a line."""
    feed = feed_called(connection, name)
    said = []
    if chosen.url is not None:
        feed, told = _move(connection, clock, feed, chosen)
        said.append(told)
    if chosen.interval:
        said.append(_set_interval(connection, clock, feed, chosen.every))
    if chosen.guid_policy:
        policy = _GUID_POLICIES.get(chosen.guid_policy)
        manage.choose_guid_policy(connection, feed.feed_id, policy)
        said.append(f"entries known by {policy or 'what the audit says'}")
    if chosen.retain:
        keep_feed(connection, feed.feed_id, chosen.retention)
        said.append(show_retention(chosen.retention))
    said += _set_tags(connection, feed, chosen)
    if chosen.request:
        said += set_request(connection, clock, feed, chosen.request)
    if chosen.fresh:
        refuse_seed_file(feed)
        manage.forget_validators(connection, [feed.feed_id])
        said.append("its next poll asks for the whole document")
    return f"Set {feed.url}: {'; '.join(said)}"


def _refuse_contradictions(names: Sequence[str], options: Mapping[str, Any]) -> None:
    if options["merge"] and options["url"] is None:
        raise UsageError("--merge says what becomes of a feed that has the --url already: name both.")
    if both := [tag for tag in options["tags"] if tag in options["former"]]:
        raise UsageError(f"--tag {both[0]} and --untag {both[0]} contradict each other.")
    if options["url"] is not None and len(names) > 1:
        raise UsageError("--url is for one feed at a time.")


def _set_interval(connection: Connection, clock: Clock, feed: manage.NamedFeed, every: timedelta | None) -> str:
    refuse_seed_file(feed)
    now = clock.now()
    following = choose_interval(connection, now, feed.feed_id, every, bounds_of_settings(settings()))
    # What was due before is polled as soon as a worker is free.
    when = f"next poll {from_now(max(following.at, now), now)}" if following.at else "no poll for now"
    return f"{f'every {show_duration(every)}' if every else 'the usual interval'}; {when} ({following.reason})"


def _set_tags(connection: Connection, feed: manage.NamedFeed, chosen: _Chosen) -> list[str]:
    untag_feed(connection, feed.feed_id, chosen.former)
    tag_feed(connection, feed.feed_id, chosen.tags)
    changes = (("tagged", chosen.tags), ("no longer tagged", chosen.former))
    return [f"{did} {', '.join(some)}" for did, some in changes if some]


def _move(
    connection: Connection, clock: Clock, feed: manage.NamedFeed, chosen: _Chosen
) -> tuple[manage.NamedFeed, str]:
    """Give a feed the URL that was chosen; return what it is now, and what is said of it."""
    refuse_seed_file(feed)
    assert chosen.url is not None, "it is asked for"
    former = find_request(connection, feed.feed_id)
    try:
        moved = give_url(connection, clock.now(), feed, chosen.url, merge=chosen.merge)
    except ValueError as error:
        raise NamedError(f"{feed.url} was not moved: {error}") from error
    if moved.feed_id != feed.feed_id:
        with using_secrets_file(connection, f"{feed.url} was not moved") as file:
            forget_secrets(former, file)
        return moved, f"the feeds {feed.feed_id} and {moved.feed_id} are one; it is asked for as {moved.feed_id} was"
    is_given_anew = chosen.request and chosen.request.brings_secret_lines
    withheld = None if is_given_anew else find_withheld(former, moved.url)
    again = f"; what was given for {withheld} is not sent there: give it again with --user or --header"
    return moved, f"moved from {feed.url}{again if withheld else ''}"


def set_request(connection: Connection, clock: Clock, feed: manage.NamedFeed, change: RequestChange) -> list[str]:
    """Change how a feed is asked for, and say how that is now; NamedError where its secrets cannot be kept."""
    refuse_seed_file(feed)
    with using_secrets_file(connection, f"{feed.url} was not set") as file:
        chosen = choose_request(connection, clock.now(), feed, change, file)
    said = [explain_request(chosen.settings) or "asked for as usual"]
    if change.needs_file:
        said.append(f"secrets are kept in {file.path}")
    if chosen.left_behind:
        said.append(f"what was given for {chosen.left_behind} is forgotten")
    said += [f"{name} is not set here: the workers need it" for name in _missing_variables(change)]
    return said


def keep_credentials(engine: Engine, feed_ids: Sequence[int], credentials: Credentials, *, is_asked_for: bool) -> int:
    """Keep a user and password with feeds that have answered to them, if it is asked for; return the exit code.

    At a terminal it is offered; elsewhere a sentence says how.
    """
    with reading(engine) as connection:
        feeds = [feed_called(connection, str(feed_id)) for feed_id in dict.fromkeys(feed_ids)]
        feeds = [feed for feed in feeds if is_asked_for or find_request(connection, feed.feed_id).user is None]
    if not feeds:
        return 0
    urls = ", ".join(feed.url for feed in feeds)
    if not is_asked_for and not (sys.stdin.isatty() and sys.stderr.isatty()):
        ids = " ".join(str(feed.feed_id) for feed in feeds)
        how = f"`feedmill set {ids} --user {credentials.user}`, or --keep, keeps it"
        write_note(f"The password was sent to {urls} this once: {how}.")
        return 0
    if not is_asked_for and not click.confirm(f"Keep user {credentials.user} and the password for {urls}?", err=True):
        return 0
    change = RequestChange(user=credentials.user, password=credentials.password)

    def keep(connection: Connection) -> list[str]:
        clock = read_clock(connection)
        return [f"Set {feed.url}: {'; '.join(set_request(connection, clock, feed, change))}" for feed in feeds]

    try:
        said = write(engine, keep)
    except NamedError as error:
        write_failure(error)
        return 1
    for line in said:
        # Not among the polls, which a program may be reading.
        write_note(line)
    return 0


def _missing_variables(change: RequestChange) -> list[str]:
    named = [change.password_variable, change.proxy_variable, *change.header_variables.values()]
    return [name for name in named if name and name not in read_feed_variables()]
