"""The page of an article: its words, how they changed, who carries it, and what is linked with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.basics.codec import unpack
from worker.basics.text import show_wrong
from worker.basics.units import read_id
from worker.basics.word_diff import WordRun, count_words, find_changes
from worker.database.clock import read_clock
from worker.errors import NamedError
from worker.look.article_listing import list_feed_titles
from worker.look.article_page import find_linked, find_listed_article, list_revisions, list_sightings, was_article
from worker.look.listings import Listed
from worker.look.stories import list_copies
from worker.stories.signature import outlet_of
from worker.values.podcasts import Podcast
from worker.web.looking import look
from worker.web.pages.rendering import POLICY, render
from worker.wording.episode_lines import describe_place_and_length, name_person
from worker.wording.sentences import as_versions, explain_kill, is_other_version, list_notices

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
"""What the document of the stored HTML may do: its links open apart, and what they open is a page like any other."""
# More of each nobody reads on one page.
_MOST_CHARACTERS = 200_000
_MOST_SIGHTINGS = 50
_MOST_VERSIONS = 10
_MOST_PASSAGES = 12
_MOST_COPIES = 12
# Players load nothing before they are told to; an episode's address leads on to hosts that nobody knows before.
_WITH_PLAYERS = f"{POLICY}; media-src http: https:"
_PLAYED = ("audio/", "video/")
_PLAYED_ENDINGS = {".mp3": "audio/", ".m4a": "audio/", ".ogg": "audio/", ".opus": "audio/", ".mp4": "video/"}


@dataclass(frozen=True, slots=True)
class _Version:
    """A revision, and what it changed of the one before."""

    row: Listed
    changes: Sequence[Sequence[WordRun]] | None
    """None for the first version of the article."""
    more: int
    """Changed passages that are not shown."""

    @property
    def words(self) -> int:
        """How many words it has."""
        return count_words(self.row["text"])


async def _show_article(request: Request) -> Response:
    article_id = read_article_id(request)
    until = read_id(request.query_params.get("version", ""))
    shown = await look(request, lambda connection: _read_page(connection, article_id, until))
    answer = render(request, "article.html", **shown, sandbox=SANDBOX)
    if shown["players"]:
        answer.headers["Content-Security-Policy"] = _WITH_PLAYERS
    return answer


def read_article_id(request: Request) -> int:
    """Return the id in a path; NamedError where it is none."""
    name = request.path_params["article"]
    article_id = read_id(name)
    if not article_id:
        raise NamedError(f"Articles are named by their ids: {show_wrong(name)} is none.")
    return article_id


def missing_article(connection: Connection, article_id: int) -> NamedError:
    """Return what says that there is no such article, or none any more."""
    if was_article(connection, article_id):
        return NamedError(
            f"Article {article_id} is gone: articles are deleted once they have outlived their retention."
        )
    return NamedError(f"There is no article {article_id}.")


def _read_page(connection: Connection, article_id: int, until: int | None) -> dict[str, Any]:
    listed = find_listed_article(connection, article_id)
    if listed is None:
        raise missing_article(connection, article_id)
    article = {**listed, **find_linked(connection, listed)}
    sightings = list_sightings(connection, article_id, _MOST_SIGHTINGS + 1)
    podcast = unpack(Podcast, article["podcast"])
    feeds = {article["feed_id"], *(sighting["feed_id"] for sighting in sightings)}
    return {
        "article": article,
        "now": read_clock(connection).now(),
        "paragraphs": article["text"][:_MOST_CHARACTERS].split("\n\n") if article["text"] else [],
        "is_cut": len(article["text"]) > _MOST_CHARACTERS,
        "kill": explain_kill(article),
        "notices": list(list_notices(article)),
        "acted_on_changes": _compare(*as_versions(article)) if is_other_version(article) else None,
        "sightings": sightings[:_MOST_SIGHTINGS],
        "more_sightings": len(sightings) > _MOST_SIGHTINGS,
        "feed_titles": list_feed_titles(connection, feeds),
        "versions": _read_versions(connection, article_id, until),
        "copies": _read_copies(connection, article),
        "podcast": podcast,
        "episode": describe_place_and_length(podcast) if podcast else "",
        "people": [(name_person(person), person.url) for person in podcast.people] if podcast else [],
        "players": list(_list_players(article["enclosures"])),
    }


def _read_versions(connection: Connection, article_id: int, until: int | None) -> list[_Version]:
    """Return an article's newest versions, or those up to one of them, the newest first."""
    rows = list_revisions(connection, article_id, most=_MOST_VERSIONS + 1, until=until)
    compared = [_Version(after, *_compare(before, after)) for before, after in pairwise(rows)]
    if rows and rows[0]["number"] == 1:
        compared.insert(0, _Version(rows[0], None, 0))
    return compared[::-1]


def _compare(before: Listed, after: Listed) -> tuple[list[list[WordRun]], int]:
    return find_changes(_beginning(before), _beginning(after), _MOST_PASSAGES)


def _beginning(version: Listed) -> Mapping[str, str]:
    return {"title": version["title"], "text": version["text"][:_MOST_CHARACTERS]}


def _read_copies(connection: Connection, article: Listed) -> list[Listed]:
    """Return the other articles of an article's story, the first ones; one more than are shown."""
    if article["story_id"] is None:
        return []
    copies = list_copies(connection, article["story_id"], _MOST_COPIES + 2)
    others = (copy for copy in copies if copy["id"] != article["id"])
    return [{**copy, "outlet": outlet_of(copy["url"], copy["feed_url"])} for copy in others]


def _list_players(enclosures: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the files that a browser may play, each after the element that plays it."""
    for file in enclosures:
        ending = _PLAYED_ENDINGS.get(file["url"].partition("?")[0][-4:].lower(), "")
        kind = file["media_type"] or ending
        if kind.startswith(_PLAYED) and file["url"].startswith(("http://", "https://")):
            yield kind[:5], file


ROUTES = [Route("/articles/{article}", _show_article)]
