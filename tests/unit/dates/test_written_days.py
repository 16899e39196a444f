from datetime import datetime

import pytest

from worker.dates.reading import find_moment


@pytest.mark.parametrize(
    "written",
    [
        "2024 Dec 25", "2024-Dec-25", "2024/Dec/25", "2024 December 25", "2024, December 25",
        "2024. december 25.", "2024 m. gruodžio 25 d.", "2024. gada 25. decembris",
        "2024(e)ko abenduaren 25(a)", "2024년 12월 25일", "2024년12월25일", "2024年12月25日",
        "2024 年 12 月 25 日", "2024年12月25日(水)", "２０２４年１２月２５日", "2024. 12. 25.", "2024/12/25",
        "2024.12.25", "2024 12 25", "2024-12-25", "Dec-25-2024", "25-Dec-2024", "25Dec2024", "25 Dec 24",
        "25 December, 2024", "December 25th, 2024", "十二月 25, 2024", "25 tháng 12, 2024", "12월 25, 2024",
    ],
)  # fmt: skip
def test_with_a_month_s_name_or_the_year_first_a_day_is_read_in_any_order(written: str) -> None:
    assert find_moment(written) == datetime.fromisoformat("2024-12-25T00:00Z")


@pytest.mark.parametrize(
    "written",
    [
        "25/12/2024", "12/25/2024", "25-12-2024", "12-25-2024", "25.12.2024", "12.25.2024", "25 12 2024",
        "25/12/2024 г.", "Wed, 12/25/2024", "Wed, 25/12/2024", "12/25/24", "25.12.24", "٢٥/١٢/٢٠٢٤",
        "২৫/১২/২০২৪", "२५/१२/२०२४",
    ],
)  # fmt: skip
def test_numbers_are_a_day_where_they_can_be_read_one_way_only(written: str) -> None:
    assert find_moment(written) == datetime.fromisoformat("2024-12-25T00:00Z")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        # 5 October 2023 was a Thursday, 10 May a Wednesday.
        ("Thu, 10/05/2023 - 14:00", "2023-10-05T14:00Z"),
        ("Wed, 10/05/2023 - 14:00", "2023-05-10T14:00Z"),
        ("jeudi 10/05/2023", "2023-10-05T00:00Z"),
        ("Thu, 10.05.2023", "2023-10-05T00:00Z"),
        ("Sat, 11 04 2020 08:51:49 +0100", "2020-04-11T07:51:49Z"),
        ("Di, 07/05/2024", "2024-05-07T00:00Z"),
        ("Thứ Ba, 07/05/2024", "2024-05-07T00:00Z"),
        ("terça-feira, 07/05/2024", "2024-05-07T00:00Z"),
    ],
)
def test_a_weekday_settles_what_numbers_leave_open(written: str, day: str) -> None:
    assert find_moment(written) == datetime.fromisoformat(day)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("05.06.2024", "2024-06-05T00:00Z"),
        ("5. 6. 2024", "2024-06-05T00:00Z"),
        ("05.06.2024 10:30", "2024-06-05T10:30Z"),
        ("05.06.2024, 10.30", "2024-06-05T10:30Z"),
        ("05.06.24", "2024-06-05T00:00Z"),
        ("06/06/2024", "2024-06-06T00:00Z"),
    ],
)
def test_with_dots_the_day_comes_first_and_of_equal_numbers_either(written: str, day: str) -> None:
    assert find_moment(written) == datetime.fromisoformat(day)


@pytest.mark.parametrize(
    "written",
    [
        "07/11/2021", "11/07/2021 10:00", "05-06-2024", "05 06 2024", "Fri, 05/06/2024", "On 05/06/2024", "23/10/30",
        "03-12-31", "24-05-28", "Sat, 10.05.2023", "2024-25-12", "12/2024/25", "6/1/2",
    ],
)  # fmt: skip
def test_numbers_that_some_read_as_another_day_are_none(written: str) -> None:
    assert find_moment(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "令和6年5月28日", "平成24年5月28日", "民國113年5月28日", "24년 5월 28일", "R06.05.28", "28 พ.ค. 67", "28/05/67",
        "28 พฤษภาคม 67", "24-May-28 BC 5", "-0044-03-15", "20 ذو القعدة 1445", "7 خرداد 1403",
    ],
)  # fmt: skip
def test_a_year_of_another_calendar_is_none(written: str) -> None:
    assert find_moment(written) is None


@pytest.mark.parametrize(
    "written",
    ["Nov. 2020", "November 2020", "2020 November", "novembre de 2020", "2020年11月", "2020-11", "ноябрь 2020 г."],
)
def test_a_month_with_its_year_begins_on_its_first_day(written: str) -> None:
    assert find_moment(written) == datetime.fromisoformat("2020-11-01T00:00Z")
