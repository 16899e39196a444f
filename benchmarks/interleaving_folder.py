"""The files of the world of the interleavings: saved documents, dispatches and a newsroom's items."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.interleaving_publisher import Body, Published, PublishedFeed, Words, spell

_NUMBERS = 5
_VARIANTS = 4
_MOST_COPIES = 3


@dataclass(frozen=True, slots=True)
class File:
    """A file as it lies in its folder."""

    uri: str
    name: str
    """Its path within the folder that is read."""
    body: Body
    written_at: datetime

    def said_at(self, now: datetime, *, is_known: bool) -> datetime:
        """Return when what it holds was said: of a wire one that was read before was edited since."""
        if self.body.parser != "expat":
            return now if is_known else self.written_at
        return self.body.made_at if self.body.is_dated else self.written_at


@dataclass
class Folder:
    """All files, and what of them has been stored once."""

    files: dict[str, File] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    """URIs of files of which something was stored."""
    stored_words: set[Words] = field(default_factory=set)

    def change(self, random: Random, now: datetime, feeds: list[PublishedFeed]) -> str:
        """Save a document, write, edit, copy or move a file; return what was done."""
        return random.choice([self._save, self._write, self._write_item, self._edit, self._edit, self._copy])(
            random, now, feeds
        )

    def remember(self, file: File) -> None:
        """Note that a file was stored."""
        self.stored.add(file.uri)
        self.stored_words |= {each.words for each in file.body.entries}

    def _put(self, uri: str, name: str, body: Body, written_at: datetime) -> str:
        # The newest is the last.
        self.files.pop(uri, None)
        self.files[uri] = File(uri, name, body, written_at)
        return uri

    def _save(self, random: Random, now: datetime, feeds: list[PublishedFeed]) -> str:
        """Save a document that a feed serves now, or served some time ago."""
        saved = [feed for feed in feeds if feed.history and not feed.is_newsroom]
        if not saved:
            return "nothing to save"
        feed = random.choice(saved)
        body = feed.history[-1] if random.random() < 0.4 else random.choice(feed.history)
        name = f"{feed.name}-{random.randrange(2)}.xml"
        return self._put(f"file:///saved/{name}", name, body, min(now, body.made_at + timedelta(seconds=1)))

    def _write(self, random: Random, now: datetime, _: list[PublishedFeed]) -> str:
        number = random.randrange(_NUMBERS)
        uri = f"file:///wire/{number}.txt"
        if uri in self.files or any(thing_of(file) == ("dispatch", number) for file in self.files.values()):
            return "nothing to write"
        return self._put(uri, f"{number}.txt", Body((_dispatch(number, 0),), now, "dispatch", is_dated=False), now)

    def _write_item(self, random: Random, now: datetime, _: list[PublishedFeed]) -> str:
        """Write some version of an item, of which there may be several files, or write over one."""
        number, copy = random.randrange(_NUMBERS), random.randrange(_MOST_COPIES)
        name = f"{number}-{copy}.xml"
        return self._put(
            f"file:///items/{name}", name, Body((_item(number, random, now),), now, "newsroom", is_dated=False), now
        )

    def _edit(self, random: Random, now: datetime, _: list[PublishedFeed]) -> str:
        """Edit a dispatch in place, once it is known."""
        known = [file for file in self.files.values() if file.body.parser == "dispatch" and file.uri in self.stored]
        if not known:
            return "nothing to edit"
        file = random.choice(known)
        (before,) = file.body.entries
        after = _dispatch(before.thing[1], random.randrange(_VARIANTS), random.randrange(3))
        # Whatever wrote it may have kept its time.
        written_at = file.written_at if random.random() < 0.3 else now
        self.files[file.uri] = replace(
            file, body=Body((after,), now, "dispatch", is_dated=False), written_at=written_at
        )
        return f"edit {file.uri}"

    def _copy(self, random: Random, now: datetime, _: list[PublishedFeed]) -> str:
        """Copy or move a dispatch whose words are known, to another name or folder, with its time or without."""
        dispatches = [file for file in self.files.values() if file.body.parser == "dispatch"]
        known = [file for file in dispatches if file.body.entries[0].words in self.stored_words]
        if not known:
            return "nothing to copy"
        file = random.choice(known)
        number, copy = file.body.entries[0].thing[1], random.randrange(_MOST_COPIES)
        uri = random.choice([f"file:///copies-{copy}/{number}.txt", f"file:///wire/{number}-{copy}.txt"])
        if uri in self.files:
            return "nothing to copy"
        if is_moved := random.random() < 0.5:
            del self.files[file.uri]
        written_at = file.written_at if is_moved or random.random() < 0.5 else now
        self.stored.discard(uri)
        self._put(uri, uri.rpartition("/")[2], file.body, written_at)
        return f"{'move' if is_moved else 'copy'} {file.uri} to {uri}"


def thing_of(file: File) -> object:
    """Return the article that a file is, of the first entry in it."""
    return file.body.entries[0].thing if file.body.entries else None


def _dispatch(number: int, variant: int, fields: int = 0) -> Published:
    title = f"Dispatch {number} {spell(f'dispatch {number}', 1)}"
    return Published(
        thing=("dispatch", number),
        guid="dispatch",
        title=title.upper() if fields == 1 else title,
        text=spell(f"dispatch {number} {variant}", 4 + variant),
        tags=("port",) if fields else (),
        published=datetime(2020, 2, 1 + number, tzinfo=UTC),
        is_plain=True,
    )


def _item(number: int, random: Random, now: datetime) -> Published:
    variant = random.randrange(_VARIANTS)
    # Of some items nobody numbers the versions.
    version = random.randrange(1, 5) if number else None
    updated = now - timedelta(minutes=random.randrange(600)) if random.random() < 0.7 else None
    return Published(
        thing=("item", number),
        guid=f"urn:x:{number}",
        title=f"Item {number} {spell(f'item {number} {variant}', 1)}",
        text=spell(f"item {number} {variant}", 4 + variant),
        published=datetime(2020, 3, 1 + number, tzinfo=UTC),
        updated=updated,
        version=version,
        is_kill=random.random() < 0.2,
        is_item=True,
    )
