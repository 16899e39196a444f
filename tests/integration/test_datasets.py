"""Data sets come back from each format as the store has them."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import Engine, select, update

from tests.datasets import ARTICLES, FIRST, HOSTILE, LAST, fill
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading_one_moment, writing
from worker.database.feed_tables import FeedRow
from worker.datasets.data_sets import DATA_SETS, Part
from worker.datasets.exporting import Export, Format, write_rows
from worker.errors import NamedError
from worker.look.article_listing import list_articles
from worker.look.listings import Listed, Wanted, tagged_feeds
from worker.look.poll_listing import list_polls
from worker.look.stories import list_stories
from worker.outbox import read_changes

ALL = Part()
LISTED: dict[str, Callable[..., Any]] = {
    "articles": list_articles,
    "polls": list_polls,
    "stories": list_stories,
    "events": lambda connection, _wanted: read_changes(connection, 0),
}


@pytest.fixture
def filled(store: Engine) -> Engine:
    fill(store)
    return store


def _export(store: Engine, name: str, file_format: Format, part: Part = ALL) -> bytes:
    stream = BytesIO()
    with reading_one_moment(store) as connection:
        write_rows(connection, Export(DATA_SETS[name], part, file_format), stream)
    return stream.getvalue()


def _listed(store: Engine, name: str) -> list[Listed]:
    with reading_one_moment(store) as connection:
        return list(LISTED[name](connection, Wanted()))


def _ids(store: Engine, name: str, part: Part) -> list[int]:
    key = "cursor" if name == "events" else "id"
    return [json.loads(line)[key] for line in _export(store, name, Format.JSONL, part).splitlines()]


def test_parquet_has_what_the_listing_has(filled: Engine) -> None:
    for name in DATA_SETS:
        rows = parquet.read_table(pa.BufferReader(_export(filled, name, Format.PARQUET))).to_pylist()
        listed = _listed(filled, name)
        assert len(rows) == len(listed) > 0
        for row, other in zip(rows, listed, strict=True):
            assert {field: _as_read(value, other[field]) for field, value in row.items()} == {
                field: _in_seconds(other[field]) for field in row
            }


def _as_read(value: Any, listed: object) -> Any:
    """Return a value of Parquet as the listing has it, which has an object where that has JSON."""
    return json.loads(value) if isinstance(listed, dict) else value


def _in_seconds(value: object) -> object:
    return value.total_seconds() if isinstance(value, timedelta) else value


def test_json_lines_are_those_of_the_command(filled: Engine) -> None:
    for name in DATA_SETS:
        rows = [json.loads(line) for line in _export(filled, name, Format.JSONL).splitlines()]
        assert rows == [
            {field.name: _as_told(row[field.name]) for field in DATA_SETS[name].fields} for row in _listed(filled, name)
        ]


def _as_told(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return _in_seconds(value)


def test_csv_keeps_hostile_words_and_tells_an_empty_text_from_none(filled: Engine) -> None:
    text = _export(filled, "articles", Format.CSV).decode()
    first, second = csv.DictReader(StringIO(text, newline=""))
    assert (first["title"], json.loads(first["authors"])) == (HOSTILE, [HOSTILE, ""])
    assert json.loads(first["podcast"]) == ARTICLES[0]["podcast"]
    assert first["first_seen_at"] == "2026-11-28T23:59:59.999999Z"
    assert (second["first_seen_at"], second["tags"]) == ("2026-11-29T00:00:00Z", '["a","b"]')
    # The id, the feed and the guid; without a URL; an empty title.
    assert '\r\n2,2,"g2",,,"","[]",' in text
    assert text.endswith("\r\n")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_parquet_has_types_zones_and_meanings(filled: Engine) -> None:
    schema = parquet.read_schema(pa.BufferReader(_export(filled, "articles", Format.PARQUET)))
    file = pa.struct({"url": pa.string(), "media_type": pa.string(), "length": pa.int64()})
    told = {"id": pa.int64(), "urgency": pa.int32(), "title": pa.string(), "first_seen_at": pa.timestamp("us", "UTC")}
    told |= {"dateline_date": pa.date32(), "podcast": pa.string()}
    assert {name: schema.field(name).type for name in told} == told
    assert schema.field("authors").type.value_type == pa.string()
    assert schema.field("enclosures").type.value_type == file
    assert schema.field("title").metadata == {b"comment": b"Title as text"}
    polls = parquet.read_schema(pa.BufferReader(_export(filled, "polls", Format.PARQUET)))
    assert (polls.field("bytes").type, polls.field("duration").type) == (pa.int64(), pa.float64())


def test_an_empty_data_set_has_its_columns(store: Engine) -> None:
    assert parquet.read_table(pa.BufferReader(_export(store, "polls", Format.PARQUET))).num_rows == 0
    assert _export(store, "polls", Format.CSV).startswith(b"id,feed_id,started_at,")
    assert _export(store, "polls", Format.JSONL) == b""


def test_the_end_of_a_time_is_no_part_of_it(filled: Engine) -> None:
    for name in DATA_SETS:
        last = [1] if name == "stories" else [2]
        first = [] if name == "stories" else [1]
        assert _ids(filled, name, Part(until=LAST)) == first
        assert _ids(filled, name, Part(since=LAST)) == last
        assert _ids(filled, name, Part(since=FIRST, until=LAST + timedelta(microseconds=1))) == [*first, *last]


def test_only_what_is_of_some_feeds_is_written(filled: Engine) -> None:
    for name in DATA_SETS:
        # Both feeds carry the one story.
        assert _ids(filled, name, Part(feeds=tagged_feeds("Europe"))) == ([1] if name == "stories" else [2])
        assert _ids(filled, name, Part(feeds=select(FeedRow.id).where(FeedRow.id == 9))) == []


def test_what_is_no_list_of_texts_is_named(filled: Engine) -> None:
    with writing(filled) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id == 2).values(tags={"a": 1}))
    with pytest.raises(NamedError, match="The articles were not exported: tags of one is no list of texts"):
        _export(filled, "articles", Format.PARQUET)
    assert b'"tags":{"a":1}' in _export(filled, "articles", Format.JSONL)


def test_one_moment_of_the_store_is_written_whatever_others_write_meanwhile(filled: Engine) -> None:
    data_set = DATA_SETS["stories"]
    with reading_one_moment(filled) as connection:
        connection.execute(select(FeedRow.id)).all()
        with writing(filled) as other:
            other.execute(update(ArticleRow).values(published_at=datetime(2001, 1, 1, tzinfo=UTC)))
        stream = BytesIO()
        write_rows(connection, Export(data_set, Part(), Format.JSONL), stream)
    assert json.loads(stream.getvalue())["first_at"] == "1970-01-01T00:00:00Z"
