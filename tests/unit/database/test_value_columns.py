"""Whatever crosses a process or a column comes out as it went in; new fields are tried by themselves."""

from dataclasses import fields
from typing import Any

import orjson
import pytest
from sqlalchemy import Text

from tests.examples import example_of
from worker.basics.codec import defaults_of, from_json, pack, unpack, write_json
from worker.database.article_tables import ArticleRow
from worker.database.backfill_rows import BACKFILL, BackfillRow
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.types import Json
from worker.database.value_columns import ARTICLE, GUID_RULE, MOVE, VALIDATORS, Columns, read_request_settings
from worker.parse.frames import ParseAnswer, ParseFailure, ParseRequest
from worker.values.articles import Article
from worker.values.due_feeds import FeedOptions
from worker.values.entries import Enclosure, Entry, GuidPolicy, ParsedDocument
from worker.values.feed_quality import Marks
from worker.values.podcasts import Podcast, PodcastFile, PodcastPerson, Soundbite
from worker.values.request_settings import UNREADABLE, HeaderSetting, RequestSettings
from worker.values.schedules import Hints, Rhythm

IN_FRAMES = [ParseRequest, ParseAnswer, ParseFailure, ParsedDocument, Entry, Enclosure, Hints, Podcast]
IN_FRAMES += [PodcastFile, PodcastPerson, Soundbite]
# Read as strictly as what comes through the pipe.
IN_FRAMES += [RequestSettings, HeaderSetting]
IN_ONE_COLUMN = [FeedOptions, Hints, Rhythm, Article, Podcast, Marks]
IN_COLUMNS: list[tuple[Columns[Any], Any]] = [
    (ARTICLE, ArticleRow), (VALIDATORS, ScheduleRow), (MOVE, FeedRow), (GUID_RULE, FeedRow), (BACKFILL, BackfillRow)
]  # fmt: skip


def _reprs(value: Any) -> dict[str, str]:
    """Each field's value, by its name."""
    return {field.name: repr(getattr(value, field.name)) for field in fields(value)}


def _stored(columns: Columns[Any], table: Any, value: Any) -> dict[str, Any]:
    """Return the row as a database gives it back: JSON knows lists and objects, text no enumerations."""
    written = columns.write(value)
    kinds = {name: table.__table__.c[name].type for name in written}
    jsons = {name: orjson.loads(write_json(value)) for name, value in written.items() if isinstance(kinds[name], Json)}
    texts = {name: str(value) for name, value in written.items() if isinstance(kinds[name], Text) and value is not None}
    return written | texts | jsons


@pytest.mark.parametrize("kind", dict.fromkeys([*IN_FRAMES, *IN_ONE_COLUMN, *(each.kind for each, _ in IN_COLUMNS)]))
def test_an_example_has_a_value_of_its_own_in_each_field(kind: Any) -> None:
    example = example_of(kind)
    assert [name for name, default in defaults_of(kind).items() if getattr(example, name) == default] == []


@pytest.mark.parametrize("kind", IN_FRAMES)
def test_each_field_comes_through_the_pipe_of_the_child_as_it_was(kind: Any) -> None:
    read = from_json(kind, orjson.loads(write_json(example_of(kind))))
    assert _reprs(read) == _reprs(example_of(kind))


@pytest.mark.parametrize("kind", IN_ONE_COLUMN)
def test_each_field_comes_out_of_a_json_column_as_it_was(kind: Any) -> None:
    read = unpack(kind, orjson.loads(write_json(pack(example_of(kind)))))
    assert _reprs(read) == _reprs(example_of(kind))


@pytest.mark.parametrize(("columns", "table"), IN_COLUMNS)
def test_fields_come_out_of_columns_of_their_own_as_they_were(columns: Columns[Any], table: Any) -> None:
    example = example_of(columns.kind)
    read = columns.read(_stored(columns, table, example))
    assert {name: repr(getattr(read, name)) for name in columns.names} == {
        name: repr(getattr(example, name)) for name in columns.names
    }


def test_only_what_differs_from_its_default_is_stored_as_json() -> None:
    article = Article(b"\x01", "Title", "<p>Text</p>", "Text", "")
    said = {"content_hash": "01", "title": "Title", "html": "<p>Text</p>", "text": "Text", "summary": ""}
    assert orjson.loads(write_json(pack(article))) == said
    assert unpack(Article, said) == article


def test_a_value_that_says_nothing_is_null() -> None:
    assert pack(Hints()) is None
    assert unpack(Hints, None) is None


@pytest.mark.parametrize(
    "stored", [[], "x", 1, {}, {"interval": "often"}, {"interval": 1e99}, {"interval": -1}, {"x": 1}]
)
def test_json_that_is_no_such_value_counts_as_nothing(stored: Any) -> None:
    assert unpack(FeedOptions, stored) in {None, FeedOptions()}


def test_a_field_that_cannot_be_read_costs_no_other() -> None:
    stored = {"guid_policy": "link", "interval": "often"}
    assert unpack(FeedOptions, stored) == FeedOptions(guid_policy=GuidPolicy.LINK)


def test_json_without_a_field_that_must_be_there_counts_as_nothing() -> None:
    assert unpack(Rhythm, {"articles": 1.0}) is None


def test_request_settings_come_out_of_their_column_as_they_were() -> None:
    example = example_of(RequestSettings)
    assert read_request_settings(orjson.loads(write_json(pack(example)))) == example
    assert read_request_settings(None) is None


@pytest.mark.parametrize(
    "stored", [[], "x", {"proxy": 1}, {"proxy": "none", "of a newer version": 1}, {"headers": [{}]}]
)
def test_request_settings_that_cannot_be_read_whole_are_not_read_in_part(stored: Any) -> None:
    assert read_request_settings(stored) is UNREADABLE
