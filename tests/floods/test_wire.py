"""Wire copy in floods: what is endless costs no more than its length, and chance finds no order that matters."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.costs import spend_at_most
from tests.sending import killed, links, sent, store
from worker.errors import PermanentError
from worker.values.articles import WireArticle
from worker.values.due_feeds import Document
from worker.values.entries import Notice, ParsedDocument
from worker.wire.dispatch import parse_dispatch
from worker.wire.head_labels import LABELS
from worker.wire.link_notices import link_notices, wire_order
from worker.wire.prose import judge_prose
from worker.wire.text_documents import read_text
from worker.wire.words import KINDS, MONTHS, ORDINALS, WEEKDAYS

# ruff: noqa: RUF001 -- digits and letters that only look like ours


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "(",
        ")",
        "(A) ",
        "- ",
        "—",
        "\n",
        "\n ",
        "\r",
        "A",
        "A,",
        "A, July 10 ",
        "/",
        "/A/ ",
        "date ",
        "(ANI)\n\n",
        "(ANI) ",
        ".",
        "By A B, ",
        "By A B\n",
        "UPDATE 1-",
        "UPDATE 1-A\n",
        "(Adds ",
        "(Adds a)\n",
        "(Reporting by A B; ",
        "Reporting by A B; ",
        "\n\n(Reporting by A B)",
        "Eds: \n",
        "BC-A-",
        "a-",
        "a-b\n",
        "^a<\n",
        "A\n\n",
        "KILL\n",
        "\n\njdo/jr",
        "a@",
        "【",
        "\x01",
        "\x02",
        "\x01A\x02",
        "1ST LEAD\n",
        "A, 10 July ",
        "Body: a\n",
        "Headline: a\n",
        "URGENT ",
        "EFE a/b",
        "(end) a",
        "(A) - A, ",
        "10.07. A ",
        "Editor: A B ",
    ],
)
def test_a_megabyte_of_anything_costs_next_to_nothing(piece: str) -> None:
    hostile = piece * (1_000_000 // len(piece))
    short = piece * (490_000 // len(piece))
    for text in (f"x{hostile}", f"date 2021-07-11 {short}Rain.", f"LONDON, July 10 (Reuters) - Rain. {short}"):
        spend_at_most(0.5, _parsing(text))


_MESSAGE = "\x01SNA0042 3 POL 12 ;ferry\n\x02Ferry\n   OSLO, July 10 (SNA) - Rain.\n\x03101015 jul 26\x04\n"
_ANPA = "\x01W0001\x1fasian\nr i\x13\x11 BC-A  07-10 0020\n\x02^BC-A,2<\n\t   Rain.\n\x03AP-WF-07-10-26 0900GMT<\x04"


_SENT = [
    *("\x01", "\x02", "\x03", "\x04", "\x16\x01\x02", "\x01A\x02", "\x01\x02A\x03", "\x00\x16", "\x02A\x03"),
    *("ZCZC\n", "ZCZC A\nB\n", "NNNN\n", "NNNN\nA\n", "ZCZC\nA\nNNNN\n"),
    *("SNA0042 3 POL 12\n", "101015 jul 26\n", "101015 jul 26\n\nSNA0042 3 POL 12\n"),
    *(
        "W0001asian\n",
        "W0001asian\nr i BC-A 07-10\n",
        "^",
        "^A<\n",
        "^A\n",
        "^A< ",
        "\t",
        "A;1;2\n",
        "A  1  2\n",
        "|a|\n",
    ),
    *(
        "=\n",
        "A=\n",
        "A/B/\n",
        "(A\n",
        "(A)\n",
        "# Notizblock\n",
        "## A\n- B\n",
        "* * *\n",
        "dpa a\n",
        "[a](",
        "ATTENTION - a\n",
    ),
    *("#A\n", "$A\n", "TI#A\n", "`", "``'", "e\x08'", "_", "{", "␁", "<SOH>", _MESSAGE, _ANPA),
]


@pytest.mark.parametrize("piece", _SENT)
def test_no_piece_of_a_transmission_costs_more_than_its_length(piece: str) -> None:
    hostile = piece * (100_000 // len(piece))
    for opening in ("", _MESSAGE[:25], _ANPA[:40]):
        spend_at_most(0.4, _reading(opening + hostile))


@pytest.mark.parametrize("piece", ["0041", "0041 ", "W W", "a_5%", "1.1.1.", '"a', "a-a'", "A.B/", "a: ", "F, {>"])
def test_no_line_costs_whoever_tells_prose_more_than_its_length(piece: str) -> None:
    for hostile in (piece * (1_000_000 // len(piece)), ((piece * 500)[:499] + "\n") * 120):
        spend_at_most(1, partial(judge_prose, hostile))


def test_ten_megabytes_of_transmissions_cost_no_more_than_their_length() -> None:
    pieces = "".join(Random(7).choices([*_SENT, "\n", "Rain. "], k=20_000))
    spend_at_most(12, _reading(pieces * (10_000_000 // len(pieces))))


@given(st.lists(st.sampled_from(_SENT) | st.text(max_size=12), max_size=24))
def test_no_text_is_a_fault_to_the_reader_of_transmissions(pieces: list[str]) -> None:
    with suppress(PermanentError):
        read = read_text(Document("file:///wire.txt", "".join(pieces).encode(errors="replace"), None), 100)
        assert read.faults == ()


def _reading(text: str) -> Callable[[], None]:
    def read() -> None:
        with suppress(PermanentError):
            read_text(Document("file:///wire.txt", text.encode(), None), 100)

    return read


def _parsing(text: str) -> Callable[[], ParsedDocument]:
    return lambda: parse_dispatch(Document("file:///dispatch.txt", text.encode(), None))


_PIECES = st.sampled_from(
    [
        *"()[]/-–—:.,=^<*;\n\x01\x02\x03\x04²٣½ſı\u2028",
        *("\n\n", "1ST LEAD", "2nd Ld", "Lead 3", "FOURTH LEAD", "1ſt lead", "fırst lead", "(１st LD) ", "UPDATE ९-"),
        *(
            "10 July",
            "July 32",
            "0. luglio",
            "31 février",
            "99月99日 ",
            "0000年0月0日电",
            "2021-13-45",
            "date 0000-00-00\n",
        ),
        *(
            "(Reuters)",
            "/TASS/",
            "(UN News) - ",
            "共同】",
            "【",
            "（共同）",
            "GENEVA, ",
            "BC-A-",
            "a-b-c ",
            "By Jane Doe",
            "Eds: ",
        ),
        *("Published: 0001-01-01 ²", "Date: 10/07/٢٠٢٦", "Time: 99:99", "Language: ٣", "Dateline: (AP) - ", "Body: "),
        *("10.13.", "31/31/2026 (AP) - ", "MADRID, 99 (EUROPA PRESS) ", "URGENT 1ST LEAD", "EFE ab/cd", "Editor: "),
        *("Embargoed until 9999-12-31T23:59:59-10:00", "embargo 0001-01-01T00:00+23:59", "Urgency: 0", "take 99999"),
        *(
            "Slug: ,,",
            "Keywords: ;;",
            "Headline:",
            "KILL: ",
            "Kill the story slugged ",
            "SNA42 3 I 9 ;",
            "101015 jul 26",
        ),
    ]
)
_TEXTS = st.lists(
    _PIECES | st.text(max_size=12) | st.sampled_from([*MONTHS, *KINDS, *ORDINALS, *WEEKDAYS, *LABELS]), max_size=24
)


@given(_TEXTS, st.sampled_from(["", " ", "\n"]))
def test_no_text_is_a_fault_to_the_reader_of_dispatches(pieces: list[str], joint: str) -> None:
    with suppress(PermanentError):
        read_text(Document("file:///dispatch.txt", joint.join(pieces).encode(errors="replace"), None), 100)


@given(st.binary(max_size=400))
def test_no_bytes_are_a_fault_to_the_reader_of_dispatches(body: bytes) -> None:
    with suppress(PermanentError):
        read_text(Document("file:///dispatch.txt", body, None), 100)


def test_twenty_thousand_notices_of_one_slug_take_no_more_than_seconds() -> None:
    articles = [
        replace(sent(str(number), notice=list(Notice)[number % 6]), article_id=number) for number in range(1, 20_001)
    ]
    spend_at_most(4, lambda: link_notices(articles, date(2026, 7, 10), date(2026, 7, 10)))


def _moments() -> st.SearchStrategy[str]:
    days = st.integers(9, 12).map("{:02}".format)
    return days | st.builds("{} {:02}:30".format, days, st.integers(0, 23))


SENT = st.builds(
    sent,
    name=st.just(""),
    moment=_moments(),
    notice=st.none() | st.sampled_from(Notice),
    number=st.none() | st.integers(1, 3),
    headline=st.sampled_from(["ferry-sails", "ferry-rests"]),
    agency=st.sampled_from(["ap", "reuters", ""]),
    content_hash=st.sampled_from([b"1", b"2"]),
    dateline_date=st.none() | st.sampled_from([date(2026, 7, 9), date(2026, 7, 10)]),
)


def _place(article: WireArticle) -> object:
    """What orders an article; of two that nothing orders the one that was seen first is the earlier."""
    return wire_order([article])[article.article_id]


@given(st.lists(SENT, min_size=2, max_size=5, unique_by=_place), st.randoms(use_true_random=False))
def test_whatever_a_wire_sends_links_do_not_depend_on_the_order_of_storing(
    articles: list[WireArticle], chance: Random
) -> None:
    named = [replace(article, words=f"{number}") for number, article in enumerate(articles)]
    stored = store(named)
    chance.shuffle(named)
    again = store(named)
    assert (links(again), killed(again)) == (links(stored), killed(stored))
