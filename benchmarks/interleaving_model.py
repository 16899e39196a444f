"""What a store must hold after polls, files and an operator's words: lists of what was said, and no SQL.

Each reading of a document says all its entries again. What an article shows, and which of its sightings have left, is
worked out anew from the whole list whenever it is asked for.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.interleaving_publisher import Published, Words

Key = tuple[int, str]
"""A feed's id, and a guid."""
Change = tuple[str, Hashable, frozenset[str]]
"""An event: its kind, the article or feed, and the names of changed fields."""
_NOTHING: frozenset[str] = frozenset()
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of one reading."""

    feed_id: int
    entry: Published
    said_at: datetime
    read_at: datetime

    @property
    def rank(self) -> tuple[int, datetime, datetime]:
        """By what it is newer than another that speaks with the same voice."""
        return self.entry.version or 0, self.said_at, self.read_at


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a document of a feed."""

    feed_id: int
    entries: tuple[Published, ...]
    said_at: datetime
    """When the document was made, as far as anybody can tell."""
    read_at: datetime
    """When the feed was asked; of a saved document, when it was made."""
    is_newest: bool
    """Whether nobody has read the feed since: what it lacks has left."""

    def said(self) -> Iterable[Said]:
        """Yield what it says, entry by entry."""
        for entry in self.entries:
            said_at = min(entry.updated, self.read_at) if entry.updated else self.said_at
            yield Said(self.feed_id, entry, said_at, self.read_at)


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as it ends, whatever it read."""

    feed_id: int
    host_id: int | None
    token: str | None
    instructions: int
    started_at: datetime
    etag: str | None = None
    body_hash: bytes | None = None
    edition: int = 0
    is_document: bool = False
    is_failure: bool = False
    is_gone: bool = False


@dataclass
class Feed:
    """A feed as its operator and its polls have left it."""

    url: str
    host_id: int | None
    state: str = "active"
    is_due: bool = True
    is_requested: bool = False
    is_from_document: bool = False
    instructions: int = 0
    edition: int = 0
    etag: str | None = None
    body_hash: bytes | None = None
    last_success_at: datetime | None = None
    is_failing: bool = False
    readings: list[Reading] = field(default_factory=list)


class Model:
    """The whole store; a class because polls and words of the operator change it."""

    def __init__(self) -> None:
        self.feeds: dict[int, Feed] = {}
        self.tokens: dict[int, str | None] = {}
        self.said: dict[Key, list[Said]] = {}
        self.revisions: dict[Hashable, set[Words]] = defaultdict(set)
        self.births: dict[Hashable, int] = defaultdict(int)
        """How often an article was created: one that was deleted comes back as another."""
        self.changes: list[Change] = []

    # What is said, and shown.

    def sightings(self) -> dict[Key, Said]:
        """Return what each sighting says: the newest of all that was said under its guid."""
        return {key: max(said, key=lambda each: each.rank) for key, said in self.said.items()}

    def shown(self) -> dict[Hashable, Said]:
        """Return what each article shows."""
        voices: dict[Hashable, dict[Hashable, list[Said]]] = defaultdict(lambda: defaultdict(list))
        for said in self.sightings().values():
            voices[said.entry.thing][self._voice(said)].append(said)
        newest = {
            thing: [max(said, key=lambda each: each.rank) for said in of_voice.values()]
            for thing, of_voice in voices.items()
        }
        return {
            thing: max(said, key=lambda each: (len(each.entry.text), -each.feed_id)) for thing, said in newest.items()
        }

    def has_left(self, key: Key) -> bool:
        """Say whether an entry is no longer in its feed's newest document."""
        feed = self.feeds[key[0]]
        holding = {True: [], False: []}  # type: dict[bool, list[Reading]]
        for reading in feed.readings:
            holding[any(entry.guid == key[1] for entry in reading.entries)].append(reading)
        last = max(reading.read_at for reading in holding[True])
        return any(reading.is_newest and reading.read_at > last for reading in holding[False])

    def read(self, *readings: Reading) -> None:
        """Take in what documents say that are stored together."""
        before = self.shown()
        for reading in readings:
            if feed := self.feeds.get(reading.feed_id):
                feed.readings.append(reading)
                for said in reading.said():
                    self.said.setdefault((reading.feed_id, said.entry.guid), []).append(said)
                    self.revisions[said.entry.thing].add(said.entry.words)
        self._tell(before)

    def _voice(self, said: Said) -> Hashable:
        if said.entry.is_item:
            return "item"
        return "files" if self.feeds[said.feed_id].host_id is None else said.feed_id

    def _tell(self, before: dict[Hashable, Said]) -> None:
        after = self.shown()
        for thing in before.keys() | after.keys():
            old, new = before.get(thing), after.get(thing)
            if new is None:
                self.changes.append(("article removed", thing, _NOTHING))
                self.revisions.pop(thing)
            elif old is None:
                self.births[thing] += 1
                self.changes.append(("article created", thing, _NOTHING))
            elif old.entry.words != new.entry.words:
                self.changes.append(("article revised", thing, _NOTHING))
            elif old.entry.fields != new.entry.fields:
                names = {name for name, value in new.entry.fields.items() if old.entry.fields[name] != value}
                self.changes.append(("article refreshed", thing, frozenset(names)))

    # Who may decide about a feed.

    def holds_lease(self, host_id: int | None, token: str | None) -> bool:
        """Say whether a poll's lease still holds."""
        return token is not None and host_id is not None and self.tokens.get(host_id) == token

    def is_telling(self, poll: Poll) -> bool:
        """Say whether what a poll read tells what the feed says: not where it left unread what may be known otherwise.

        That is another worker's by then, or documents of the feed have been stored since it was claimed.
        """
        feed = self.feeds.get(poll.feed_id)
        is_held = self.holds_lease(poll.host_id, poll.token)
        return poll.is_document or (is_held and feed is not None and feed.edition == poll.edition)

    def conclude(self, poll: Poll) -> None:
        """Let a poll decide about its feed, if it may."""
        feed = self.feeds.get(poll.feed_id)
        if feed is None:
            return
        is_held = poll.host_id is None or self.holds_lease(poll.host_id, poll.token)
        is_read = is_held and not poll.is_failure and self.is_telling(poll)
        feed.edition += poll.is_document
        if is_read:
            # Whatever the clock says.
            last = feed.last_success_at if poll.host_id else None
            feed.last_success_at = max(poll.started_at, last + _MOMENT) if last else poll.started_at
        if not (is_held and poll.instructions == feed.instructions):
            if poll.is_document:
                feed.etag = feed.body_hash = None
            return
        feed.is_due, feed.is_requested, feed.is_failing = poll.host_id is not None, False, poll.is_failure
        if poll.is_gone:
            feed.state, feed.is_due = "gone", False
            self.changes.append(("feed gone", poll.feed_id, _NOTHING))
        if not poll.is_failure:
            feed.etag, feed.body_hash = (poll.etag, poll.body_hash) if is_read else (None, None)

    # What an operator says.

    def add(self, feed_id: int, url: str, host_id: int | None) -> None:
        """Add a feed, or ask for one that is known from a saved document or was removed."""
        feed = self.feeds.setdefault(feed_id, Feed(url, host_id, state="new"))
        if feed.state in {"new", "removed"} or feed.is_from_document:
            feed.state, feed.is_due, feed.is_from_document = "active", host_id is not None, False

    def find(self, url: str) -> int | None:
        """Return the id of the feed at a URL."""
        return next((feed_id for feed_id, feed in self.feeds.items() if feed.url == url), None)

    def set_state(self, feed_id: int, state: str) -> None:
        """Pause, resume or remove a feed."""
        feed = self.feeds[feed_id]
        feed.state, feed.is_due, feed.is_requested = state, state == "active", False
        feed.is_from_document = False
        feed.instructions += 1

    def request(self, feed_id: int) -> None:
        """Ask for a poll."""
        feed = self.feeds[feed_id]
        feed.instructions += 1
        if feed.state == "active":
            feed.is_due = feed.is_requested = True

    def delete(self, feed_id: int) -> None:
        """Delete a feed with all that it said."""
        before = self.shown()
        del self.feeds[feed_id]
        self.said = {key: said for key, said in self.said.items() if key[0] != feed_id}
        self._tell(before)
