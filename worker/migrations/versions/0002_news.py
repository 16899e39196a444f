"""News: articles, their revisions and sightings, and the outbox.

Revision 0002.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, Json, UtcDateTime
from worker.migrations.columns import create_default_partition, optional, partitioned_key, required

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_articles()
    _create_revisions()
    _create_sightings()
    _create_events()


def downgrade() -> None:
    op.drop_table("events")
    op.drop_table("sightings")
    op.drop_table("revisions")
    op.drop_table("articles")


def _create_articles() -> None:
    op.create_table(
        "articles",
        required("id", BigId, "Identifier, rising with first sight"),
        required("feed_id", BigId, "The feed that carried it first"),
        required("guid", sa.Text(), "Its guid in that feed"),
        optional("match_key", sa.Text(), "What the same page has in common across feeds; null where untrusted"),
        optional("url", sa.Text(), "Canonical URL (WHATWG, tracking parameters gone)"),
        optional("original_url", sa.Text(), "The link as published, made absolute"),
        required("title", sa.Text(), "Title as text"),
        required("authors", Json, "Authors' names, a JSON list"),
        optional("published_at", UtcDateTime(), "When the publisher says it appeared; null when unknown or absurd"),
        optional("updated_at", UtcDateTime(), "When the publisher says it changed"),
        required("first_seen_at", UtcDateTime(), "When Feedmill first stored it"),
        required("summary", sa.Text(), "A short text, the publisher's or the first sentences"),
        required("html", sa.Text(), "The body as sanitised HTML"),
        required("text", sa.Text(), "The body as plain text with paragraphs"),
        optional("language", sa.Text(), "Language tag (BCP 47), as declared"),
        required("tags", Json, "Categories and keywords, a JSON list"),
        required("enclosures", Json, "Attached files: url, media_type, length; a JSON list"),
        optional("image_url", sa.Text(), "The lead image"),
        optional("dateline_place", sa.Text(), "Where a dispatch was filed"),
        optional("dateline_date", sa.Date(), "The day in a dispatch's dateline"),
        optional("agency", sa.Text(), "The agency in a dispatch's dateline"),
        required("content_hash", sa.LargeBinary(), "xxh3-128 of the folded title and text that are shown"),
        required("policy_version", sa.Integer(), "Version of the HTML policy that cleaned it"),
        required("revision", sa.Integer(), "Number of the revision that is shown, from 1", server_default=sa.text("1")),
        optional("story_id", BigId, "The story it belongs to; null until it has been grouped"),
        optional("grouped_at", UtcDateTime(), "When it was grouped; null while that is still to be done"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_articles_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("match_key", name="uq_articles_match_key"),
        comment="One row per article; its versions are in revisions, its appearances in sightings",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_feed_id_id", "articles", ["feed_id", "id"])
    op.create_index("ix_articles_first_seen_at", "articles", ["first_seen_at"])
    op.create_index("ix_articles_published_at", "articles", ["published_at"])


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        required("article_id", BigId, "The article"),
        required("number", sa.Integer(), "1 for the first version, rising", autoincrement=False),
        required("content_hash", sa.LargeBinary(), "xxh3-128 of folded title and text"),
        required("feed_id", BigId, "The feed that brought it"),
        required("seen_at", UtcDateTime(), "When it was first seen"),
        required("title", sa.Text(), "Title of this version"),
        optional("html", sa.Text(), "Body of this version; null while the article itself shows this version"),
        optional("text", sa.Text(), "Plain text of this version; null while the article itself shows this version"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_revisions_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_revisions"),
        sa.UniqueConstraint("article_id", "content_hash", name="uq_revisions_article_id_content_hash"),
        comment="One row per distinct version of an article",
    )


def _create_sightings() -> None:
    op.create_table(
        "sightings",
        required("id", BigId, "Identifier"),
        required("feed_id", BigId, "The feed"),
        required("article_id", BigId, "The article"),
        required("guid", sa.Text(), "The guid as published, or what stands in for one"),
        required("guid_hash", sa.LargeBinary(), "Hash of the guid"),
        optional("original_url", sa.Text(), "The link as this feed published it"),
        required(
            "fingerprint", sa.LargeBinary(), "Hash of the entry as parsed: an unchanged one is not looked at again"
        ),
        required("content_hash", sa.LargeBinary(), "Hash of the words as this feed last carried them"),
        required("first_seen_at", UtcDateTime(), "When this feed first carried it"),
        optional("left_at", UtcDateTime(), "When it had left the document; null while it is in the newest one"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_sightings_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_sightings_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sightings"),
        sa.UniqueConstraint("feed_id", "guid_hash", name="uq_sightings_feed_id_guid_hash"),
        comment="One row per feed and guid: which article it is, since when, and until when it was carried",
    )
    op.create_index("ix_sightings_article_id", "sightings", ["article_id"])
    op.create_index(
        "ix_sightings_present",
        "sightings",
        ["feed_id"],
        postgresql_where=sa.text("left_at IS NULL"),
        sqlite_where=sa.text("left_at IS NULL"),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        required("id", BigId, "Identifier; rows may commit out of its order", autoincrement=True),
        optional("position", BigId, "Place in the order of the feed of changes; null until numbered"),
        required("created_at", UtcDateTime(), "When the change was written"),
        required("kind", sa.Text(), "article created, article revised, feed gone, feed quarantined"),
        optional("article_id", BigId, "The article that changed"),
        optional("feed_id", BigId, "The feed that brought the change, or that changed"),
        optional("details", Json, "Facts of this kind of change, JSON"),
        partitioned_key("created_at"),
        comment="Changes in the order they may be followed: where position > cursor order by position",
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index("ix_events_created_at", "events", ["created_at"])
    op.create_index("ix_events_position", "events", ["position"])
    create_default_partition("events")
