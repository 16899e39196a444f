from worker.search.query_reading import read_query
from worker.web.pages.asked_filters import Filters


def test_filters_are_those_of_the_url_without_what_no_database_takes() -> None:
    asked = Filters.of({"q": " ice\x00 ", "tag": "\x1b[31mlakes", "unknown": "x"}, since="7d")
    assert asked == Filters(q="ice", tag="[31mlakes", since="7d")


def test_a_filter_that_is_given_empty_does_not_hold() -> None:
    assert Filters.of({"since": ""}, since="7d").since == ""


def test_words_and_orders_are_no_filters() -> None:
    assert not Filters(q="ice", order="newest").are_any
    assert Filters(agency="AFP").are_any


def test_filters_are_written_as_the_query_of_a_url_but_for_empty_ones() -> None:
    asked = Filters(q="a&b=c", tag="Lakes & rivers", order="seen")
    assert asked.write(after="x", order="") == "q=a%26b%3Dc&tag=Lakes+%26+rivers&after=x"


def test_filters_are_one_query_of_the_search() -> None:
    asked = Filters(q="lake OR river", feed="12", tag='Lakes "and" rivers', agency="AFP", language="en", since="7d")
    written = 'lake OR river feed:"12" tag:"Lakes  and  rivers" agency:"AFP" lang:"en" since:"7d"'
    assert asked.as_query() == written
    assert [str(condition.facet) for condition in read_query(written).conditions] == ["feed", "tag", "agency", "lang"]
