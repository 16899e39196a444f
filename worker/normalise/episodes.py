"""What a podcast says of an episode, made comparable: addresses on the web only, names as lines, each thing once."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from worker.basics.one_line import one_line
from worker.normalise.feed_context import FeedContext
from worker.normalise.links import known_length, read_link
from worker.values.podcasts import Podcast, PodcastFile, PodcastPerson

_MOST = 64
_LONGEST_NAME = 200


def read_episode(podcast: Podcast, feed: FeedContext) -> Podcast | None:
    """Return what is worth storing of what an entry says as an episode; None where nothing is left of it."""
    chapters = _files([podcast.chapters], feed) if podcast.chapters else ()
    episode = replace(
        podcast,
        season_name=_line(podcast.season_name),
        episode_name=_line(podcast.episode_name),
        chapters=chapters[0] if chapters else None,
        transcripts=_files(podcast.transcripts, feed),
        alternatives=_files(podcast.alternatives, feed),
        people=_people(podcast.people, feed),
        soundbites=tuple(replace(each, title=_line(each.title)) for each in podcast.soundbites[:_MOST]),
        location=_line(podcast.location),
    )
    return None if episode.says_nothing else episode


def _files(files: Iterable[PodcastFile], feed: FeedContext) -> tuple[PodcastFile, ...]:
    by_url: dict[str, PodcastFile] = {}
    for file in islice(files, _MOST):
        if url := read_link(file.url, feed):
            media_type, language, title = map(_line, (file.media_type, file.language, file.title))
            by_url.setdefault(url, PodcastFile(url, media_type, language, title, known_length(file.length)))
    return tuple(by_url.values())


def _people(people: Iterable[PodcastPerson], feed: FeedContext) -> tuple[PodcastPerson, ...]:
    known = (
        PodcastPerson(
            name=name,
            role=_line(person.role),
            group=_line(person.group),
            url=read_link(person.url, feed),
            image_url=read_link(person.image_url, feed),
        )
        for person in islice(people, _MOST)
        if (name := _line(person.name))
    )
    return tuple(dict.fromkeys(known))


def _line(text: str | None) -> str | None:
    return (one_line(text, _LONGEST_NAME) or None) if text else None
