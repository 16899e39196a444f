"""Permanent redirects: a new address is believed when it has been named long enough, and not before.

A redirect that was a mistake, or a captive portal's, must not take a feed away (RFC 9110, section 15.4.2, lets us keep
the old address for as long as we like).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from worker.values import Move

_POLLS = 3
_TIME = timedelta(days=7)


def follow_move(move: Move | None, target: str | None, now: datetime) -> Move | None:
    """Return what is known of a move after a poll that read a feed at ``target``; null when it was not redirected."""
    if target is None:
        return None
    if move is None or move.url != target:
        return Move(target, 1, now)
    return replace(move, polls=move.polls + 1)


def is_believed(move: Move | None, now: datetime) -> bool:
    """Say whether the feed lives at the new address from now on: three polls, over seven days, led nowhere else."""
    return move is not None and move.polls >= _POLLS and now - move.since >= _TIME
