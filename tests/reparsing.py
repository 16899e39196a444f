"""Reading kept documents again, and making a store as a worse parser would have left it: the verbs of those tests."""

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select, update

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import reading, writing
from worker.database.schema import METADATA
from worker.errors import PollError
from worker.parse.parser import read_in_process
from worker.pipeline.reparse import RereadTools, reparse
from worker.pipeline.tools import Tools
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument
from worker.values.reread import ChangeKind, RereadFeed


def reparse_feed(tools: Tools, *, write: bool = False) -> RereadFeed:
    """Read the documents of the first feed again, all of which can be read."""
    (read,) = reparse(RereadTools(tools.engine, tools.parser, None, is_rehearsal=not write), [1], None)
    assert read.failures == []
    return read


def told(read: RereadFeed) -> list[tuple[ChangeKind, str, dict[str, tuple[Any, Any]]]]:
    """Kind, title and fields of the articles that change."""
    return [(each.kind, each.title, dict(each.fields)) for each in read.articles]


def rows(tools: Tools) -> dict[str, list[Any]]:
    """All that the store holds."""
    with reading(tools.engine) as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)).all())) for name, table in METADATA.tables.items()
        }


def misread(tools: Tools, title: str, **stored: Any) -> None:
    """Let an article be stored as a worse parser would have read it."""
    with writing(tools.engine) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.title == title).values(**stored))


def miss(tools: Tools, title: str) -> None:
    """Let an article not be there, as if the parser had not found its entry."""
    with writing(tools.engine) as connection:
        (article_id,) = connection.execute(select(ArticleRow.id).where(ArticleRow.title == title)).scalars()
        connection.execute(delete(SightingRow).where(SightingRow.article_id == article_id))
        connection.execute(delete(ArticleRow).where(ArticleRow.id == article_id))


def read_worse(document: Document, most: int, _before: Outline | None = None) -> ParsedDocument | PollError | None:
    """Read a document as a worse parser would: it ends texts at their first full stop, and misses "gulls"."""
    parsed = read_in_process(document, most)
    assert isinstance(parsed, ParsedDocument)
    entries = [each for each in parsed.entries if each.title != "gulls"]
    cut = tuple(replace(each, content=(each.content or "").partition(".")[0], summary=None) for each in entries)
    return replace(parsed, entries=cut, outline=None)
