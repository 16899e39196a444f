"""What is looked for: a query as a value. ``read_query`` reads it from what people type."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Place(StrEnum):
    """Where words are looked for."""

    ANYWHERE = ""
    """In the title or the text."""
    TITLE = "title"


class Facet(StrEnum):
    """What an article must have besides words."""

    AGENCY = "agency"
    FEED = "feed"
    TAG = "tag"
    LANGUAGE = "lang"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after the other; mostly a single one."""

    words: tuple[str, ...]
    """Folded."""
    is_prefix: bool = False
    """Whether the last word may go on: ``clim*``."""
    place: Place = Place.ANYWHERE


@dataclass(frozen=True, slots=True)
class Condition:
    """One facet that an article must have, or must not."""

    facet: Facet
    value: str
    """As it was typed; of agencies their one name."""
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """All of it must hold; a query of nothing finds every article."""

    wanted: tuple[tuple[Phrase, ...], ...] = ()
    """Of each of these, one phrase at least."""
    excluded: tuple[Phrase, ...] = ()
    conditions: tuple[Condition, ...] = ()
    since: timedelta | datetime | None = None
    """When the article was first seen: an age, or a moment in UTC."""
    until: timedelta | datetime | None = None
    """The end of that time; what is of this moment is not wanted."""

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases that are wanted."""
        return tuple(phrase for either in self.wanted for phrase in either)

    @property
    def indexed_conditions(self) -> tuple[Condition, ...]:
        """The conditions that the index of words answers; the others are of what is in other tables."""
        return tuple(each for each in self.conditions if each.facet not in {Facet.FEED, Facet.STORY})

    @property
    def other_conditions(self) -> tuple[Condition, ...]:
        """The conditions that other tables answer."""
        return tuple(each for each in self.conditions if each.facet in {Facet.FEED, Facet.STORY})

    @property
    def needs_index(self) -> bool:
        """Whether an article must match something that is indexed."""
        return bool(self.wanted) or not all(each.is_excluded for each in self.indexed_conditions)
