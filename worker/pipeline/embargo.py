"""Embargoes: what may not be published yet is not stored either, and is looked for again."""

from dataclasses import replace
from datetime import datetime

from worker.values import ParsedDocument


def hold_back(parsed: ParsedDocument, now: datetime) -> ParsedDocument:
    """Return the document without the entries that are embargoed at ``now``; ``skipped`` says until when."""
    ends = [entry.embargoed_until for entry in parsed.entries]
    reasons = tuple(f"it is embargoed until {end:%Y-%m-%d %H:%M} UTC" for end in ends if end and end > now)
    if not reasons:
        return parsed
    free = tuple(entry for entry, end in zip(parsed.entries, ends, strict=True) if not (end and end > now))
    return replace(parsed, entries=free, skipped=parsed.skipped + reasons)
