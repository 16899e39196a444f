"""The words that PostgreSQL's index has of an article: those that its own functions would make of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event, text

from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.many_rows import insert_many
from worker.database.schema import migrate
from worker.manage.feeds import NewFeed, add_feeds
from worker.search.indexing import count_waiting, index_waiting
from worker.search.matching_ids import find_newest
from worker.search.query_reading import read_query
from worker.search.stems import learn_stems

_INSERT = insert_many(
    ArticleRow,
    "id feed_id guid title authors first_seen_at summary html text language tags enclosures content_hash"
    " policy_version revision".split(),
)


def fill(store: Engine, *articles: tuple[str, str, str | None]) -> None:
    """Store articles, of each its title, text and language, and index them."""
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://a.example/")])
        row = {"feed_id": 1, "guid": "g", "authors": [], "tags": [], "summary": "", "html": "", "enclosures": []}
        row |= {"content_hash": b"", "policy_version": 1, "revision": 1, "first_seen_at": now}
        names = ("id", "title", "text", "language")
        rows = [row | dict(zip(names, (number, *each), strict=True)) for number, each in enumerate(articles, 1)]
        _INSERT.execute(connection, rows)
    assert sum(index_waiting(store)) == len(articles)


def found(store: Engine, query: str) -> list[int]:
    with reading(store) as connection:
        return sorted(find_newest(connection, read_query(query), None, 99))


@contextmanager
def counting(store: Engine, words: str) -> Iterator[list[str]]:
    """Collect the statements with some words in them."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if words in statement:
            seen.append(statement)

    event.listen(store, "before_cursor_execute", note)
    yield seen
    event.remove(store, "before_cursor_execute", note)


def test_an_article_has_the_vector_that_the_server_would_make_and_its_title_by_name(postgres: Engine) -> None:
    fill(postgres, ("Running trams", "Trams ran; it's Zürich's running tram.", "en"))
    with reading(postgres) as connection:
        (words,) = connection.execute(text("SELECT words::text FROM search_words")).scalars()
    assert words == (
        "'it':5 'lang=en' 'ran':4 'run':1A,9 's':6,8 'title=run':1 'title=tram':2 'tram':2A,3,10 'zurich':7"
    )


def test_title_words_are_found_in_titles_alone_also_as_phrases_beginnings_and_stems(postgres: Engine) -> None:
    fill(postgres, ("Green trams run", "Red buses", "en"), ("Red buses", "Green trams run", "en"))
    for query in ("title:tram", 'title:"green trams"', "title:gree*", "title:running", "green -title:buses"):
        assert found(postgres, query) == [1], query
    assert found(postgres, 'title:"trams green"') == []
    assert found(postgres, "title:buses OR title:trams") == [1, 2]
    assert found(postgres, "title:red trams") == [2]


def test_a_word_of_letters_and_digits_is_found_as_it_is(postgres: Engine) -> None:
    fill(postgres, ("", "commit 0e1f8c8 of build 10e5", "en"), ("", "the 3rd of 10", None))
    assert [found(postgres, query) for query in ("0e1f8c8", "10e5", "3rd", "10", "f8c8")] == [[1], [1], [2], [2], []]


def test_words_of_all_languages_are_found_whatever_encoding_the_url_names(postgres: Engine) -> None:
    url = postgres.url.update_query_dict({"client_encoding": "latin1"})
    store = open_store(url.render_as_string(hide_password=False))
    fill(store, ("Трамваи", "", "ru"), ("Trams", "", "en"))
    assert found(store, "трамваи") == [1]
    store.dispose()


def test_a_very_long_text_is_found_by_its_first_words_and_its_last(postgres: Engine) -> None:
    words = " ".join(f"{number:x}z" for number in range(17_000))
    fill(postgres, ("", words, None), ("", " ".join(["tram"] * 20_000), "en"), ("", f"{'x' * 3_000} heron", "en"))
    queries = ('"1z 2z"', f"{16_999:x}z", "tram", "heron")
    assert [found(postgres, query) for query in queries] == [[1], [1], [2], [3]]


def test_the_server_is_asked_once_for_the_stem_of_a_word(postgres: Engine) -> None:
    with reading(postgres) as connection, counting(postgres, "ts_lexize") as asked:
        learn = {"feedmill_english": {"trams", "2026"}, "simple": {"trams"}}
        assert learn_stems(connection, learn)["feedmill_english"] == {"trams": b"tram"}
        assert learn_stems(connection, learn)["simple"]["trams"] == b"trams"
        assert len(asked) == 1
        stems = learn_stems(connection, learn | {"feedmill_french": {"trams", "élections"}})
        assert stems["feedmill_french"]["élections"].decode() == "élect"
        assert len(asked) == 2


def test_stems_are_forgotten_when_they_are_too_many_and_asked_for_again(postgres: Engine) -> None:
    with reading(postgres) as connection, counting(postgres, "ts_lexize") as asked:
        learn_stems(connection, {"feedmill_english": {"trams", "buses"}}, most_known=1)
        stems = learn_stems(connection, {"feedmill_english": {"herons", "trams"}}, most_known=1)
        assert stems["feedmill_english"] == {"herons": b"heron", "trams": b"tram"}
        assert len(asked) == 2


def test_no_language_has_another_stem_for_a_number(postgres: Engine) -> None:
    with reading(postgres) as connection:
        others = connection.execute(
            text(
                "SELECT dictname, number FROM pg_ts_dict, generate_series(0, 9999) AS number"
                " WHERE dictname LIKE 'feedmill@_%' ESCAPE '@'"
                " AND ts_lexize(dictname::regdictionary, number::text) <> ARRAY[number::text]"
            )
        )
        assert others.all() == []


def test_articles_wait_to_be_indexed_anew_when_the_index_gets_another_shape(postgres_url: str) -> None:
    store = open_store(postgres_url)
    migrate(store)
    fill(store, ("Trams", "", "en"), ("Herons", "", "en"))
    migrate(store, "0035")
    with writing(store) as connection:
        assert count_waiting(connection, 9) == 2
        connection.execute(text("DELETE FROM search_waiting"))
        indexed = "SELECT id, to_tsvector('simple', title), to_tsvector('simple', title) FROM articles"
        connection.execute(text(f"INSERT INTO search_words (article_id, words, title) {indexed}"))
    migrate(store)
    with reading(store) as connection:
        assert count_waiting(connection, 9) == 2
    assert sum(index_waiting(store)) == 2
    assert found(store, "title:herons") == [2]
    store.dispose()
