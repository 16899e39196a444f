"""What is remembered of seed files, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update

from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.seed_files import (
    find_feed_at,
    find_feed_of_bytes,
    find_feed_of_path,
    find_seed_states,
    remember_seed_file,
)
from worker.values.seed_states import SeedState

NOW = datetime(2026, 7, 11, 12, tzinfo=UTC)
OLD = "file:///old/seeds/world/bbc%20news.xml"
NEW = "file:///new/place/world/bbc%20news.xml"
TITLE, SITE = "World", "https://news.example/"


@pytest.fixture
def filed(store: Engine) -> Engine:
    """A store with a feed that is a file (1), and one that is polled (2)."""
    feeds = [
        {"id": 1, "url": OLD, "url_key": OLD, "title": TITLE, "site_url": SITE, "added_at": NOW},
        {
            "id": 2,
            "url": f"{SITE}feed",
            "url_key": "news.example/feed",
            "title": "B",
            "site_url": SITE,
            "added_at": NOW,
        },
    ]
    with writing(store) as connection:
        connection.execute(insert(FeedRow), feeds)
    return store


def _remember(store: Engine, uri: str, body_hash: bytes, feed_id: int, now: datetime = NOW) -> None:
    with writing(store) as connection:
        remember_seed_file(connection, uri, SeedState(body_hash), feed_id, now)


def test_a_file_that_was_never_read_is_not_known(filed: Engine) -> None:
    with reading(filed) as connection:
        assert find_seed_states(connection, [OLD]) == {}
        assert find_feed_at(connection, OLD, TITLE, SITE) is None


def test_a_file_is_known_as_it_was_read_last(filed: Engine) -> None:
    _remember(filed, OLD, b"first", 1)
    _remember(filed, OLD, b"second", 2, NOW + timedelta(hours=1))
    with reading(filed) as connection:
        assert find_seed_states(connection, [OLD]) == {OLD: SeedState(b"second")}
        assert find_feed_of_bytes(connection, b"first") is None


def test_a_feed_that_is_a_file_is_whatever_is_in_it(filed: Engine) -> None:
    _remember(filed, OLD, b"x", 1)
    with reading(filed) as connection:
        assert find_feed_at(connection, OLD, "Another title", None) == 1


@pytest.mark.parametrize(("title", "feed"), [("B", 2), ("Another title", None), (None, None)])
def test_a_polled_feed_is_in_its_file_only_as_long_as_that_calls_itself_so(
    filed: Engine, title: str | None, feed: int | None
) -> None:
    _remember(filed, OLD, b"x", 2)
    with reading(filed) as connection:
        assert find_feed_at(connection, OLD, title, SITE) == feed


def test_bytes_belong_to_the_feed_they_were_read_for_first(filed: Engine) -> None:
    _remember(filed, OLD, b"x", 1, NOW + timedelta(hours=1))
    _remember(filed, NEW, b"x", 2)
    with reading(filed) as connection:
        assert find_feed_of_bytes(connection, b"x") == 2
        assert find_feed_of_bytes(connection, b"y") is None


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        (NEW, "world/bbc news.xml"),
        ("file:///bbc%20news.xml", "bbc news.xml"),
    ],
)
def test_a_file_that_moved_with_its_folder_is_found_by_its_path_within_it(filed: Engine, uri: str, path: str) -> None:
    _remember(filed, OLD, b"x", 1)
    with reading(filed) as connection:
        assert find_feed_of_path(connection, uri, path, TITLE, SITE) == 1


@pytest.mark.parametrize(
    ("uri", "path", "title", "site"),
    [
        ("file:///new/local/bbc%20news.xml", "local/bbc news.xml", TITLE, SITE),
        ("file:///new/world/news.xml", "world/news.xml", TITLE, SITE),
        (NEW, "world/bbc news.xml", "Another title", SITE),
        (NEW, "world/bbc news.xml", TITLE, "https://other.example/"),
        (NEW, "world/bbc news.xml", None, SITE),
        (NEW, "world/bbc news.xml", TITLE, None),
    ],
)
def test_another_path_title_or_site_is_another_feed(
    filed: Engine, uri: str, path: str, title: str | None, site: str | None
) -> None:
    _remember(filed, OLD, b"x", 1)
    with reading(filed) as connection:
        assert find_feed_of_path(connection, uri, path, title, site) is None


def test_a_feed_that_was_removed_takes_no_more_files(filed: Engine) -> None:
    _remember(filed, OLD, b"x", 1)
    with writing(filed) as connection:
        connection.execute(update(FeedRow).values(state="removed"))
    with reading(filed) as connection:
        assert find_feed_at(connection, OLD, TITLE, SITE) is None
        assert find_feed_of_bytes(connection, b"x") is None
        assert find_feed_of_path(connection, NEW, "world/bbc news.xml", TITLE, SITE) is None
        assert find_seed_states(connection, [OLD]) == {OLD: SeedState(b"x")}


def test_files_of_a_feed_that_is_deleted_are_forgotten(filed: Engine) -> None:
    _remember(filed, OLD, b"x", 1)
    with writing(filed) as connection:
        connection.execute(FeedRow.__table__.delete())
    with reading(filed) as connection:
        assert find_seed_states(connection, [OLD]) == {}
