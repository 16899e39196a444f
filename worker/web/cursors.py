"""Cursors of pages: where the next rows begin, as one word that a URL can hold and a reader need not understand."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice

import orjson

from worker.basics.units import LARGEST_ID
from worker.errors import UsageError
from worker.look.listings import Listed, MomentOf, Place, place_of

_LONGEST = 400
_WRONG = "it is no cursor that an answer to these questions named: begin again without one"


def write_cursor(place: Place) -> str:
    """Return the cursor of a place."""
    return base64.urlsafe_b64encode(orjson.dumps(list(place))).rstrip(b"=").decode()


def cut_page(rows: Iterable[Listed], most: int, moment_of: MomentOf | None) -> tuple[list[Listed], str | None]:
    """Return so many rows of a listing, which was asked for one more, and the cursor of the next; None for the last.

    ``moment_of`` is what the listing's own function, such as ``moment_of_articles``, returns.
    """
    found = list(islice(rows, most + 1))
    page = found[:most]
    return page, write_cursor(place_of(page[-1], moment_of)) if len(found) > most else None


def read_cursor(text: str, kinds: Sequence[type]) -> Place:
    """Return the place of a cursor whose parts have these kinds; UsageError where it has not."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True)) if len(text) < _LONGEST else None
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise UsageError(_WRONG)
        return [_read_part(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (ValueError, OverflowError) as error:
        raise UsageError(_WRONG) from error


def _read_part(part: object, kind: type) -> datetime | int | float:
    if kind is datetime:
        moment = datetime.fromisoformat(str(part))
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    if kind is int and type(part) is int and 0 <= part <= LARGEST_ID:
        return part
    raise ValueError
