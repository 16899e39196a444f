"""Looking at stories: which there are, and what each copy changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Select, func, select

from worker.basics.urls import site
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow
from worker.database.story_tables import StoryRow
from worker.look.listings import Listed, Wanted
from worker.stories.compare import compare
from worker.stories.rules import MOST_CHARACTERS
from worker.stories.signature import read_text, sign

# Stories whose articles are read at a time.
_SLICE = 200
# A copy is compared with the first article; of a story of hundreds nobody reads them all.
_MOST_COPIES = 200


def list_stories(connection: Connection, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """List stories of more than one article, by last sight, feed that carries one, and words in a title."""
    of_story = (StoryRow.id, StoryRow.size, StoryRow.first_seen_at, StoryRow.last_seen_at)
    query = select(*of_story, ArticleRow.title, ArticleRow.notice, ArticleRow.killed_by)
    query = query.join(ArticleRow, ArticleRow.id == StoryRow.first_article_id).where(StoryRow.size > 1)
    if wanted.since:
        query = query.where(StoryRow.last_seen_at >= wanted.since)
    if wanted.feed_id:
        carried = select(ArticleRow.story_id).join(SightingRow, SightingRow.article_id == ArticleRow.id)
        query = query.where(StoryRow.id.in_(carried.where(SightingRow.feed_id == wanted.feed_id)))
    if wanted.text:
        titled = select(ArticleRow.story_id).where(ArticleRow.title.icontains(wanted.text, autoescape=True))
        query = query.where(StoryRow.id.in_(titled))
    # A sum is no order of an index: SQLite would read all stories in that of ids to find those that are new enough.
    order = StoryRow.id + 0 if wanted.since else StoryRow.id
    query = query.order_by(order.desc() if wanted.newest_first else order).limit(wanted.limit)
    rows = connection.execute(query, execution_options={"yield_per": _SLICE}).mappings()
    while some := list(islice(rows, _SLICE)):
        yield from _with_spread(connection, some)


def find_story(connection: Connection, story_id: int | None) -> dict[str, Any] | None:
    """Return one story with its articles and what each changed of the first one; null for an article all alone."""
    query = _members(ArticleRow.title, func.substr(ArticleRow.text, 1, MOST_CHARACTERS).label("text"))
    query = query.where(ArticleRow.story_id == story_id).order_by(ArticleRow.id).limit(_MOST_COPIES)
    articles = connection.execute(query).mappings().all() if story_id is not None else []
    if len(articles) < 2:  # noqa: PLR2004 -- one article is no copy of anything
        return None
    # Counted, for a story that is being told apart anew has no row to say so.
    size = connection.execute(select(func.count()).where(ArticleRow.story_id == story_id)).scalar_one()
    return {"id": story_id, "size": size} | _spread(articles) | {"articles": _changes(articles)}


def _members(*more: Any) -> Select[*tuple[Any, ...]]:
    return select(
        ArticleRow.id,
        ArticleRow.story_id,
        ArticleRow.url,
        FeedRow.url.label("feed_url"),
        ArticleRow.published_at,
        ArticleRow.first_seen_at,
        ArticleRow.notice,
        ArticleRow.killed_by,
        *more,
    ).join(FeedRow, FeedRow.id == ArticleRow.feed_id)


def _with_spread(connection: Connection, stories: Sequence[Listed]) -> Iterator[dict[str, Any]]:
    query = _members().where(ArticleRow.story_id.in_([story["id"] for story in stories])).order_by(ArticleRow.story_id)
    rows = connection.execute(query).mappings()
    spreads = {story_id: _spread(list(members)) for story_id, members in groupby(rows, key=lambda row: row["story_id"])}
    for story in stories:
        # One whose articles still wait to be grouped is not told of yet.
        if story["id"] in spreads:
            yield dict(story) | spreads[story["id"]]


def _spread(articles: Sequence[Listed]) -> dict[str, Any]:
    moments = [_moment(article) for article in articles]
    return {
        "outlets": sorted(
            {site(article["url"]) or site(article["feed_url"]) or article["feed_url"] for article in articles}
        ),
        "first_at": min(moments),
        "last_at": max(moments),
        "spread": max(moments) - min(moments),
    }


def _moment(article: Listed) -> datetime:
    moment: datetime = article["published_at"] or article["first_seen_at"]
    return moment


def _changes(articles: Sequence[Listed]) -> list[Mapping[str, Any]]:
    """Say of each article how much of the shorter text is in the longer one, of it and the first one."""
    signatures = [sign(read_text(article["text"]), (), article["title"], "") for article in articles]
    return [
        {
            "id": article["id"],
            "title": article["title"],
            "url": article["url"],
            "feed_url": article["feed_url"],
            "published_at": article["published_at"],
            "first_seen_at": article["first_seen_at"],
            "notice": article["notice"],
            "killed_by": article["killed_by"],
            "words": len(article["text"].split()),
            "share_found": round(compare(signature, signatures[0]).of_shorter, 2),
        }
        for article, signature in zip(articles, signatures, strict=True)
    ]
