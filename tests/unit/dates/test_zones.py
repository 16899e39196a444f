from datetime import datetime

import pytest

from worker.dates.reading import find_moment


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("ET", "2024-05-28T14:30Z"),
        ("CT", "2024-05-28T15:30Z"),
        ("MT", "2024-05-28T16:30Z"),
        ("PT", "2024-05-28T17:30Z"),
        ("EST", "2024-05-28T15:30Z"),
        ("EDT", "2024-05-28T14:30Z"),
        ("CDT", "2024-05-28T15:30Z"),
        ("CST", "2024-05-28T16:30Z"),
        ("BST", "2024-05-28T09:30Z"),
        ("MET", "2024-05-28T09:30Z"),
        ("MEST", "2024-05-28T08:30Z"),
        ("MESZ", "2024-05-28T08:30Z"),
        ("CEST", "2024-05-28T08:30Z"),
        ("cest", "2024-05-28T08:30Z"),
        ("(CEST)", "2024-05-28T08:30Z"),
        ("America/New_York", "2024-05-28T14:30Z"),
        ("America/Argentina/Buenos_Aires", "2024-05-28T13:30Z"),
        ("Europe/Berlin", "2024-05-28T08:30Z"),
        ("europe/berlin", "2024-05-28T08:30Z"),
        ("(Europe/Berlin)", "2024-05-28T08:30Z"),
        ("US/Eastern", "2024-05-28T14:30Z"),
        ("Etc/GMT", "2024-05-28T10:30Z"),
        # The time zone database counts these westwards.
        ("Etc/GMT+5", "2024-05-28T15:30Z"),
        ("GMT+2", "2024-05-28T08:30Z"),
        ("GMT -5", "2024-05-28T15:30Z"),
        ("UTC+02:00", "2024-05-28T08:30Z"),
        ("GMT-0700 (PDT)", "2024-05-28T17:30Z"),
        ("MST-07:00", "2024-05-28T17:30Z"),
        ("-0700 MST", "2024-05-28T17:30Z"),
        ("+0200 (heure d’été d’Europe centrale)", "2024-05-28T08:30Z"),
        ("+0530", "2024-05-28T05:00Z"),
        ("-07", "2024-05-28T17:30Z"),
        ("-700", "2024-05-28T17:30Z"),
        ("--0700", "2024-05-28T17:30Z"),
        ("−0700", "2024-05-28T17:30Z"),
        ("Eastern Daylight Time", "2024-05-28T14:30Z"),
        ("Eastern Standard Time", "2024-05-28T15:30Z"),
        ("Pacific Time", "2024-05-28T17:30Z"),
        ("+0000 GMT", "2024-05-28T10:30Z"),
        ("0000", "2024-05-28T10:30Z"),
        ("Z", "2024-05-28T10:30Z"),
    ],
)
def test_a_zone_counts_by_offset_by_name_and_by_place(zone: str, moment: str) -> None:
    assert find_moment(f"Tue, 28 May 2024 10:30:00 {zone}") == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("ET", "2024-01-23T15:30Z"),
        ("PT", "2024-01-23T18:30Z"),
        ("America/New_York", "2024-01-23T15:30Z"),
        ("Europe/London", "2024-01-23T10:30Z"),
    ],
)
def test_the_day_tells_summer_from_winter(zone: str, moment: str) -> None:
    assert find_moment(f"Tue, 23 Jan 2024 10:30:00 {zone}") == datetime.fromisoformat(moment)


@pytest.mark.parametrize("zone", ["A", "N", "XYZ", "Europe/Nowhere", "America/Argentina", "Uhr", "at night"])
def test_a_zone_that_is_not_known_or_not_sure_is_utc(zone: str) -> None:
    assert find_moment(f"Tue, 28 May 2024 10:30:00 {zone}") == datetime.fromisoformat("2024-05-28T10:30Z")


@pytest.mark.parametrize("zone", ["+99:00", "+1600", "+0260", "+zz:00", "0200"])
def test_an_offset_that_no_zone_has_leaves_no_moment(zone: str) -> None:
    assert find_moment(f"Tue, 28 May 2024 10:30:00 {zone}") is None


@pytest.mark.parametrize(
    ("language", "zone", "moment"),
    [
        ("zh-CN", "CST", "2024-05-28T02:30Z"),
        ("en-us", "CST", "2024-05-28T16:30Z"),
        ("he", "IST", "2024-05-28T08:30Z"),
        ("en_IE", "IST", "2024-05-28T09:30Z"),
        ("en-IN", "IST", "2024-05-28T05:00Z"),
    ],
)
def test_of_zones_that_share_a_name_the_language_tells_which(language: str, zone: str, moment: str) -> None:
    assert find_moment(f"Tue, 28 May 2024 10:30:00 {zone}", language) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("28 May 2024 EST", "2024-05-28T05:00Z"),
        ("28.05.2024 -0700", "2024-05-28T07:00Z"),
        ("15:04 28.05.2024 -0700", "2024-05-28T22:04Z"),
        ("Tue May 28 10:30:00 2024 EDT", "2024-05-28T14:30Z"),
        ("Tue May 28 10:30:00 EDT 2024", "2024-05-28T14:30Z"),
    ],
)
def test_a_zone_may_stand_at_the_end(written: str, moment: str) -> None:
    assert find_moment(written) == datetime.fromisoformat(moment)


def test_no_file_is_opened_for_a_zone_that_names_another_place_of_the_disk() -> None:
    assert find_moment("28 May 2024 10:30 Etc/../../passwd") == datetime.fromisoformat("2024-05-28T10:30Z")
