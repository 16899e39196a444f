"""Looking at hosts, and setting how they are treated: ``hosts``."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import click
from sqlalchemy import Connection

from worker.basics.moments import from_now, moment_from_now
from worker.basics.units import counted, show_duration
from worker.cli.feeds import change_each
from worker.cli.open_store import reading_store
from worker.cli.options import Words, as_options, most_rows, read_count, read_duration
from worker.cli.tables import Column, Page, print_rows
from worker.database.clock import Clock, read_clock
from worker.errors import NamedError, UsageError
from worker.look.host_listing import count_listed_hosts, list_hosts, list_wildcards
from worker.look.listings import Wanted
from worker.manage.hosts import (
    HostTerms,
    NamedHost,
    choose_host_terms,
    choose_wildcard_terms,
    find_hosts,
    find_hosts_under,
    is_wildcard,
    read_wildcard,
)
from worker.settings import settings

_LONGEST_GAP = timedelta(hours=1)
_MOST_PARALLEL = 32


@click.command("hosts")
@as_options
@click.argument("names", nargs=-1, metavar="[HOST...]")
@click.option("--text", type=Words(), help="Only hosts with this in their name.")
@click.option("--gap", help="Set the time between two requests to each HOST: 0s to 1h, such as 1m30s, or default.")
@click.option("--parallel", help=f"Set the requests in flight to each HOST: 1 to {_MOST_PARALLEL}, or default.")
def hosts_command(
    names: Sequence[str], text: str | None, *, as_json: bool, limit: int | None, **chosen: str | None
) -> int:
    """List hosts, and whether each may be asked now; with --gap or --parallel, set how the named ones are treated.

    HOST is a hostname (at any port), hostname:port, the URL of one of its feeds, or '*.news.example' for every name
    under a domain, known now or met later. What is set for a name itself outranks what a wildcard says.
    """
    terms = _read_terms(chosen)
    if not terms:
        _print_hosts(names, text, as_json=as_json, limit=limit)
        return 0
    if not names or text or as_json or limit:
        raise UsageError("--gap and --parallel set something for the HOSTs that are named, and list nothing.")
    return change_each(names, lambda connection, clock, name: _set_terms(connection, clock, name, terms))


def _read_terms(chosen: Mapping[str, str | None]) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    if (gap := chosen["gap"]) is not None:
        terms["gap"] = read_duration("--gap", gap, timedelta(0), _LONGEST_GAP)
    if (parallel := chosen["parallel"]) is not None:
        terms["parallel"] = read_count("--parallel", parallel, _MOST_PARALLEL)
    return terms


def _set_terms(connection: Connection, clock: Clock, name: str, terms: Mapping[str, Any]) -> Sequence[str]:
    def set_one(host: NamedHost) -> str:
        now = choose_host_terms(connection, clock.now(), host.host_id, terms, settings().host_gap)
        return f"Set {host.name}: {_describe(now)}"

    if is_wildcard(name):
        wildcard = _wildcard_called(name)
        said, known = choose_wildcard_terms(connection, clock.now(), wildcard, terms, settings().host_gap)
        holds_for = f"{counted(known, 'known host')} under it" if known else "no host known yet"
        return [f"Set {wildcard}: {_describe(said)}, for {holds_for}, and for all that come"]
    return [set_one(host) for host in _hosts_called(connection, name)]


def _describe(terms: HostTerms) -> str:
    gap = "the usual gap" if terms.gap is None else show_duration(terms.gap)
    return f"{gap} between two requests, {terms.parallel or 'as many as usual'} at a time"


def _print_hosts(names: Sequence[str], text: str | None, *, as_json: bool, limit: int | None) -> None:
    with reading_store() as connection:
        now = read_clock(connection).now()
        named = [host_id for name in names for host_id in _ids_called(connection, name)] if names else None
        called = [_wildcard_called(name) for name in names if is_wildcard(name)] if names else None
        wildcards = list(list_wildcards(connection, called, text))
        most = most_rows(limit, as_json=as_json)
        more = most if as_json or most is None else most + 1
        hosts = list_hosts(connection, now, Wanted(text=text, limit=more), host_ids=named)
        rows = chain(wildcards, hosts)
        none = "None match." if text or names else "No hosts: `feedmill add URL` adds a feed, and with it its host."
        page = Page(most, lambda: count_listed_hosts(connection, text, host_ids=named, beside=len(wildcards)))
        print_rows(rows, _columns(now), as_json=as_json, when_empty=none, page=page)


def _ids_called(connection: Connection, name: str) -> Sequence[int]:
    if is_wildcard(name):
        return find_hosts_under(connection, _wildcard_called(name))
    return [host.host_id for host in _hosts_called(connection, name)]


def _wildcard_called(name: str) -> str:
    try:
        return read_wildcard(name)
    except ValueError as error:
        raise NamedError(f"{name} names no hosts: {error}") from error


def _hosts_called(connection: Connection, name: str) -> Sequence[NamedHost]:
    try:
        found = find_hosts(connection, name)
    except ValueError as error:
        raise NamedError(f"{name} names no host: {error}") from error
    if not found:
        raise NamedError(f"There is no host {name}: `feedmill hosts` lists them.")
    return found


def _columns(now: datetime) -> list[Column]:
    return [
        Column("HOST", "host", 32),
        Column("FEEDS", "feeds", 7),
        Column("DUE", "due", 7),
        Column("GAP", lambda row: "default" if row["gap"] is None else row["gap"], 7, is_spare=True),
        Column("PARALLEL", lambda row: row["parallel"] or "default", 8, is_spare=True),
        Column("NEXT", lambda row: _format_next(row, now), 7),
        Column("STATE", lambda row: _format_state(row, now), wraps=True),
    ]


def _format_next(row: Mapping[str, Any], now: datetime) -> str:
    if row["claimable_at"]:
        return from_now(max(row["claimable_at"], now), now)
    # A wildcard is never asked for anything.
    return "never" if row["id"] else ""


def _format_state(row: Mapping[str, Any], now: datetime) -> Sequence[str]:
    if row["state"] == "shared":
        # The row that it shares is listed too, and has a long name.
        return ["shared"]
    until = f" until {moment_from_now(row['until'], now)}" if row["until"] else ""
    return [f"{row['state']}{until}", *([row["why"]] if row["why"] else [])]
