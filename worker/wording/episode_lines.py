"""Sentences about an episode of a podcast, for the page of an article."""

from collections.abc import Iterator
from typing import Any

from worker.basics.codec import unpack
from worker.basics.units import show_duration
from worker.values.podcasts import Podcast, PodcastFile, PodcastPerson
from worker.wording.sentences import describe_file


def describe_episode(stored: Any) -> list[str]:
    """Say what a podcast says of an episode: where it belongs and how long it is, who is heard, which files go with it.

    ``stored`` is the column's JSON.
    """
    podcast = unpack(Podcast, stored)
    return [*_lines(podcast)] if podcast else []


def _lines(podcast: Podcast) -> Iterator[str]:
    if facts := describe_place_and_length(podcast):
        yield facts
    if podcast.people:
        yield f"with {', '.join(map(name_person, podcast.people))}"
    for bite in podcast.soundbites:
        passage = f"soundbite at {show_duration(bite.start)}, {show_duration(bite.duration)} long"
        yield f"{passage}: {bite.title}" if bite.title else passage
    for file in podcast.transcripts:
        yield f"transcript {_describe_file(file)}"
    if podcast.chapters:
        yield f"chapters {_describe_file(podcast.chapters)}"
    for file in podcast.alternatives:
        yield f"also as {_describe_file(file)}"


def describe_place_and_length(podcast: Podcast) -> str:
    """Say in one line where an episode belongs, how long it is and what it is about."""
    return ", ".join(filter(None, _facts(podcast)))


def _facts(podcast: Podcast) -> Iterator[str | None]:
    yield _numbered("season", podcast.season, podcast.season_name)
    yield _numbered("episode", podcast.episode, podcast.episode_name)
    yield podcast.episode_type
    yield show_duration(podcast.duration) if podcast.duration else None
    yield "explicit" if podcast.is_explicit else None
    yield f"about {podcast.location}" if podcast.location else None


def _numbered(thing: str, number: int | None, name: str | None) -> str | None:
    if number is None:
        return f"{thing} {name}" if name else None
    return f"{thing} {number} ({name})" if name else f"{thing} {number}"


def name_person(person: PodcastPerson) -> str:
    """Name somebody of an episode, with their role."""
    return f"{person.name} ({person.role})" if person.role else person.name


def _describe_file(file: PodcastFile) -> str:
    return describe_file(file.url, file.length, file.title, file.media_type, file.language)
