"""Pages for people: one article whole, and the store's health."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from worker.cli.output import console, from_now, plain
from worker.health import Health
from worker.measures import show_duration

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
    """Print an article: its facts, its text, who carries it, how it changed, and its copies."""
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
    for revision in article["revisions"] if len(article["revisions"]) > 1 else ():
        shown = ", shown" if revision["number"] == article["revision"] else ""
        words = len(revision["text"].split())
        out.print(
            plain(f"Revision {revision['number']}{shown}, {revision['seen_at']:%Y-%m-%d %H:%M}, {words} words: ")
            + plain(revision["title"])
        )
    if article["story"]:
        _print_story(article["story"], article["id"])


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
            plain(copy["title"]),
            plain(copy["feed_url"]),
        )
    out.print(copies)


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
