"""The tables of the search index, which each store keeps for itself: they are made from the articles, and not copied.

An article is indexed if it does not wait. Triggers on the articles see to that, whoever writes them: a new article
waits, and one whose words change is taken out of the index and waits again. So a process that keeps no index, and a
person with an SQL client, leave no article in it with other words than its own.
"""

from sqlalchemy import Column, MetaData, Table, column, table
from sqlalchemy.dialects.postgresql import TSVECTOR

from worker.database.types import BigId

_METADATA = MetaData()
WAITING = Table("search_waiting", _METADATA, Column("article_id", BigId, primary_key=True))
"""Articles that are not indexed."""
WORDS = Table(
    "search_words",
    _METADATA,
    Column("article_id", BigId, primary_key=True),
    Column("words", TSVECTOR),
)
"""PostgreSQL's index."""
INDEX = table("search_index", column("rowid", BigId))
"""SQLite's index, a virtual table."""
EDGE = "zqz"
"""What makes one word of a tag or agency in SQLite's index: it stands before, between and after its own words."""
