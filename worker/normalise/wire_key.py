"""What the versions of one dispatch have in common, whichever feed or file brings each of them."""

import re

from worker.text import spell_bare
from worker.values import Entry

# What goes into an index has to be short.
_LONGEST = 200
# The cycle in which a slug is sent: for morning papers, for evening papers, for both.
_CYCLE = re.compile(r"^(?:am|pm|bc|ap)-(?=.)")


def wire_key(entry: Entry, title: str) -> str | None:
    """Return the folded slug of a dispatch; without one its agency and headline, and null without either.

    A notice that names another slug than its own goes under that one: it is no version of anything else.
    """
    own, named = _fold(entry.slug), _fold(entry.named_slug)
    slug = own if not named or own == named or own.endswith(f"-{named}") else named
    agency, headline = spell_bare(entry.agency or ""), spell_bare(title)
    return slug or (f"{agency}: {headline}"[:_LONGEST] if agency and headline else None)


def _fold(slug: str | None) -> str:
    return _CYCLE.sub("", spell_bare(slug or ""))[:_LONGEST]
