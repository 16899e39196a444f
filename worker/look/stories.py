"""Stories for readers: which there are, and how much of each copy is found in the first article."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Select, func, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow
from worker.database.story_tables import StoryRow
from worker.look.counts import Counted, count_found
from worker.look.listings import Listed, Wanted, columns, in_direction, in_time
from worker.stories.compare import measure_overlap
from worker.stories.constants import MOST_CHARACTERS
from worker.stories.signature import make_signature, outlet_of, read_blocks
from worker.stories.story_values import Signature

# Stories whose articles are read at a time.
_SLICE = 200
# Articles of one story that are shown and compared: nobody reads hundreds.
_MOST_COPIES = 200


def list_stories(connection: Connection, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """List stories of more than one article, by last sight, feed that carries one, and words in a title.

    A story whose articles still wait to be grouped is not listed yet; others stand in for it up to the limit.
    """
    left, after = wanted.limit, wanted.after
    while left != 0:
        found = _find_some(connection, replace(wanted, limit=left, after=after))
        count, listed = 0, 0
        while some := list(islice(found, _SLICE)):
            count, after = count + len(some), (some[-1]["id"],)
            for story in add_spread(connection, some):
                listed += 1
                yield story
        if left is None or count < left:
            break
        left -= listed


def _find_some(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    query = _choose_stories(select_stories(), wanted)
    # No index has the order of a sum: in the order of ids SQLite would read all stories to find those of the time.
    order = StoryRow.id + 0 if wanted.has_time else StoryRow.id
    query = in_direction(query, (order,), wanted).limit(wanted.limit)
    yield from connection.execute(query, execution_options={"yield_per": _SLICE}).mappings()


def select_stories() -> Select[*tuple[Any, ...]]:
    """Return the query for all stories, without their spread."""
    of_story = (StoryRow.id, StoryRow.size, StoryRow.first_seen_at, StoryRow.last_seen_at)
    query = select(*of_story, ArticleRow.title, ArticleRow.notice, ArticleRow.killed_by)
    return query.join(ArticleRow, ArticleRow.id == StoryRow.first_article_id)


def count_listed_stories(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the stories that are wanted; None where that takes too long: most have a single article."""
    query = _choose_stories(select(StoryRow.id), wanted)
    return count_found(connection, StoryRow, [query], is_search=not (wanted.feed_id or wanted.since))


def _choose_stories(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = query.where(StoryRow.size > 1)
    if wanted.feed_id:
        carried = select(ArticleRow.story_id).join(SightingRow, SightingRow.article_id == ArticleRow.id)
        query = query.where(StoryRow.id.in_(carried.where(SightingRow.feed_id == wanted.feed_id)))
    if wanted.text:
        titled = select(ArticleRow.story_id).where(ArticleRow.title.icontains(wanted.text, autoescape=True))
        query = query.where(StoryRow.id.in_(titled))
    return in_time(query, StoryRow.last_seen_at, wanted)


def find_story(connection: Connection, story_id: int | None) -> dict[str, Any] | None:
    """Return one story with its articles, each compared with the first one; None for a single article."""
    story = find_story_with_texts(connection, story_id)
    return story and story | {"articles": _compare_with_first(story["articles"])}


def find_story_with_texts(connection: Connection, story_id: int | None) -> dict[str, Any] | None:
    """Return one story with its first articles and the beginnings of their texts; None for a single article."""
    text = func.substr(ArticleRow.text, 1, MOST_CHARACTERS).label("text")
    query = select_copies(ArticleRow.title, ArticleRow.language, text)
    query = query.where(ArticleRow.story_id == story_id).order_by(ArticleRow.id).limit(_MOST_COPIES)
    articles = connection.execute(query).mappings().all() if story_id is not None else []
    if len(articles) < 2:  # noqa: PLR2004 -- one article is no copy of anything
        return None
    # Counted here: a story that is being grouped again has no row that says how many.
    size = connection.execute(select(func.count()).where(ArticleRow.story_id == story_id)).scalar_one()
    return {"id": story_id, "size": size} | measure_spread(articles) | {"articles": articles}


def find_parent(connection: Connection, story_id: int) -> int | None:
    """Return the story that took in another one; None for a story of its own."""
    return connection.execute(select(StoryRow.parent).where(StoryRow.id == story_id)).scalar_one_or_none()


def list_copies(connection: Connection, story_id: int, most: int) -> list[Listed]:
    """Return the first articles of a story."""
    copies = select_copies(ArticleRow.title).where(ArticleRow.story_id == story_id).order_by(ArticleRow.id).limit(most)
    return [dict(row) for row in connection.execute(copies).mappings()]


def select_copies(*more: Any) -> Select[*tuple[Any, ...]]:
    """Return the query for articles as copies of their stories: what their spread is measured by, and ``more``."""
    times_and_notices = columns(ArticleRow, "published_at first_seen_at notice killed_by")
    query = select(*columns(ArticleRow, "id story_id url"), FeedRow.url.label("feed_url"), *times_and_notices, *more)
    return query.join(FeedRow, FeedRow.id == ArticleRow.feed_id)


def add_spread(connection: Connection, stories: Sequence[Listed]) -> Iterator[dict[str, Any]]:
    """Yield each story with its outlets, and how it spread; without those whose articles still wait to be grouped."""
    of_them = ArticleRow.story_id.in_([story["id"] for story in stories])
    query = select_copies().where(of_them).order_by(ArticleRow.story_id)
    rows = connection.execute(query).mappings()
    groups = groupby(rows, key=lambda row: row["story_id"])
    spreads = {story_id: measure_spread(list(members)) for story_id, members in groups}
    for story in stories:
        if story["id"] in spreads:
            yield dict(story) | spreads[story["id"]]


def measure_spread(articles: Sequence[Listed]) -> dict[str, Any]:
    """Return the outlets of a story's articles, and when they published it."""
    moments = [article["published_at"] or article["first_seen_at"] for article in articles]
    return {
        "outlets": sorted({outlet_of(article["url"], article["feed_url"]) for article in articles}),
        "first_at": min(moments),
        "last_at": max(moments),
        "spread": max(moments) - min(moments),
    }


def _compare_with_first(articles: Sequence[Listed]) -> list[Mapping[str, Any]]:
    shown = "id title url feed_url published_at first_seen_at notice killed_by".split()
    return [
        {name: article[name] for name in shown} | {"words": len(article["text"].split()), "share_found": share}
        for article, share in zip(articles, measure_shares(articles[0], articles), strict=True)
    ]


def measure_shares(base: Listed, articles: Iterable[Listed]) -> Iterator[float]:
    """Yield of each article how much of the shorter text, its own or that of the base, the longer one has."""
    compared = _sign(base)
    for article in articles:
        yield round(measure_overlap(_sign(article), compared).of_shorter, 2)


def _sign(article: Listed) -> Signature:
    return make_signature(read_blocks(article["text"]), (), article["title"], "")
