"""From parse to normalise: the entries that a document publishes, and which of them are new."""

from dataclasses import KW_ONLY, field
from datetime import UTC, date, datetime
from enum import StrEnum

from worker.values.frozen import dataclass
from worker.values.podcasts import Podcast
from worker.values.schedules import Hints


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an entry (RSS 2.0 ``enclosure``, Atom ``link rel=enclosure``, JSON Feed attachment)."""

    url: str
    media_type: str | None = None
    length: int | None = None
    """Bytes, as published."""


class Notice(StrEnum):
    """What a wire says about a dispatch: how it changes the one that it sent before under the same slug."""

    UPDATE = "update"
    """A fuller or newer version: ``UPDATE 1-``, ``2nd Ld-Writethru``."""
    CORRECTION = "correction"
    """It mends a mistake: ``CORRECTED-``, ``(Corrects spelling …)``."""
    REPEAT = "repeat"
    """The same again: ``RPT-``."""
    TAKE = "take"
    """A further part: ``Take 2``, ``2ndadd``."""
    ADVISORY = "advisory"
    """A message to editors, not news."""
    KILL = "kill"
    """It withdraws what was sent: ``KILL``, pubStatus canceled."""  # codespell:ignore -- the standard's spelling


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as published: only characters that no text may hold are removed from the publisher's strings."""

    guid: str | None = None
    link: str | None = None
    title: str | None = None
    """May hold HTML unless ``has_plain_title``; normalise makes it one line of text."""
    _: KW_ONLY
    has_plain_title: bool = False
    """True where the format says that the title is text (Atom ``type="text"``, JSON Feed), angle brackets and all."""
    summary: str | None = None
    content: str | None = None
    """HTML, or plain text where ``is_plain_text``."""
    is_plain_text: bool = False
    authors: tuple[str, ...] = ()
    published: str | None = None
    """The date as written; normalise reads it."""
    updated: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    podcast: Podcast | None = None
    """What a podcast says of an episode."""
    base_url: str | None = None
    """What relative links in this entry resolve against, where the document says (xml:base)."""
    dateline_place: str | None = None
    dateline_date: date | None = None
    agency: str | None = None
    slug: str | None = None
    """The short name under which a newsroom sends all versions and takes of one dispatch."""
    named_slug: str | None = None
    """The slug that a kill or a correction names in its text: the slug of the dispatch it acts on."""
    notice: Notice | None = None
    notice_number: int | None = None
    """Which update or take it is, as the wire counts them."""
    note: str | None = None
    """What the wire tells editors about this version: what it corrects or adds."""
    urgency: int | None = None
    """From 1, the most urgent, to 9 (IPTC 7901)."""
    embargoed_until: datetime | None = None
    """Until this moment it is not stored; without a zone where its publisher names none."""
    version: str | None = None
    """The publisher's number for this version, as written (NewsML-G2 ``version``, ninjs ``version``)."""
    item_id: str | None = None
    """The name of the newsroom item that it is a version of (NewsML-G2 ``guid``, ninjs ``uri``, NITF ``doc-id``)."""

    def is_embargoed(self, now: datetime) -> bool:
        """Say whether it must not be published yet."""
        return (end := self.embargo_end) is not None and end > now

    @property
    def embargo_end(self) -> datetime | None:
        """When its embargo ends: what names no zone is in UTC where nobody knows better."""
        end = self.embargoed_until
        return end if end is None or end.tzinfo else end.replace(tzinfo=UTC)


NO_SLICE = bytes(8)
"""The hash of no bytes that an entry has."""


@dataclass(frozen=True, slots=True)
class OutlinedEntry:
    """An entry as an outline holds it: short hashes, by which it is known again unread."""

    slice_hash: bytes
    """xxh3-64 of its bytes, from the start of its element to the end; ``NO_SLICE`` for one that is always read."""
    guid_hash: bytes = b""
    """What its sighting is found by; empty while it has not been recognised."""
    link_hash: bytes = b""
    """xxh3-64 of the page that its link leads to; zeros for none."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Which entries a document has, by their bytes, and what gives these their meaning."""

    frame: bytes
    """xxh3-128 of all that an entry takes from around it: namespaces, bases, languages, authors, the encoding."""
    entries: tuple[OutlinedEntry, ...]
    """In document order."""
    edition: int = 0
    """The feed's edition, of which this was the newest document."""
    reading: str = ""
    """The versions of Feedmill's rules by which its entries were read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of ours that one entry met: the entry is lost, its neighbours are not."""

    entry: str
    """Its guid, or its number in the document."""
    sentence: str
    trace: str | None = None
    """The traceback, for the log; None where others like it have theirs."""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document read: what it says of its feed, and its entries in document order."""

    format: str
    """``rss``, ``atom``, ``rdf``, ``cdf``, ``sitemap``, ``json``, ``dispatch``, ``anpa-1312``, ``iptc-7901``, ``mail``,
    ``wxr``, ``ninjs``, ``nitf``, ``newsml-1``, ``newsml-g2`` or ``ritzau``."""
    parser: str
    """Which path read it: ``expat``, ``mended``, ``feedparser``, ``json``, ``dispatch``, ``mail``, ``newsroom``."""
    entries: tuple[Entry, ...]
    """Without those that came again, byte for byte as in ``before``."""
    title: str | None = None
    site_url: str | None = None
    self_url: str | None = None
    older_url: str | None = None
    """Where the entries before these are, in full (RFC 5005; JSON Feed ``next_url``); None where nothing says so."""
    hub_urls: tuple[str, ...] = ()
    """Where its publisher announces what is new (WebSub)."""
    language: str | None = None
    authors: tuple[str, ...] = ()
    """The feed's, whom entries that name none have for theirs."""
    agency: str | None = None
    """The feed's, which entries that name none have for theirs."""
    hints: Hints = field(default_factory=Hints)
    """When the publisher wants to be polled."""
    dropped_entries: int = 0
    """Entries beyond MAX_ENTRIES, the oldest, left out."""
    updated: str | None = None
    """When it was made, as the document says of itself (Atom ``updated``, RSS ``lastBuildDate``)."""
    skipped: tuple[str, ...] = ()
    """Entries left out because they may not or need not be published, a reason each."""
    faults: tuple[Fault, ...] = ()
    """Entries left out because a fault of ours kept them from being read."""
    doubts: tuple[str, ...] = ()
    """What reading it had to guess, such as its encoding: a clause each, for the poll's note."""
    outline: Outline | None = None
    """Its entries by their bytes; those that came again are recognised. None where bytes do not tell entries apart."""
    before: Outline | None = None
    """The outline of the feed's document before, where that spared reading some entries."""
    repeated: tuple[OutlinedEntry, ...] = ()
    """The entries that came again, and are not in ``entries``."""

    @property
    def size(self) -> int:
        """How many entries the document has, those that came again included."""
        return len(self.entries) + len(self.repeated)


class KnownBy(StrEnum):
    """What a feed's entry is recognised by: what its ``guid_hash`` is a hash of."""

    GUID = "guid"
    GUID_AND_LINK = "guid and link"
    LINK = "link"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class KnownSighting:
    """What the store knows about an entry that this feed carried before."""

    sighting_id: int
    article_id: int
    fingerprint: bytes
    content_hash: bytes
    original_url: str | None = None
    """The link as this feed last published it."""
    has_left: bool = False
    """True when it was absent from the newest document."""
    guid: str = ""
    """As published, or what stands in for one."""
    known_by: KnownBy = KnownBy.GUID


class GuidPolicy(StrEnum):
    """What a feed's entries are recognised by."""

    GUID = "guid"
    GUID_AND_LINK = "guid and link"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class GuidRule:
    """What a feed's entries are recognised by, and what the audit of its guids has found so far."""

    policy: GuidPolicy = GuidPolicy.GUID
    reason: str | None = None
    """Why not by guid; None while guids serve."""
    renamings: int = 0
    """How many documents in a row brought most entries back under other guids."""
    is_fixed: bool = False
    """True where the operator chose it."""


@dataclass(frozen=True, slots=True)
class KeyedEntry:
    """An entry with the key under which its feed carries it."""

    guid: str
    """As published, or what stands in for one."""
    guid_hash: bytes
    """The hash of that key."""
    fingerprint: bytes
    entry: Entry
    known_by: KnownBy = KnownBy.GUID


@dataclass(frozen=True, slots=True)
class Recognised:
    """A document's entries sorted by whether there is work to do."""

    fresh: tuple[KeyedEntry, ...]
    """Never sighted in this feed, or changed since: to be normalised."""
    unchanged: tuple[KnownSighting, ...]
    """Sightings of its other entries; some had left the document and are back."""
    left: tuple[KnownSighting, ...]
    """Sightings that are no longer in the document."""
