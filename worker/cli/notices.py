"""What a wire's notices say of one another: which article was updated, corrected or killed, and by which."""

from collections.abc import Iterator, Mapping
from typing import Any

from worker.values import Notice

_Row = Mapping[Any, Any]
_ACTS = {
    Notice.UPDATE: "Updates",
    Notice.CORRECTION: "Corrects",
    Notice.REPEAT: "Repeats",
    Notice.TAKE: "Continues",
    Notice.KILL: "Kills",
}
_IS_ACTED_ON = {
    Notice.UPDATE: "Updated by",
    Notice.CORRECTION: "Corrected by",
    Notice.REPEAT: "Repeated by",
    Notice.TAKE: "Continued by",
    Notice.KILL: "Killed by",
}
# A take and a kill are no versions of what they act on.
_CHANGES_WORDS = {Notice.UPDATE, Notice.CORRECTION, Notice.REPEAT}


def mark_title(row: _Row) -> str:
    """Return a title that nobody takes for standing news where it is killed, or a kill."""
    if row["killed_by"]:
        return f"KILLED: {row['title']}"
    return f"KILL: {row['title']}" if row["notice"] == Notice.KILL else str(row["title"])


def tell_kill(article: _Row) -> str | None:
    """Say what killed an article, and why; null while it stands."""
    if article["killed_by"] == article["id"]:
        return f"Killed by its publisher: {article['note'] or 'without a word'}"
    if article["killed_by"]:
        return f"Killed by {_tell(article['kill'])}" if article["kill"] else f"Killed by {article['killed_by']}"
    return None


def tell_notices(article: _Row) -> Iterator[tuple[str, Any]]:
    """Yield what an article acts on, and what acts on it; its kill has been told."""
    if article["kills"]:
        yield _ACTS[Notice.KILL], [_tell(other, other["title"]) for other in article["kills"]]
    elif article["acted_on"]:
        yield _ACTS.get(article["notice"], "Acts on"), _tell(article["acted_on"], article["acted_on"]["title"])
    for notice, label in _IS_ACTED_ON.items():
        others = [other for other in article["acted_on_by"] if other["notice"] == notice]
        yield label, [_tell(other) for other in others if other["id"] != article["killed_by"]]


def changes_words(article: _Row) -> bool:
    """Say whether an article is another version of what it acts on, so that one may ask what has changed."""
    return bool(article["acted_on"]) and article["notice"] in _CHANGES_WORDS


def _tell(other: _Row, words: str | None = None) -> str:
    moment = other["published_at"] or other["first_seen_at"]
    number = f", {other['notice']} {other['notice_number']}" if other["notice"] and other["notice_number"] else ""
    return f"{other['id']}{number} ({moment:%Y-%m-%d %H:%M}): {words or other['note'] or other['title']}"
