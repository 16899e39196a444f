from datetime import datetime

import pytest

from worker.dates.reading import find_moment

# The names are those that newspapers print, with their usual cases and abbreviations.
NAMES = """
    1 January Jan JAN. ianuarie janvier janv. enero ene. gennaio gen janeiro Januar Jänner januari jan.
      leden ledna stycznia styczeń sty января январь янв січня січ. Ιανουαρίου Ιαν ocak tammikuuta
      јануар јануара јан. януари 一月 जनवरी জানুয়ারি ஜனவரி ม.ค. มกราคม كانون·الثاني يناير ژانویه
      בינואר/ינואר Janúar Ionawr urtarrilaren
    2 February Feb. février févr. fevrier fév febrero feb. febbraio fevereiro Februar únor února lutego
      lut февраля февр. лютого Φεβρουαρίου şubat helmikuuta veljače február شباط فبراير vasario फ़रवरी
      ก.พ.
    3 March Mar mars marzo março März Mär Marz maart mrt. března marca marzec марта Μαρτίου mart
      maaliskuuta ožujka március آذار مارس kovo मार्च มี.ค. Mawrth
    4 April avril avr. abril abr. aprile dubna kwietnia апреля квітня Απριλίου nisan huhtikuuta travnja
      április أبريل ابريل نيسان balandžio अप्रैल เม.ย. Aibreán
    5 May mai mayo maggio mag maio mei května maja maj мая травня Μαΐου mayıs toukokuuta svibnja május
      أيار مايو gegužės मई พ.ค. מאי במאי Bealtaine
    6 June juin junio giugno giu junho Juni června czerwca июня червня Ιουνίου haziran kesäkuuta lipnja
      június حزيران يونيو birželio जून มิ.ย.
    7 July juillet juil. julio luglio lug julho Juli července lipca июля липня Ιουλίου Ιούλ temmuz
      heinäkuuta srpnja július تموز يوليو liepos जुलाई ก.ค.
    8 August Aug août aout agosto ago. augustus srpna sierpnia августа серпня Αυγούστου ağustos elokuuta
      kolovoza augusztus آب أغسطس اغسطس rugpjūčio अगस्त ส.ค.
    9 September Sept. Sep septembre septiembre sept. settembre set. setembro září września сентября
      сент. вересня Σεπτεμβρίου eylül syyskuuta rujna szeptember أيلول سبتمبر rugsėjo सितंबर ก.ย.
    10 October Oct octobre oct. octubre ottobre ott outubro out. Oktober Okt. oktober října października
      октября жовтня Οκτωβρίου ekim lokakuuta október أكتوبر اكتوبر spalio अक्टूबर ต.ค.
    11 November Nov novembre nov. noviembre novembro listopadu ноября нояб. листопада Νοεμβρίου kasım
      KASIM Kasim marraskuuta studenoga نوفمبر lapkričio नवंबर พ.ย.
    12 December Dec décembre déc. diciembre dic dicembre dezembro dez. Dezember desember prosince
      grudnia декабря грудня Δεκεμβρίου aralık joulukuuta prosinca ديسمبر gruodžio दिसंबर ธ.ค. Nollaig
"""


def _names() -> list[tuple[int, str]]:
    names, month = [], 0
    for word in NAMES.split():
        month = int(word) if word.isdecimal() else month
        names += [(month, name.replace("·", " ")) for name in word.split("/") if not name.isdecimal()]
    return names


@pytest.mark.parametrize("order", ["{day} {name} {year}", "{name} {day}, {year}", "{year} {name} {day}"])
def test_the_names_of_months_are_known_in_many_languages(order: str) -> None:
    read = {name: find_moment(order.format(day=28, name=name, year=2024)) for _, name in _names()}
    assert {name: moment and moment.month for name, moment in read.items()} == {name: month for month, name in _names()}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("28 de mayo de 2024", "2024-05-28T00:00Z"),
        ("Terça-feira, 28 de Maio de 2024", "2024-05-28T00:00Z"),
        ("28 d’abril de 2024", "2024-04-28T00:00Z"),
        ("28 d'abril de 2024", "2024-04-28T00:00Z"),
        ("Kirjoitettu 28. toukokuuta 2024", "2024-05-28T00:00Z"),
        ("28 мая 2024 г. 10:30", "2024-05-28T10:30Z"),
        ("Вт, 28 мая 2024 10:30:00 +0300", "2024-05-28T07:30Z"),
        ("28 أيار/مايو 2024", "2024-05-28T00:00Z"),
        ("28 تشرين الأول 2024", "2024-10-28T00:00Z"),
        ("٢٨ مايو ٢٠٢٤", "2024-05-28T00:00Z"),
        ("۲۸ مه ۲۰۲۴", "2024-05-28T00:00Z"),
        ("२८ मई २०२४", "2024-05-28T00:00Z"),
        ("২৮ মে ২০২৪", "2024-05-28T00:00Z"),
        ("๒๘ พฤษภาคม ๒๐๒๔", "2024-05-28T00:00Z"),
        ("28 Meán Fómhair 2024", "2024-09-28T00:00Z"),
        ("28 M&auml;rz 2024", "2024-03-28T00:00Z"),
        ("28 Ma\u0308rz 2024", "2024-03-28T00:00Z"),
        ("2004-július-13T9:15-05:00", "2004-07-13T14:15Z"),
        ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00Z"),
        ("星期二, 26 四月 2022 00:12:04 GMT", "2022-04-26T00:12:04Z"),
        ("火曜日, 2月 01, 2022", "2022-02-01T00:00Z"),
        ("sab, 07 gen 2023 21:44:32 +0100", "2023-01-07T20:44:32Z"),
    ],
)
def test_whole_dates_are_read_as_their_languages_write_them(written: str, day: str) -> None:
    assert find_moment(written) == datetime.fromisoformat(day)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("mar., 13 juil. 2021 10:00:00 GMT", "2021-07-13T10:00Z"),
        ("mar. 13 mar. 2021", "2021-03-13T00:00Z"),
        ("lun. 29 jul. 2024", "2024-07-29T00:00Z"),
    ],
)
def test_a_weekday_that_looks_like_a_month_is_none(written: str, day: str) -> None:
    assert find_moment(written) == datetime.fromisoformat(day)


@pytest.mark.parametrize(
    "written", ["12. listopada 2024", "12 lis 2024", "28 srp 2024", "28 jui 2024", "28 dec maj 2024"]
)
def test_a_name_of_two_months_is_none(written: str) -> None:
    assert find_moment(written) is None


@pytest.mark.parametrize(
    ("written", "language", "day"),
    [
        ("12. listopada 2024", "hr", "2024-10-12T00:00Z"),
        ("12 listopada 2024", "pl-PL", "2024-11-12T00:00Z"),
        ("28. srp. 2024", "cs", "2024-08-28T00:00Z"),
        # 12 November 2024 was a Tuesday, 12 October a Saturday.
        ("wt, 12 lis 2024", None, "2024-11-12T00:00Z"),
    ],
)
def test_the_language_or_a_weekday_tells_which_of_two_months_is_meant(
    written: str, language: str | None, day: str
) -> None:
    assert find_moment(written, language) == datetime.fromisoformat(day)


@pytest.mark.parametrize("name", ["Septem", "Thurs, Feb", "févri", "Dicie"])
def test_the_beginning_of_a_name_counts_where_it_begins_only_one(name: str) -> None:
    assert find_moment(f"{name} 28, 2024") is not None
