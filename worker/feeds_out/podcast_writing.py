"""Writing what a podcast says of an episode, as iTunes and Podcasting 2.0 have it, in RSS and in Atom alike."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from worker.feeds_out.markup_writing import as_safe_title, write_attributes, write_element, write_if
from worker.feeds_out.out_entry import OutEntry
from worker.values.podcasts import Podcast, PodcastFile, PodcastPerson

NAMESPACES = {
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
}
"""What documents of both formats declare beside their own."""
_WORDS = {True: "true", False: "false", None: None}


def write_picture(url: str | None) -> str:
    """Return the element of an entry's picture; nothing where it has none."""
    return write_element("media:thumbnail", attributes={"url": url}) if url else ""


def write_podcast(entry: OutEntry) -> Iterator[str]:
    """Yield the elements of an episode; none of what is no episode."""
    podcast = entry.podcast
    if podcast is None:
        return
    if entry.image_url:
        yield write_element("itunes:image", attributes={"href": entry.image_url})
    yield from _facts(podcast)
    if podcast.chapters:
        yield write_element("podcast:chapters", attributes=_of_file(podcast.chapters))
    for file in podcast.transcripts:
        yield write_element("podcast:transcript", attributes=_of_file(file))
    yield from map(_alternative, podcast.alternatives)
    yield from map(_person, podcast.people)
    for bite in podcast.soundbites:
        times = {"startTime": _seconds(bite.start), "duration": _seconds(bite.duration)}
        yield write_element("podcast:soundbite", as_safe_title(bite.title or ""), times)


def _facts(podcast: Podcast) -> Iterator[str]:
    if podcast.duration:
        yield write_element("itunes:duration", _seconds(podcast.duration))
    yield from _numbered("season", podcast.season, podcast.season_name, "name")
    yield from _numbered("episode", podcast.episode, podcast.episode_name, "display")
    yield write_if("itunes:episodeType", podcast.episode_type)
    yield write_if("itunes:explicit", _WORDS[podcast.is_explicit])
    yield write_if("podcast:location", as_safe_title(podcast.location or ""))


def _numbered(name: str, number: int | None, title: str | None, attribute: str) -> Iterable[str]:
    """Yield a season or an episode: its number where every podcast application looks, its name where there is one."""
    if number is not None:
        yield write_element(f"itunes:{name}", str(number))
    if title:
        yield write_element(f"podcast:{name}", None if number is None else str(number), {attribute: title})


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():f}".rstrip("0").rstrip(".")


def _of_file(file: PodcastFile) -> Mapping[str, object]:
    return {"url": file.url, "type": file.media_type, "language": file.language}


def _alternative(file: PodcastFile) -> str:
    said = {"type": file.media_type, "length": file.length, "lang": file.language, "title": file.title}
    place = write_element("podcast:source", attributes={"uri": file.url})
    return f"<podcast:alternateEnclosure{write_attributes(said)}>{place}</podcast:alternateEnclosure>\n"


def _person(person: PodcastPerson) -> str:
    said = {"role": person.role, "group": person.group, "href": person.url, "img": person.image_url}
    return write_element("podcast:person", as_safe_title(person.name), said)
