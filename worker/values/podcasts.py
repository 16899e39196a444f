"""What a podcast says of an episode besides what every entry says (iTunes, Podcasting 2.0)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class EpisodeType(StrEnum):
    """What an episode is to its podcast (``itunes:episodeType``)."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


@dataclass(frozen=True, slots=True)
class PodcastFile:
    """A file that goes with an episode, and is not the episode itself."""

    url: str
    media_type: str | None = None
    language: str | None = None
    title: str | None = None
    length: int | None = None
    """Bytes, as published."""


@dataclass(frozen=True, slots=True)
class PodcastPerson:
    """Somebody who made an episode or is heard in it."""

    name: str
    role: str | None = None
    """Their role: ``host``, ``guest``, ``editor``."""
    group: str | None = None
    """What the role belongs to: ``cast``, ``writing``, ``audio post-production``."""
    url: str | None = None
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Soundbite:
    """A passage of an episode that makes one curious."""

    start: timedelta
    duration: timedelta
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Podcast:
    """What a podcast says of an episode."""

    duration: timedelta | None = None
    season: int | None = None
    season_name: str | None = None
    episode: int | None = None
    episode_name: str | None = None
    """What is shown in place of the number, or a number that is not whole."""
    episode_type: EpisodeType | None = None
    is_explicit: bool | None = None
    chapters: PodcastFile | None = None
    transcripts: tuple[PodcastFile, ...] = ()
    alternatives: tuple[PodcastFile, ...] = ()
    """The same episode in other formats."""
    people: tuple[PodcastPerson, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    location: str | None = None
    """Which place it is about."""

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing in it."""
        return self == _NOTHING


_NOTHING = Podcast()
