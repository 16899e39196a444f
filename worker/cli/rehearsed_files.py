"""What a rehearsal says of each file: which articles it would become, or why it is refused."""

from collections.abc import Iterator
from typing import Any

from worker.basics.moments import show_moment
from worker.basics.units import counted
from worker.seeds.bunches import SeedRead
from worker.values.articles import Article


def describe_file(seed: SeedRead) -> Iterator[str]:
    """Yield lines for a person: what a file would bring, and each of its articles."""
    brought = [
        f"{counted(seed.new, 'new article')}" if seed.new else "",
        f"{counted(seed.updated, 'article')} updated" if seed.updated else "",
        f"{counted(seed.feeds, 'feed')} added" if seed.feeds else "",
        f"{counted(seed.unpolled, 'feed')} known from it, and not polled" if seed.unpolled else "",
    ]
    told = ", ".join(filter(None, brought)) or "nothing new"
    yield f"{seed.path}: {f'{seed.format}, ' if seed.format else ''}{told}{f' ({seed.note})' if seed.note else ''}"
    for article in seed.articles:
        yield f"    {article.title}"
        yield f"        {' · '.join(filter(None, _facts(article)))}"


def _facts(article: Article) -> Iterator[str]:
    yield article.dateline_place or ""
    yield article.agency or ""
    yield ", ".join(article.authors)
    filed_on = article.dateline_date.isoformat() if article.dateline_date else "no date"
    yield show_moment(article.published_at) if article.published_at else filed_on
    yield article.language or ""
    yield counted(_count_words(article), "word")


def as_row(seed: SeedRead) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "path": seed.path,
        "state": "refused" if seed.why_refused() else "read",
        "reason": seed.why_refused(),
        "note": seed.note,
        "format": seed.format,
        "new": seed.new,
        "updated": seed.updated,
        "feeds": seed.feeds + seed.unpolled,
        "articles": [_article_row(article) for article in seed.articles],
    }


def _article_row(article: Article) -> dict[str, Any]:
    named = ("title", "dateline_place", "dateline_date", "agency", "authors", "published_at", "language", "slug")
    return {name: getattr(article, name) for name in named} | {"words": _count_words(article)}


def _count_words(article: Article) -> int:
    return len(article.text.split())
