from datetime import date

import pytest

from worker.wire.datelines import read_dateline

# ruff: noqa: RUF001 -- places, months and agencies in their own letters

JULY_11, JULY_10 = date(2026, 7, 11), date(2026, 7, 10)


@pytest.mark.parametrize(
    ("written", "place", "agency"),
    [
        ("Geneva, 10 July (UN News) - ", "Geneva", "UN News"),
        ("GENEVA, 10 July 2026 (UN News) – ", "GENEVA", "UN News"),
        ("Geneva, 10th July (UN News) - ", "Geneva", "UN News"),
        ("Geneva, 10 July - (UN News) ", "Geneva", "UN News"),
        ("Geneva, July 10th (UN News) - ", "Geneva", "UN News"),
        ("Geneva, Friday 10 July (UN News) - ", "Geneva", "UN News"),
        ("Rome, 10 July (Vatican News) - ", "Rome", "Vatican News"),
        ("Manila, 10 July 2026 (Catholic News Agency) – ", "Manila", "Catholic News Agency"),
        ("New Delhi, 10 Jul (IANS) - ", "New Delhi", "IANS"),
        ("Genève, 10 juillet (ONU Info) - ", "Genève", "ONU Info"),
        ("Ginebra, 10 de julio (Noticias ONU) - ", "Ginebra", "Noticias ONU"),
        ("Genebra, 10 de julho (ONU News) - ", "Genebra", "ONU News"),
        ("Женева, 10 июля (Новости ООН) - ", "Женева", "Новости ООН"),
        ("София, 10 юли (БТА) - ", "София", "БТА"),
        ("Athens, 10 July (ANA-MPA) - ", "Athens", "ANA-MPA"),
        ("Αθήνα, 10 Ιουλίου (ANA) - ", "Αθήνα", "ANA"),
        ("Helsinki, 10. heinäkuuta (STT) - ", "Helsinki", "STT"),
        ("Bucureşti, 10 iulie (Agerpres) - ", "Bucureşti", "Agerpres"),
        ("Zagreb, 10. srpnja (Hina) - ", "Zagreb", "Hina"),
        ("Beograd, 10. jula (Tanjug) - ", "Beograd", "Tanjug"),
        ("Ljubljana, 10. julija (STA) - ", "Ljubljana", "STA"),
        ("København, 10. juli (Ritzau) - ", "København", "Ritzau"),
        ("KUALA LUMPUR, 10 Julai (Bernama) -- ", "KUALA LUMPUR", "Bernama"),
    ],
)
def test_the_day_may_stand_before_the_month(written: str, place: str, agency: str) -> None:
    found = read_dateline(f"{written}The bridge reopened.", JULY_11)
    assert found
    assert (found.place, found.agency, found.filed_on) == (place, agency, JULY_10)
    assert found.length == len(written)


@pytest.mark.parametrize(
    "text",
    [
        "Geneva, 10 July (the day before the talks) - the bridge reopened.",
        "Geneva, 10 Julius Street (UN News) - the bridge reopened.",
        "GENEVA (Good News) - the bridge reopened.",
        "Geneva, 10 July (no News) - the bridge reopened.",
        "Geneva, 10 July (Sky News) the bridge reopened.",
        "On Friday, 10 July (UN News) - the bridge reopened.",
    ],
)
def test_a_day_in_a_sentence_makes_no_dateline(text: str) -> None:
    assert read_dateline(text, JULY_11) is None
