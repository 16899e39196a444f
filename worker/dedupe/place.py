"""Placing entries: which article each one is, and what the store does about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from worker.dedupe.likeness import is_other_news, is_same_news
from worker.dedupe.renamed import find_renamed
from worker.urls import link_key
from worker.values import Action, Article, Finding, KnownArticle, Placement, Sighted


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows, by the ways in which an entry may name it."""

    sighted: Mapping[bytes, Sighted]
    renamed: Mapping[bytes, Sighted]
    by_id: Mapping[int, KnownArticle]
    by_key: Mapping[str | None, KnownArticle]


def dedupe(
    articles: Sequence[Article],
    feed_id: int,
    sighted: Mapping[bytes, Sighted],
    known: Sequence[KnownArticle],
    left: Iterable[Sighted] = (),
) -> tuple[Placement, ...]:
    """Place each article; ``known`` holds those that the sightings or the match keys may name.

    ``left`` are sightings whose entries are no longer in the document: some may only have changed their guids.
    """
    by_id = {article.article_id: article for article in known}
    unknown = [article for article in articles if article.guid_hash not in sighted]
    renamed = find_renamed(unknown, left, by_id)
    by_key: dict[str | None, KnownArticle] = {article.match_key: article for article in known if article.match_key}
    rows = _Known(sighted, renamed, by_id, by_key)
    return tuple(_place(article, feed_id, rows) for article in articles)


def _place(article: Article, feed_id: int, rows: _Known) -> Placement:
    if seen := rows.sighted.get(article.guid_hash):
        return _place_by_guid(article, feed_id, seen, rows)
    if seen := rows.renamed.get(article.guid_hash):
        shown = rows.by_id[seen.article_id]
        return Placement(article, _action(article, feed_id, seen, shown), shown.article_id, Finding.RENAMED, shown)
    named = rows.by_key.get(article.match_key)
    if named is None:
        return Placement(article, Action.CREATE)
    if named.is_ours and not is_same_news(article, named):
        return Placement(replace(article, match_key=None), Action.CREATE, finding=Finding.URL_REUSED)
    return Placement(article, _action(article, feed_id, None, named), named.article_id, known=named)


def _place_by_guid(article: Article, feed_id: int, seen: Sighted, rows: _Known) -> Placement:
    shown = rows.by_id[seen.article_id]
    named = rows.by_key.get(article.match_key)
    is_named_otherwise = named is not None and named.article_id != shown.article_id
    if _is_elsewhere(article, seen) and is_other_news(article, shown):
        free = replace(article, match_key=None) if is_named_otherwise else article
        return Placement(free, Action.CREATE, finding=Finding.GUID_REUSED)
    finding = Finding.CONFLICT if is_named_otherwise else None
    return Placement(article, _action(article, feed_id, seen, shown), shown.article_id, finding, shown)


def _is_elsewhere(article: Article, seen: Sighted) -> bool:
    here, there = link_key(article.url), link_key(seen.original_url)
    return here is not None and there is not None and here != there


def _action(article: Article, feed_id: int, seen: Sighted | None, shown: KnownArticle) -> Action:
    # Two feeds of one site, one with summaries and one in full, would else take turns revising each other.
    if article.content_hash in {seen.content_hash if seen else None, shown.content_hash}:
        return Action.SIGHT
    if shown.shown_by == feed_id or len(article.text) > len(shown.text):
        return Action.REVISE
    return Action.RECORD if seen else Action.SIGHT
