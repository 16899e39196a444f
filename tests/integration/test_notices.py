"""Corrections and kills in a real store: linked to what they act on, whichever is stored first, and told of once."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, event, insert, select, text

from tests.documents import item, rss
from tests.grouping import wait_until_blocked
from tests.polling import add, now_of, poll
from tests.seeds import place
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading, writing
from worker.database.outbox_tables import EventRow
from worker.manage.feeds import add_file_feeds, find_feed, remove_feed
from worker.pipeline.conclude import store_prepared
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.results import Answered
from worker.pipeline.tools import Tools, make_tools
from worker.seeds.ingest import ingest
from worker.settings import Settings
from worker.values.due_feeds import Document, DueFeed, Fetched, FetchRequest
from worker.wire.dispatch import parse_dispatch
from worker.wire.store_links import find_wire_articles

# As a wire sends them on one day and the next; SLUG stands for the slug.
SENT = {
    "first": "date 2026-07-10\nSLUG\nFerry sails\n\nOSLO, July 10 (AP) — The ferry sails. It was built in 1991.",
    "update": "date 2026-07-10\nSLUG 1st lead\nFerry sails on\n\nOSLO, July 10 (AP) — The ferry sails on.",
    "correction": (
        "date 2026-07-11\nSLUG\nCORRECTED-Ferry sails\n(Corrects year)\n\n"
        "OSLO, July 10 (AP) — The ferry sails. It was built in 1911."
    ),
    "kill": "date 2026-07-11\nKILL\n\nEditors: Kill the story slugged SLUG. The ferry has not sailed.",
}
ACTS_ON = {"update": "first", "correction": "first", "kill": "correction"}
KILLED_BY = {"first": "kill", "update": "kill", "correction": "kill"}
SLUG = "skarholm-ferry-sails"
KILL_WORDS = f"Editors: Kill the story slugged {SLUG}."


def _ingest(tools: Tools, folder: Path, texts: Mapping[str, str | bytes]) -> None:
    """Ingest these files, one after the other."""
    for name, words in texts.items():
        (read,) = ingest(tools, [place(folder / name, words)], 1_000_000)
        assert read.error is None


def _links(tools: Tools) -> dict[str, tuple[str | None, str | None]]:
    """By the names of their files, what articles act on, and what killed them."""
    with reading(tools.engine) as connection:
        rows = connection.execute(select(ArticleRow)).all()
        feeds = connection.execute(text("SELECT id, url FROM feeds")).all()
    files = {feed.id: feed.url.rpartition("/")[2] for feed in feeds}
    names = {row.id: files[row.feed_id] for row in rows} | {None: None}
    return {names[row.id]: (names[row.acts_on], names[row.killed_by]) for row in rows}


def _events(tools: Tools) -> list[tuple[str, int | None, int | None, Any]]:
    with reading(tools.engine) as connection:
        rows = connection.execute(select(EventRow).where(EventRow.kind != "article created").order_by(EventRow.id))
        return [(row.kind, row.article_id, row.feed_id, row.details) for row in rows]


def _ninjs(**fields: Any) -> bytes:
    said = {"headline": "Ferry sails", "slugline": SLUG, "source": "Skarholm News Agency", "body_text": "It sails."}
    return orjson.dumps(
        said | {"versioncreated": "2026-07-10T08:00:00Z", "firstcreated": "2026-07-10T08:00:00Z"} | fields
    )


@pytest.fixture
def postgres_tools(postgres: Engine) -> Iterator[Tools]:
    """Tools on an empty PostgreSQL."""
    tools = make_tools(Settings(), postgres)
    yield tools
    tools.close()


def test_links_are_the_same_in_whatever_order_files_are_ingested(tools: Tools, tmp_path: Path) -> None:
    orders = [*permutations(SENT)]
    for number, order in enumerate(orders):
        slug = f"skarholm-ferry-{number}"
        _ingest(tools, tmp_path, {f"{name}-{number}": SENT[name].replace("SLUG", slug) for name in order})
    links = _links(tools)
    for number in range(len(orders)):
        found = {name: links[f"{name}-{number}"] for name in SENT}
        assert found == {
            name: tuple(f"{other}-{number}" if other else None for other in (ACTS_ON.get(name), KILLED_BY.get(name)))
            for name in SENT
        }, f"in the order {orders[number]}"


def test_a_kill_and_a_correction_are_events_of_what_they_act_on_and_are_told_once(tools: Tools, tmp_path: Path) -> None:
    texts = {name: words.replace("SLUG", SLUG) for name, words in SENT.items()}
    _ingest(tools, tmp_path, texts)
    corrected = ("article corrected", 1, 3, {"by": 3, "words": "Corrects year"})
    kills = [("article killed", killed, 4, {"by": 4, "words": KILL_WORDS}) for killed in (1, 2, 3)]
    assert _events(tools) == [corrected, *kills]
    _ingest(tools, tmp_path, texts)
    _ingest(tools, tmp_path, {name: f"{words}\n" for name, words in texts.items()})
    _ingest(tools, tmp_path, {f"copy of {name}": words for name, words in texts.items()})
    told = [(kind, article_id) for kind, article_id, *_ in _events(tools)]
    assert len(told) == len(set(told)), "a copy has events of its own, the first one none again"


def test_an_event_is_told_when_what_it_is_about_comes_after_the_notice(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, tmp_path, {name: SENT[name].replace("SLUG", SLUG) for name in ("kill", "first")})
    assert _events(tools) == [("article killed", 2, 1, {"by": 1, "words": KILL_WORDS})]


def test_a_killed_article_that_is_linked_with_what_comes_late_is_not_told_of_again(
    tools: Tools, tmp_path: Path
) -> None:
    _ingest(tools, tmp_path, {name: SENT[name].replace("SLUG", SLUG) for name in ("update", "kill", "first")})
    assert _links(tools)["update"] == ("first", "kill")
    killed = {"by": 2, "words": KILL_WORDS}
    assert _events(tools) == [("article killed", 1, 2, killed), ("article killed", 3, 2, killed)]


def test_a_kill_that_turns_out_to_be_none_lets_what_it_killed_stand_again(tools: Tools, tmp_path: Path) -> None:
    texts = {name: SENT[name].replace("SLUG", SLUG) for name in ("first", "kill")}
    _ingest(tools, tmp_path, texts)
    _ingest(tools, tmp_path, {"kill": "date 2026-07-11\n\nOSLO, July 11 (AP) — The ferry sails after all."})
    assert _links(tools) == {"first": (None, None), "kill": (None, None)}
    assert [kind for kind, *_ in _events(tools)] == ["article killed", "article revised", "article reinstated"]


@pytest.mark.parametrize(
    ("fields", "notice"),
    [
        ({"pubstatus": "canceled"}, "kill"),  # codespell:ignore -- ninjs's spelling
        ({"headline": "CORRECTED-Ferry sails"}, "correction"),
        ({"ednote": "Adds quotes"}, "update"),
    ],
)
def test_newsroom_documents_are_linked_under_other_guids(
    tools: Tools, tmp_path: Path, fields: dict[str, Any], notice: str
) -> None:
    later = _ninjs(uri="urn:x:2", **fields)
    _ingest(tools, tmp_path, {"one.json": _ninjs(uri="urn:x:1"), "other.json": later})
    assert _links(tools)["other.json"] == ("one.json", None)
    with reading(tools.engine) as connection:
        assert connection.execute(select(ArticleRow.notice).where(ArticleRow.id == 2)).scalar_one() == notice


def test_items_of_one_polled_document_are_linked_with_each_other(tools: Tools, publisher: Publisher) -> None:
    kill = _ninjs(uri="urn:x:2", headline="KILL: Ferry sails")
    add(tools, publisher.serve("/items", b"[" + kill + b"," + _ninjs(uri="urn:x:1") + b"]"))
    poll(tools)
    with reading(tools.engine) as connection:
        rows = connection.execute(select(ArticleRow.guid, ArticleRow.killed_by).order_by(ArticleRow.guid)).all()
        kill_id = connection.execute(select(ArticleRow.id).where(ArticleRow.guid == "urn:x:2")).scalar_one()
    assert [tuple(row) for row in rows] == [("urn:x:1", kill_id), ("urn:x:2", None)]


def test_an_item_killed_under_its_own_guid_acts_on_itself_and_on_no_earlier_version(
    tools: Tools, tmp_path: Path
) -> None:
    _ingest(tools, tmp_path, {"one.json": _ninjs(uri="urn:x:1"), "other.json": _ninjs(uri="urn:x:2", ednote="Adds")})
    killed = _ninjs(uri="urn:x:2", ednote="Adds", pubstatus="canceled")  # codespell:ignore -- ninjs's spelling
    _ingest(tools, tmp_path, {"other.json": killed})
    assert _links(tools) == {"one.json": (None, None), "other.json": ("other.json", "other.json")}
    _ingest(tools, tmp_path, {"other.json": _ninjs(uri="urn:x:2", ednote="Adds")})
    assert _links(tools) == {"one.json": (None, None), "other.json": ("one.json", None)}


def test_without_a_slug_the_headline_says_what_is_corrected(tools: Tools, tmp_path: Path) -> None:
    first = "date 2026-07-10\nFerry sails\n\nOSLO, July 10 (Reuters) - It was built in 1991."
    other = first.replace("Reuters", "AP")
    corrected = "date 2026-07-11\nCORRECTED-UPDATE 1-Ferry sails\n\nOSLO, July 10 (Reuters) - It was built in 1911."
    _ingest(tools, tmp_path, {"first": first, "other": other, "corrected": corrected})
    assert _links(tools) == {"first": (None, None), "other": (None, None), "corrected": ("first", None)}


def test_what_a_paper_prints_of_a_wire_is_not_the_wires(tools: Tools, tmp_path: Path, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("Ferry sails", "OSLO, July 10 (AP) - The ferry sails.")])))
    poll(tools)
    kill = "date 2026-11-23\nKILL: Ferry sails\n\nOSLO, Nov 23 (AP) - The ferry has not sailed."
    _ingest(tools, tmp_path, {"kill": kill})
    with reading(tools.engine) as connection:
        rows = connection.execute(select(ArticleRow.agency, ArticleRow.killed_by).order_by(ArticleRow.id)).all()
    assert [tuple(row) for row in rows] == [("AP", None), ("AP", None)]


def _statements(engine: Engine) -> list[str]:
    told: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: told.append(statement))
    return told


def test_what_no_wire_sent_costs_no_statement(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one"), item("two")])))
    told = _statements(tools.engine)
    poll(tools)
    assert any(f"{verb} articles" in statement for statement in told for verb in ("INSERT INTO", "COPY"))
    links = ("wire_key IN", "acts_on=", "706173")
    assert [statement for statement in told if any(each in statement for each in links)] == []


def test_articles_that_are_deleted_leave_no_links(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, tmp_path, {name: words.replace("SLUG", SLUG) for name, words in SENT.items()})
    with writing(tools.engine) as connection:
        for name in ("first", "kill"):
            feed = find_feed(connection, (tmp_path / name).as_uri())
            assert feed
            remove_feed(connection, feed.feed_id, articles=True)
    assert _links(tools) == {"update": (None, None), "correction": (None, None)}


def _store_uncommitted(tools: Tools, path: Path, words: str) -> Any:
    """Yield inside a transaction that has stored a dispatch and not yet committed it."""
    document = Document(path.as_uri(), words.encode())
    with writing(tools.engine) as connection:
        feed = DueFeed(add_file_feeds(connection, now_of(tools), [document.url])[document.url], None, document.url)
    fetched = Fetched(FetchRequest(feed.feed_id, feed.url), document, timedelta(0))
    answered = Answered(feed, None, now_of(tools), fetched, tools.bounds)
    with writing(tools.engine) as connection:
        prepared = prepare_documents(connection, [(answered, parse_dispatch(document))], now_of(tools), None)
        store_prepared(connection, prepared, now_of(tools))
        yield


@pytest.mark.parametrize("order", [("first", "kill"), ("kill", "first")])
def test_a_kill_and_its_dispatch_that_are_stored_at_once_do_not_miss_each_other(
    postgres_tools: Tools, tmp_path: Path, order: tuple[str, str]
) -> None:
    one, other = ({name: SENT[name].replace("SLUG", SLUG)} for name in order)
    uncommitted = _store_uncommitted(postgres_tools, tmp_path / order[0], one[order[0]])
    next(uncommitted)
    with ThreadPoolExecutor() as pool:
        stored = pool.submit(_ingest, postgres_tools, tmp_path, other)
        wait_until_blocked(postgres_tools.engine)
        next(uncommitted, None)
        stored.result()
    assert _links(postgres_tools) == {"first": (None, "kill"), "kill": ("first", None)}


def _multiply(tools: Tools) -> None:
    """Let the slug of the one stored dispatch have had 500 long ago, and others as many on its day."""
    with writing(tools.engine) as connection:
        one = dict(connection.execute(select(ArticleRow.__table__)).mappings().one())
        del one["id"]
        long_ago = one | {"published_at": one["published_at"] - timedelta(days=30)}
        of_others = one | {"wire_key": "of others"}
        rows = (
            row | {"guid": str(number), "match_key": None} for number, row in enumerate(500 * [long_ago, of_others])
        )
        connection.execute(insert(ArticleRow), list(rows))
    with writing(tools.engine) as connection:
        # As a database does by itself: PostgreSQL takes any index of a table that it believes to be empty.
        connection.execute(text("ANALYZE"))  # codespell:ignore analyze


def test_what_a_slug_had_long_ago_is_not_read(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, tmp_path, {"first": SENT["first"].replace("SLUG", SLUG)})
    _multiply(tools)
    plans: list[str] = []
    explain_as = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}[tools.engine.dialect.name]

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT") and "wire_key" in statement:
            plans.extend(connection.exec_driver_sql(f"{explain_as} {statement}", values).scalars(-1))

    event.listen(tools.engine, "before_cursor_execute", explain)
    since = datetime(2026, 7, 10, tzinfo=UTC)
    with reading(tools.engine) as connection:
        assert len(find_wire_articles(connection, [SLUG], since, since + timedelta(days=1))) == 1
    event.remove(tools.engine, "before_cursor_execute", explain)
    assert any(re.search(r"wire_key ?=.*published_at ?>", step) for step in plans), plans
