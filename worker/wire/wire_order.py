"""In which order a wire sent what it sent under one wire key; many of its dispatches say no more than the day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time

from worker.values import Notice, WireArticle

WirePlace = tuple[date, time, int, int, int, time, int]
"""Day, time, what it is, which number, what it is to that number, its own time, and the order of first sight."""

_KINDS = {None: 0, Notice.TAKE: 1, Notice.KILL: 3}
_OTHER_KIND = 2
_WITHIN_NUMBER = {Notice.UPDATE: 0, Notice.CORRECTION: 1, Notice.REPEAT: 2}


def day_of(article: WireArticle) -> date:
    """Return the day on which an article was sent."""
    return (article.published_at or article.first_seen_at).date()


def time_of(article: WireArticle) -> datetime | None:
    """Return the moment at which it was sent; null where only the day is known, whose midnight stands for it."""
    moment = article.published_at
    return moment if moment and moment.time() != time.min else None


def withdrew_itself(article: WireArticle) -> bool:
    """Say whether it was killed under its own guid: before that it was a version like any other."""
    return article.acts_on == article.article_id


def wire_order(articles: Sequence[WireArticle]) -> dict[int, WirePlace]:
    """Return the place of each article of one wire key, by its id.

    Times count only on days of which all articles have one. On any other day a first version comes before its takes,
    those before updates, UPDATE 1 before its correction, that before UPDATE 2, and kills come last.
    """
    of_day = defaultdict(list)
    for article in articles:
        of_day[day_of(article)].append(article)
    return {
        article.article_id: _place(article, is_timed=is_timed)
        for together in of_day.values()
        for is_timed in (all(map(time_of, together)),)
        for article in together
    }


def _place(article: WireArticle, *, is_timed: bool) -> WirePlace:
    moment = time_of(article)
    own_time = moment.time() if moment else time.min
    kind = _OTHER_KIND if withdrew_itself(article) else _KINDS.get(article.notice, _OTHER_KIND)
    within = _WITHIN_NUMBER.get(article.notice or Notice.UPDATE, 0)
    day_time = own_time if is_timed else time.min
    return day_of(article), day_time, kind, article.notice_number or 0, within, own_time, article.article_id
