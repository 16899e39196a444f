"""By what else an article is found that came as a wire's file: its words, and its path within its folder."""

from worker.text import clean
from worker.values import Article

_LONGEST = 1000
_ITEM = "item "


def file_names(article: Article, path: str | None) -> tuple[str, ...]:
    """Return the names of an article that came as a file; none for one that has a better name or came otherwise.

    The words go with the day: a wire may send the same ones every day, and each time they are news.
    """
    if path is None or (article.match_key or "").startswith(_ITEM):
        return ()
    day = article.published_at.date().isoformat() if article.published_at else "undated"
    return f"words {article.content_hash.hex()} {day}", f"path {clean(path, _LONGEST)}"
