"""What a store must hold after polls, files and an operator's words: lists of what was said, and no SQL.

Each reading of a document says all its entries again. What an article shows, and which of its sightings have left, is
worked out anew from the whole lists whenever it is asked for.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.interleaving_publisher import BEGAN, FIELDS, Published, Words

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
    is_saved: bool = False
    """Whether it is a saved document of a polled feed."""
    is_newest: bool = False
    """Whether it was read under a lease that held till it was stored: what it lacks has left."""

    def said(self) -> Iterator[Said]:
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
    edition: int
    """Both as they were when the feed was claimed."""
    started_at: datetime
    read_at: datetime
    """Of a saved document, when it was made."""
    etag: str | None = None
    body_hash: bytes | None = None
    is_document: bool = False
    """Whether a document was read, not only seen to be the one of last time."""
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

    @property
    def schedule(self) -> dict[str, object]:
        """What the store must hold of it."""
        return {
            "url": self.url,
            "state": self.state,
            "is due": self.is_due,
            "is requested": self.is_requested,
            "instructions": self.instructions,
            "edition": self.edition,
            "etag": self.etag,
            "body hash": self.body_hash,
            "last success": self.last_success_at,
            "is failing": self.is_failing,
        }


class Model:
    """All that a store must hold; a class because polls and an operator's words change it."""

    def __init__(self) -> None:
        self.feeds: dict[int, Feed] = {}
        self.tokens: dict[int | None, str | None] = {}
        """Of the leases of hosts."""
        self.said: dict[Key, list[Said]] = {}
        self.revisions: dict[Hashable, set[Words]] = defaultdict(set)
        self.changes: list[Change] = []
        """The events that must have been told, until somebody takes them away."""

    def sightings(self) -> dict[Key, Said]:
        """Return what each sighting says: the newest of all that was said under its guid."""
        return {key: max(said, key=lambda each: each.rank) for key, said in self.said.items()}

    def shown(self) -> dict[Hashable, Said]:
        """Return what each article shows: of what each voice said last the fullest, of equals the earliest feed's."""
        voices: dict[Hashable, dict[Hashable, Said]] = defaultdict(dict)
        for said in self.sightings().values():
            of_article, voice = voices[said.entry.thing], self._voice(said)
            of_article[voice] = max(of_article.get(voice, said), said, key=lambda each: each.rank)
        return {
            thing: max(newest.values(), key=lambda each: (len(each.entry.text), -each.feed_id))
            for thing, newest in voices.items()
        }

    def has_left(self, key: Key) -> bool | None:
        """Say whether an entry is not in its feed's newest document any more.

        None where only a saved document holds it that was made after the newest poll that lacks it had begun: then it
        hangs on which of both is stored first.
        """
        readings = self.feeds[key[0]].readings
        carrying = [each for each in readings if any(entry.guid == key[1] for entry in each.entries)]
        lacking = [each.read_at for each in readings if each.is_newest and each not in carrying]
        if not lacking or max(lacking) < max((each.read_at for each in carrying if not each.is_saved), default=BEGAN):
            return False
        return True if max(lacking) > max(each.read_at for each in carrying) else None

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
        """Note the events that follow from what articles showed before, and show now."""
        after = self.shown()
        for thing in before.keys() | after.keys():
            old, new = before.get(thing), after.get(thing)
            if new is None:
                self.changes.append(("article removed", thing, _NOTHING))
                self.revisions.pop(thing)
            elif old is None:
                self.changes.append(("article created", thing, _NOTHING))
            elif old.entry.words != new.entry.words:
                self.changes.append(("article revised", thing, _NOTHING))
            elif old.entry.fields != new.entry.fields:
                pairs = zip(FIELDS, old.entry.fields, new.entry.fields, strict=True)
                names = frozenset(name for name, was, is_now in pairs if was != is_now)
                self.changes.append(("article refreshed", thing, names))

    def holds_lease(self, poll: Poll) -> bool:
        """Say whether a poll's lease still holds; a file needs none."""
        return poll.host_id is None or (poll.token is not None and self.tokens.get(poll.host_id) == poll.token)

    def is_telling(self, poll: Poll) -> bool:
        """Say whether it is known what a poll found: not where it left unread what may be known otherwise by now."""
        feed = self.feeds.get(poll.feed_id)
        return poll.is_document or (feed is not None and self.holds_lease(poll) and feed.edition == poll.edition)

    def conclude(self, poll: Poll) -> None:
        """Let a poll decide about its feed, if it may."""
        feed = self.feeds.get(poll.feed_id)
        if feed is None:
            return
        last, is_held = feed.last_success_at, self.holds_lease(poll)
        is_read = is_held and not poll.is_failure and self.is_telling(poll)
        is_new = poll.is_document and (is_held or last is None or poll.read_at > last)
        feed.edition += poll.is_document
        if is_read:
            # After the last time, whatever the clock says; of a file, when it was.
            feed.last_success_at = max(poll.started_at, last + _MOMENT) if last and poll.host_id else poll.started_at
        if not is_held or poll.instructions != feed.instructions:
            # What it read is not what the next poll may call unchanged.
            feed.etag, feed.body_hash = (None, None) if is_new else (feed.etag, feed.body_hash)
            return
        feed.is_due, feed.is_requested, feed.is_failing = poll.host_id is not None, False, poll.is_failure
        if poll.is_gone:
            feed.state, feed.is_due = "gone", False
            self.changes.append(("feed gone", poll.feed_id, _NOTHING))
        if not poll.is_failure:
            feed.etag, feed.body_hash = (poll.etag, poll.body_hash) if is_read else (None, None)

    def find(self, url: str) -> int | None:
        """Return the id of the feed at a URL."""
        return next((feed_id for feed_id, feed in self.feeds.items() if feed.url == url), None)

    def add(self, feed_id: int, url: str, host_id: int | None) -> None:
        """Add a feed, or have one polled that was removed or is known from a saved document alone."""
        feed = self.feeds.setdefault(feed_id, Feed(url, host_id, is_from_document=True))
        if feed.state == "removed" or feed.is_from_document:
            feed.state, feed.is_due, feed.is_from_document = "active", True, False

    def set_state(self, feed_id: int, state: str) -> None:
        """Pause, resume or remove a feed."""
        feed = self.feeds[feed_id]
        feed.instructions += 1
        feed.state, feed.is_due = state, state == "active"
        feed.is_requested = feed.is_from_document = False

    def request(self, feed_id: int) -> None:
        """Ask for a poll."""
        feed = self.feeds[feed_id]
        if feed.state == "active":
            feed.is_due = feed.is_requested = True
            feed.instructions += 1

    def delete(self, feed_id: int) -> None:
        """Delete a feed with all that it said."""
        before = self.shown()
        del self.feeds[feed_id]
        self.said = {key: said for key, said in self.said.items() if key[0] != feed_id}
        self._tell(before)
