"""Stage dedupe: which article each entry is, and whether its words are a revision.

A guid names an article within its feed; a match key names one across feeds. Where the guid says one article and the
key another, the guid wins.
"""

from collections.abc import Mapping, Sequence

from worker.values import Action, Article, KnownArticle, Placement, Sighted


def dedupe(
    articles: Sequence[Article],
    feed_id: int,
    sighted: Mapping[bytes, Sighted],
    known: Sequence[KnownArticle],
) -> tuple[Placement, ...]:
    """Place each article; ``known`` holds those that the sightings or the match keys may name."""
    by_id = {article.article_id: article for article in known}
    by_key: dict[str | None, KnownArticle] = {article.match_key: article for article in known if article.match_key}
    return tuple(_place(article, feed_id, sighted.get(article.guid_hash), by_id, by_key) for article in articles)


def _place(
    article: Article,
    feed_id: int,
    seen: Sighted | None,
    by_id: Mapping[int, KnownArticle],
    by_key: Mapping[str | None, KnownArticle],
) -> Placement:
    shown = by_id[seen.article_id] if seen else by_key.get(article.match_key)
    if shown is None:
        return Placement(article, Action.CREATE)
    return Placement(article, _action(article, feed_id, seen, shown), shown.article_id)


def _action(article: Article, feed_id: int, seen: Sighted | None, shown: KnownArticle) -> Action:
    # Two feeds of one site, one with summaries and one in full, would else take turns revising each other.
    if article.content_hash in {seen.content_hash if seen else None, shown.content_hash}:
        return Action.SIGHT
    if shown.shown_by == feed_id or len(article.text) > shown.text_length:
        return Action.REVISE
    return Action.RECORD if seen else Action.SIGHT
