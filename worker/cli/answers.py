"""Printing what became of polls that were left to the workers."""

from collections.abc import Iterable

from worker.cli.output import from_now, write_failure, write_line
from worker.values.outcomes import Outcome
from worker.values.promised import Poll, PollAnswer


def print_answers(answers: Iterable[PollAnswer]) -> int:
    """Print each answer in a line, and return the exit code: 1 where a feed was not polled, or its poll failed."""
    code = 0
    for answer in answers:
        if answer.poll:
            write_line(_format_poll(answer.poll))
        else:
            write_failure(answer.reason)
        if answer.poll is None or answer.poll.error:
            code = 1
    return code


def _format_poll(poll: Poll) -> str:
    found = f"{poll.new} new, {poll.updated} updated" if poll.outcome is Outcome.NEW else str(poll.outcome)
    said = f" ({poll.error})" if poll.error else ""
    following = f"next {from_now(poll.next_poll_at, poll.started_at + poll.duration)}: " if poll.next_poll_at else ""
    return f"{poll.url}  {found}{said}; {following}{poll.next_poll_reason}"
