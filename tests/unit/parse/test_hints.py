from datetime import timedelta
from functools import partial

import pytest

from tests.costs import spend_at_most
from worker.parse.hints import read_hints
from worker.values.schedules import Hints

SYNDICATION = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def channel(head: str, after: str = "<item/>", names: str = SYNDICATION) -> str:
    return f"<rss {names}><channel><title>News</title>{head}{after}</channel></rss>"


def test_a_document_that_asks_for_nothing_has_no_hints() -> None:
    assert read_hints(channel("")) == Hints()


@pytest.mark.parametrize(
    ("ttl", "minutes"),
    [
        ("<ttl>90</ttl>", 90),
        ("<ttl>\n 90\t</ttl>", 90),
        ("<TTL>90</TTL>", 90),
        ('<ttl unit="minutes">090</ttl>', 90),
        ("<ttl><![CDATA[90]]></ttl>", 90),
        ("<ttl>90</ttl><ttl>5</ttl>", 90),
        ("<ttl>0</ttl>", 0),
        ("<ttl>43201</ttl>", 43_200),
        (f"<ttl>{'9' * 5_000}</ttl>", 43_200),
        ("<ttl>-90</ttl>", None),
        ("<ttl>90.5</ttl>", None),
        ("<ttl>1e3</ttl>", None),
        ("<ttl>²</ttl>", None),
        ("<ttl>٩٠</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl></ttl>", None),
        ("<ttl/>", None),
        ("<ttl", None),
        ("<ttls>90</ttls>", None),
        ("<media:ttl>90</media:ttl>", None),
        ("<!-- <ttl>90</ttl> -->", None),
        ("<description><![CDATA[<ttl>90</ttl>]]></description>", None),
        ("<!-- <ttl>90</ttl>", None),
    ],
)
def test_ttl_is_minutes_up_to_thirty_days(ttl: str, minutes: int | None) -> None:
    assert read_hints(channel(ttl)).ttl == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("hours", "skipped"),
    [
        ("<hour>0</hour><hour>23</hour>", {0, 23}),
        ("<hour>24</hour>", {0}),
        ("<hour>07</hour>", {7}),
        ("<hour>7</hour><hour>7</hour>", {7}),
        ("<HOUR> 7 </HOUR>", {7}),
        ("<hour>-1</hour><hour>25</hour><hour>7.5</hour><hour>noon</hour><hour/><hour>8</hour>", {8}),
        (f"<hour>{'1' * 5_000}</hour>", set()),
        ("<!-- <hour>7</hour> -->", set()),
        ("", set()),
    ],
)
def test_hours_to_skip_are_0_to_23_and_24_is_midnight(hours: str, skipped: set[int]) -> None:
    assert read_hints(channel(f"<skipHours>{hours}</skipHours>")).skip_hours == skipped


@pytest.mark.parametrize(
    ("days", "skipped"),
    [
        ("<day>Monday</day><day>Sunday</day>", {0, 6}),
        ("<day>SATURDAY</day><day>sunday</day>", {5, 6}),
        ("<day>Mon</day><day>Tues</day><day>THURS</day><day>Fri.</day>", {0, 1, 3, 4}),
        ("<day>Mo</day><day>Montag</day><day>1</day><day/><day>Wed</day>", {2}),
        ("", set()),
    ],
)
def test_days_to_skip_are_english_names_and_monday_is_0(days: str, skipped: set[int]) -> None:
    assert read_hints(channel(f"<skipDays>{days}</skipDays>")).skip_days == skipped


def test_hours_and_days_count_only_where_they_are_to_be_skipped() -> None:
    hints = read_hints(channel("<hour>1</hour><skipHours><hour>2</hour></skipHours><hour>3</hour><day>Monday</day>"))

    assert hints == Hints(skip_hours=frozenset({2}))


def test_a_list_without_an_end_is_read_to_the_first_entry() -> None:
    hints = read_hints(channel("<skipHours><hour>1</hour><hour>2", "<item><hour>3</hour></item>"))

    assert hints.skip_hours == {1, 2}


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", HOUR),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>\n\tDaily\n</sy:updatePeriod><sy:updateFrequency> 02 </sy:updateFrequency>", DAY / 2),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>7</sy:updateFrequency>", DAY),
        ("<sy:updatePeriod>monthly</sy:updatePeriod>", 30 * DAY),
        ("<sy:updatePeriod>yearly</sy:updatePeriod><sy:updateFrequency>365</sy:updateFrequency>", DAY),
        ("<sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
        ("<sy:updatePeriod/><sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency></sy:updateFrequency>", DAY),
        ("<sy:updatePeriod/><sy:updateFrequency/>", None),
        ("<sy:updatePeriod>fortnightly</sy:updatePeriod>", None),
        ("<sy:updatePeriod>fortnightly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>-2</sy:updateFrequency>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0.5</sy:updateFrequency>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>often</sy:updateFrequency>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>10000</sy:updateFrequency>", None),
        ("<updatePeriod>daily</updatePeriod>", None),
        ("<sy:updateBase>2000-01-01T12:00+00:00</sy:updateBase>", None),
    ],
)
def test_an_update_period_is_divided_by_its_frequency(written: str, period: timedelta | None) -> None:
    assert read_hints(channel(written)).update_period == period


@pytest.mark.parametrize(
    ("names", "prefix", "is_read"),
    [
        ("", "sy", True),
        ("xmlns:syn='http://purl.org/rss/1.0/modules/syndication/'", "syn", True),
        ('xmlns:syn = "http://purl.org/rss/1.0/modules/syndication"', "syn", True),
        ("xmlns:syn='http://purl.org/rss/1.0/modules/syndication/'", "sy", False),
        ("xmlns:sy='http://example.com/symbols'", "sy", False),
        ("xmlns:syn='http://example.com/symbols'", "syn", False),
    ],
)
def test_the_namespace_decides_which_prefix_means_syndication(names: str, prefix: str, is_read: bool) -> None:
    written = f"<{prefix}:updatePeriod>weekly</{prefix}:updatePeriod>"

    assert read_hints(channel(written, names=names)).update_period == (7 * DAY if is_read else None)


@pytest.mark.parametrize("entry", ["item", "entry", "atom:entry", "rss:item"])
def test_what_stands_in_an_entry_is_not_the_feeds(entry: str) -> None:
    assert read_hints(channel("", f"<{entry} id='1'><ttl>5</ttl></{entry}>")) == Hints()


def test_the_list_of_items_of_rss_1_is_no_entry() -> None:
    assert read_hints(channel("<items/><ttl>60</ttl>")).ttl == HOUR


def test_what_follows_the_last_entry_counts_too() -> None:
    assert read_hints(channel("", "<item><ttl>5</ttl></item><item></item><ttl>60</ttl>")).ttl == HOUR


@pytest.mark.parametrize("filler", ["<description>{}</description>", "<!--{}-->", "<x y='{}'/>"])
def test_what_stands_far_from_either_end_is_not_looked_for(filler: str) -> None:
    assert read_hints(channel(filler.format("x" * 70_000) + "<ttl>60</ttl>")).ttl is None


@pytest.mark.parametrize(
    "hostile",
    [
        f"<skipHours>{'<hour>1</hour>' * 1_000_000}</skipHours>",
        f"<ttl>{'9' * 1_000_000}</ttl>",
        f"<sy:updateFrequency>{'9' * 1_000_000}</sy:updateFrequency>",
        "<!--" * 250_000,
        "<![CDATA[" * 100_000,
        "<skipHours " * 100_000,
        "<ttl " * 200_000,
        "<ttl>" + " " * 1_000_000,
        "xmlns:" + "a" * 1_000_000,
        ("xmlns:a" + " " * 50) * 20_000,
        "<" * 1_000_000,
        "<a:" * 300_000,
        "<skipDays><day>" + "monday" * 200_000,
    ],
    ids=range(13),
)
def test_a_hostile_head_costs_no_more_than_a_long_one(hostile: str) -> None:
    for text in (hostile, channel(hostile), channel("", f"<item></item>{hostile}")):
        spend_at_most(0.5, partial(read_hints, text))
