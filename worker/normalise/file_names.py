"""By what else an article is found that came as a wire's file: what it says, and its path within its folder."""

import xxhash

from worker.basics.codec import write_json
from worker.basics.text import clean
from worker.values import Article

_LONGEST = 1000
_SENT = (
    "content_hash", "published_at", "agency", "slug", "notice", "notice_number", "dateline_place", "authors",
)  # fmt: skip


def file_names(article: Article, path: str | None) -> tuple[str, ...]:
    """Return the names of an article that came as a file; none for one that has a better name or came otherwise.

    The words alone do not do: a wire may send the same ones every day, a repeat has those of what it repeats, and
    another agency may send them too. Each of these is an article of its own.
    """
    if path is None or article.is_item:
        return ()
    sent = [getattr(article, name) for name in _SENT]
    return f"words {xxhash.xxh3_128_hexdigest(write_json(sent))}", f"path {clean(path, _LONGEST)}"
