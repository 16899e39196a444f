"""What comes of reading kept documents again: which articles change, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What becomes of an article, as the events of the outbox have it."""

    CREATED = "created"
    """The former reading missed it."""
    REVISED = "revised"
    """Its words are read otherwise."""
    REFRESHED = "refreshed"
    """Other fields are read otherwise."""


@dataclass(frozen=True, slots=True)
class RereadArticle:
    """An article that is read otherwise today."""

    kind: ChangeKind
    guid_hash: bytes
    """The key of an entry that says so."""
    article_id: int | None
    """None for one that is not in the store."""
    title: str
    url: str | None
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """By name, what the store has and what is read today; nothing for an article that was missed."""


@dataclass(frozen=True, slots=True)
class RereadFeed:
    """What came of reading a feed's documents again."""

    feed_id: int
    url: str
    documents: int
    """How many were read."""
    articles: Sequence[RereadArticle]
    unseen: int
    """How many entries are read otherwise of articles that show another feed's words, or newer ones."""
    unread: int
    """How many documents can be read today as little as by the polls that brought them."""
    failures: Sequence[str]
    """Why documents were not read, or not whole, a sentence each."""
