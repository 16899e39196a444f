"""Publishing what articles are found and compared by, so that whoever is grouping a copy of one now sees it."""

from array import array
from collections.abc import Sequence
from functools import cache
from sys import byteorder
from typing import Any

from sqlalchemy import Connection

from worker.database.story_tables import SketchRow, StoryRow
from worker.database.upsert import upsert
from worker.stories.pairs import insert_pairs
from worker.stories.values import Signed, WaitingArticle


def publish(connection: Connection, signed: Sequence[Signed], rules_version: int) -> None:
    """Write the signatures of articles, and a story for each that has none yet."""
    anchors = ((anchor, one.article.article_id) for one in signed for anchor in one.signature.anchors)
    insert_pairs(connection, "near_keys", anchors)
    connection.execute(_upsert_sketch(connection.dialect.name), [_sketch(one, rules_version) for one in signed])
    alone = [one.article for one in signed if one.article.story_id is None]
    if alone:
        connection.execute(_insert_story(connection.dialect.name), [_story(article) for article in alone])


def pack(numbers: Sequence[int]) -> bytes:
    """Return 32-bit numbers as little-endian bytes."""
    packed = array("I", numbers)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(raw: bytes) -> tuple[int, ...]:
    """Return the numbers that ``pack`` made bytes of."""
    numbers = array("I", raw)
    if byteorder == "big":
        numbers.byteswap()
    return tuple(numbers)


def _sketch(signed: Signed, rules_version: int) -> dict[str, Any]:
    signature = signed.signature
    return {
        "article_id": signed.article.article_id,
        "rules_version": rules_version,
        # Compared they are only when what came of it is stored.
        "content_hash": b"",
        "outlet": signature.outlet,
        "width": signature.width,
        "shingles": pack(signature.sketch),
        "facts": pack(signature.facts),
        "places": signature.places.to_bytes((signature.places.bit_length() + 7) // 8, "little"),
    }


def _story(article: WaitingArticle) -> dict[str, Any]:
    return {
        "id": article.article_id,
        "first_article_id": article.article_id,
        "size": 1,
        "first_seen_at": article.first_seen_at,
        "last_seen_at": article.first_seen_at,
    }


# Statements are built once: building one costs several times what running it does.
@cache
def _upsert_sketch(dialect: str) -> Any:
    statement = upsert(dialect, SketchRow)
    changed = {name: statement.excluded[name] for name in SketchRow.__table__.columns.keys() if name != "article_id"}  # noqa: SIM118 -- a collection of columns
    return statement.on_conflict_do_update(index_elements=["article_id"], set_=changed)


@cache
def _insert_story(dialect: str) -> Any:
    return upsert(dialect, StoryRow).on_conflict_do_nothing(index_elements=["id"])
