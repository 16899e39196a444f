"""Polling on demand: ``poll``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import click
from sqlalchemy import Connection

from worker import pipeline
from worker.api_values import promise_poll
from worker.basics.request_rules import check_user
from worker.basics.units import counted, read_id
from worker.cli.feed_settings import keep_credentials
from worker.cli.open_store import group_stored, judge_stored, opened_tools
from worker.cli.options import read_duration
from worker.cli.output import print_json, write_failure, write_line, write_note
from worker.cli.request_options import checked
from worker.cli.typed_secrets import read_password
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.errors import UsageError
from worker.manage.feeds import find_feed, forget_validators, list_feed_ids
from worker.pipeline.on_demand import LEFT_TO_WORKERS
from worker.pipeline.tickets import read_answers, wait_for_answers
from worker.pipeline.tools import Tools
from worker.queued_polls import queue_polls, tell_workers
from worker.settings import settings
from worker.values.due_feeds import Credentials
from worker.values.outcomes import PollRecord
from worker.values.promised import PollAnswer
from worker.wording.sentences import describe_poll

_USUAL_TIMEOUT, _LONGEST_TIMEOUT = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _How:
    """The options of the command."""

    user: str | None
    keep: bool
    force: bool
    fresh: bool
    queue: bool
    wait: bool
    timeout: timedelta | None
    as_json: bool


@click.command("poll")
@click.argument("names", nargs=-1, metavar="[URL_OR_ID...]")
@click.option("--force", is_flag=True, help="Also what asked to be left alone; without names: due or not.")
@click.option("--fresh", is_flag=True, help="Ask for the whole document, whatever the host says is unchanged.")
@click.option("--queue", is_flag=True, help="Leave it to the workers.")
@click.option("--wait", is_flag=True, help="With --queue: wait until they have polled, and say what became of it.")
@click.option("--timeout", help="With --wait: how long, such as 30s (1m unless given).")
@click.option(
    "--user",
    metavar="NAME",
    callback=checked(check_user),
    help="HTTP Basic user; the password comes from FEEDMILL_PASSWORD, standard input or a prompt.",
)
@click.option("--keep", is_flag=True, help="Keep the user and the password with the feeds that answer to them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def poll_command(names: Sequence[str], **options: Any) -> int:
    """Poll now: the named feeds (an unknown URL is added if it is a feed), or every feed that is due."""
    how = _How(**options | {"timeout": _read_timeout(options)})
    _refuse_contradictions(names, how)
    credentials = Credentials(how.user, read_password()) if how.user else None
    with opened_tools() as tools:
        if how.fresh:
            write(tools.engine, lambda connection: _forget_validators(connection, names))
        if how.queue:
            return _leave_to_the_workers(tools, names, how.timeout if how.wait else None)
        answered: list[int] = []
        polls = _note_answered(_start_polls(tools, names, credentials, force=how.force), answered)
        code = _print_polls(polls, as_json=how.as_json, is_named=bool(names))
        if credentials and answered:
            code |= keep_credentials(tools.engine, answered, credentials, is_asked_for=how.keep)
        group_stored(tools.engine)
        judge_stored(tools.engine)
        return code


def _refuse_contradictions(names: Sequence[str], how: _How) -> None:
    if how.queue and (how.user or how.as_json or how.force):
        raise UsageError("--queue leaves the polls to the workers: --user, --force and --json have no place beside it.")
    if how.keep and not how.user:
        raise UsageError("--keep keeps the user and the password of --user: name both.")
    for option, is_given in (("--user", how.user), ("--fresh", how.fresh)):
        if is_given and not names:
            raise UsageError(f"{option} is for the feeds that are named: name them.")


def _read_timeout(options: Mapping[str, Any]) -> timedelta:
    """Return how long to wait for workers; UsageError for an option that has no place."""
    if options["wait"] and not options["queue"]:
        raise UsageError("--wait is for polls that --queue leaves to the workers.")
    given = options["timeout"]
    if given is None:
        return _USUAL_TIMEOUT
    if not options["wait"]:
        raise UsageError("--timeout says how long --wait waits: name both.")
    chosen = read_duration("--timeout", given, timedelta(0), _LONGEST_TIMEOUT)
    return _USUAL_TIMEOUT if chosen is None else chosen


def _forget_validators(connection: Connection, names: Sequence[str]) -> None:
    # Of a name that is no feed the poll itself says so.
    feeds = (find_feed(connection, name) for name in names)
    forget_validators(connection, [feed.feed_id for feed in feeds if feed])


def _start_polls(
    tools: Tools, names: Sequence[str], credentials: Credentials | None, *, force: bool
) -> Iterator[pipeline.NamedPoll]:
    if names:
        return pipeline.poll_by_name(tools, names, _never, force=force, credentials=credentials)
    records = _poll_all(tools) if force else pipeline.poll_all_due(tools, _never)
    return (pipeline.NamedPoll(record.url, record) for record in records)


def _note_answered(polls: Iterator[pipeline.NamedPoll], answered: list[int]) -> Iterator[pipeline.NamedPoll]:
    """Pass polls on, and add to ``answered`` the feeds whose hosts answered well."""
    for poll in polls:
        if poll.record and poll.record.error is None:
            answered.append(poll.record.feed_id)
        yield poll


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
            write_line(poll.why_not_added or describe_poll(promise_poll(record)))
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


def _leave_to_the_workers(tools: Tools, names: Sequence[str], timeout: timedelta | None) -> int:
    if not names and timeout is None:
        return _leave_all_to_the_workers(tools)
    asked = queue_polls(tools.engine, settings(), names or _list_all(tools))
    if asked.untold:
        write_failure(asked.untold)
    if asked.feed_ids:
        write_line(f"{_say_waiting(len(asked.feed_ids))} (ticket {asked.ticket_id}).")
    if timeout is not None:
        answers = wait_for_answers(tools.engine, asked.ticket_id, timeout, _never)
        return max(print_answers(answers), int(asked.untold is not None))
    with reading(tools.engine) as connection:
        refused = [answer for answer in read_answers(connection, asked.ticket_id) if answer.feed_id is None]
    return max(print_answers(refused), int(asked.untold is not None))


def print_answers(answers: Iterable[PollAnswer]) -> int:
    """Print what became of each feed, and return the exit code: 1 where one was not polled, or its poll failed."""
    code = 0
    for answer in answers:
        if answer.poll:
            write_line(describe_poll(answer.poll))
        else:
            write_failure(answer.reason)
        if answer.poll is None or answer.poll.error:
            code = 1
    return code


def _leave_all_to_the_workers(tools: Tools) -> int:
    """Ask for polls of all feeds, which nobody waits for: a ticket would have as many rows."""
    with reading(tools.engine) as connection:
        feed_ids = list_feed_ids(connection)
    pipeline.request_named(tools.engine, feed_ids)
    tell_workers(settings(), feed_ids)
    write_line(f"{_say_waiting(len(feed_ids))}." if feed_ids else "There is no feed to poll.")
    return 0


def _list_all(tools: Tools) -> list[str]:
    with reading(tools.engine) as connection:
        return [str(feed_id) for feed_id in list_feed_ids(connection)]


def _say_waiting(feeds: int) -> str:
    whom = "the next tick of a `feedmill run` in this store" if settings().is_broker_in_memory else "a worker"
    return f"{counted(feeds, 'feed')} {'waits' if feeds == 1 else 'wait'} for {whom}"
