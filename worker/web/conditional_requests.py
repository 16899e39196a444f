"""Conditional requests (RFC 9110, section 13): whether a reader has already what it would be answered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime


def write_validators(tag: str, modified_at: datetime | None) -> dict[str, str]:
    """Return the headers by which an answer is known again: a strong ETag, and Last-Modified where that is known."""
    modified = {"Last-Modified": format_datetime(modified_at.astimezone(UTC), usegmt=True)} if modified_at else {}
    return {"ETag": f'"{tag}"', **modified}


def is_known(asked: Mapping[str, str], tag: str, modified_at: datetime | None = None) -> bool:
    """Return whether the answer that has these validators is the one that the request's headers name."""
    named = asked.get("if-none-match")
    if named is not None:
        # They are compared weakly, and If-Modified-Since does not count beside them (sections 13.1.2 and 13.1.3).
        tags = (each.strip().removeprefix("W/") for each in named.split(","))
        return named.strip() == "*" or f'"{tag}"' in tags
    since = _read_moment(asked.get("if-modified-since"))
    # Headers have whole seconds.
    return bool(since and modified_at and modified_at.replace(microsecond=0) <= since)


def _read_moment(text: str | None) -> datetime | None:
    """Return the moment of a header; None for what is none, which then does not count."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
