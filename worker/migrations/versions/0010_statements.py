"""Statements: each sighting keeps which version it says, and a feed how often it was written and instructed.

Revision 0010.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, Json, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SIGHTINGS = ("known_by", "version", "said_at", "read_at", "length", "said")
_COMMENTS = {
    ("articles", "agency"): (
        "The agency that filed it: of a dispatch's dateline, or as a newsroom document says",
        "The agency that filed it, by its one name: of a dispatch's dateline, or as a newsroom document says",
    ),
    ("articles", "match_key"): (
        "What the same page has in common across feeds; null where untrusted",
        "What the same page, or the same newsroom item, has in common across feeds; null where untrusted",
    ),
    ("sightings", "guid_hash"): ("Hash of the guid", "Hash of the key that the entry is known by"),
    ("sightings", "content_hash"): (
        "Hash of the words as this feed last carried them",
        "Which version it says: hash of the words as this feed last carried them",
    ),
}


def upgrade() -> None:
    for column in _schedule_columns():
        op.add_column("schedules", column)
    op.add_column("articles", optional("agency_as_written", sa.Text(), "The agency as the dispatch writes it"))
    for column in _sighting_columns():
        op.add_column("sightings", column)
    op.add_column("revisions", optional("version", BigId, "The publisher's number for this version"))
    op.add_column(
        "revisions", optional("notice", sa.Text(), "What this version is to what was sent before, as in articles")
    )
    op.execute(
        "UPDATE revisions SET notice = (SELECT notice FROM articles"
        " WHERE articles.id = revisions.article_id AND articles.revision = revisions.number)"
        " WHERE EXISTS (SELECT 1 FROM articles WHERE articles.id = revisions.article_id AND articles.notice IS NOT NULL)"
    )
    # What was a kill from the beginning was one in all its versions.
    op.execute(
        "UPDATE revisions SET notice = 'kill' WHERE article_id IN (SELECT id FROM articles"
        " WHERE notice = 'kill' AND (acts_on IS NULL OR acts_on <> id))"
    )
    _fill_sightings()
    # SQLite makes the table anew, and would forget that this index is partial.
    op.drop_index("ix_sightings_present", "sightings")
    with op.batch_alter_table("sightings") as sightings:
        for name, kind in (("said_at", UtcDateTime()), ("read_at", UtcDateTime()), ("length", sa.Integer())):
            sightings.alter_column(name, existing_type=kind, nullable=False)
    left = sa.text("left_at IS NULL")
    op.create_index("ix_sightings_present", "sightings", ["feed_id"], postgresql_where=left, sqlite_where=left)
    _create_names()
    _create_seed_files()
    _comment(after=True)


def downgrade() -> None:
    _comment(after=False)
    op.drop_table("seed_files")
    op.drop_table("article_names")
    for name in reversed(_SIGHTINGS):
        op.drop_column("sightings", name)
    op.drop_column("revisions", "notice")
    op.drop_column("revisions", "version")
    op.drop_column("articles", "agency_as_written")
    op.drop_column("schedules", "instructions")
    op.drop_column("schedules", "edition")


def _schedule_columns() -> list[sa.Column[object]]:
    return [
        required(
            "edition",
            sa.Integer(),
            "How often documents of the feed have been stored: what was decided from an older one is decided again",
            server_default=sa.text("0"),
        ),
        required(
            "instructions",
            sa.Integer(),
            "How often somebody has told what to do with the feed (pause, resume, remove, set, poll now): a poll that began before the last time leaves the schedule to it",
            server_default=sa.text("0"),
        ),
    ]


def _sighting_columns() -> list[sa.Column[object]]:
    return [
        required(
            "known_by",
            sa.Text(),
            "What that key is: guid, guid and link, link, or words",
            server_default=sa.text("'guid'"),
        ),
        optional("version", BigId, "The publisher's number for that version"),
        optional(
            "said_at",
            UtcDateTime(),
            "When that version was made: the publisher's word, else the document's own time, else when it was read",
        ),
        optional(
            "read_at", UtcDateTime(), "When it was read; of a saved document of a polled feed, when that was made"
        ),
        optional("length", sa.Integer(), "Characters of its plain text: between feeds the fullest version is shown"),
        optional(
            "said",
            Json(),
            "What it says, field by field, JSON; null while the article shows it, empty where that is not known",
        ),
    ]


def _fill_sightings() -> None:
    """Say of each sighting what is known of its version, and let one of each article be the one that is shown."""
    op.execute(
        """
        UPDATE sightings SET
            known_by = CASE WHEN guid LIKE 'content:%' AND length(guid) = 40 THEN 'words'
                ELSE (SELECT guid_policy FROM feeds WHERE feeds.id = sightings.feed_id) END,
            read_at = coalesce(
                (SELECT coalesce(polled_at, seen_at) FROM revisions
                 WHERE revisions.article_id = sightings.article_id AND revisions.content_hash = sightings.content_hash),
                first_seen_at),
            said_at = coalesce(
                (SELECT CASE WHEN updated_at < coalesce(polled_at, seen_at) THEN updated_at
                    ELSE coalesce(polled_at, seen_at) END FROM revisions
                 WHERE revisions.article_id = sightings.article_id AND revisions.content_hash = sightings.content_hash),
                first_seen_at),
            length = coalesce(
                (SELECT length(text) FROM revisions
                 WHERE revisions.article_id = sightings.article_id AND revisions.content_hash = sightings.content_hash),
                (SELECT length(text) FROM articles
                 WHERE articles.id = sightings.article_id AND articles.content_hash = sightings.content_hash),
                0)
        """
    )
    # Where several feeds say the version that is shown, the one that brought it is shown, else the earliest. One pass over
    # all sightings: a question for each would be answered by a scan wherever PostgreSQL has no statistics yet.
    op.execute(
        """
        UPDATE sightings SET said = '{}'
        FROM (
            SELECT s.id, row_number() OVER (
                PARTITION BY s.article_id
                ORDER BY CASE WHEN r.number IS NOT NULL THEN 0 WHEN s.content_hash = a.content_hash THEN 1 ELSE 2 END, s.id
            ) AS place
            FROM sightings s
            JOIN articles a ON a.id = s.article_id
            LEFT JOIN revisions r ON r.article_id = a.id AND r.number = a.revision AND r.content_hash = s.content_hash
                AND r.feed_id = s.feed_id
        ) AS placed
        WHERE placed.id = sightings.id AND placed.place > 1
        """
    )


def _create_names() -> None:
    op.create_table(
        "article_names",
        required(
            "name", sa.Text(), "`words ` and a hash of what the file says, or `path ` and its path within its folder"
        ),
        required("article_id", BigId, "The article"),
        sa.PrimaryKeyConstraint("name", "article_id", name="pk_article_names"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_names_article_id", ondelete="CASCADE"
        ),
        comment="One row per name of an article that came as a file: its words, and its path within its folder",
    )
    op.create_index("ix_article_names_article_id", "article_names", ["article_id"])


def _create_seed_files() -> None:
    op.create_table(
        "seed_files",
        required("uri", sa.Text(), "The file's URI"),
        required(
            "name",
            sa.Text(),
            "Its last part: by that a file is looked for that was moved with its folder, and edited",
        ),
        required("body_hash", sa.LargeBinary(), "xxh3-128 of its bytes"),
        required("feed_id", BigId, "The feed whose document it is"),
        required("read_at", UtcDateTime(), "When it was read"),
        sa.PrimaryKeyConstraint("uri", name="pk_seed_files"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_seed_files_feed_id", ondelete="CASCADE"),
        comment="One row per seed file that has been read, and what it held then",
    )
    op.create_index("ix_seed_files_body_hash", "seed_files", ["body_hash"])
    op.create_index("ix_seed_files_name", "seed_files", ["name"])


def _comment(*, after: bool) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        for (table, column), comments in _COMMENTS.items():
            op.alter_column(table, column, comment=comments[after])
