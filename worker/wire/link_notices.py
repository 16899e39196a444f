"""Linking notices: which article each update, correction, repeat, take and kill acts on, and what each kill withdraws.

All is decided from what was sent under one wire key in the days around, never from what came first: the links are the
same in whatever order the articles are stored. Articles are put in the order in which the wire sent them, then each
notice finds the version that it acts on, and each kill what goes back to the same first version.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from worker.values.articles import Relinked, WireArticle
from worker.values.entries import Notice

# How long before a notice its dispatch may have been sent, and how far back a kill withdraws.
_REACH, _LONGEST_STORY = timedelta(days=3), timedelta(days=7)
# How long after an article another may still follow from it, link by link.
_FOLLOWED = timedelta(days=14)
LINKED_BEFORE, LINKED_AFTER = _FOLLOWED, _FOLLOWED + _LONGEST_STORY + timedelta(days=1)
"""An article's links depend on what was sent from LINKED_BEFORE before its day to LINKED_AFTER after that day began."""

# Nothing is sent more often under one slug in three days.
_MOST_CANDIDATES = 200
_NO_VERSIONS = {Notice.TAKE, Notice.ADVISORY}
_KEEPS_HEADLINE = {Notice.CORRECTION, Notice.REPEAT}

WirePlace = tuple[date, time, int, int, int, time, int]
"""Day, time, rank of the kind, number, rank among those of one number, own time, and id as the order of first sight."""

_RANKS = {None: 0, Notice.TAKE: 1, Notice.KILL: 3}
_OTHER_RANK = 2
_RANKS_OF_ONE_NUMBER = {Notice.UPDATE: 0, Notice.CORRECTION: 1, Notice.REPEAT: 2}


def link_notices(articles: Sequence[WireArticle], first: date, last: date) -> list[Relinked]:
    """Return the articles whose links change after articles sent from ``first`` to ``last`` were stored.

    ``articles`` are all of the same wire keys, from LINKED_BEFORE before ``first`` to LINKED_AFTER after ``last``.
    """
    of_key = defaultdict(list)
    for article in articles:
        of_key[article.wire_key].append(article)
    return [relinked for of_one_key in of_key.values() for relinked in _relink(of_one_key, first, last)]


def _relink(articles: Sequence[WireArticle], first: date, last: date) -> Iterator[Relinked]:
    places = wire_order(articles)
    in_order = sorted(articles, key=lambda article: places[article.article_id])
    acts_on, first_versions = _find_targets(in_order, first, last + _FOLLOWED)
    killed_by = _find_killed(in_order, acts_on, first_versions)
    for article in in_order:
        is_near = first - _LONGEST_STORY <= day_of(article) <= last + _FOLLOWED
        links = acts_on[article.article_id], killed_by.get(article.article_id) if is_near else article.killed_by
        if links != (article.acts_on, article.killed_by):
            yield Relinked(article, *links)


def day_of(article: WireArticle) -> date:
    """Return the day on which an article was sent."""
    return (article.published_at or article.first_seen_at).date()


def _time_of(article: WireArticle) -> datetime | None:
    """Return the moment at which an article was sent; None where only the day is known, which is stored as midnight."""
    moment = article.published_at
    return moment if moment and moment.time() != time.min else None


def withdrew_itself(article: WireArticle) -> bool:
    """Say whether an article was killed under its own guid: before that it was a version like any other."""
    return article.acts_on == article.article_id


def wire_order(articles: Sequence[WireArticle]) -> dict[int, WirePlace]:
    """Return the place of each article of one wire key in the order in which the wire sent them, by its id.

    Times count only on days of which all articles have one. On any other day a first version comes before its takes,
    those before updates, UPDATE 1 before its correction, that before UPDATE 2, and kills come last.
    """
    untimed_days = {day_of(article) for article in articles if _time_of(article) is None}
    return {article.article_id: _place(article, is_timed=day_of(article) not in untimed_days) for article in articles}


def _place(article: WireArticle, *, is_timed: bool) -> WirePlace:
    own_time = article.published_at.time() if article.published_at else time.min
    rank = _OTHER_RANK if withdrew_itself(article) else _RANKS.get(article.notice, _OTHER_RANK)
    rank_of_number = _RANKS_OF_ONE_NUMBER.get(article.notice or Notice.UPDATE, 0)
    day_time = own_time if is_timed else time.min
    return day_of(article), day_time, rank, article.notice_number or 0, rank_of_number, own_time, article.article_id


def _find_targets(
    in_order: Sequence[WireArticle], first: date, last: date
) -> tuple[dict[int, int | None], dict[int, WireArticle]]:
    """Return what each article acts on, and the first version that it goes back to, by their ids.

    Decided for those that were sent from ``first`` to ``last``; the others keep what is stored.
    """
    acts_on: dict[int, int | None] = {}
    first_versions: dict[int, WireArticle] = {}
    for at, article in enumerate(in_order):
        target = article.acts_on
        if first <= day_of(article) <= last:
            target = _find_target(article, in_order[max(0, at - _MOST_CANDIDATES) : at], first_versions)
        acts_on[article.article_id] = target
        first_versions[article.article_id] = first_versions.get(target or 0, article)
    return acts_on, first_versions


def _find_target(
    notice: WireArticle, before: Sequence[WireArticle], first_versions: Mapping[int, WireArticle]
) -> int | None:
    """Return the article that a notice acts on: the newest earlier version; None where it is unclear which is meant."""
    if withdrew_itself(notice):
        return notice.article_id
    if notice.notice in {None, Notice.ADVISORY}:
        return None
    earlier = [article for article in before if _is_earlier_version(article, notice)]
    meant = _of_its_dispatch(_of_its_agency(earlier, notice), notice, first_versions)
    # Of copies the one that was seen first, so that one found later takes no links away.
    return next((article.article_id for article in meant if _version(article) == _version(meant[-1])), None)


def _version(article: WireArticle) -> tuple[object, ...]:
    """Return what copies of one version of a dispatch, in two feeds or files, have in common."""
    return article.content_hash, article.agency, article.notice, article.notice_number, day_of(article)


def _is_earlier_version(article: WireArticle, notice: WireArticle) -> bool:
    """Say whether an article, which comes before a notice, is a version that the notice may act on."""
    if article.notice in _NO_VERSIONS or (article.notice is Notice.KILL and not withdrew_itself(article)):
        return False
    moment, noticed = _time_of(article), _time_of(notice)
    is_after = moment and noticed and moment > noticed
    return not is_after and day_of(notice) - day_of(article) <= _REACH and _is_numbered_before(article, notice)


def _is_numbered_before(article: WireArticle, notice: WireArticle) -> bool:
    number, noticed = article.notice_number, notice.notice_number
    # A take's number counts takes, not versions.
    if number is None or noticed is None or notice.notice is Notice.TAKE:
        return True
    # CORRECTED-UPDATE 2 corrects UPDATE 2, while UPDATE 2 follows UPDATE 1.
    return number < noticed if notice.notice is Notice.UPDATE else number <= noticed


def _of_its_agency(articles: Sequence[WireArticle], notice: WireArticle) -> Sequence[WireArticle]:
    """Return the articles of the notice's agency; all of them where they and the notice name at most one agency."""
    agencies = {article.agency for article in (*articles, notice)} - {""}
    if len(agencies) <= 1:
        return articles
    return [article for article in articles if notice.agency and article.agency == notice.agency]


def _of_its_dispatch(
    articles: Sequence[WireArticle], notice: WireArticle, first_versions: Mapping[int, WireArticle]
) -> Sequence[WireArticle]:
    """Return the versions that a notice may mean: of one day only, where a new dispatch opens the slug every day."""
    same_headline = [article for article in articles if article.headline == notice.headline]
    if len({day_of(article) for article in articles if article.notice is None}) > 1:
        days = {day_of(first_versions[article.article_id]) for article in same_headline}
        # A correction keeps the dateline of what it corrects.
        day = days.pop() if len(days) == 1 else notice.dateline_date or day_of(notice)
        articles = [article for article in articles if _opened_on(first_versions[article.article_id], day)]
    if notice.notice in _KEEPS_HEADLINE:
        return [article for article in articles if article.headline == notice.headline] or articles
    return articles


def _opened_on(first_version: WireArticle, day: date) -> bool:
    return day in {day_of(first_version), first_version.dateline_date}


def _find_killed(
    in_order: Sequence[WireArticle], acts_on: Mapping[int, int | None], first_versions: Mapping[int, WireArticle]
) -> dict[int, int]:
    """Return which articles are killed, and by which kill: the first of several, and none that came before.

    A kill withdraws all that goes back to the same first version as what it acts on, and copies of that.
    """
    versions: dict[int, list[WireArticle]] = defaultdict(list)
    copies: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    killed: dict[int, int] = {}
    for article in in_order:
        first_version = first_versions[article.article_id].article_id
        if withdrew_itself(article) or article.notice is not Notice.KILL:
            versions[first_version].append(article)
            copies[article.agency, article.content_hash].append(first_version)
        elif acts_on[article.article_id]:
            waiting = [first_version]
            while waiting:
                for version in versions.pop(waiting.pop(), ()):
                    if day_of(article) - day_of(version) <= _LONGEST_STORY:
                        killed[version.article_id] = article.article_id
                        waiting += copies.pop((version.agency, version.content_hash), ())
    # What withdrew itself and was killed by another as well is killed by the other.
    return {article.article_id: article.article_id for article in in_order if withdrew_itself(article)} | killed
