"""Polling on demand: ``poll``."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
from sqlalchemy import Connection

from worker import pipeline
from worker.basics.units import read_id
from worker.cli.open_store import group_stored, opened_tools
from worker.cli.output import counted, from_now, print_json, write_failure, write_line, write_note
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.errors import ErrorClass, NamedError, UsageError
from worker.manage.feeds import find_feed, forget_validators, list_feed_ids
from worker.manage.named_feeds import polled_feed_called
from worker.pipeline.on_demand import LEFT_TO_WORKERS
from worker.pipeline.tools import Tools
from worker.settings import settings
from worker.values.due_feeds import Credentials
from worker.values.outcomes import Outcome, PollRecord


@dataclass(frozen=True, slots=True)
class _How:
    """The options of the command."""

    user: str | None
    force: bool
    fresh: bool
    queue: bool
    as_json: bool


@click.command("poll")
@click.argument("names", nargs=-1, metavar="[URL_OR_ID...]")
@click.option("--force", is_flag=True, help="Also where the host asked to be left alone; without names: due or not.")
@click.option("--fresh", is_flag=True, help="Ask for the whole document, whatever the host says is unchanged.")
@click.option("--queue", is_flag=True, help="Leave it to the workers.")
@click.option("--user", help="HTTP Basic user; the password comes from FEEDMILL_PASSWORD, standard input or a prompt.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def poll_command(names: Sequence[str], **options: Any) -> int:
    """Poll now: the named feeds (an unknown URL is added if it is a feed), or every feed that is due."""
    how = _How(**options)
    _refuse_contradictions(names, how)
    credentials = Credentials(how.user, _password()) if how.user else None
    with opened_tools() as tools:
        if how.fresh:
            write(tools.engine, lambda connection: _forget_validators(connection, names))
        if how.queue:
            return _leave_to_the_workers(tools, names)
        polls = _start_polls(tools, names, credentials, force=how.force)
        code = _print_polls(polls, as_json=how.as_json, is_named=bool(names))
        group_stored(tools.engine)
        return code


def _refuse_contradictions(names: Sequence[str], how: _How) -> None:
    if how.queue and (how.user or how.as_json or how.force):
        raise UsageError("--queue leaves the polls to the workers: --user, --force and --json have no place beside it.")
    for option, is_given in (("--user", how.user), ("--fresh", how.fresh)):
        if is_given and not names:
            raise UsageError(f"{option} is for the feeds that are named: name them.")


def _forget_validators(connection: Connection, names: Sequence[str]) -> None:
    # Of a name that is no feed the poll itself says so.
    feeds = (find_feed(connection, name) for name in names)
    forget_validators(connection, [feed.feed_id for feed in feeds if feed])


def _password() -> str:
    given = os.environ.get("FEEDMILL_PASSWORD")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    prompted: str = click.prompt("Password", hide_input=True, err=True)
    return prompted


def _start_polls(
    tools: Tools, names: Sequence[str], credentials: Credentials | None, *, force: bool
) -> Iterator[pipeline.NamedPoll]:
    if names:
        return pipeline.poll_by_name(tools, names, _never, force=force, credentials=credentials)
    records = _poll_all(tools) if force else pipeline.poll_all_due(tools, _never)
    return (pipeline.NamedPoll(record.url, record) for record in records)


def _poll_all(tools: Tools) -> Iterator[PollRecord]:
    with reading(tools.engine) as connection:
        left = {*list_feed_ids(connection)}
    for record in pipeline.poll_named(tools, sorted(left), _never, force=True):
        left.discard(record.feed_id)
        yield record
    if left:
        write_note(f"{counted(len(left), 'feed')} not polled now: {LEFT_TO_WORKERS}")


def _never() -> bool:
    return False


def _print_polls(polls: Iterator[pipeline.NamedPoll], *, as_json: bool, is_named: bool) -> int:
    """Print what became of each poll, and return the exit code."""
    code = 0
    poll = None
    for poll in polls:
        record = poll.record
        if record is None:
            write_failure(poll.refusal)
        elif as_json:
            print_json([_poll_as_json(poll, record)])
        else:
            write_line(_format_poll(poll, record))
        if is_named and (record is None or record.error or record.lost):
            code = 1
    if poll is None and not as_json:
        write_line("No feed is due.")
    return code


def _poll_as_json(poll: pipeline.NamedPoll, record: PollRecord) -> Mapping[str, Any]:
    error = record.error
    return {
        "url": poll.name if read_id(poll.name) is None else record.url,
        "feed_url": record.url,
        "feed_id": record.feed_id if poll.is_kept else None,
        "outcome": record.outcome,
        "http_status": record.http_status,
        "new": record.new,
        "updated": record.updated,
        "lost": record.lost,
        "entries": record.entries,
        "bytes": record.bytes_received,
        "error": {"class": error.error_class, "sentence": error.sentence} if error else None,
        "enabled": poll.is_kept and record.next_poll.at is not None,
        "next_poll_at": record.next_poll.at if poll.is_kept else None,
        "next_poll_reason": record.next_poll.reason,
    }


def _format_poll(poll: pipeline.NamedPoll, record: PollRecord) -> str:
    if not poll.is_kept:
        return _refusal(poll.name, record)
    found = f"{record.new} new, {record.updated} updated" if record.outcome is Outcome.NEW else str(record.outcome)
    said = f" ({record.error.sentence})" if record.error else f" ({record.note})" if record.lost else ""
    ended_at = record.started_at + record.duration
    following = f"next {from_now(record.next_poll.at, ended_at)}: " if record.next_poll.at else ""
    return f"{record.url}  {found}{said}; {following}{record.next_poll.reason}"


def _refusal(name: str, record: PollRecord) -> str:
    assert record.error, "only a feed whose poll failed is forgotten again"
    is_page = record.error.error_class is ErrorClass.NOT_A_FEED
    hint = f"; `feedmill add {name}` looks for its feed" if is_page else ""
    return f"{name} was not added: {record.error.sentence}{hint}"


def _leave_to_the_workers(tools: Tools, names: Sequence[str]) -> int:
    code = 0
    with reading(tools.engine) as connection:
        ids = [] if names else list_feed_ids(connection)
        for name in names:
            try:
                ids.append(polled_feed_called(connection, name).feed_id)
            except NamedError as error:
                write_failure(error)
                code = 1
    ids = list(dict.fromkeys(ids))
    pipeline.request_named(tools.engine, ids)
    has_queue = not settings().is_broker_in_memory
    if has_queue and ids:
        # Only after the commit: a worker that is quicker must find the request.
        from worker.celery import send_poll_requested  # noqa: PLC0415 -- Celery is slow to import and seldom needed here

        send_poll_requested(ids)
    waiting = f"{counted(len(ids), 'feed')} {'waits' if len(ids) == 1 else 'wait'}"
    if ids:
        write_line(f"{waiting} for {'a worker' if has_queue else 'the next tick of a `feedmill run` in this store'}.")
    elif not names:
        write_line("There is no feed to poll.")
    return code
