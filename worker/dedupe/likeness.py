"""Whether two versions are of one article: by their words and their dates, where guid and URL disagree about it."""

from datetime import timedelta

from worker.values import Article

# What changes within half a day is an edit; tomorrow's report at today's URL is another article.
_EDIT = timedelta(hours=12)
_SHINGLE = 12
_LONGEST = 5_000
# Below this there are too few words to say that texts differ.
_SHORTEST = 150
_MOSTLY_THE_SAME, _RATHER_ALIKE, _HARDLY_ALIKE = 0.8, 0.5, 0.3


def is_same_news(article: Article, known: Article) -> bool:
    """Say whether an entry at a known URL, but under another guid, is that article: the same, or an edit of it."""
    if article.content_hash == known.content_hash:
        return True
    if article.published_at and known.published_at and abs(article.published_at - known.published_at) < _EDIT:
        return True
    return likeness(_words(article), _words(known)) >= _MOSTLY_THE_SAME


def is_other_news(article: Article, known: Article) -> bool:
    """Say whether an entry under a known guid, but at another URL, is another article: nothing of it has stayed."""
    if article.title == known.title or min(len(article.text), len(known.text)) < _SHORTEST:
        return False
    if article.published_at and known.published_at and abs(article.published_at - known.published_at) < _EDIT:
        return False
    return likeness(_words(article), _words(known)) < _HARDLY_ALIKE


def is_alike(article: Article, known: Article) -> bool:
    """Say whether a file at a known path within its folder is that article, edited: other folders have such paths too."""
    return article.title == known.title or likeness(_words(article), _words(known)) >= _RATHER_ALIKE


def likeness(one: str, other: str) -> float:
    """Return the share of the shorter text that stands in the longer one too, 0 to 1; in characters, for any script."""
    shorter, longer = sorted((_shingles(one), _shingles(other)), key=len)
    return len(shorter & longer) / len(shorter)


def _words(version: Article) -> str:
    return f"{version.title} {version.text}"[:_LONGEST].lower()


def _shingles(text: str) -> set[str]:
    return {text[start : start + _SHINGLE] for start in range(max(1, len(text) - _SHINGLE + 1))}
