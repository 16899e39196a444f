"""What the outbox tells of."""

from enum import StrEnum


class EventKind(StrEnum):
    """What changed in the store."""

    ARTICLE_CREATED = "article created"
    ARTICLE_REVISED = "article revised"
    ARTICLE_REFRESHED = "article refreshed"
    ARTICLE_CORRECTED = "article corrected"
    ARTICLE_KILLED = "article killed"
    ARTICLE_REINSTATED = "article reinstated"
    ARTICLE_REMOVED = "article removed"
    ARTICLE_GROUPED = "article grouped"
    STORIES_MERGED = "stories merged"
    FEED_MOVED = "feed moved"
    FEED_GONE = "feed gone"
    FEED_QUARANTINED = "feed quarantined"
