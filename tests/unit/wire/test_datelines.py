from datetime import date

import pytest

from tests.costs import spend_at_most
from worker.wire.datelines import read_dateline

# ruff: noqa: RUF001 -- agencies in their own letters


JULY_11, JULY_10 = date(2026, 7, 11), date(2026, 7, 10)
TEXT = "The bridge reopened."


@pytest.mark.parametrize(
    ("written", "place", "agency", "filed_on"),
    [
        # English
        ("Washington DC [US], July 10 (ANI): ", "Washington DC [US]", "ANI", JULY_10),
        ("New Delhi [India], Jul. 10 (ANI): ", "New Delhi [India]", "ANI", JULY_10),
        ("LONDON, July 10 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("LONDON July 10 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("LONDON (Reuters) - ", "LONDON", "Reuters", None),
        ("LONDON, July 9, 2020 (Reuters) - ", "LONDON", "Reuters", date(2020, 7, 9)),
        ("July 10 (Reuters) - ", None, "Reuters", JULY_10),
        ("(Reuters) - ", None, "Reuters", None),
        ("KABUL, Afghanistan (AP) — ", "KABUL, Afghanistan", "AP", None),
        ("WASHINGTON, D.C. (AP) — ", "WASHINGTON, D.C.", "AP", None),
        ("ST. LOUIS, Mo., July 10 (UPI) -- ", "ST. LOUIS, Mo.", "UPI", JULY_10),
        ("MOSCOW, July 10. /TASS/. ", "MOSCOW", "TASS", JULY_10),
        ("MOSCOW. /TASS/. ", "MOSCOW", "TASS", None),
        ("BEIJING, July 10 (Xinhua) -- ", "BEIJING", "Xinhua", JULY_10),
        ("SEOUL, July 10 (Yonhap) -- ", "SEOUL", "Yonhap", JULY_10),
        ("PARIS, 10 juillet (AFP) - ", "PARIS", "AFP", JULY_10),
        ("Paris, le 10 juil. 2026 (AFP) – ", "Paris", "AFP", JULY_10),
        ("Berlin (dpa) - ", "Berlin", "dpa", None),
        ("Wien, 10. Jul (APA) - ", "Wien", "APA", JULY_10),
        ("Lisboa, 10 de julho de 2026 (Lusa) - ", "Lisboa", "Lusa", JULY_10),
        ("NEW DELHI, Jul 10 (PTI) ", "NEW DELHI", "PTI", JULY_10),
        ("Washington (CNN) -- ", "Washington", "CNN", None),
        ("SAN FRANCISCO--(BUSINESS WIRE)--", "SAN FRANCISCO", "BUSINESS WIRE", None),
        ("NEW YORK, July 10, 2026 /PRNewswire/ -- ", "NEW YORK", "PRNewswire", JULY_10),
        ("AIX-EN-PROVENCE, France, July 10 (AFP) - ", "AIX-EN-PROVENCE, France", "AFP", JULY_10),
        ("SKARHOLM, 10 July 2026 - ", "SKARHOLM", "", JULY_10),
        ("SKARHOLM, Norway, July 10, 2026 – ", "SKARHOLM, Norway", "", JULY_10),
        ("Vigo (España), 10 jul (EFE).- ", "Vigo (España)", "EFE", JULY_10),
        ("（大阪＝時事）", "大阪", "時事", None),
        ("LOS ANGELES (Varieties.com) - ", "LOS ANGELES", "Varieties.com", None),
        ("Roma, 10 lug 2026 - (Agenzia Nova) - ", "Roma", "Agenzia Nova", JULY_10),
        ("東京（共同）", "東京", "共同", None),
        ("【ワシントン共同】", "ワシントン", "共同", None),
        ("LONDON,\nJuly 10 (Reuters)\n- ", "LONDON", "Reuters", JULY_10),
        ("LONDON, July 10 (Reuters) -\n\n", "LONDON", "Reuters", JULY_10),
        ("LONDON,\u00a0July\u00a010 (Reuters)\u00a0- ", "LONDON", "Reuters", JULY_10),
        ("LONDON (AP) _ ", "LONDON", "AP", None),
        ("LONDON (AP) — ", "LONDON", "AP", None),
        ("London (AP) — ", "London", "AP", None),
        ("SAN JUAN, Puerto Rico (AP) — ", "SAN JUAN, Puerto Rico", "AP", None),
        ("ABOARD THE USS HARBOUR PILOT (AP) — ", "ABOARD THE USS HARBOUR PILOT", "AP", None),
        ("MOSCOW/LONDON, July 10 (Reuters) - ", "MOSCOW/LONDON", "Reuters", JULY_10),
        ("WASHINGTON/GENEVA/DUBAI, July 10 (Reuters) - ", "WASHINGTON/GENEVA/DUBAI", "Reuters", JULY_10),
        ("WASHINGTON/NEW YORK (Reuters) - ", "WASHINGTON/NEW YORK", "Reuters", None),
        ("LONDON, Friday (Reuters) - ", "LONDON", "Reuters", None),
        ("PARIS, Friday, July 10 (AFP) - ", "PARIS", "AFP", JULY_10),
        ("London, July 10, 2026 (AFP) - ", "London", "AFP", JULY_10),
        ("LONDON, 10 July (PA Media) — ", "LONDON", "PA Media", JULY_10),
        ("TOKYO, July 10 (Kyodo) -- ", "TOKYO", "Kyodo", JULY_10),
        ("TOKYO, July 10, Kyodo - ", "TOKYO", "Kyodo", JULY_10),
        ("MOSCOW. July 10 (Interfax) - ", "MOSCOW", "Interfax", JULY_10),
        ("Moscow. July 10. INTERFAX.COM - ", "Moscow", "INTERFAX.COM", JULY_10),
        ("ANKARA (AA) – ", "ANKARA", "AA", None),
        ("Islamabad, Jul 10 (APP): ", "Islamabad", "APP", JULY_10),
        ("New Delhi, July 10 (IANS) ", "New Delhi", "IANS", JULY_10),
        ("Mumbai (Maharashtra) [India], July 10 (ANI): ", "Mumbai (Maharashtra) [India]", "ANI", JULY_10),
        ("The Hague (AFP) - ", "The Hague", "AFP", None),
        ("THE HAGUE, July 10 (AFP) - ", "THE HAGUE", "AFP", JULY_10),
        ("Rio de Janeiro (AFP) – ", "Rio de Janeiro", "AFP", None),
        ("Port-au-Prince (AFP) – ", "Port-au-Prince", "AFP", None),
        ("ROME, July 10 /Avionews/ -- ", "ROME", "Avionews", JULY_10),
        # German
        ("BERLIN, 10. Juli (dpa) - ", "BERLIN", "dpa", JULY_10),
        ("Berlin (dpa/bb) - ", "Berlin", "dpa", None),
        ("Frankfurt am Main (dpa) - ", "Frankfurt am Main", "dpa", None),
        ("Wien/Graz (APA) – ", "Wien/Graz", "APA", None),
        ("Zürich, 10. Jul. (sda) - ", "Zürich", "sda", JULY_10),
        # French
        ("PARIS, 10 juil (AFP) - ", "PARIS", "AFP", JULY_10),
        ("Paris, 10 juil 2026 (AFP) - ", "Paris", "AFP", JULY_10),
        ("PARIS, 1er juillet (Reuters) - ", "PARIS", "Reuters", date(2026, 7, 1)),
        ("Les Sables-d'Olonne (AFP) – ", "Les Sables-d'Olonne", "AFP", None),
        ("BRUXELLES, 10 juillet 2026 (BELGA) - ", "BRUXELLES", "BELGA", JULY_10),
        # Spanish, Portuguese
        ("Madrid, 10 jul (EFE).- ", "Madrid", "EFE", JULY_10),
        ("MADRID, 10 Jul. (EUROPA PRESS) - ", "MADRID", "EUROPA PRESS", JULY_10),
        ("La Habana, 10 jul (Prensa Latina) - ", "La Habana", "Prensa Latina", JULY_10),
        ("Buenos Aires, 10 de julio de 2026 (Télam) - ", "Buenos Aires", "Télam", JULY_10),
        ("Lisboa, 10 jul 2026 (Lusa) – ", "Lisboa", "Lusa", JULY_10),
        ("SÃO PAULO, 10 de julho (Reuters) - ", "SÃO PAULO", "Reuters", JULY_10),
        # Italian
        ("ROMA, 10 LUG (ANSA) - ", "ROMA", "ANSA", JULY_10),
        ("(ANSA) - ROMA, 10 LUG - ", "ROMA", "ANSA", JULY_10),
        ("(AGI) - Roma, 10 lug. - ", "Roma", "AGI", JULY_10),
        ("Roma, 10 lug. (Adnkronos) - ", "Roma", "Adnkronos", JULY_10),
        ("L'AQUILA (ITALPRESS) - ", "L'AQUILA", "ITALPRESS", None),
        # Russian, Ukrainian
        ("МОСКВА, 10 июля. /ТАСС/. ", "МОСКВА", "ТАСС", JULY_10),
        ("МОСКВА, 10 июл - РИА Новости. ", "МОСКВА", "РИА Новости", JULY_10),
        ("Москва. 10 июля. ИНТЕРФАКС - ", "Москва", "ИНТЕРФАКС", JULY_10),
        ("КИЇВ, 10 липня (Укрінформ) - ", "КИЇВ", "Укрінформ", JULY_10),
        # Chinese, Japanese, Korean
        ("新华社北京7月10日电 ", "北京", "新华社", JULY_10),
        ("新华社伦敦2026年7月10日电 ", "伦敦", "新华社", JULY_10),
        ("中新社上海7月10日电 ", "上海", "中新社", JULY_10),
        ("（中央社記者張三台北10日電）", "台北", "中央社", JULY_10),
        ("（中央社台北10日電）", "台北", "中央社", JULY_10),
        ("【東京共同】", "東京", "共同", None),
        ("【ロンドン＝共同】", "ロンドン", "共同", None),
        ("【ロンドン時事】", "ロンドン", "時事", None),
        ("【7月10日 AFP】", None, "AFP", JULY_10),
        ("［東京　１０日　ロイター］", "東京", "ロイター", JULY_10),
        ("[東京 10日 ロイター] - ", "東京", "ロイター", JULY_10),
        ("(서울=연합뉴스) ", "서울", "연합뉴스", None),
        ("[서울=뉴시스] ", "서울", "뉴시스", None),
        # Arabic, Turkish, Dutch, Polish and others
        ("القاهرة 10 يوليو (رويترز) - ", "القاهرة", "رويترز", JULY_10),
        ("عمان 10 تموز (بترا) - ", "عمان", "بترا", JULY_10),
        ("REYKJAVÍK, 10. júlí 2026 - ", "REYKJAVÍK", "", JULY_10),
        ("القاهرة 10 يوليو تموز (رويترز) - ", "القاهرة", "رويترز", JULY_10),
        ("دبي، 10 يوليو (وام) - ", "دبي", "وام", JULY_10),
        ("الرياض 10 يوليو 2026 (واس) - ", "الرياض", "واس", JULY_10),
        ("İSTANBUL (AA) - ", "İSTANBUL", "AA", None),
        ("ANKARA, 10 Temmuz (Reuters) - ", "ANKARA", "Reuters", JULY_10),
        ("AMSTERDAM (ANP) - ", "AMSTERDAM", "ANP", None),
        ("DEN HAAG, 10 juli (ANP) - ", "DEN HAAG", "ANP", JULY_10),
        ("WARSZAWA, 10 lipca (PAP) - ", "WARSZAWA", "PAP", JULY_10),
        ("Praha 10. července (ČTK) - ", "Praha", "ČTK", JULY_10),
        ("Budapest, 2026. július 10., péntek (MTI) - ", "Budapest", "MTI", JULY_10),
        ("Stockholm (TT) - ", "Stockholm", "TT", None),
        ("Oslo (NTB): ", "Oslo", "NTB", None),
        ("København /ritzau/ ", "København", "ritzau", None),
        ("JAKARTA, 10 Juli (ANTARA) - ", "JAKARTA", "ANTARA", JULY_10),
        ("नई दिल्ली, 10 जुलाई (भाषा) ", "नई दिल्ली", "भाषा", JULY_10),
    ],
)
def test_a_dateline_is_read_as_its_agency_writes_it(
    written: str, place: str | None, agency: str | None, filed_on: date | None
) -> None:
    found = read_dateline(" ".join(f"{written}{TEXT}".split()), JULY_11)
    assert (found and found.place, found and found.agency, found and found.filed_on) == (place, agency, filed_on)


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith (Labour) said - and he was right - that it rained.",
        "The Associated Press (AP) said it rained.",
        "In July (2021) it rained.",
        "In July (2021) - as ever - it rained.",
        "The many friends of the late minister for works (Labour) - they came - wept.",
        "He /she/ it rains.",
        "Rain, July 10.",
        "(Laughter) - he sat down.",
        "NATO (the alliance) - as ever - met.",
        "LONDON it rained (Reuters).",
        "July 10 was wet.",
        "(",
        "()",
        # What is explained, not dated.
        "Press Trust of India (PTI) - the largest agency there - said it rained.",
        "Agence France-Presse (AFP) - founded in 1835 - said it rained.",
        "Alcoholics Anonymous (AA): a fellowship of people.",
        "Cable News Network (CNN) -- a broadcaster -- said it rained.",
        "The Associated Press (AP) - an agency - said it rained.",
        "UNESCO (Paris) - the agency for culture - met.",
        "NATO (OTAN) - the alliance - met.",
        "FIFA (Zurich) – the game's governing body – met.",
        "US (Updated) - The president spoke.",
        "WATCH (Sky News) - The bridge reopens.",
        "OPINION (Jane Doe) - The bridge is ugly.",
        "QUIZ (Part 2): How long is the bridge?",
        "PHOTO (AFP) The bridge at dawn.",
        "VIDEO (Reuters) - The bridge at dawn.",
        "Photo by Jane Doe (AP): the bridge at dawn.",
        "Members of the press (AP): they came early.",
        "Many members of the late club (PA) - they came - wept.",
        "In July (AP) - as ever - it rained.",
        "On Friday (AFP) - as ever - it rained.",
        # Days that are not a dateline's.
        "Born July 10 (Cancer) - she wrote eleven novels.",
        "Due July 10 (Friday) - the report is late.",
        "Updated July 10 (Friday): it rained.",
        "DEADLINE, JULY 10 (GMT) - hand it in.",
        "Paris, July 10: it rained.",
        "PARIS, July 10 - It rained.",
        "PARIS — It rained.",
        "PARIS: it rained.",
        "Paris, Smarch 10 (AFP) - It rained.",
        "Take 2 LONDON (AP) - It rained.",
        "He arrived on 10 July (AP) and left.",
        "By Jane Doe (AP) - It rained.",
        "Von Max Muster (dpa) - Es regnet.",
        "Mr. Smith (AP) - he was right - left.",
        "10 July (rain) - as ever - it rained.",
        # Brackets at the start.
        "(AP) it rained.",
        "(Video) - It rained.",
        "[London] It rained.",
        "（笑）雨が降った。",
        "東京（と大阪）で雨が降った。",
        "【速報】東京で雨が降った。",
        "［東京　１０日］雨が降った。",
        "(서울) 비가 왔다.",
        "북한(北韓)에서 비가 왔다.",
        "القاهرة (العاصمة) - أمطرت.",
        "МОСКВА, 10 июля - Шёл дождь.",
        "",
        "/",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert read_dateline(text, JULY_11) is None


@pytest.mark.parametrize(
    ("published", "filed_on"),
    [(date(2026, 7, 1), date(2026, 6, 30)), (date(2026, 12, 31), date(2026, 12, 30)), (date(2026, 2, 28), None)],
)
def test_a_day_without_a_month_is_the_nearest_of_its_number(published: date, filed_on: date | None) -> None:
    found = read_dateline("［東京　30日　ロイター］雨。".replace("\u3000", " "), published)
    assert found
    assert found.filed_on == (filed_on or date(2026, 1, 30))


@pytest.mark.parametrize("piece", ["A", "A ", "(", "A, ", "A/", "【", "1", "July 10 ", "(AP", "- "])
def test_a_long_text_costs_no_more_than_its_start(piece: str) -> None:
    text = piece * 1_000_000
    spend_at_most(0.1, lambda: read_dateline(text, JULY_11))
