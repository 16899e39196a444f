"""Linking notices: which article each update, correction, repeat, take and kill acts on.

Decided from all that was sent under one wire key in the days around, never from what came first: so it comes out the
same in whatever order the articles are stored.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from worker.values.articles import Relinked, WireArticle
from worker.values.entries import Notice

# --- In which order a wire sent what it sent under one wire key; many of its dispatches say no more than the day.

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


# --- What a kill withdraws: all that goes back to the same first version as what it acts on, and copies of that.

LONGEST_STORY = timedelta(days=7)
"""How far back a kill withdraws."""


def find_killed(
    in_order: Sequence[WireArticle], acts_on: Mapping[int, int | None], openings: Mapping[int, WireArticle]
) -> dict[int, int]:
    """Return which articles of one wire key are killed, and by which; of several kills by the first.

    ``in_order`` is the order in which they were sent: a kill does not withdraw what came after it. ``openings`` are the
    first versions that articles go back to.
    """
    versions: dict[int, list[WireArticle]] = defaultdict(list)
    copies: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    killed: dict[int, int] = {}
    for article in in_order:
        opening = openings[article.article_id].article_id
        if withdrew_itself(article) or article.notice is not Notice.KILL:
            versions[opening].append(article)
            copies[_words(article)].append(opening)
        elif acts_on[article.article_id]:
            waiting = [opening]
            while waiting:
                for version in versions.pop(waiting.pop(), ()):
                    if day_of(article) - day_of(version) <= LONGEST_STORY:
                        killed[version.article_id] = article.article_id
                        waiting += copies.pop(_words(version), ())
    # Killed by another one as well, it is that one's.
    return {article.article_id: article.article_id for article in in_order if withdrew_itself(article)} | killed


def _words(article: WireArticle) -> tuple[str, bytes]:
    """Return what copies of one dispatch have in common."""
    return article.agency, article.content_hash


_REACH = timedelta(days=3)
"""How long before a notice its dispatch may have been sent."""
_FOLLOWED = timedelta(days=14)
"""How long after an article something may still follow from it, link by link."""
BEFORE, AFTER = _FOLLOWED, _FOLLOWED + LONGEST_STORY + timedelta(days=1)
"""How long before the day of an article, and after its beginning, lies all that bears on what follows from it."""

# Nothing is sent more often under one slug in three days.
_MOST_CANDIDATES = 200
_NO_VERSIONS = {Notice.TAKE, Notice.ADVISORY}
_KEEPS_HEADLINE = {Notice.CORRECTION, Notice.REPEAT}


def link_notices(articles: Sequence[WireArticle], first: date, last: date) -> list[Relinked]:
    """Return the articles whose links change now that others have been stored, which were sent from first to last.

    ``articles`` are all of their wire keys, from ``BEFORE`` the first to ``AFTER`` the last.
    """
    of_key = defaultdict(list)
    for article in articles:
        of_key[article.wire_key].append(article)
    return [relinked for together in of_key.values() for relinked in _relink(together, first, last)]


def _relink(articles: Sequence[WireArticle], first: date, last: date) -> Iterator[Relinked]:
    places = wire_order(articles)
    in_order = sorted(articles, key=lambda article: places[article.article_id])
    acts_on, openings = _find_targets(in_order, first, last + _FOLLOWED)
    killed_by = find_killed(in_order, acts_on, openings)
    for article in in_order:
        is_near = first - LONGEST_STORY <= day_of(article) <= last + _FOLLOWED
        links = acts_on[article.article_id], killed_by.get(article.article_id) if is_near else article.killed_by
        if links != (article.acts_on, article.killed_by):
            yield Relinked(article, *links)


def _find_targets(
    in_order: Sequence[WireArticle], first: date, last: date
) -> tuple[dict[int, int | None], dict[int, WireArticle]]:
    """Return what each article acts on, and the first version that it goes back to, by their ids.

    Decided for those that were sent from first to last, else as it is stored.
    """
    acts_on: dict[int, int | None] = {}
    openings: dict[int, WireArticle] = {}
    for at, article in enumerate(in_order):
        target = article.acts_on
        if first <= day_of(article) <= last:
            target = _find_target(article, in_order[max(0, at - _MOST_CANDIDATES) : at], openings)
        acts_on[article.article_id] = target
        openings[article.article_id] = openings.get(target or 0, article)
    return acts_on, openings


def _find_target(notice: WireArticle, before: Sequence[WireArticle], openings: Mapping[int, WireArticle]) -> int | None:
    """Return the article that a notice acts on: the newest earlier version; null where none is surely meant.

    ``openings`` are the first versions that those before it go back to.
    """
    if withdrew_itself(notice):
        return notice.article_id
    if notice.notice in {None, Notice.ADVISORY}:
        return None
    earlier = [article for article in before if _is_earlier_version(article, notice)]
    meant = _narrow(_of_its_agency(earlier, notice), notice, openings)
    # Of copies the one that was seen first, so that one which is found later takes no links away.
    return next((article.article_id for article in meant if _is_copy(article, meant[-1])), None)


def _is_copy(article: WireArticle, other: WireArticle) -> bool:
    """Say whether two articles are the same version of a dispatch, from two feeds or files."""
    one, another = (
        (each.content_hash, each.agency, each.notice, each.notice_number, day_of(each)) for each in (article, other)
    )
    return one == another


def _is_earlier_version(article: WireArticle, notice: WireArticle) -> bool:
    """Say whether an article, which comes before a notice, is a version that the notice may act on."""
    if article.notice in _NO_VERSIONS or (article.notice is Notice.KILL and not withdrew_itself(article)):
        return False
    moment, noticed = time_of(article), time_of(notice)
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
    """Return those of the notice's agency; who does not say which it is of must have no choice."""
    agencies = {article.agency for article in (*articles, notice)} - {""}
    if len(agencies) <= 1:
        return articles
    return [article for article in articles if notice.agency and article.agency == notice.agency]


def _narrow(
    articles: Sequence[WireArticle], notice: WireArticle, openings: Mapping[int, WireArticle]
) -> Sequence[WireArticle]:
    """Return those that are meant: of one day's dispatch, where the slug opens another one every day."""
    own = [article for article in articles if article.headline == notice.headline]
    if len({day_of(article) for article in articles if article.notice is None}) > 1:
        days = {day_of(openings[article.article_id]) for article in own}
        # A correction keeps the dateline of what it corrects.
        day = days.pop() if len(days) == 1 else notice.dateline_date or day_of(notice)
        articles = [article for article in articles if _opened_on(openings[article.article_id], day)]
    if notice.notice in _KEEPS_HEADLINE:
        return [article for article in articles if article.headline == notice.headline] or articles
    return articles


def _opened_on(article: WireArticle, day: date) -> bool:
    return day in {day_of(article), article.dateline_date}
