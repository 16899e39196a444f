"""Between the store and stage group: what texts are compared by, and which stories follow from that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a text, as words: what boilerplate is made of."""

    block_hash: int
    words: tuple[str, ...]
    """In lower case."""
    facts: tuple[int, ...]
    """Places of the words with digits, and of those with a capital in mid-sentence."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the words of an article are compared by."""

    anchors: tuple[int, ...]
    """64 bits each, signed: two copies share at least one."""
    sketch: tuple[int, ...]
    """The first shingles (32 bits), in order."""
    width: int
    """Words in a shingle."""
    facts: tuple[int, ...]
    """Facts (32 bits), each once, in order."""
    places: int
    """Where in the text each of them stands: a bit for each word."""
    title: str
    outlet: str
    """The site it stood on, or its feed."""


@dataclass(frozen=True, slots=True)
class WaitingArticle:
    """An article that waits to be grouped."""

    article_id: int
    feed_id: int
    content_hash: bytes
    title: str
    text: str
    """As much of it as is compared."""
    outlet: str
    moment: datetime
    """When it was published; where that is unknown, first seen."""
    first_seen_at: datetime
    story_id: int | None
    """Null unless it was published before."""
    compared_by: int | None = None
    """Version of the rules by which these very words were compared before; null where they never were."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A waiting article with its signature."""

    article: WaitingArticle
    blocks: tuple[int, ...]
    """Hashes of its lines that are no boilerplate."""
    signature: Signature


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that shares an anchor with another one."""

    article_id: int
    story_id: int
    is_grouped: bool
    """False while another worker (or this one, later) has still to group it."""
    moment: datetime


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common, in shingles; ``shorter`` and ``longer`` are the two texts."""

    is_shorter: bool
    """Whether the text that was compared is the shorter one."""
    shared: int
    shorter: int
    longer: int
    of_shorter: float
    """Share of the shorter text that is found in the longer one."""
    of_longer: float
    of_lede: float
    """Share of the shorter text's beginning that is found."""
    jaccard: float
    runs: int
    """Unbroken stretches of the shorter text that are found."""
    mean_run: float
    longest_run: int
    first_in_shorter: int
    first_in_longer: int
    facts: int
    """Of the shorter text, from where the two first meet."""
    of_facts: float
    """Share of them that the longer text has anywhere."""
    swapped: int
    """Words that differ in the midst of what is shared."""
    swapped_facts: int
    """How many of them are facts."""
    kept_facts: int
    """Facts in what is shared."""
    opening_facts: int
    """Facts of the shorter text before the two first meet, a dateline's aside."""
    of_opening: float
    of_title: float


@dataclass(frozen=True, slots=True)
class Copy:
    """That an article is a copy of another one."""

    article_id: int
    """The other one."""
    story_id: int
    jaccard: float
    is_best: bool
    is_grouped: bool


@dataclass(frozen=True, slots=True)
class Matched:
    """An article, and those it is a copy of."""

    article_id: int
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it stands in the store, locked."""

    story_id: int
    size: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Grouped:
    """What became of waiting articles, ready to be written under the locks of their stories."""

    articles: Sequence[WaitingArticle]
    """Those that are still what was read of them, and locked."""
    named: Mapping[int, int | None]
    """The story that the row of each one names so far."""
    blocks: Sequence[tuple[int, int]]
    """An article, and the hash of a line of it that is no boilerplate."""
    story_of: Mapping[int, int]
    """The story of each article, before any takes another one in."""
    stories: Mapping[int, Story]
    taken_in: Mapping[int, int]
    """Stories that others take in, and by which."""
