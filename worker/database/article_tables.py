"""The tables of news: articles, their revisions, and the sightings of feeds that carry them."""

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped

from worker.database.statements import partial_index
from worker.database.types import NEVER_REUSED, Base, BigId, Json, column


class ArticleRow(Base):
    """An entry made comparable: what readers of the store query."""

    __tablename__ = "articles"
    __table_args__ = (
        # For finding a feed's articles, and counting them day by day.
        Index("ix_articles_feed_id_first_seen_at", "feed_id", "first_seen_at"),
        Index("ix_articles_feed_id_published_at", "feed_id", "published_at"),
        Index("ix_articles_published_at", "published_at"),
        Index("ix_articles_first_seen_at", "first_seen_at"),
        # For listing the newest: hardly any article has no date, and not many are a wire's.
        partial_index("ix_articles_undated", "first_seen_at", where="published_at IS NULL"),
        partial_index("ix_articles_agency", "agency", "published_at", where="agency IS NOT NULL"),
        partial_index("ix_articles_waiting", "id", where="grouped_at IS NULL"),
        partial_index("ix_articles_story_id", "story_id", where="story_id IS NOT NULL"),
        # Only articles that wires sent are in these.
        partial_index("ix_articles_wire_key", "wire_key", "published_at", where="wire_key IS NOT NULL"),
        partial_index("ix_articles_acts_on", "acts_on", where="acts_on IS NOT NULL"),
        partial_index("ix_articles_killed_by", "killed_by", where="killed_by IS NOT NULL"),
        NEVER_REUSED | {"comment": "One row per article; its versions are in revisions, its appearances in sightings"},
    )

    id: Mapped[int] = column("Identifier, rising with first sight", BigId, primary_key=True)
    feed_id: Mapped[int] = column("The feed that carried it first", ForeignKey("feeds.id"))
    guid: Mapped[str] = column("Its guid in that feed")
    match_key: Mapped[str | None] = column(
        "What the same page, or the same newsroom item, has in common across feeds; null where untrusted", unique=True
    )
    url: Mapped[str | None] = column("Canonical URL (WHATWG, tracking parameters gone)")
    original_url: Mapped[str | None] = column("The link as published, made absolute")
    title: Mapped[str] = column("Title as text")
    authors: Mapped[list[str]] = column("Authors' names, a JSON list", Json)
    published_at: Mapped[datetime | None] = column("When the publisher says it appeared; null when unknown or absurd")
    updated_at: Mapped[datetime | None] = column("When the publisher says it changed")
    first_seen_at: Mapped[datetime] = column("When Feedmill first stored it")
    summary: Mapped[str] = column("A short text, the publisher's or the first sentences")
    html: Mapped[str] = column("The body as sanitised HTML")
    text: Mapped[str] = column("The body as plain text with paragraphs")
    language: Mapped[str | None] = column("Language tag (BCP 47), declared or detected")
    language_source: Mapped[str | None] = column(
        "Who says so: entry, feed, or detected in its text; null without a language and before schema 0009"
    )
    tags: Mapped[list[str]] = column("Categories and keywords, a JSON list", Json)
    enclosures: Mapped[list[dict[str, Any]]] = column("Attached files: url, media_type, length; a JSON list", Json)
    image_url: Mapped[str | None] = column("The lead image")
    podcast: Mapped[dict[str, Any] | None] = column(
        "What a podcast says of an episode: duration in seconds, season, transcripts and more, JSON; null for all else",
        Json,
    )
    dateline_place: Mapped[str | None] = column("Where a dispatch was filed")
    dateline_date: Mapped[dt.date | None] = column("The day in a dispatch's dateline", Date)
    agency: Mapped[str | None] = column(
        "The agency that filed it, by its one name: of a dispatch's dateline, or as a newsroom document says"
    )
    agency_as_written: Mapped[str | None] = column("The agency as the dispatch writes it")
    slug: Mapped[str | None] = column(
        "The short name under which a newsroom sends all versions and takes of a dispatch"
    )
    notice: Mapped[str | None] = column(
        "What it is to what was sent before: update, correction, repeat, take, advisory, kill; null for a first version"
    )
    notice_number: Mapped[int | None] = column("Which update or take it is, as the wire counts them")
    note: Mapped[str | None] = column("What the wire tells editors of this version: what it corrects, what it adds")
    urgency: Mapped[int | None] = column("From 1, the most urgent, to 9 (IPTC 7901)")
    wire_key: Mapped[str | None] = column(
        "What the versions of one dispatch have in common: slug, else agency and title; null for what no wire sent"
    )
    acts_on: Mapped[int | None] = column(
        "The article that this notice updates, corrects, repeats, continues or kills: the newest earlier version; "
        "its own id where it was killed under its own guid",
        BigId,
    )
    killed_by: Mapped[int | None] = column(
        "The article that kills it, or a later version of it; null while it stands", BigId
    )
    content_hash: Mapped[bytes] = column("xxh3-128 of the folded title and text that are shown, and of being killed")
    policy_version: Mapped[int] = column("Version of the HTML policy that cleaned it")
    revision: Mapped[int] = column("Number of the revision that is shown, from 1", server_default=sql("1"))
    story_id: Mapped[int | None] = column("The story it belongs to; null until it has been grouped", BigId)
    grouped_at: Mapped[datetime | None] = column("When it was grouped; null while that is still to be done")


class RevisionRow(Base):
    """A distinct version of an article."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("article_id", "content_hash"),
        # For merging feeds: a feed may have brought versions of articles that it no longer carries.
        Index("ix_revisions_feed_id", "feed_id"),
        {"comment": "One row per distinct version of an article"},
    )

    article_id: Mapped[int] = column("The article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = column("1 for the first version, rising", primary_key=True, autoincrement=False)
    content_hash: Mapped[bytes] = column("xxh3-128 of folded title and text")
    feed_id: Mapped[int] = column("The feed that brought it", BigId)
    seen_at: Mapped[datetime] = column("When it was first seen")
    polled_at: Mapped[datetime | None] = column(
        "When the poll that brought it began: with feed_id it names a row of polls"
    )
    updated_at: Mapped[datetime | None] = column("When the publisher says this version was made")
    version: Mapped[int | None] = column("The publisher's number for this version", BigId)
    notice: Mapped[str | None] = column("What this version is to what was sent before, as in articles")
    title: Mapped[str] = column("Title of this version")
    html: Mapped[str | None] = column("Body of this version; null while the article itself shows this version")
    text: Mapped[str | None] = column("Plain text of this version; null while the article itself shows this version")


class SightingRow(Base):
    """That a feed carries an article under a guid."""

    __tablename__ = "sightings"
    __table_args__ = (
        UniqueConstraint("feed_id", "guid_hash"),
        Index("ix_sightings_article_id", "article_id"),
        partial_index("ix_sightings_present", "feed_id", where="left_at IS NULL"),
        {"comment": "One row per feed and guid: which article it is, since when, and until when it was carried"},
    )

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    feed_id: Mapped[int] = column("The feed", ForeignKey("feeds.id", ondelete="CASCADE"))
    article_id: Mapped[int] = column("The article", ForeignKey("articles.id", ondelete="CASCADE"))
    guid: Mapped[str] = column("The guid as published, or what stands in for one")
    guid_hash: Mapped[bytes] = column("Hash of the key that the entry is known by")
    known_by: Mapped[str] = column(
        "What that key is: guid, guid and link, link, or words", server_default=sql("'guid'")
    )
    original_url: Mapped[str | None] = column("The link as this feed published it")
    fingerprint: Mapped[bytes] = column("Hash of the entry as parsed: an unchanged one is not looked at again")
    content_hash: Mapped[bytes] = column("Which version it says: hash of the words as this feed last carried them")
    version: Mapped[int | None] = column("The publisher's number for that version", BigId)
    said_at: Mapped[datetime] = column(
        "When that version was made: the publisher's word, else the document's own time, else when it was read"
    )
    read_at: Mapped[datetime] = column("When it was read; of a saved document of a polled feed, when that was made")
    length: Mapped[int] = column("Characters of its plain text: between feeds the fullest version is shown")
    said: Mapped[dict[str, Any] | None] = column(
        "What it says, field by field, JSON; null while the article shows it, empty where that is not known", Json
    )
    first_seen_at: Mapped[datetime] = column("When this feed first carried it")
    left_at: Mapped[datetime | None] = column("When it had left the document; null while it is in the newest one")


class ArticleNameRow(Base):
    """A name, besides its match key, by which an article that came as a file is found."""

    __tablename__ = "article_names"
    __table_args__ = (
        Index("ix_article_names_article_id", "article_id"),
        {"comment": "One row per name of an article that came as a file: its words, and its path within its folder"},
    )

    name: Mapped[str] = column(
        "`words ` and a hash of what the file says, or `path ` and its path within its folder", primary_key=True
    )
    article_id: Mapped[int] = column("The article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
