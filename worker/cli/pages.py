"""Pages for people: one article whole, how a feed is doing, and the store's health."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from worker.basics.codec import unpack
from worker.basics.differences import WordKind, Words, find_differences
from worker.basics.measures import show_duration
from worker.cli.output import console, from_now, plain, print_trimmed
from worker.cli.words import (
    changes_words,
    expected_at,
    explain_hints,
    explain_lateness,
    mark_title,
    tell_kill,
    tell_notices,
)
from worker.look.health import Health
from worker.values.due_feeds import FeedOptions

_MOST_PASSAGES = 12
_STYLES = {WordKind.REMOVED: "red strike", WordKind.ADDED: "green"}
_MARKS = {WordKind.REMOVED: ("[-", "-]"), WordKind.ADDED: ("{+", "+}")}
_SOURCES = {"entry": "as the entry says", "feed": "as its feed says", "detected": "detected in its text"}
_FACTS = (
    ("published_at", "Published"),
    ("updated_at", "Updated"),
    ("first_seen_at", "First seen"),
    ("authors", "By"),
    ("agency", "Agency"),
    ("dateline_place", "Dateline"),
    ("dateline_date", "Filed on"),
    ("slug", "Slug"),
    ("notice", "Notice"),
    ("note", "Note"),
    ("urgency", "Urgency"),
    ("url", "URL"),
    ("language", "Language"),
    ("tags", "Tags"),
    ("image_url", "Image"),
    ("feed_url", "Feed"),
)


def print_article(article: Mapping[str, Any]) -> None:
    """Print an article: its facts, its text, who carries it, how it changed, and its copies."""
    out = console()
    out.print(Text.assemble((str(plain(article["title"])), "bold")))
    if kill := tell_kill(article):
        out.print(Text.assemble((str(plain(kill)), "bold red")))
    _print_facts(chain(((label, _show_fact(article, name)) for name, label in _FACTS), tell_notices(article)))
    for paragraph in article["text"].split("\n\n"):
        out.print()
        for line in paragraph.split("\n"):
            out.print(plain(line))
    out.print()
    for sighting in article["sightings"]:
        until = f" to {sighting['left_at']:%Y-%m-%d %H:%M}" if sighting["left_at"] else ""
        out.print(plain(f"Carried by {sighting['feed_url']} since {sighting['first_seen_at']:%Y-%m-%d %H:%M}{until}"))
    if changes_words(article):
        out.print()
        out.print(plain(f"What it changes of article {article['acted_on']['id']}:"))
        _print_changes(out, article["acted_on"], article)
    if len(article["revisions"]) > 1:
        _print_revisions(out, article)
    if article["story"]:
        _print_story(article["story"], article["id"])


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
            _print_changes(out, before, revision)
        before = revision


def _print_changes(out: Console, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    for passage in _changes(before, after):
        out.print(_marked(passage, is_coloured=out.is_terminal))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[list[Words]]:
    """Yield what changed, the title's change first, and no more than a screenful."""
    if before["title"] != after["title"]:
        yield from find_differences(before["title"], after["title"])
    passages = find_differences(before["text"], after["text"])
    yield from islice(passages, _MOST_PASSAGES)
    if more := sum(1 for _ in passages):
        yield [Words(WordKind.SAME, f"… and {more} more passages")]


def _marked(passage: Iterable[Words], *, is_coloured: bool) -> Padding:
    """Return a passage with its changes coloured, or marked as wdiff does where there are no colours."""
    line = Text()
    for run in passage:
        words = plain(run.text)
        if run.kind is WordKind.SAME:
            line += words
        elif is_coloured:
            line += Text(str(words), style=_STYLES[run.kind])
        else:
            opening, closing = _MARKS[run.kind]
            bare = str(words).rstrip()
            line += Text(f"{opening}{bare}{closing}{str(words)[len(bare) :]}")
    return Padding(line, (0, 0, 0, 4))


def print_feed(feed: Mapping[str, Any], now: datetime) -> None:
    """Print how a feed is doing: when it is polled next and why, and if it is late, why that is."""
    options = unpack(FeedOptions, feed["options"]) or FeedOptions()
    failing = f"{_polls(feed['attempts'])}, since {_moment(feed['failing_since'], now)}"
    move = f"{feed['moved_to']}: {_polls(feed['moved_polls'])}, since {_moment(feed['moved_since'], now)}"
    facts = (
        ("Feed", feed["url"]),
        ("Title", feed["title"]),
        ("State", feed["state"]),
        # Of a feed that is known from saved documents alone, nobody has tried.
        ("Last success", _moment(feed["last_success_at"], now) or ("never" if feed["last_attempt_at"] else None)),
        ("Failing", failing if feed["attempts"] else None),
        ("Last failure", feed["error"]),
        ("Next poll", _moment(expected_at(feed), now) or "never"),
        ("Why then", feed["next_poll_reason"]),
        ("Late", explain_lateness(feed, now)),
        ("Operator's interval", show_duration(options.interval) if options.interval else None),
        ("Entries known by", f"{options.guid_policy}, as its operator chose" if options.guid_policy else None),
        ("Publisher's hints", explain_hints(feed["hints"])),
        ("Redirected to", move if feed["moved_to"] else None),
        ("Host", feed["host"]),
    )
    _print_facts(facts)
    console().print()


def _show_fact(article: Mapping[str, Any], name: str) -> Any:
    value = article[name]
    if name == "notice" and article["notice_number"]:
        return f"{value} {article['notice_number']}"
    if name == "language" and article["language_source"]:
        return f"{value}, {_SOURCES[article['language_source']]}"
    return ", ".join(value) if isinstance(value, list) else value


def _print_story(story: Mapping[str, Any], article_id: int) -> None:
    out = console()
    outlets = f"{len(story['outlets'])} outlet{'s' if len(story['outlets']) > 1 else ''}"
    within = show_duration(story["spread"])
    out.print()
    out.print(plain(f"Story {story['id']}: {story['size']} articles of {outlets} within {within}"))
    copies = Table.grid(padding=(0, 2))
    for copy in story["articles"]:
        is_first = copy["id"] == story["articles"][0]["id"]
        copies.add_row(
            Text("this one" if copy["id"] == article_id else str(copy["id"]), style="dim"),
            plain(copy["published_at"] or copy["first_seen_at"]),
            plain(f"{copy['words']} words"),
            plain("first" if is_first else f"{copy['share_found']:.0%} found"),
            plain(mark_title(copy)),
            plain(copy["feed_url"]),
        )
    out.print(copies)


def print_health(health: Health) -> None:
    """Print the store's health as a page of figures."""
    slowest = ", ".join(f"{name} {seconds:.1f}s" for name, seconds in health.slowest_hosts.items())
    facts = (
        ("Feeds", _tally(health.feeds)),
        ("Due", f"{health.due:,} now, {health.late:,} of them late"),
        ("Failing", _failing(health)),
        ("Never succeeded", f"{health.never_succeeded:,}" if health.never_succeeded else None),
        ("Hosts left alone", f"{health.hosts_left_alone:,} (429, 503)" if health.hosts_left_alone else None),
        ("Polls, last hour", _tally(health.polls_last_hour)),
        ("Last poll", from_now(health.last_poll_at, health.at) or "never"),
        ("Articles", f"{health.articles:,}, {health.articles_last_hour:,} in the last hour"),
        ("Slowest hosts", slowest or "none polled in the last hour"),
        *(("Note", f"{note} ({from_now(at, health.at)})") for note, at in health.notes.items()),
    )
    _print_facts(facts)


def _print_facts(facts: Iterable[tuple[str, Any]]) -> None:
    """Print facts below one another, without those that there is nothing to say of."""
    page = Table.grid(padding=(0, 2))
    for label, value in facts:
        if value:
            page.add_row(Text(label, style="dim", no_wrap=True), plain(value))
    print_trimmed(page, console())


def _failing(health: Health) -> str:
    if not health.uncounted:
        return _tally(health.failing)
    return f"{_tally(health.failing)}; {health.uncounted:,} not held against them yet: it may be our own network"


def _moment(moment: datetime | None, now: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} ({from_now(moment, now)})" if moment else ""


def _polls(count: int) -> str:
    return "the last poll" if count == 1 else f"{count} polls in a row"


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "none"
