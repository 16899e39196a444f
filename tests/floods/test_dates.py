"""What chance writes for dates, and texts made to be slow."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tests.costs import spend_at_most
from worker.dates.reading import find_moment, read_date

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PIECES = (
    "Sun, Jul July 11 2021 21 99 0 31 192 24:00:00 :61 10:00 10.30 10h T Z - + / . , 年 月 日 GMT ET MEST "
    "Europe/Berlin Europe/Nowhere +0200 +99 PM 오후 下午 juil. mar. май 7월 tháng listopada xx W28 00 ь ٣ ( ) & <b>"
).split()
LIKE_DATES = (
    st.text(max_size=110)
    | st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join)
    | st.lists(st.sampled_from(PIECES), max_size=10).map("".join)
    | st.from_regex(r"\d{1,4}[-/.: ]\d{1,2}[-/.: T]\d{1,14}( [+-]\d{2,4})?", fullmatch=True)
    | st.from_regex(r"\d{2,4}([-/. ]?(\d{1,3}|[A-Za-zж-к]{1,4}|[年월-])){0,3}[T ]?(\d\d:?\d\d)?", fullmatch=True)
)


@given(LIKE_DATES)
def test_no_reading_depends_on_its_day(written: str) -> None:
    with time_machine.travel(datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC), tick=False):
        earlier = find_moment(written)
    with time_machine.travel(datetime(2026, 11, 30, 18, tzinfo=UTC), tick=False):
        assert find_moment(written) == earlier


@given(LIKE_DATES)
def test_a_later_reading_finds_the_same_date_or_finds_it_possible_at_last(written: str) -> None:
    earlier, later = read_date(written, NOW), read_date(written, NOW + timedelta(days=40_000))
    assert later == earlier or (earlier is None and later is not None and later > NOW)


@given(LIKE_DATES)
def test_any_string_is_a_true_date_or_null(written: str) -> None:
    moment = read_date(written, NOW)
    assert moment is None or (moment.tzinfo is UTC and datetime(1970, 1, 2, tzinfo=UTC) <= moment <= NOW + timedelta(1))


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "a ", "a.", "1:", "(", "<", "&", "1-", "+1", "下午", "é", "1h", "1月", "10:00 ", "Etc/"]
)
def test_no_text_is_slow_to_read(piece: str) -> None:
    spend_at_most(0.1, lambda: find_moment((piece * 100)[:100]))
