"""What happened, in words: the details of an event."""

from collections.abc import Mapping
from typing import Any


def describe_details(details: Mapping[str, Any]) -> str:
    """Format an event's details (who corrected it, where the feed moved) for one line of a listing."""
    match details:
        case {"by": by, "words": words}:
            return f"by {by}: {words}"
        case {"taken_in": taken_in, "story_id": story_id}:
            return f"story {taken_in} is part of story {story_id} now"
        case {"story_id": story_id}:
            return f"story {story_id}"
        case {"from": before, "to": after, "reason": reason}:
            return f"from {before} to {after}{': ' if reason else ''}{reason or ''}"
        case {"from": before, "to": after}:
            return f"from {before} to {after}"
        case _:
            return str(details.get("reason") or "")
