"""How an article begins that a paper took from a wire: a byline perhaps, then a dateline."""

from dataclasses import dataclass
from datetime import date

from worker.wire.bylines import read_byline
from worker.wire.datelines import read_dateline

# A byline, and the role in a line below it.
_MOST_LINES = 2
# More than any dateline has, with white space before it.
_HEAD = 200
# What signs a dateline: most texts have none of it where they begin, and are looked at no further.
_SIGNS = "(/（【［["


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the news, and how many characters of the text it takes."""

    place: str | None
    agency: str
    filed_on: date | None
    names: tuple[str, ...]
    length: int


def read_opening(text: str, published: date | None) -> Opening | None:
    """Return how a wire's text begins; null for any other text. ``published`` gives the year of the dateline's day."""
    names: tuple[str, ...] = ()
    start = 0
    for _ in range(_MOST_LINES):
        line, parted, _ = text[start : start + _HEAD].partition("\n\n")
        byline = read_byline(line.strip(), is_signed=bool(names)) if parted else None
        if byline is None:
            break
        names += byline.names
        start += len(line) + len(parted)
    head = text[start : start + _HEAD]
    dateline = read_dateline(head, published) if any(sign in head for sign in _SIGNS) else None
    if dateline is None:
        return None
    return Opening(dateline.place, dateline.agency, dateline.filed_on, names, start + dateline.length)
