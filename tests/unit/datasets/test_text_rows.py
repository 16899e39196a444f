import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

from sqlalchemy import column, select

from worker.datasets.data_sets import DataSet
from worker.datasets.row_kinds import Field, Kind
from worker.datasets.text_rows import write_csv, write_csv_for_spreadsheets

VALUES = [
    (Kind.NUMBER, -(2**62), "-4611686018427387904"),
    (Kind.TEXT, 'a "b",\r\n', '"a ""b"",\r\n"'),
    (Kind.TEXT, "", '""'),
    (Kind.TEXT, None, ""),
    (Kind.MOMENT, datetime(2026, 11, 29, 1, 2, 3, 4, tzinfo=UTC), "2026-11-29T01:02:03.000004Z"),
    (Kind.MOMENT, datetime(2026, 11, 29, tzinfo=UTC), "2026-11-29T00:00:00Z"),
    (Kind.DAY, date(2026, 1, 2), "2026-01-02"),
    (Kind.SECONDS, timedelta(milliseconds=250), "0.25"),
    (Kind.TEXTS, ["ä", '"'], r'"[""ä"",""\""""]"'),
    (Kind.OBJECT, {}, '"{}"'),
]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1"]
TEXTS = ["", "a=1", " =1", "'=1", "–1", "1-1"]


def test_only_for_spreadsheets_a_text_is_kept_from_being_a_formula() -> None:
    fields = (Field("title", Kind.TEXT, ""), Field("size", Kind.NUMBER, ""), Field("tags", Kind.TEXTS, ""))
    data_set = DataSet("", "", fields, select(), "title", (column("title"),), lambda _: column("title"))  # type: ignore[arg-type]
    rows = [[(text, -1, ["=1"]) for text in FORMULAS + TEXTS]]
    written = {}
    for write in (write_csv, write_csv_for_spreadsheets):
        write(stream := BytesIO(), data_set, rows)
        written[write] = [line[0] for line in csv.reader(StringIO(stream.getvalue().decode(), newline=""))]
        assert stream.getvalue().endswith(b',-1,"[""=1""]"\r\n')
    assert written[write_csv] == ["title", *FORMULAS, *TEXTS]
    assert written[write_csv_for_spreadsheets] == ["\ufefftitle", *(f"'{text}" for text in FORMULAS), *TEXTS]


def test_each_kind_of_value_is_written_so_that_it_can_be_told_from_the_others() -> None:
    fields = tuple(Field(f"f{number}", kind, "") for number, (kind, _, _) in enumerate(VALUES))
    orders = (column("f0"), column("f1"))
    data_set = DataSet("", "", fields, select(), "f0", orders, lambda _: column("f0"))  # type: ignore[arg-type]
    stream = BytesIO()
    write_csv(stream, data_set, [[[value for _, value, _ in VALUES]]])
    heading, line = stream.getvalue().decode().split("\r\n", 1)
    assert heading == "f0,f1,f2,f3,f4,f5,f6,f7,f8,f9"
    assert line == ",".join(written for _, _, written in VALUES) + "\r\n"
