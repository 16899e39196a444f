"""Read what a podcast says of an episode: the elements of iTunes and of Podcasting 2.0.

https://help.apple.com/itc/podcasts_connect/#/itcb54353390 and https://podcasting2.org/docs/podcast-namespace/1.0
"""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from worker.basics.field_rules import LONGEST_NAME, LONGEST_URL, is_web_page, read_length, resolve_url, tidy_text
from worker.parse.podcast_rules import read_duration, read_episode_type, read_explicit, read_number, read_offset
from worker.parse.tree_text import Parts, Scope, local_name, read_element_text
from worker.values.podcasts import Podcast, PodcastFile, PodcastPerson, Soundbite

# What is meant where nothing is said: "If role is missing then host is assumed", "if group is missing then cast".
_ROLE, _GROUP = "host", "cast"


def read_podcast(elements: Iterable[Element], scope: Scope) -> Podcast | None:
    """Return what an episode's elements say; None where that is nothing."""
    named: Parts = {}
    for element in elements:
        named.setdefault(local_name(element), []).append(element)
    season, season_name = _number(named, "season", "name")
    episode, episode_name = _number(named, "episode", "display")
    podcast = Podcast(
        duration=read_duration(_text(named, "duration")),
        season=season,
        season_name=season_name,
        episode=episode,
        episode_name=episode_name,
        episode_type=read_episode_type(_text(named, "episodetype")),
        is_explicit=read_explicit(_text(named, "explicit")),
        chapters=next(_files(named, "chapters", scope), None),
        transcripts=tuple(_files(named, "transcript", scope)),
        alternatives=tuple(_alternatives(named, scope)),
        people=tuple(_people(named, scope)),
        soundbites=tuple(_soundbites(named)),
        location=_text(named, "location"),
    )
    return None if podcast.says_nothing else podcast


def _text(named: Parts, name: str) -> str | None:
    texts = (read_element_text(element, LONGEST_NAME) for element in named.get(name, ()))
    return next(filter(None, texts), None)


def _number(named: Parts, name: str, attribute: str) -> tuple[int | None, str | None]:
    """Return a season's or an episode's number and name; both namespaces have such elements."""
    titles = (tidy_text(element.get(attribute), LONGEST_NAME) for element in named.get(name, ()))
    return read_number(_text(named, name), next(filter(None, titles), None))


def _files(named: Parts, name: str, scope: Scope) -> Iterator[PodcastFile]:
    for element in named.get(name, ()):
        if url := _url(element, "url", scope):
            media_type = tidy_text(element.get("type"), LONGEST_NAME)
            yield PodcastFile(url, media_type, tidy_text(element.get("language"), LONGEST_NAME))


def _alternatives(named: Parts, scope: Scope) -> Iterator[PodcastFile]:
    """Yield the episode in other formats, each from the first of its sources that is on the web."""
    for element in named.get("alternateenclosure", ()):
        sources = [url for source in element if (url := _url(source, "uri", scope))]
        # Before the namespace was settled, the address was the element's text.
        sources = sources or list(filter(None, [tidy_text(element.text, LONGEST_URL)]))
        if sources:
            yield PodcastFile(
                url=next(filter(is_web_page, sources), sources[0]),
                media_type=tidy_text(element.get("type"), LONGEST_NAME),
                language=tidy_text(element.get("lang"), LONGEST_NAME),
                title=tidy_text(element.get("title"), LONGEST_NAME),
                length=read_length(element.get("length")),
            )


def _people(named: Parts, scope: Scope) -> Iterator[PodcastPerson]:
    for element in named.get("person", ()):
        if name := read_element_text(element, LONGEST_NAME) or tidy_text(element.get("name"), LONGEST_NAME):
            yield PodcastPerson(
                name=name,
                role=tidy_text(element.get("role"), LONGEST_NAME) or _ROLE,
                group=tidy_text(element.get("group"), LONGEST_NAME) or _GROUP,
                url=_url(element, "href", scope),
                image_url=_url(element, "img", scope),
            )


def _soundbites(named: Parts) -> Iterator[Soundbite]:
    for element in named.get("soundbite", ()):
        start, duration = read_offset(element.get("startTime", "")), read_duration(element.get("duration"))
        if start is not None and duration:
            yield Soundbite(start, duration, read_element_text(element, LONGEST_NAME))


def _url(element: Element, attribute: str, scope: Scope) -> str | None:
    url = tidy_text(element.get(attribute), LONGEST_URL)
    return resolve_url(scope.within(element).base, url) if url else None
