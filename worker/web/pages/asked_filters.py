"""The filters of a page's form: as a reader wrote them, as rows that are wanted, and what is wrong with any."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import Connection

from worker.basics.moments import read_moment
from worker.basics.text import clean
from worker.errors import NamedError
from worker.look.listings import Wanted
from worker.manage.named_feeds import feed_called
from worker.wire.agencies import agency_name

# No URL that is longer comes in.
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a form of filters holds; an empty filter lets all pass."""

    q: str = ""
    feed: str = ""
    tag: str = ""
    agency: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    order: str = ""

    @staticmethod
    def of(given: Mapping[str, str], **unless_given: str) -> "Filters":
        """Return the filters that a URL's query gives, or those that hold unless it does."""
        both = unless_given | {name: clean(text, _LONGEST).strip() for name, text in given.items()}
        return Filters(**{field.name: both.get(field.name, "") for field in fields(Filters)})

    @property
    def are_any(self) -> bool:
        """Whether anything but words and an order is asked for."""
        return any(text for name, text in asdict(self).items() if name not in {"q", "order"})

    def as_query(self) -> str:
        """Return words and filters as one query of the search; quotation marks in a filter cannot be written."""
        fields = {"feed": self.feed, "tag": self.tag, "agency": self.agency, "lang": self.language}
        fields |= {"since": self.since, "until": self.until}
        quoted = (f'{name}:"{text.replace(chr(34), " ")}"' for name, text in fields.items() if text)
        return " ".join(filter(None, (self.q, *quoted)))

    def write(self, **others: str) -> str:
        """Return the query of a URL that gives these filters, but for ``others``."""
        return urlencode({name: text for name, text in (asdict(self) | others).items() if text})


def read_filters(connection: Connection, asked: Filters, now: datetime) -> tuple[Wanted, dict[str, str]]:
    """Return the rows that filters want, and for each filter that cannot be read a sentence that says why."""
    wrong: dict[str, str] = {}
    since, until = (_read_bound(getattr(asked, name), now, wrong, name) for name in ("since", "until"))
    if since and until and until <= since:
        wrong["until"] = "That is not after the beginning: nothing lies between them."
    wanted = Wanted(
        feed_id=_find_feed(connection, asked.feed, wrong),
        since=since,
        until=until,
        text=asked.q or None,
        tag=asked.tag or None,
        agency=agency_name(asked.agency) if asked.agency else None,
        language=asked.language or None,
    )
    return wanted, wrong


def _find_feed(connection: Connection, name: str, wrong: dict[str, str]) -> int | None:
    if not name:
        return None
    try:
        return feed_called(connection, name).feed_id
    except NamedError as error:
        wrong["feed"] = str(error)
        return None


def _read_bound(text: str, now: datetime, wrong: dict[str, str], name: str) -> datetime | None:
    if not text:
        return None
    try:
        return read_moment(text, now, is_end=name == "until")
    except ValueError as error:
        wrong[name] = f"{error}."
        return None
