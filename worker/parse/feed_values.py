"""What feedparser found, looked up with care: a dict in which anything may be missing or of another type."""

from typing import Any

from worker.basics.text import clean

Values = dict[str, Any]


def text_in(values: Values, name: str, longest: int) -> str | None:
    """Return a text, cleaned; null for anything else."""
    # dict.get: feedparser's own get makes one name stand for another.
    value = dict.get(values, name)
    return clean(value, longest).strip() or None if isinstance(value, str) else None


def detail_in(values: Values, name: str) -> Values:
    """Return a dict; an empty one for anything else."""
    value = dict.get(values, name)
    return value if isinstance(value, dict) else {}


def dicts_in(values: Values, name: str) -> list[Values]:
    """Return those members of a list that are dicts."""
    value = dict.get(values, name)
    return [member for member in value if isinstance(member, dict)] if isinstance(value, list) else []
