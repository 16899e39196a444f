"""Pages for people: one article whole, and the store's health."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from worker.cli.output import console, from_now, plain
from worker.differences import Kind, Run, find_differences
from worker.health import Health

_MOST_PASSAGES = 12
_STYLES = {Kind.REMOVED: "red strike", Kind.ADDED: "green"}
_MARKS = {Kind.REMOVED: ("[-", "-]"), Kind.ADDED: ("{+", "+}")}
_FACTS = (
    ("published_at", "Published"),
    ("updated_at", "Updated"),
    ("first_seen_at", "First seen"),
    ("authors", "By"),
    ("agency", "Agency"),
    ("dateline_place", "Dateline"),
    ("dateline_date", "Filed on"),
    ("url", "URL"),
    ("language", "Language"),
    ("tags", "Tags"),
    ("image_url", "Image"),
    ("feed_url", "Feed"),
)


def print_article(article: Mapping[str, Any]) -> None:
    """Print an article: its facts, its text, who carries it, and how it changed."""
    out = console()
    out.print(Text.assemble((str(plain(article["title"])), "bold")))
    facts = Table.grid(padding=(0, 2))
    for name, label in _FACTS:
        value = ", ".join(article[name]) if isinstance(article[name], list) else article[name]
        if value:
            facts.add_row(Text(label, style="dim"), plain(value))
    out.print(facts)
    for paragraph in article["text"].split("\n\n"):
        out.print()
        for line in paragraph.split("\n"):
            out.print(plain(line))
    out.print()
    for sighting in article["sightings"]:
        until = f" to {sighting['left_at']:%Y-%m-%d %H:%M}" if sighting["left_at"] else ""
        out.print(plain(f"Carried by {sighting['feed_url']} since {sighting['first_seen_at']:%Y-%m-%d %H:%M}{until}"))
    if len(article["revisions"]) > 1:
        _print_revisions(out, article)


def _print_revisions(out: Console, article: Mapping[str, Any]) -> None:
    """Print every version, and what changed from each to the next."""
    before: Mapping[str, Any] | None = None
    for revision in article["revisions"]:
        shown = ", shown" if revision["number"] == article["revision"] else ""
        dated = f", dated {revision['updated_at']:%Y-%m-%d %H:%M}" if revision["updated_at"] else ""
        words = len(revision["text"].split())
        out.print()
        out.print(
            plain(
                f"Revision {revision['number']}{shown}: seen {revision['seen_at']:%Y-%m-%d %H:%M}{dated}, "
                f"{words} words, by {revision['feed_url'] or 'a feed that was removed'}"
            )
        )
        if before:
            for passage in _changes(before, revision):
                out.print(_marked(passage, is_coloured=out.is_terminal))
        before = revision


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[list[Run]]:
    """Yield what changed, the title's change first, and no more than a screenful."""
    if before["title"] != after["title"]:
        yield from find_differences(before["title"], after["title"])
    passages = find_differences(before["text"], after["text"])
    yield from islice(passages, _MOST_PASSAGES)
    if more := sum(1 for _ in passages):
        yield [Run(Kind.SAME, f"… and {more} more passages")]


def _marked(passage: Iterable[Run], *, is_coloured: bool) -> Padding:
    """Return a passage with its changes coloured, or marked as wdiff does where there are no colours."""
    line = Text()
    for run in passage:
        words = plain(run.text)
        if run.kind is Kind.SAME:
            line += words
        elif is_coloured:
            line += Text(str(words), style=_STYLES[run.kind])
        else:
            opening, closing = _MARKS[run.kind]
            bare = str(words).rstrip()
            line += Text(f"{opening}{bare}{closing}{str(words)[len(bare) :]}")
    return Padding(line, (0, 0, 0, 4))


def print_health(health: Health) -> None:
    """Print the store's health as a page of figures."""
    out = console()
    page = Table.grid(padding=(0, 2))
    page.add_row(Text("Feeds", style="dim"), plain(_tally(health.feeds)))
    page.add_row(Text("Due", style="dim"), plain(f"{health.due:,} now, {health.late:,} of them late"))
    page.add_row(Text("Failing", style="dim"), plain(_tally(health.failing)))
    page.add_row(Text("Polls, last hour", style="dim"), plain(_tally(health.polls_last_hour)))
    page.add_row(Text("Last poll", style="dim"), plain(from_now(health.last_poll_at, health.at) or "never"))
    articles = f"{health.articles:,}, {health.articles_last_hour:,} in the last hour"
    page.add_row(Text("Articles", style="dim"), plain(articles))
    slowest = ", ".join(f"{name} {seconds:.1f}s" for name, seconds in health.slowest_hosts.items())
    page.add_row(Text("Slowest hosts", style="dim"), plain(slowest or "none polled in the last hour"))
    out.print(page)


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "none"
