"""Whether two versions are of one article: words and dates decide where guid, URL or path disagree."""

from datetime import time, timedelta

from worker.values.articles import Article

# A change within half a day is an edit; tomorrow's report at today's URL is another article.
_EDIT = timedelta(hours=12)
_SHINGLE = 12
_LONGEST_COMPARED = 5_000
# A shorter text has too few words to call it different.
_SHORTEST_COMPARED = 150
MOSTLY_THE_SAME, _RATHER_ALIKE, _HARDLY_ALIKE = 0.8, 0.5, 0.3


def is_same_news(article: Article, shown: Article) -> bool:
    """Say whether an entry at a known URL, but under another guid, is that article, perhaps edited."""
    is_the_same = article.content_hash == shown.content_hash or _is_of_about_one_time(article, shown)
    return is_the_same or likeness_of(article, shown) >= MOSTLY_THE_SAME


def is_other_news(article: Article, shown: Article) -> bool:
    """Say whether an entry under a known guid, but at another URL, is another article: it keeps nothing of this one."""
    if article.title == shown.title or min(len(article.text), len(shown.text)) < _SHORTEST_COMPARED:
        return False
    return not _is_of_about_one_time(article, shown) and likeness_of(article, shown) < _HARDLY_ALIKE


def is_edit(article: Article, shown: Article) -> bool:
    """Say whether an entry that is known by its words is an edit of an article with the same title and date."""
    # Bulletins of one day may share their title, and many dates name no more than the day.
    is_timed = article.published_at is not None and article.published_at.time() != time.min
    return is_timed or likeness_of(article, shown) >= _HARDLY_ALIKE


def is_edit_of_file(article: Article, known: Article) -> bool:
    """Say whether a file at a known path is that article, edited.

    Another folder may hold a file at that path too. A folder for each day, or each agency, may hold a bulletin of one
    name and much the same words: each of them is an article of its own.
    """
    days = {each.published_at.date() for each in (article, known) if each.published_at}
    if len(days) > 1 or article.agency != known.agency:
        return False
    return article.title == known.title or likeness_of(article, known) >= _RATHER_ALIKE


def _is_of_about_one_time(article: Article, shown: Article) -> bool:
    one, other = article.published_at, shown.published_at
    return one is not None and other is not None and abs(one - other) < _EDIT


def likeness_of(one: Article, other: Article) -> float:
    """Return how alike two articles' titles and texts are, 0 to 1."""
    return likeness(*(f"{each.title} {each.text}"[:_LONGEST_COMPARED].lower() for each in (one, other)))


def likeness(one: str, other: str) -> float:
    """Return the share of the shorter text that the longer one has too, 0 to 1; in characters, for any script."""
    shorter, longer = sorted((_shingles(one), _shingles(other)), key=len)
    return len(shorter & longer) / len(shorter)


def _shingles(text: str) -> set[str]:
    return {text[start : start + _SHINGLE] for start in range(max(1, len(text) - _SHINGLE + 1))}
