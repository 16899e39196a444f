import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.search.fts5 import write_match
from worker.search.query import Condition, Facet, Phrase, Place, SearchQuery
from worker.search.query_reading import QueryError, read_query, read_words


def one(*words: str, is_prefix: bool = False, place: Place = Place.ANYWHERE) -> tuple[Phrase, ...]:
    return (Phrase(words, is_prefix, place),)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", SearchQuery()),
        ("Climate  CRISIS", SearchQuery((one("climate"), one("crisis")))),
        ('"New York"', SearchQuery((one("new", "york"),))),
        ("“New York”", SearchQuery((one("new", "york"),))),
        ("a AND b", SearchQuery((one("a"), one("b")))),
        ("a OR b c", SearchQuery(((*one("a"), *one("b")), one("c")))),
        ("a -b", SearchQuery((one("a"),), one("b"))),
        ('-"b c"', SearchQuery((), one("b", "c"))),
        ("clim*", SearchQuery((one("clim", is_prefix=True),))),
        ("title:Élections", SearchQuery((one("elections", place=Place.TITLE),))),
        ("TITLE:a", SearchQuery((one("a", place=Place.TITLE),))),
        ("AT & T", SearchQuery((one("at"), one("t")))),
        ("天気*", SearchQuery((one("天", "気"),))),
        # What is no field is words.
        ("https://example.com/a?b=c", SearchQuery((one("https", "example", "com", "a", "b", "c"),))),
        ("10:30 foo:bar", SearchQuery((one("10", "30"), one("foo", "bar")))),
        ("U.S.-led", SearchQuery((one("u", "s", "led"),))),
    ],
)
def test_words_are_read(typed: str, query: SearchQuery) -> None:
    assert read_query(typed) == query


@pytest.mark.parametrize(
    ("typed", "condition"),
    [
        ('tag:"climate change"', Condition(Facet.TAG, "climate change")),
        ("-tag:sport", Condition(Facet.TAG, "sport", is_excluded=True)),
        ("agency:A.P.", Condition(Facet.AGENCY, "AP")),
        ("feed:http://a.example/b", Condition(Facet.FEED, "http://a.example/b")),
        ("lang:en-GB", Condition(Facet.LANGUAGE, "en-GB")),
        ("story:12", Condition(Facet.STORY, "12")),
    ],
)
def test_fields_are_read(typed: str, condition: Condition) -> None:
    assert read_query(typed) == SearchQuery(conditions=(condition,))


def test_times_are_ages_or_moments_and_a_date_is_meant_to_its_end() -> None:
    assert read_query("since:7d until:1h30m") == SearchQuery(
        since=timedelta(days=7), until=timedelta(hours=1, minutes=30)
    )
    query = read_query("since:2026-11-01 until:2026-11-24")
    assert (query.since, query.until) == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ('climate "new york', r"at character 9, \"new: its quotation mark is not closed"),
        ("title: foo", "right after the colon, as in title:election"),
        ("language:en", "that field is called lang: here"),
        ("a OR", "OR stands between"),
        ("OR a", "OR stands between"),
        ("a OR OR b", "OR stands between"),
        ("a -b OR c", "OR stands between"),
        ("a OR -b", "OR stands between"),
        ("a OR tag:b", "OR stands between"),
        ("cl*", "begins with 3 letters at least"),
        ("tag:&", "no letter or digit"),
        ("story:x", "named by its id"),
        ("since:yesterday", "neither a duration such as 2d or 1h30m nor a date such as 2026-11-24"),
        ("since:1d since:2d", "is there twice"),
        ("-since:1d", "write until: in its place"),
        ("since:1d until:2d", "nothing lies between them"),
        ("***", "has no word in it"),
        ("a\0b", "holds NUL"),
        ("\udce9", "not UTF-8"),
        ("ä" * 5_001, "longer than 10,000 bytes"),
        ("a " * 101, "one of more than 100 words and fields"),
        ("気" * 301, "more than 300 words"),
    ],
)
def test_a_wrong_query_is_one_sentence_that_says_where_and_what_is_accepted(typed: str, why: str) -> None:
    with pytest.raises(QueryError, match=why) as error:
        read_query(typed)
    assert "\n" not in str(error.value)


@given(st.text() | st.text(alphabet='ab天é "*:-()^{}ORAND\t,;=+tagilsncefdory0179'))
@example('a" NEAR(b, 5) *')
@example("title:title:title:")
def test_whatever_is_typed_is_read_or_refused_and_written_with_quoted_words_only(typed: str) -> None:
    with suppress(QueryError):
        written = write_match(read_query(typed))
        outside_quotes = re.sub(r'"[^"]*"|[(){}:*^]', " ", written)
        assert {*outside_quotes.split()} <= {"title", "text", "tags", "language", "agency", "AND", "OR", "NOT"}


def test_a_text_of_words_has_no_fields() -> None:
    assert read_words("title:x -y & clim*") == SearchQuery((one("title", "x"), one("y"), one("clim", is_prefix=True)))


def test_a_word_longer_than_any_that_is_indexed_is_told() -> None:
    with pytest.raises(QueryError, match="a word of more than 500 characters"):
        read_query("a" * 501)
