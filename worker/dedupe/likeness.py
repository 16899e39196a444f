"""Whether two versions are of one article: by their words and their dates, where guid and URL disagree about it."""

from datetime import time, timedelta

from worker.values import Article

# What changes within half a day is an edit; tomorrow's report at today's URL is another article.
_EDIT = timedelta(hours=12)
_SHINGLE = 12
_LONGEST = 5_000
# Below this there are too few words to say that texts differ.
_SHORTEST = 150
_MOSTLY_THE_SAME, _RATHER_ALIKE, _HARDLY_ALIKE = 0.8, 0.5, 0.3


def is_same_news(article: Article, shown: Article) -> bool:
    """Say whether an entry at a known URL, but under another guid, is that article: the same, or an edit of it."""
    if article.content_hash == shown.content_hash or _is_soon_after(article, shown):
        return True
    return likeness(_words(article), _words(shown)) >= _MOSTLY_THE_SAME


def is_other_news(article: Article, shown: Article) -> bool:
    """Say whether an entry under a known guid, but at another URL, is another article: nothing of it has stayed."""
    if article.title == shown.title or min(len(article.text), len(shown.text)) < _SHORTEST:
        return False
    return not _is_soon_after(article, shown) and likeness(_words(article), _words(shown)) < _HARDLY_ALIKE


def is_edit(article: Article, shown: Article) -> bool:
    """Say whether an entry that has no name but its words is an edit of an article with the same title and date."""
    # Bulletins of one day may have one title, and many a date says no more than the day.
    is_timed = article.published_at is not None and article.published_at.time() != time.min
    return is_timed or likeness(_words(article), _words(shown)) >= _HARDLY_ALIKE


def is_alike(article: Article, known: Article) -> bool:
    """Say whether a file at a known path is that article, edited: files of other folders have such paths too.

    A folder for each day, or each agency, may hold a bulletin under one name, in much the same words: each is news.
    """
    days = {each.published_at.date() for each in (article, known) if each.published_at}
    if len(days) > 1 or article.agency != known.agency:
        return False
    return article.title == known.title or likeness(_words(article), _words(known)) >= _RATHER_ALIKE


def likeness(one: str, other: str) -> float:
    """Return the share of the shorter text that stands in the longer one too, 0 to 1; in characters, for any script."""
    shorter, longer = sorted((_shingles(one), _shingles(other)), key=len)
    return len(shorter & longer) / len(shorter)


def _is_soon_after(article: Article, shown: Article) -> bool:
    dates = article.published_at, shown.published_at
    return dates[0] is not None and dates[1] is not None and abs(dates[0] - dates[1]) < _EDIT


def _words(article: Article) -> str:
    return f"{article.title} {article.text}"[:_LONGEST].lower()


def _shingles(text: str) -> set[str]:
    return {text[start : start + _SHINGLE] for start in range(max(1, len(text) - _SHINGLE + 1))}
