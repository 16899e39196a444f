from datetime import date

import pytest

from worker.wire.datelines import read_dateline

JULY_11, JULY_10 = date(2026, 7, 11), date(2026, 7, 10)


@pytest.mark.parametrize(
    ("written", "place", "agency", "filed_on"),
    [
        # The agency first
        ("(Reuters) - LONDON - ", "LONDON", "Reuters", None),
        ("(Reuters) LONDON - ", "LONDON", "Reuters", None),
        ("REUTERS, LONDON - ", "LONDON", "REUTERS", None),
        ("AKP Phnom Penh, July 10, 2026 -- ", "Phnom Penh", "AKP", JULY_10),
        ("dpa BERLIN. ", "BERLIN", "dpa", None),
        ("(sda) ", None, "sda", None),
        ("/ritzau/ ", None, "ritzau", None),
        ("(Belga) ", None, "Belga", None),
        ("NNA - ", None, "NNA", None),
        ("(LaPresse) - ", None, "LaPresse", None),
        # Days in numbers
        ("Warszawa, 10.07.2026 (PAP) - ", "Warszawa", "PAP", JULY_10),
        ("Helsinki, 10.7. (STT) - ", "Helsinki", "STT", JULY_10),
        ("LONDON, 2026-07-10 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("LONDON, 10/07/2026 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("LONDON, 07/10/2026 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("MADRID, 10 (EUROPA PRESS) ", "MADRID", "EUROPA PRESS", JULY_10),
        # Weekdays
        ("Saturday, July 10, 2026 (AP) -- ", None, "AP", JULY_10),
        ("LONDON, Fri, July 10 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("PARIS, vendredi 10 juillet (AFP) - ", "PARIS", "AFP", JULY_10),
        ("Berlin, Freitag 10. Juli (dpa) - ", "Berlin", "dpa", JULY_10),
        # Without brackets, and without a dash
        ("Damascus, SANA- ", "Damascus", "SANA", None),
        ("Baku, July 10, AZERTAC ", "Baku", "AZERTAC", JULY_10),
        ("Kyiv, July 10 - Ukrinform. ", "Kyiv", "Ukrinform", JULY_10),
        ("BAKU, Azerbaijan, July 10 - Trend: ", "BAKU, Azerbaijan", "Trend", JULY_10),
        ("Berne (ats) ", "Berne", "ats", None),
        ("KARACHI: (PPI) ", "KARACHI", "PPI", None),
        # An agency on no list, beside a day
        ("SARAJEVO, 10. jula (XYNA) - ", "SARAJEVO", "XYNA", JULY_10),
        # Other letters
        ("أبوظبي في 10 يوليو / وام / ", "أبوظبي", "وام", JULY_10),
        ("القاهرة - 10 يوليو (أ ش أ) - ", "القاهرة", "أ ش أ", JULY_10),
        ("دمشق-سانا ", "دمشق", "سانا", None),
        ("ΑΘΗΝΑ, 10 Ιουλίου (ΑΠΕ-ΜΠΕ) - ", "ΑΘΗΝΑ", "ΑΠΕ-ΜΠΕ", JULY_10),
        ("中新网7月10日电 ", None, "中新网", JULY_10),
        ("人民网北京7月10日电 ", "北京", "人民网", JULY_10),
    ],
)
def test_a_dateline_is_read_in_whatever_order_its_agency_writes_it(
    written: str, place: str | None, agency: str, filed_on: date | None
) -> None:
    found = read_dateline(f"{written}The bridge reopened.", JULY_11)
    assert found
    assert (found.place, found.agency, found.filed_on) == (place, agency, filed_on)
    assert found.length == len(written)


def test_without_a_publication_a_day_in_numbers_counts_where_it_has_a_year_and_one_meaning() -> None:
    days = {"13/07/2026": date(2026, 7, 13), "10/07/2026": None, "10.07.2026": JULY_10, "10.07.": None}
    for written, day in days.items():
        found = read_dateline(f"LONDON, {written} (Reuters) - Rain.", None)
        assert found
        assert found.filed_on == day


def test_the_first_of_two_agencies_is_the_one_that_sends() -> None:
    found = read_dateline("Oslo (NTB-AFP): Fergen går.", None)
    assert found
    assert found.agency == "NTB"


@pytest.mark.parametrize(
    "text",
    [
        "AP Stylebook, July 10 - The new edition is out.",
        "Reuters Institute, July 10, 2026 - The report is out.",
        "dpa Themendienst: The travel page.",
        "epd Film - The magazine.",
        "CNN - the broadcaster - said so.",
        "(AP) it rained.",
        "LONDON, July 10 (UTC) - It rained.",
        "LONDON, July 10 (UPDATE) - It rained.",
        "LONDON, July 10 (Day 5) - It rained.",
        "London, July 10 (weather permitting) - It rained.",
        "LONDON, July 10, NATO - It rained.",
        "The company: (AP) said it rained.",
        "FRANCE 3-1 (AFP) - It rained.",
        "London (PA) police said it rained.",
        "Press Association (PA) Chief Jane Doe left.",
        "Bernama (Bernama) Chairman Jane Doe left.",
        "LONDON, 32/13/2026 - It rained.",
    ],
)
def test_what_only_resembles_one_of_these_is_text(text: str) -> None:
    assert read_dateline(text, JULY_11) is None
