"""Reading kept documents again: ``reparse``."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import Engine

from worker.basics.languages import find_detector
from worker.basics.moments import show_moment
from worker.basics.screen_lines import cut_line
from worker.basics.text import make_visible
from worker.basics.units import counted
from worker.cli.moments import read_since, utc_option
from worker.cli.open_store import group_stored, opened_store
from worker.cli.output import plain_text, print_json, with_progress, write_failure, write_line
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.errors import NamedError
from worker.manage.named_feeds import feed_called
from worker.parse import ParseLimits, Parser
from worker.pipeline.reparse import RereadTools, reparse
from worker.settings import settings
from worker.store.documents import find_feeds_with_documents
from worker.values.reread import ChangeKind, RereadArticle, RereadFeed

_PAGE = 80
# What is told of two texts that differ begins so many signs before they do.
_BEFORE = 12
# So many signs of each are shown.
_PART = 28
_BECOMES = {ChangeKind.CREATED: "new", ChangeKind.REVISED: "revised", ChangeKind.REFRESHED: "refreshed"}


@click.command("reparse")
@click.argument("feeds", nargs=-1, metavar="[FEED...]")
@click.option("--since", help="Only documents that were read since: 2d, 1h30m, a date or a moment.")
@click.option("--write", is_flag=True, help="Store what has changed; without it that is only told.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for each article that changes.")
@utc_option
def reparse_command(*, feeds: tuple[str, ...], since: str | None, write: bool, as_json: bool) -> int:
    """Read kept documents again with today's parser, and tell what changes; --write stores it.

    FEED is an id or a URL; without any, the documents of all feeds are read. FEEDMILL_RETAIN_DOCUMENTS says for how
    long documents are kept; unless it is set, none is.
    """
    with opened_store() as engine, Parser(ParseLimits(max_entries=settings().max_entries)) as parser:
        with reading(engine) as connection:
            moment = read_since(since, read_clock(connection).now())
        found, failed = _find_feeds(engine, feeds, moment)
        tools = RereadTools(engine, parser, find_detector(), is_rehearsal=not write)
        read = with_progress(reparse(tools, found, moment), "Reading", len(found), name=lambda feed: feed.url)
        tally = _tell(read, as_json=as_json)
        if write:
            group_stored(engine)
    if not as_json and found:
        write_line(_sum_up(tally, len(found), is_written=write))
    return 1 if failed or tally["failures"] else 0


def _find_feeds(engine: Engine, names: Sequence[str], since: datetime | None) -> tuple[list[int], bool]:
    """Return the feeds of which documents are to be read, and whether any name was refused, having said why."""
    refused: list[str] = []
    wanted: dict[int, str] = {}
    with reading(engine) as connection:
        for name in names:
            try:
                feed = feed_called(connection, name)
                wanted[feed.feed_id] = feed.url
            except NamedError as error:
                refused.append(str(error))
        found = find_feeds_with_documents(connection, since, wanted if names else None)
    nothing = [url for feed_id, url in wanted.items() if feed_id not in found]
    refused += [f"No document of {url} {_why_none(since)}" for url in nothing]
    if not names and not found:
        refused.append(f"No document {_why_none(since)}")
    for sentence in refused:
        write_failure(sentence)
    return found, bool(refused)


def _why_none(since: datetime | None) -> str:
    if settings().retain_documents is None:
        return "is kept: FEEDMILL_RETAIN_DOCUMENTS is not set."
    if since:
        return f"that was read since {show_moment(since)} is kept."
    return "is kept yet: the next that its host changes will be."


def _tell(read: Iterable[RereadFeed], *, as_json: bool) -> Counter[str]:
    tally = Counter[str]()
    for feed in read:
        for sentence in feed.failures:
            write_failure(f"{sentence}.")
        if as_json:
            print_json(_as_row(feed, article) for article in feed.articles)
        elif feed.articles:
            write_line(_fit(f"{feed.url} (feed {feed.feed_id})"))
            for line in (line for article in feed.articles for line in _describe(article)):
                write_line(_fit(line))
        tally += Counter(article.kind for article in feed.articles)
        tally += Counter(documents=feed.documents, unseen=feed.unseen, unread=feed.unread)
        tally += Counter(failures=len(feed.failures))
    return tally


def _fit(line: str) -> str:
    return cut_line(make_visible(line), _PAGE)


def _as_row(feed: RereadFeed, article: RereadArticle) -> dict[str, Any]:
    fields = {name: {"from": _as_plain(old), "to": _as_plain(new)} for name, (old, new) in article.fields.items()}
    return {
        "feed_id": feed.feed_id,
        "feed_url": feed.url,
        "kind": f"article {article.kind}",
        "article_id": article.article_id,
        "title": article.title,
        "url": article.url,
        "fields": fields,
    }


def _as_plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return [_as_plain(each) for each in value] if isinstance(value, tuple) else value


def _describe(article: RereadArticle) -> Iterator[str]:
    """Yield an article's line, and one for each field that is read otherwise."""
    name = f"article {article.article_id}, {_BECOMES[article.kind]}" if article.article_id else "a new article"
    yield f"  {name}: {plain_text(article.title)}"
    for field, (old, new) in article.fields.items():
        yield f"    {field}: {_show_change(old, new)}"


def _show_change(old: Any, new: Any) -> str:
    """Show both values; of two texts that begin alike, from shortly before they part."""
    before, after = _show(old), _show(new)
    start = 0
    if isinstance(old, str) and isinstance(new, str):
        pairs = enumerate(zip(before, after, strict=False))
        alike = next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
        start = max(0, alike - _BEFORE)
    parts = [_cut_out(text, start) or "nothing" for text in (before, after)]
    return " → ".join(parts)


def _cut_out(text: str, start: int) -> str:
    end = start + _PART
    return f"{'…' if start else ''}{text[start:end]}{'…' if text[end:] else ''}"


def _show(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(map(_show, value))
    if is_dataclass(value):
        return str(getattr(value, "url", value))
    return "" if value is None else str(plain_text(value))


def _sum_up(tally: Counter[str], feeds: int, *, is_written: bool) -> str:
    read = f"{counted(tally['documents'], 'document')} of {counted(feeds, 'feed')}"
    kinds = {kind: tally[kind] for kind in ChangeKind if tally[kind]}
    told = []
    if kinds:
        parts = ", ".join(f"{count:,} {_BECOMES[kind]}" for kind, count in kinds.items())
        change = "changed" if is_written else "would change"
        told.append(f"{counted(sum(kinds.values()), 'article')} {change}: {parts}")
    if tally["unseen"]:
        told.append(f"{counted(tally['unseen'], 'entry', 'entries')} read otherwise that no article shows")
    if tally["unread"]:
        told.append(f"{counted(tally['unread'], 'document')} still unreadable")
    nothing = "nothing changed" if is_written else "nothing would change"
    return f"{read}: {'; '.join(told) or nothing}."
