"""The values of grouping: what texts are compared by, what they have in common, and which stories follow from that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Block(NamedTuple):
    """A line of a text, as words. A tuple, because a text has many."""

    block_hash: int
    row: bytes
    """Its words in lower case, in UTF-8, with a space between two of them."""
    marks: bytes
    """A word for each of the row's: with a zero for a fact, which has a digit, or a capital in mid-sentence."""
    characters: int
    """How many of the words are single characters, where not all of them are ASCII."""

    @property
    def words(self) -> list[bytes]:
        """The words one by one."""
        return self.row.split()

    @property
    def facts(self) -> list[int]:
        """The places of the words that are facts."""
        return [place for place, mark in enumerate(self.marks.split()) if b"0" in mark]


@dataclass(frozen=True, slots=True)
class Signature:
    """What the words of an article are compared by."""

    anchors: tuple[int, ...]
    """Two copies share at least one."""
    sketch: bytes
    """The first shingles in order, 24 bits each: first the highest bytes of all, last the lowest."""
    width: int
    """Words in a shingle."""
    facts: tuple[int, ...]
    """Facts (32 bits), each once, in order."""
    places: int
    """Where in the text the facts are: a bit for each word."""
    title: str
    outlet: str
    """The site that has the article; where that is unknown, its feed."""


@dataclass(frozen=True, slots=True)
class WaitingArticle:
    """An article that waits to be grouped."""

    article_id: int
    feed_id: int
    content_hash: bytes
    title: str
    text: str
    """As much of the text as is compared."""
    outlet: str
    moment: datetime
    """When it was published; where that is unknown, first seen."""
    first_seen_at: datetime
    story_id: int | None
    """None unless the article was published before."""
    compared_by: int | None = None
    """The version of the rules by which these very words were compared before; None where they never were."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A waiting article with its signature."""

    article: WaitingArticle
    blocks: tuple[int, ...]
    """The hashes of its lines that are no boilerplate."""
    signature: Signature


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that shares an anchor with another one."""

    article_id: int
    story_id: int
    is_grouped: bool
    """False while another worker, or this one later, has still to group it."""
    moment: datetime


@dataclass(frozen=True, slots=True)
class Sharing:
    """Which articles share anchors."""

    of_anchor: Mapping[int, Sequence[int]]
    """The ids of those that share an anchor, the oldest first; no anchor of a single article need be there."""
    candidates: Mapping[int, Candidate]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common, in shingles; ``shorter`` and ``longer`` are the two texts."""

    is_shorter: bool
    """Whether the text that was compared is the shorter one."""
    shared: int
    shorter: int
    longer: int
    of_shorter: float
    """The share of the shorter text that is found in the longer one."""
    of_longer: float
    of_lede: float
    """The share of the shorter text's beginning that is found."""
    jaccard: float
    runs: int
    """Unbroken stretches of the shorter text that are found."""
    mean_run: float
    longest_run: int
    first_in_shorter: int
    first_in_longer: int
    facts: int
    """Facts of the shorter text, from where the two texts first meet."""
    of_facts: float
    """The share of these facts that the longer text has anywhere."""
    swapped: int
    """Words that differ in the midst of what is shared."""
    swapped_facts: int
    """How many of the swapped words are facts."""
    kept_facts: int
    """Facts in what is shared."""
    opening_facts: int
    """Facts of the shorter text before the two first meet, without those of a dateline."""
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
    """An article, and the articles it is a copy of, the best match first."""

    article_id: int
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it is stored, locked."""

    size: int
    first_seen_at: datetime
    last_seen_at: datetime
