"""A story's copies beside each other: what each changed of the first one, two of them whole, and who had it when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from markupsafe import Markup

from worker.basics.units import counted, show_duration
from worker.basics.word_diff import AlignedPassage, align_texts, find_changes
from worker.look.listings import Listed
from worker.look.stories import measure_share
from worker.plots.drawing import Figure, draw_both
from worker.plots.palette import Tone
from worker.plots.timeline import Point, TimelineRow, draw_timeline
from worker.stories.signature import outlet_of
from worker.values.entries import Notice

# What each changed is told of so many copies, and of so many passages of each; the others are a click away.
_MOST_TOLD, _MOST_PASSAGES = 12, 6
_MOST_ALIGNED = 400
_MOST_OUTLETS = 40
_TONES = {Notice.CORRECTION: Tone.WARN, Notice.KILL: Tone.BAD}


def compare_copies(
    copies: Sequence[Listed], texts: Mapping[int, Listed], base_id: int | None, other_id: int | None
) -> dict[str, Any]:
    """Return what each copy changed of one of them, the first unless another is chosen, and two of them aligned."""
    by_id = {copy["id"]: copy for copy in copies if copy["id"] in texts}
    base = by_id[base_id] if base_id in by_id else copies[0]
    told = {
        copy["id"]: find_changes(texts[base["id"]], texts[copy["id"]], _MOST_PASSAGES)
        for copy in islice((each for each in by_id.values() if each is not base), _MOST_TOLD)
    }
    other = by_id[other_id] if other_id in by_id and other_id != base["id"] else _choose_other(base, by_id, told)
    return {
        "copies": [{**copy, "outlet": _outlet(copy), "changes": told.get(copy["id"])} for copy in copies],
        "base": {**base, "outlet": _outlet(base)},
        "other": {**other, "outlet": _outlet(other)},
        "share": measure_share(texts[base["id"]], texts[other["id"]]),
        "aligned": list(_align(texts[base["id"]], texts[other["id"]])),
    }


def _choose_other(base: Listed, by_id: Mapping[int, Listed], told: Mapping[int, tuple[Any, int]]) -> Listed:
    """Return the first copy that changed something, else the first other one."""
    others = [copy for copy in by_id.values() if copy is not base]
    changed = (copy for copy in others if told.get(copy["id"], ((), 0))[0])
    return next(changed, others[0])


def _align(base: Listed, other: Listed) -> Iterator[AlignedPassage]:
    yield from islice(align_texts(base["text"], other["text"]), _MOST_ALIGNED)


def draw_spread(story: Mapping[str, Any]) -> Markup:
    """Return a plot of which outlet had a story when."""
    rows = list(_list_outlets(story["articles"]))
    spread = show_duration(story["spread"])
    finding = f"{counted(story['size'], 'article')} of {counted(len(story['outlets']), 'outlet')} within {spread}."

    def draw(width: int) -> str:
        figure = Figure("Who had it when", finding, width=width)
        return draw_timeline(figure, rows[:_MOST_OUTLETS], story["last_at"])

    return Markup(draw_both(draw))  # noqa: S704 -- the plot escapes what it shows


def _list_outlets(copies: Sequence[Listed]) -> Iterator[TimelineRow]:
    """Yield each outlet with its copies, the first one first."""
    points: dict[str, list[Point]] = {}
    for copy in sorted(copies, key=moment_of):
        tone = Tone.BAD if copy["killed_by"] else _TONES.get(copy["notice"], Tone.NEWS)
        points.setdefault(_outlet(copy), []).append(Point(moment_of(copy), copy["title"], tone))
    yield from (TimelineRow(outlet, theirs) for outlet, theirs in points.items())


def moment_of(copy: Listed) -> datetime:
    """Return when a copy was published, or first seen where that is not known."""
    moment: datetime = copy["published_at"] or copy["first_seen_at"]
    return moment


def _outlet(copy: Listed) -> str:
    return outlet_of(copy["url"], copy["feed_url"])
