import pytest

from worker.parse.sniff import Kind, sniff
from worker.wire.mail.mail_signs import is_mail


@pytest.mark.parametrize(
    "body",
    [
        b"From: a@b.example\nSubject: Rain\n\nIt rains.",
        b"Received: from a\n\tby b;\n Fri, 10 Jul 2026\nSubject: Rain\n\nIt rains.",
        b"\r\nMIME-Version: 1.0\r\nDate: Fri, 10 Jul 2026 10:00:00 +0000\r\n\r\nIt rains.",
        b"From jane Fri Jul 10 10:00:00 2026\nMessage-ID: <1>\nDate: Fri, 10 Jul 2026 10:00:00 +0000\n\nIt rains.",
        b"Subject: Rain\nMessage-ID: <1@b>\n\n<rss version='2.0'><channel/></rss>",
        b"Received: a\nSubject: b\n" + b"X-Trace: " + b"c" * 100_000 + b"\n\nIt rains.",
    ],
)
def test_a_message_is_told_by_its_header(body: bytes) -> None:
    assert is_mail(body)
    assert sniff(body) is Kind.MAIL


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"LONDON, July 10 (Reuters) - It rains.",
        b"Date: 2026-07-10\nBy: Jane Holt\nHeadline: Rain\n\nLONDON - It rains.",
        b"Date: 10 July 2026\nFrom: Jane Holt, Reuters\nSubject: Rain\n\nIt rains.",
        b"Subject: Rain\n\nIt rains.",
        b"From London to Paris on Fri Jul 10 2026\nit rained.",
        b"From: the coast\nTo: the hills\nit rained, said a@b.example.\nReceived: none.",
        b"Q: Who?\nA: a@b.example\nQ: When?\n\nMessage-ID: <1>\nFrom: a@b.example\nSubject: Rain\n",
    ],
)
def test_a_dispatch_is_none_whatever_lines_stand_above_it(body: bytes) -> None:
    assert not is_mail(body)
    assert sniff(body) is not Kind.MAIL
