"""Feeds with older documents, reading these, and the back-fills that the store has."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from sqlalchemy import Row, select

from worker.backfill.older_documents import BackfillStep, read_older
from worker.database.backfill_rows import BackfillRow
from worker.database.engine import reading
from worker.pipeline.tools import Tools

HISTORY = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"'


def entry_at(name: str, at: datetime) -> str:
    dated = f"<pubDate>{format_datetime(at)}</pubDate>"
    return f'<item><guid isPermaLink="false">{name}</guid><title>{name}</title>{dated}</item>'


def document_at(names: Sequence[str], at: datetime, older: str | None = None, relation: str = "prev-archive") -> bytes:
    """A feed's document of entries published at that time, which says where older ones are."""
    link = f'<atom:link rel="{relation}" href="{older}"/>' if older else ""
    items = "".join(entry_at(name, at) for name in names)
    return f'<rss version="2.0" {HISTORY}><channel><title>F</title>{link}{items}</channel></rss>'.encode()


def named(first: int, last: int) -> list[str]:
    return [f"n{number}" for number in range(first, last + 1)]


def read(tools: Tools) -> list[BackfillStep]:
    return list(read_older(tools, lambda: False))


def rows(tools: Tools) -> Sequence[Row[Any]]:
    with reading(tools.engine) as connection:
        return connection.execute(select(*BackfillRow.__table__.columns).order_by(BackfillRow.id)).all()
