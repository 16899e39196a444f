"""A story's copies beside each other: what each changed of the first one, two of them whole, and who had it when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from worker.basics.units import counted, show_duration
from worker.basics.word_diff import align_texts, count_words, find_changes
from worker.look.listings import Listed
from worker.look.stories import measure_shares
from worker.plots.drawing import NARROW, Figure, draw_both
from worker.plots.palette import Tone
from worker.plots.timeline import Point, TimelineRow, draw_timeline
from worker.stories.signature import outlet_of
from worker.values.entries import Notice

# What each changed is told of so many copies, and of so many passages of each; the others are a click away.
_MOST_TOLD, _MOST_PASSAGES = 12, 6
_MOST_ALIGNED = 400
_MOST_OUTLETS = 40
# Of the plot, which has a page's whole width.
_WIDE = 820
_TONES = {Notice.CORRECTION: Tone.WARN, Notice.KILL: Tone.BAD}


def compare_copies(
    articles: Sequence[Listed], base_id: int | None = None, other_id: int | None = None
) -> dict[str, Any]:
    """Return the copies by time, compared with the first one or the one that is chosen, and two of them aligned."""
    articles = sorted(articles, key=moment_of)
    by_id = {article["id"]: article for article in articles}
    base = by_id.get(base_id, articles[0])
    others = [article for article in articles if article is not base]
    changes = {each["id"]: find_changes(base, each, _MOST_PASSAGES) for each in others[:_MOST_TOLD]}
    changed = next((each for each in others[:_MOST_TOLD] if changes[each["id"]][0]), others[0])
    other = changed if other_id is None or other_id == base["id"] else by_id.get(other_id, changed)
    shares = measure_shares(base, articles)
    copies = {
        article["id"]: {
            **article,
            "outlet": outlet_of(article["url"], article["feed_url"]),
            "words": count_words(article["text"]),
            "share": share,
            "changes": changes.get(article["id"]),
        }
        for article, share in zip(articles, shares, strict=True)
    }
    aligned = list(islice(align_texts(base["text"], other["text"]), _MOST_ALIGNED))
    return {
        "copies": [*copies.values()],
        "base": copies[base["id"]],
        "other": copies[other["id"]],
        "aligned": aligned,
    }


def draw_spread(story: Mapping[str, Any]) -> str:
    """Return a plot of which outlet had a story when."""
    rows = list(_list_outlets(story["articles"]))
    spread = show_duration(story["spread"])
    finding = f"{counted(story['size'], 'article')} of {counted(len(story['outlets']), 'outlet')} within {spread}."

    def draw(width: int) -> str:
        figure = Figure("Who had it when", finding, width=_WIDE if width > NARROW else width)
        return draw_timeline(figure, rows[:_MOST_OUTLETS], story["last_at"])

    return draw_both(draw)


def _list_outlets(copies: Sequence[Listed]) -> Iterator[TimelineRow]:
    """Yield each outlet with its copies, the first one first."""
    points: dict[str, list[Point]] = {}
    for copy in sorted(copies, key=moment_of):
        tone = Tone.BAD if copy["killed_by"] else _TONES.get(copy["notice"], Tone.NEWS)
        points.setdefault(outlet_of(copy["url"], copy["feed_url"]), []).append(
            Point(moment_of(copy), copy["title"], tone)
        )
    yield from (TimelineRow(outlet, theirs) for outlet, theirs in points.items())


def moment_of(copy: Listed) -> datetime:
    """Return when a copy was published, or first seen where that is not known."""
    moment: datetime = copy["published_at"] or copy["first_seen_at"]
    return moment
