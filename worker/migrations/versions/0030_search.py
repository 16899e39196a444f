"""Search: an index of articles' words, and which articles wait to be indexed.

Revision 0030. To index the words of a million articles takes minutes, so here all of them only begin to wait.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId
from worker.migrations.columns import required

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# A tag is one word that no text has, such as zqzclimatezqzchange, and zqz after it: the words themselves may be in every
# other article, and a phrase of them would be looked for in all of these.
_TEXTS = """
CREATE VIEW search_texts AS
SELECT articles.id AS id,
    coalesce(spaced.title, articles.title) AS title,
    coalesce(spaced.text, substr(articles.text, 1, 100000)) AS text,
    replace(replace(articles.tags, ' ', 'zqz'), '"', ' zqz') AS tags,
    articles.language AS language,
    'zqz' || replace(articles.agency, ' ', 'zqz') || ' zqz' AS agency
FROM articles LEFT JOIN search_spaced AS spaced ON spaced.article_id = articles.id
"""
_INDEX = """
CREATE VIRTUAL TABLE search_index USING fts5(
    title, text, tags, language, agency, content='search_texts', content_rowid='id',
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Mn Mc'"
)
"""
# The index holds no texts: it must be told the words of an article that changes or goes, as they were indexed.
_FORGET = """
    INSERT INTO search_index (search_index, rowid, title, text, tags, language, agency)
    SELECT 'delete', id, title, text, tags, language, agency FROM search_texts
    WHERE id = old.id AND NOT EXISTS (SELECT 1 FROM search_waiting WHERE article_id = old.id);
    DELETE FROM search_spaced WHERE article_id = old.id;
"""
_TRIGGERS = {
    "inserted": "AFTER INSERT ON articles BEGIN INSERT OR IGNORE INTO search_waiting (article_id) VALUES (new.id); END",
    "reworded": f"""
BEFORE UPDATE OF title, text, tags, language, agency ON articles
WHEN old.title IS NOT new.title OR old.text IS NOT new.text OR old.tags IS NOT new.tags
    OR old.language IS NOT new.language OR old.agency IS NOT new.agency
BEGIN {_FORGET} INSERT OR IGNORE INTO search_waiting (article_id) VALUES (new.id); END
""",  # noqa: S608 -- our own names
    "deleted": f"BEFORE DELETE ON articles BEGIN {_FORGET} DELETE FROM search_waiting WHERE article_id = old.id; END",  # noqa: S608 -- our own names
}
_FUNCTIONS = {
    "inserted": "INSERT INTO search_waiting SELECT id FROM changed ON CONFLICT DO NOTHING;",
    "reworded": "DELETE FROM search_words WHERE article_id = OLD.id;"
    " INSERT INTO search_waiting VALUES (NEW.id) ON CONFLICT DO NOTHING;",
    "deleted": "DELETE FROM search_words WHERE article_id IN (SELECT id FROM changed);"
    " DELETE FROM search_waiting WHERE article_id IN (SELECT id FROM changed);",
}
_ON_POSTGRESQL = {
    "inserted": "AFTER INSERT ON articles REFERENCING NEW TABLE AS changed FOR EACH STATEMENT",
    "reworded": "AFTER UPDATE OF title, text, tags, language, agency ON articles FOR EACH ROW"
    " WHEN ((OLD.title, OLD.text, OLD.tags, OLD.language, OLD.agency) IS DISTINCT FROM"
    " (NEW.title, NEW.text, NEW.tags, NEW.language, NEW.agency))",
    "deleted": "AFTER DELETE ON articles REFERENCING OLD TABLE AS changed FOR EACH STATEMENT",
}
_STEMMERS = sa.text(
    "SELECT dictname FROM pg_ts_dict"
    " WHERE dictnamespace = 'pg_catalog'::regnamespace AND dictname LIKE '%@_stem' ESCAPE '@'"
)
_CONFIGURATIONS = sa.text("SELECT cfgname FROM pg_ts_config WHERE cfgname LIKE 'feedmill@_%' ESCAPE '@'")


def upgrade() -> None:
    op.create_table(
        "search_waiting",
        required("article_id", BigId, "The article", autoincrement=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_search_waiting"),
        comment="One row per article that waits to be indexed for search; all others are indexed",
    )
    if op.get_bind().dialect.name == "postgresql":
        _create_words()
        _create_stemmers()
        for name, body in _FUNCTIONS.items():
            function = f"search_{name}()"
            op.execute(
                f"CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER search_{name} {_ON_POSTGRESQL[name]} EXECUTE FUNCTION {function}")
    else:
        _create_index()
    op.execute("INSERT INTO search_waiting (article_id) SELECT id FROM articles ORDER BY id")


def _create_index() -> None:
    op.create_table(
        "search_spaced",
        required("article_id", BigId, "The article", autoincrement=False),
        required("title", sa.Text(), "Its title"),
        required("text", sa.Text(), "Its text"),
        sa.PrimaryKeyConstraint("article_id", name="pk_search_spaced"),
        comment="One row per indexed article in a script without spaces: its words with a space around each character",
    )
    op.execute(_TEXTS)
    op.execute(_INDEX)
    for name, trigger in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER search_{name} {trigger}")


def _create_words() -> None:
    # Only what matches is read: with the words in the row, the rows of as many articles would fill twenty times the
    # pages.
    op.execute(
        "CREATE TABLE search_words (article_id bigint CONSTRAINT pk_search_words PRIMARY KEY, words tsvector NOT NULL,"
        " title tsvector NOT NULL) WITH (toast_tuple_target = 128)"
    )
    op.execute("COMMENT ON TABLE search_words IS 'One row per article that is indexed for search'")
    comments = {
        "article_id": "The article",
        "words": "The stems of its title (A) and text by its language, without accents; and its tags, language and "
        "agency, each as name=value",
        "title": "The stems of its title",
    }
    for name, comment in comments.items():
        op.execute(f"COMMENT ON COLUMN search_words.{name} IS '{comment}'")
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")
    op.execute("CREATE INDEX ix_search_words_title ON search_words USING gin (title)")


def _create_stemmers() -> None:
    """Create a dictionary of each language that the server knows, which drops no words: people look for them too."""
    for (stemmer,) in op.get_bind().execute(_STEMMERS).all():
        language = stemmer.removesuffix("_stem")
        name = f"feedmill_{language}"
        op.execute(f"CREATE TEXT SEARCH DICTIONARY {name} (TEMPLATE = pg_catalog.snowball, Language = {language})")
        op.execute(f"CREATE TEXT SEARCH CONFIGURATION {name} (COPY = pg_catalog.simple)")
        op.execute(f"ALTER TEXT SEARCH CONFIGURATION {name} ALTER MAPPING REPLACE pg_catalog.simple WITH {name}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in _FUNCTIONS:
            op.execute(f"DROP TRIGGER IF EXISTS search_{name} ON articles")
            op.execute(f"DROP FUNCTION search_{name}()")
        op.execute("DROP TABLE search_words")
        for (name,) in op.get_bind().execute(_CONFIGURATIONS).all():
            op.execute(f"DROP TEXT SEARCH CONFIGURATION {name}")
            op.execute(f"DROP TEXT SEARCH DICTIONARY {name}")
    else:
        for name in _TRIGGERS:
            op.execute(f"DROP TRIGGER IF EXISTS search_{name}")
        for dropped in ("TABLE search_index", "VIEW IF EXISTS search_texts", "TABLE search_spaced"):
            op.execute(f"DROP {dropped}")
    op.drop_table("search_waiting")
