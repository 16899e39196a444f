"""A store that the former version made (schema 0009) loses nothing on its way to the newest, nor back."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, Row, column, select, table, text

from tests.schemas import Contents, contents_of, shape_of
from tests.stores import copied_store, new_store
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import open_store, reading, writing
from worker.database.schema import check_schema, migrate

_Migrated = tuple[Contents, Contents]
FORMER = "0009"
SUMMARY, FULL, BY_LINK, FILE = 1, 2, 3, 4
FEEDS = ["https://news.example/summary", "https://news.example/full", "https://old.example/feed", "file:///seeds/a.txt"]
# Articles.
BRIDGE, GULLS, NAMELESS, LEFT, SAME, ORPHANED = range(1, 7)
PACKED = '["Ines Marlow"]'


def _at(hour: int, minute: int = 0) -> str:
    """Return a moment of the day on which all this happened, as both databases keep it."""
    return f"2026-07-11 {hour:02}:{minute:02}:00.000000"


def _moment(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 7, 11, hour, minute, tzinfo=UTC)


def _add(engine: Engine, name: str, *rows: Mapping[str, Any]) -> None:
    """Insert rows as the former version left them, past all that the present one knows of its tables."""
    with writing(engine) as connection:
        for row in rows:
            connection.execute(table(name, *map(column, row)).insert(), [dict(row)])


def _add_feeds(engine: Engine) -> None:
    hosts = {SUMMARY: 1, FULL: 1, BY_LINK: 2, FILE: None}
    _add(engine, "hosts", *({"id": host, "name": f"h{host}.example:443", "failures": 0} for host in (1, 2)))
    for feed, url in enumerate(FEEDS, 1):
        policy = "link" if feed == BY_LINK else "guid"
        facts = {"title": f"Feed {feed}", "site_url": "https://news.example/", "state": "active", "moved_polls": 0}
        named = {"id": feed, "url": url, "url_key": url, "added_at": _at(1)}
        _add(engine, "feeds", named | facts | {"guid_policy": policy, "guid_renamings": 0})
        polled = {"next_poll_at": _at(13) if hosts[feed] else None, "interval": 3600.0, "etag": '"1"'}
        asked = {"failures": 0, "attempts": 0, "claim_attempts": 0, "body_hash": b"b" * 16, "last_success_at": _at(12)}
        _add(engine, "schedules", {"feed_id": feed, "host_id": hosts[feed]} | polled | asked)
    visit = {"duration": 0.25, "outcome": "new", "bytes": 9, "new": 1, "updated": 0, "started_at": _at(10)}
    _add(engine, "polls", *(visit | {"id": feed, "feed_id": feed} for feed in (SUMMARY, FULL)))


def _add_article(engine: Engine, article: int, feed: int, *versions: Mapping[str, Any], **more: Any) -> None:
    """Add an article with its revisions, of which it shows the last; each is words, and what else its row holds."""
    shown = versions[-1]
    words = {"title": f"Article {article}", "html": f"<p>{shown['words']}</p>", "text": shown["words"]}
    lists = {"authors": PACKED, "tags": "[]", "enclosures": "[]", "summary": ""}
    seen = {"first_seen_at": _at(10), "policy_version": 1, "revision": len(versions)}
    named = {"id": article, "feed_id": feed, "guid": f"g{article}", "content_hash": _hash(shown["words"])}
    _add(engine, "articles", named | words | lists | seen | more)
    for number, version in enumerate(versions, 1):
        body = None if version is shown else version["words"]
        row = {"article_id": article, "number": number, "content_hash": _hash(version["words"]), "html": body}
        facts = {name: value for name, value in version.items() if name != "words"}
        _add(engine, "revisions", row | {"text": body, "title": f"Article {article}", "feed_id": feed} | facts)


def _hash(words: str) -> bytes:
    return words.encode()[:16].ljust(16)


def _add_articles(engine: Engine) -> None:
    short, full = "It is open.", "It is open, after two winters of repairs."
    _add_article(
        engine,
        BRIDGE,
        SUMMARY,
        {"words": short, "seen_at": _at(10, 1), "polled_at": _at(10)},
        {"words": full, "feed_id": FULL, "seen_at": _at(11, 1), "polled_at": _at(11), "updated_at": _at(10, 30)},
        match_key="https://news.example/bridge",
        published_at=_at(9),
    )
    _add_article(
        engine,
        GULLS,
        SUMMARY,
        {"words": "311 gulls.", "seen_at": _at(10, 1), "polled_at": _at(10)},
        {"words": "312 gulls.", "seen_at": _at(12, 1), "polled_at": _at(12)},
    )
    # Of before schema 0006, when no revision knew its poll.
    _add_article(engine, NAMELESS, FULL, {"words": "A well.", "seen_at": _at(10, 1)})
    # Its publisher's clock is ahead.
    _add_article(
        engine, LEFT, BY_LINK, {"words": "Gone.", "seen_at": _at(10, 1), "polled_at": _at(10), "updated_at": _at(20)}
    )
    _add_article(engine, SAME, FULL, {"words": "Both say it.", "seen_at": _at(10, 1), "polled_at": _at(10)})
    # The feed that brought what is shown has been deleted since.
    _add_article(
        engine,
        ORPHANED,
        FILE,
        {"words": "First.", "seen_at": _at(10, 1), "polled_at": _at(10)},
        {"words": "Second.", "feed_id": 99, "seen_at": _at(11, 1), "polled_at": _at(11)},
    )
    sightings = [
        (SUMMARY, BRIDGE, "s1", short),
        (FULL, BRIDGE, "f1", full),
        (SUMMARY, GULLS, "s2", "312 gulls."),
        (FULL, NAMELESS, f"content:{'0af9' * 8}", "A well."),
        (BY_LINK, LEFT, "content:4711", "Gone."),
        (SUMMARY, SAME, "s5", "Both say it."),
        (FULL, SAME, "f5", "Both say it."),
        (FILE, ORPHANED, "dispatch", "First."),
    ]
    for number, (feed, article, guid, words) in enumerate(sightings, 1):
        named = {"id": number, "feed_id": feed, "article_id": article, "guid": guid, "guid_hash": _hash(guid)}
        hashes = {"fingerprint": b"f" * 16, "content_hash": _hash(words)}
        _add(
            engine,
            "sightings",
            named | hashes | {"first_seen_at": _at(10, 2), "left_at": _at(12) if article == LEFT else None},
        )


def _add_followers(engine: Engine) -> None:
    for number, article in enumerate((BRIDGE, BRIDGE, GULLS), 1):
        position = number if number < 3 else None
        event = {"id": number, "position": position, "created_at": _at(10, number), "kind": "article created"}
        _add(engine, "events", event | {"article_id": article, "feed_id": SUMMARY, "details": '{"revision": 1}'})
    with writing(engine) as connection:
        connection.execute(text("UPDATE event_bounds SET numbered_to = 2, dropped_to = 0"))
    hook = {"id": 1, "url": "https://hook.example/", "salt": "s", "position": 1, "sending_to": 2, "state": "active"}
    _add(engine, "webhooks", hook | {"next_attempt_at": _at(12), "failures": 0, "added_at": _at(1)})
    story = {"id": BRIDGE, "first_article_id": BRIDGE, "size": 1, "first_seen_at": _at(10), "last_seen_at": _at(10)}
    _add(engine, "stories", story)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A store of the former version with something of everything in it, to be copied."""
    server_url = None if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    with new_store(server_url, tmp_path_factory.mktemp("former")) as url:
        engine = open_store(url.render_as_string(hide_password=False))
        migrate(engine, FORMER)
        _add_feeds(engine)
        _add_articles(engine)
        _add_followers(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="module")
def kept_newest(kept: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The same store at the newest version, to be copied."""
    with copied_store(kept, tmp_path_factory.mktemp("newest")) as engine:
        assert migrate(engine) is True
        engine.dispose()
        yield engine.url


@pytest.fixture
def former(kept: URL, tmp_path: Path) -> Iterator[Engine]:
    """A store of the former version with something of everything in it."""
    with copied_store(kept, tmp_path) as engine:
        yield engine


@pytest.fixture
def newest(kept_newest: URL, tmp_path: Path) -> Iterator[Engine]:
    """The same store after its way to the newest version."""
    with copied_store(kept_newest, tmp_path) as engine:
        yield engine


@pytest.fixture(scope="module")
def migrated(kept: URL, tmp_path_factory: pytest.TempPathFactory) -> _Migrated:
    """All rows before the next version's migration, and after it."""
    with copied_store(kept, tmp_path_factory.mktemp("migrated")) as engine:
        before = contents_of(engine)
        migrate(engine, "0010")
        return before, contents_of(engine)


def _sightings(engine: Engine) -> dict[str, Row[Any]]:
    """Return all sightings by their guids."""
    with reading(engine) as connection:
        return {row.guid: row for row in connection.execute(select(SightingRow))}


def test_the_store_fits_the_code_afterwards(newest: Engine) -> None:
    check_schema(newest)


def test_articles_show_what_they_showed(newest: Engine) -> None:
    shown = select(ArticleRow.id, ArticleRow.text, ArticleRow.revision, ArticleRow.match_key).order_by(ArticleRow.id)
    with reading(newest) as connection:
        assert [tuple(row) for row in connection.execute(shown)] == [
            (BRIDGE, "It is open, after two winters of repairs.", 2, "https://news.example/bridge"),
            (GULLS, "312 gulls.", 2, None),
            (NAMELESS, "A well.", 1, None),
            (LEFT, "Gone.", 1, None),
            (SAME, "Both say it.", 1, None),
            (ORPHANED, "Second.", 2, None),
        ]


@pytest.mark.parametrize("name", ["events", "event_bounds", "webhooks", "stories", "feeds", "hosts", "polls"])
def test_what_the_migration_does_not_concern_is_untouched(migrated: _Migrated, name: str) -> None:
    before, after = migrated
    assert after[name] == before[name] != []


def test_of_each_article_the_sighting_that_brought_what_is_shown_is_the_one_that_is_shown(newest: Engine) -> None:
    said = {guid: row.said for guid, row in _sightings(newest).items()}
    assert said == {
        "s1": {},
        "f1": None,
        "s2": None,
        f"content:{'0af9' * 8}": None,
        "content:4711": None,
        "s5": {},
        "f5": None,
        "dispatch": None,
    }


def test_entries_without_a_name_are_known_by_their_words_and_others_as_their_feeds_policy_says(newest: Engine) -> None:
    known_by = {guid: row.known_by for guid, row in _sightings(newest).items() if row.known_by != "guid"}
    assert known_by == {f"content:{'0af9' * 8}": "words", "content:4711": "link"}


def test_each_sighting_says_when_its_version_was_made_and_read_and_how_long_it_is(newest: Engine) -> None:
    rows = _sightings(newest)
    facts = {guid: (row.said_at, row.read_at, row.length, row.version) for guid, row in rows.items()}
    assert facts == {
        "s1": (_moment(10), _moment(10), 11, None),
        # Its publisher says when it was made.
        "f1": (_moment(10, 30), _moment(11), 41, None),
        "s2": (_moment(12), _moment(12), 10, None),
        f"content:{'0af9' * 8}": (_moment(10, 1), _moment(10, 1), 7, None),
        # Nothing was made after it was read.
        "content:4711": (_moment(10), _moment(10), 5, None),
        "s5": (_moment(10), _moment(10), 12, None),
        "f5": (_moment(10), _moment(10), 12, None),
        "dispatch": (_moment(10), _moment(10), 6, None),
    }


def test_which_entries_have_left_their_feeds_is_kept(newest: Engine) -> None:
    assert {guid: row.left_at for guid, row in _sightings(newest).items() if row.left_at} == {
        "content:4711": _moment(12)
    }


def test_the_way_back_down_loses_nothing_that_the_former_version_knew(former: Engine) -> None:
    before = contents_of(former)
    migrate(former)
    migrate(former, FORMER)
    assert contents_of(former) == before


def test_the_way_back_down_ends_in_the_schema_that_was(former: Engine) -> None:
    before = shape_of(former)
    migrate(former)
    migrate(former, FORMER)
    assert shape_of(former) == before


def test_a_store_that_went_up_is_shaped_as_a_new_one(former: Engine) -> None:
    migrate(former)
    shape = shape_of(former)
    migrate(former, "base")
    migrate(former)
    assert shape_of(former) == shape
