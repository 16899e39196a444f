"""What is published in the world of the interleavings: feeds whose entries are added, edited, taken back and dropped.

Everything has names and words of its own, so that which article an entry is follows from its guid, URL, URN or words.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import xxhash

from worker.values.entries import Entry, Notice, ParsedDocument

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
FIELDS = ("title", "original_url", "url", "authors", "tags", "published_at", "updated_at")
"""The columns of an article that these entries differ by, besides its text."""
_FIRST, _DAY = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=1)
_NUMBERS = 6
_VARIANTS = 4
_FEWEST_SHARING = 2
_OLDER = 5


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a version, as far as another version differs by them."""

    title: str
    text: str
    is_kill: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What one entry says."""

    thing: tuple[str, int]
    """The article that it is."""
    guid: str
    title: str
    text: str
    link: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    version: int | None = None
    is_kill: bool = False
    is_item: bool = False
    """Whether it is a newsroom's."""
    is_plain: bool = False

    @property
    def words(self) -> Words:
        """Its words: capitals make no other ones."""
        return Words(self.title.lower(), self.text, self.is_kill)

    @property
    def fields(self) -> tuple[object, ...]:
        """The values of ``FIELDS``."""
        is_changed = self.updated and self.published and self.updated > self.published
        published_at, updated_at = self.published or self.updated, self.updated if is_changed else None
        return self.title, self.link, self.link, self.authors, self.tags, published_at, updated_at

    def entry(self) -> Entry:
        """Return it as a parser would."""
        return Entry(
            guid=self.guid,
            link=self.link,
            title=self.title,
            content=self.text if self.is_plain else f"<p>{self.text}</p>",
            is_plain_text=self.is_plain,
            authors=self.authors,
            tags=self.tags,
            published=self.published.isoformat() if self.published else None,
            updated=self.updated.isoformat() if self.updated else None,
            version=str(self.version) if self.version else None,
            notice=Notice.KILL if self.is_kill else None,
            item_id=self.guid if self.is_item else None,
        )


@dataclass(frozen=True, slots=True)
class Body:
    """A document as it was served or saved."""

    entries: tuple[Published, ...]
    made_at: datetime
    parser: str = "expat"
    self_url: str | None = None

    is_dated: bool = True
    """Whether it says when it was made."""

    @property
    def content(self) -> bytes:
        """Its bytes: the same for the same entries, unless it says when it was made."""
        return repr((self.self_url, self.entries, self.made_at if self.is_dated else None)).encode()

    @property
    def etag(self) -> str:
        """The validator that goes with it."""
        return f'"{xxhash.xxh3_64_hexdigest(self.content)}"'

    def parsed(self) -> ParsedDocument:
        """Return what a parser makes of it."""
        entries = tuple(each.entry() for each in self.entries)
        updated = self.made_at.isoformat() if self.is_dated else None
        return ParsedDocument("rss", self.parser, entries, self_url=self.self_url, updated=updated)


@dataclass(frozen=True, slots=True)
class _Edition:
    """Which version of an entry is published."""

    words: int = 0
    fields: int = 0
    updated: datetime | None = None
    version: int = 1
    is_kill: bool = False


@dataclass
class PublishedFeed:
    """A feed with what it carries now, and the documents that it served before."""

    url: str
    name: str
    is_dated: bool = False
    is_newsroom: bool = False
    shares_link: bool = False
    site: str = ""
    """The site whose pages it links to."""
    owner: str = ""
    """Whose articles it carries."""
    says_when: bool = True
    """Whether its documents say when they were made."""
    carried: dict[int, _Edition] = field(default_factory=dict)
    dropped: dict[int, _Edition] = field(default_factory=dict)
    former: dict[int, _Edition] = field(default_factory=dict)
    """What entries were before their last edit."""
    history: list[Body] = field(default_factory=list)

    def change(self, random: Random, now: datetime) -> str:
        """Add, edit, take back, drop or return an entry; return what was done."""
        added = [number for number in range(_NUMBERS) if number not in self.carried]
        may_drop = len(self.carried) > (_FEWEST_SHARING if self.shares_link else 0)
        choices = ["add"] * bool(added) + ["words", "fields", "back"] * bool(self.carried) + ["drop"] * may_drop
        if self.shares_link and len(self.carried) < _FEWEST_SHARING:
            choices = ["add"]
        done = random.choice(choices)
        number = random.choice(added if done == "add" else sorted(self.carried))
        if done == "drop":
            self.dropped[number] = self.carried.pop(number)
        elif done == "add":
            self.carried[number] = self.dropped.pop(number) if number in self.dropped else self._first(now)
        else:
            self.carried[number] = self._edited(number, done, random, now)
        self.history.append(self._document(now))
        return f"{self.name}: {done} {number}"

    def serve(self, random: Random) -> Body:
        """Return the newest document, or now and then an older one, as caches do.

        Not of a feed whose versions have an order of their own: an entry that is there in an older version is taken for
        there as it was, and of two late versions alike in number and date either may be shown then.
        """
        is_stale = random.random() < 0.15 and not (self.is_dated or self.is_newsroom)
        return random.choice(self.history[-_OLDER:]) if is_stale else self.history[-1]

    def _first(self, now: datetime) -> _Edition:
        return _Edition(updated=now if self.is_dated or self.is_newsroom else None)

    def _edited(self, number: int, done: str, random: Random, now: datetime) -> _Edition:
        edition = self.carried[number]
        former = self.former.get(number, edition)
        self.former[number] = edition
        if done == "back":
            edition = replace(edition, words=former.words, fields=former.fields)
        elif done == "words":
            edition = replace(edition, words=random.randrange(_VARIANTS))
        else:
            edition = replace(edition, fields=random.randrange(_VARIANTS))
        # Publishers forget to say so, too.
        if random.random() < 0.7 and edition.updated:
            edition = replace(edition, updated=now, version=edition.version + 1)
            edition = replace(edition, is_kill=self.is_newsroom and random.random() < 0.25)
        return edition

    def _document(self, now: datetime) -> Body:
        entries = tuple(self._entry(number, edition) for number, edition in sorted(self.carried.items()))
        return Body(entries, now, self_url=self.url, is_dated=self.says_when)

    def _entry(self, number: int, edition: _Edition) -> Published:
        variant, fields = edition.words, edition.fields
        # The first version is worded alike in all feeds of a site.
        worded = self.owner if variant == 0 else self.name
        title = f"Story {number} {spell(f'{self.owner or self.name} {number} {variant}', 1)}"
        link = f"https://{self.site}/{'live' if self.shares_link else number}"
        if self.is_dated and fields == 1:
            link += "-corrected"
        is_numbered = self.is_newsroom and number % 3 != 2
        return Published(
            thing=(self.owner or self.name, number),
            # A newsroom's items are named alike in all its feeds.
            guid=f"{self.owner if self.is_newsroom else self.name}-{number}",
            title=title.upper() if fields == 2 else title,
            text=spell(f"{worded} {number} {variant}", 3 + (number + 7 * variant + len(worded)) % 9),
            link=None if self.is_newsroom else link,
            authors=(self.name.title(), *(("Ada Stone",) if fields % 2 else ())),
            tags=("harbour",) if fields == 3 else (),
            published=_FIRST + number * (timedelta(minutes=5) if self.shares_link else _DAY)
            if self.says_when
            else None,
            updated=edition.updated,
            version=edition.version if is_numbered else None,
            is_kill=edition.is_kill,
            is_item=self.is_newsroom,
        )


def spell(key: str, count: int) -> str:
    """Return words that nobody else says, each of six letters, the same for the same key."""
    letters = Random(key)
    return " ".join("".join(letters.choices("abcdefghijklmnoprstuvw", k=6)) for _ in range(count))


def open_feeds() -> list[PublishedFeed]:
    """Return feeds that have served nothing yet."""
    return [
        PublishedFeed("https://a.example/summary", "summary", site="a.example", owner="a", says_when=False),
        PublishedFeed("https://a.example/full", "full", site="a.example", owner="a"),
        PublishedFeed("https://b.example/atom", "atom", is_dated=True, site="b.example"),
        PublishedFeed("https://b.example/live", "live", shares_link=True, site="b.example"),
        PublishedFeed("https://c.example/items", "items", is_newsroom=True, site="c.example", owner="items"),
        PublishedFeed("https://c.example/all", "all items", is_newsroom=True, site="c.example", owner="items"),
        # It names another site's pages, and nobody believes it.
        PublishedFeed("https://d.example/feed", "blog", site="a.example", says_when=False),
    ]
