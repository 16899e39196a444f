"""Pages for people: one article whole, how a feed is doing, and the store's health."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, pairwise
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from worker.basics.moments import from_now, show_moment
from worker.basics.units import counted, show_duration
from worker.basics.word_diff import WordKind, WordRun, find_changes
from worker.cli.output import console, plain_text, print_trimmed
from worker.look.health import Health
from worker.wording import sentences
from worker.wording.episode_lines import describe_episode
from worker.wording.feed_facts import describe_feed

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
    ("enclosures", "Enclosures"),
    ("podcast", "Episode"),
    ("feed_url", "Feed"),
    ("summary", "Summary"),
)


def print_article(article: Mapping[str, Any]) -> None:
    """Print an article: its facts, its text, who carries it, how it changed, and its copies."""
    out = console()
    print_trimmed(plain_text(article["title"], "bold"), out)
    if kill := sentences.explain_kill(article):
        print_trimmed(plain_text(kill, "bold red"), out)
    facts = ((label, _show_fact(article, name)) for name, label in _FACTS)
    _print_facts(chain(facts, sentences.explain_notices(article)))
    for paragraph in article["text"].split("\n\n") if article["text"] else ():
        out.print()
        for line in paragraph.split("\n"):
            print_trimmed(plain_text(line), out)
    out.print()
    # Two files of one folder may hold it.
    for line in dict.fromkeys(map(_show_sighting, article["sightings"])):
        print_trimmed(plain_text(line), out)
    if sentences.is_other_version(article):
        out.print()
        print_trimmed(plain_text(f"What it changes of article {article['acted_on']['id']}:"), out)
        _print_changes(out, *sentences.as_versions(article))
    if len(article["revisions"]) > 1:
        _print_revisions(out, article)
    if article["story"]:
        _print_story(out, article["story"], article["id"])


def _show_sighting(sighting: Mapping[str, Any]) -> str:
    until = f" to {show_moment(sighting['left_at'])}" if sighting["left_at"] else ""
    return f"Carried by {sighting['feed_url']} since {show_moment(sighting['first_seen_at'])}{until}"


def _show_fact(article: Mapping[str, Any], name: str) -> Any:
    value = article[name]
    if name == "notice" and article["notice_number"]:
        return f"{value} {article['notice_number']}"
    if name == "language" and article["language_source"]:
        return f"{value}, {_SOURCES[article['language_source']]}"
    if name == "enclosures":
        return [sentences.describe_file(file["url"], file["length"], file["media_type"]) for file in value]
    if name == "podcast":
        return describe_episode(value)
    return ", ".join(value) if isinstance(value, list) else value


def _print_revisions(out: Console, article: Mapping[str, Any]) -> None:
    """Print every version, and what changed from each to the next."""
    for before, revision in pairwise([None, *article["revisions"]]):
        shown = ", shown" if revision["number"] == article["revision"] else ""
        dated = f", dated {show_moment(revision['updated_at'])}" if revision["updated_at"] else ""
        seen = f"seen {show_moment(revision['seen_at'])}{dated}, {counted(len(revision['text'].split()), 'word')}"
        feed = revision["feed_url"] or "a feed that was removed"
        out.print()
        print_trimmed(plain_text(f"Revision {revision['number']}{shown}: {seen}, by {feed}"), out)
        if before:
            _print_changes(out, before, revision)


def _print_changes(out: Console, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Print what changed, no more than a screenful."""
    passages, more = find_changes(before, after, _MOST_PASSAGES)
    if more:
        passages.append([WordRun(WordKind.SAME, f"… and {counted(more, 'more passage')}")])
    for passage in passages:
        print_trimmed(_mark(passage, is_coloured=out.color_system is not None), out)


def _mark(passage: Iterable[WordRun], *, is_coloured: bool) -> Padding:
    """Return a passage with its changes coloured, or marked as wdiff does where there are no colours."""
    line = Text()
    for run in passage:
        text = plain_text(run.text, _STYLES.get(run.kind, "") if is_coloured else "")
        if run.kind is not WordKind.SAME and not is_coloured:
            opening, closing = _MARKS[run.kind]
            bare = text.plain.rstrip()
            text = Text(f"{opening}{bare}{closing}{text.plain[len(bare) :]}")
        line += text
    return Padding(line, (0, 0, 0, 4))


def _print_story(out: Console, story: Mapping[str, Any], article_id: int) -> None:
    of = f"{counted(story['size'], 'article')} of {counted(len(story['outlets']), 'outlet')}"
    out.print()
    print_trimmed(plain_text(f"Story {story['id']}: {of} within {show_duration(story['spread'])}"), out)
    copies = Table.grid(padding=(0, 2))
    for copy in story["articles"]:
        is_first = copy["id"] == story["articles"][0]["id"]
        copies.add_row(
            plain_text("this one" if copy["id"] == article_id else copy["id"], "dim"),
            plain_text(copy["published_at"] or copy["first_seen_at"]),
            plain_text(counted(copy["words"], "word")),
            plain_text("first" if is_first else f"{copy['share_found']:.0%} found"),
            plain_text(sentences.mark_title(copy)),
            plain_text(copy["feed_url"]),
        )
    print_trimmed(copies, out)


def print_feed(feed: Mapping[str, Any], now: datetime, backfill: Mapping[Any, Any] | None = None) -> None:
    """Print how a feed is doing: when it is polled next and why, and if it is late, why that is."""
    _print_facts(describe_feed(feed, now, backfill).items())
    console().print()


def print_health(health: Health) -> None:
    """Print the store's health as a page of figures."""
    failing = _tally(health.failing)
    if health.uncounted:
        failing += f"; {health.uncounted:,} not held against them yet: it may be our own network"
    late = _inexact(health, "late", f"{health.late:,}")
    articles = _inexact(health, "articles", f"{health.articles:,}")
    slowest = ", ".join(f"{name} {seconds:.1f}s" for name, seconds in health.slowest_hosts.items())
    facts = (
        ("Feeds", _inexact(health, "feeds", _tally(health.feeds))),
        ("Quality", _tally(health.quality) if health.quality else None),
        ("Files", _files(health)),
        ("Due", f"{_inexact(health, 'due', f'{health.due:,}')} now, {late} of them late"),
        ("Failing", failing),
        ("Never succeeded", f"{health.never_succeeded:,}" if health.never_succeeded else None),
        ("Hosts left alone", f"{health.hosts_left_alone:,} (403, 429, 503)" if health.hosts_left_alone else None),
        ("Polls, last hour", _inexact(health, "polls_last_hour", _tally(health.polls_last_hour))),
        ("Last poll", from_now(health.last_poll_at, health.at) or "never"),
        ("Articles", f"{articles}, {health.articles_last_hour:,} in the last hour"),
        ("Hubs", _inexact(health, "subscriptions", _tally(health.subscriptions)) if health.subscriptions else None),
        ("Certificates", f"not checked for {counted(health.insecure, 'feed')}" if health.insecure else None),
        ("Slowest hosts", slowest or "none polled in the last hour"),
        *(("Note", f"{note} ({from_now(at, health.at)})") for note, at in health.notes.items()),
    )
    _print_facts(facts)


def _files(health: Health) -> str | None:
    refused = health.files_refused
    told = f", {refused:,} refused (`feedmill files --refused`)" if refused else ""
    return f"{_inexact(health, 'files', f'{health.files:,}')}{told}" if health.files or refused else None


def _inexact(health: Health, name: str, figure: str) -> str:
    """Say before a figure that is not exact what it is: ``about 10,000,000``."""
    return f"{health.inexact[name]} {figure}" if name in health.inexact else figure


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "none"


def _print_facts(facts: Iterable[tuple[str, Any]]) -> None:
    """Print facts below one another, without those that have no value."""
    page = Table.grid(padding=(0, 2))
    for label, value in facts:
        if value:
            page.add_row(Text(label, style="dim", no_wrap=True), plain_text(value))
    print_trimmed(page, console())
