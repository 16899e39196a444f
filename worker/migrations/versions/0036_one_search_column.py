"""Search on PostgreSQL: one column of words with one index, where a word of the title is there once more as such.

The words are stored as they are: to compress them took as long as to write the row. All articles wait to be indexed
anew, for a million would keep an upgrade waiting for minutes.

Revision 0036.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_WORDS = "The stems of its title (A) and text by its language, without accents; and its tags, language and agency, "
_UPGRADE = (
    "ALTER TABLE search_words DROP COLUMN title",
    "ALTER TABLE search_words ALTER words SET STORAGE EXTERNAL",
    f"COMMENT ON COLUMN search_words.words IS '{_WORDS}and again the stems of its title, each as name=value'",
)
_DOWNGRADE = (
    "ALTER TABLE search_words ALTER words SET STORAGE EXTENDED",
    "ALTER TABLE search_words ADD COLUMN title tsvector NOT NULL",
    "CREATE INDEX ix_search_words_title ON search_words USING gin (title)",
    f"COMMENT ON COLUMN search_words.words IS '{_WORDS}each as name=value'",
    "COMMENT ON COLUMN search_words.title IS 'The stems of its title'",
)


def upgrade() -> None:
    _begin_anew(_UPGRADE)


def downgrade() -> None:
    _begin_anew(_DOWNGRADE)


def _begin_anew(changes: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("TRUNCATE search_words")
        for change in changes:
            op.execute(change)
        op.execute("INSERT INTO search_waiting SELECT id FROM articles ON CONFLICT DO NOTHING")
