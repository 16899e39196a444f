from datetime import date

import pytest

from worker.wire.transmissions.trailers import find_trailer

DAY = date(2026, 7, 10)


@pytest.mark.parametrize(
    ("trailer", "day", "moment"),
    [
        ("AP-WF-07-10-26 1509GMT<", DAY, "2026-07-10T15:09 GMT"),
        ("NYT-07-10-26 1509EDT<", DAY, "2026-07-10T15:09 EDT"),
        ("NWA-PH-11-02-26 1015GMT", date(2026, 11, 2), "2026-11-02T10:15 GMT"),
        ("16:35ET 10-07-26<", DAY, "2026-07-10T16:35 ET"),
        ("16:35 07-10-26", DAY, "2026-07-10T16:35"),
        ("101015 jul 26", DAY, "2026-07-10T10:15"),
        ("101015Z July 2026", DAY, "2026-07-10T10:15 Z"),
        ("SNA 101015 GMT JUL 26", DAY, "2026-07-10T10:15 GMT"),
        ("101015 JUIL 26", DAY, "2026-07-10T10:15"),
        ("062130 Okt 24", date(2024, 10, 6), "2024-10-06T21:30"),
        ("321015 jul 26", None, None),
        ("101015 xyz 26", None, None),
        ("AP-WF-13-40-26 1509GMT<", None, None),
    ],
)
def test_a_trailer_says_when_it_was_sent(trailer: str, day: date | None, moment: str | None) -> None:
    found = find_trailer(f"The ferry sails.\n{trailer}\n")
    assert found
    assert (found.day, found.moment) == (day, moment)


def test_a_trailer_of_anpa_names_the_agency() -> None:
    found = find_trailer("AP-WF-07-10-26 1509GMT<")
    assert found
    assert found.agency == "AP"


@pytest.mark.parametrize("text", ["", "The ferry sails.", "Call 101015 now.", "101015 jul 26 was a good day"])
def test_a_line_of_text_is_no_trailer(text: str) -> None:
    assert find_trailer(text) is None


def test_the_last_of_several_counts() -> None:
    found = find_trailer("091015 jul 26\nMore.\n101015 jul 26\n")
    assert found
    assert found.day == DAY


def test_what_is_far_from_the_end_is_no_trailer() -> None:
    assert find_trailer("101015 jul 26\n" + "The ferry sails.\n" * 40) is None
