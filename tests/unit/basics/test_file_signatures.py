import pytest

from tests.costs import spend_at_most
from worker.basics.file_signatures import find_signature
from worker.parse import Kind, sniff

# Lines of text, with the characters by which wires part their messages between them.
PDF = (
    b"%PDF-1.4\n" + b"1 0 obj << /Type /Catalog >> endobj\n" * 200 + b"\x01ANPA\n\x02Rain falls on the harbour.\x03\x04"
)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (PDF, "a PDF"),
        (b"\xef\xbb\xbf\r\n" + PDF, "a PDF"),
        (rb"{\rtf1\ansi LONDON, July 10 (Reuters) - Rain falls.}", "a word processor's document (RTF)"),
        (b"\x04%!PS-Adobe-3.0\n", "PostScript for a printer"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(40), "a document of an old Office (.doc, .xls, .ppt, .msg)"),
        (b"PK\x03\x04" + bytes(40), "a zip archive"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
        (b"RIFF\n\n\n\nWEBPVP8 ", "a picture"),
        (b"RIFF\n\n\n\nWAVEfmt ", "a recording"),
        (b"\x00\x00\x00\x20ftypM4A ", "a film or a recording"),
        (b"ID3\x04\x00\x00", "a recording"),
        (b"SQLite format 3\x00", "a database (SQLite)"),
        (b"PAR1\x15\x04\x15\x10", "a table (Parquet)"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(body: bytes, name: str) -> None:
    assert (sniff(body), find_signature(body)) == (Kind.BINARY, name)


@pytest.mark.parametrize(
    "text",
    [
        b"%PDF files are what offices send, the ministry said.",
        b"ID3 tags were lost, listeners said.",
        b"PK, a newspaper, closes.",
        b"MZ: a bridge was opened in Mozambique on Friday.",
        b"RIFF, the island's bird, is back.",
        b"GIF8 was the name of the first of them.",
        b"II*KA RUNS AGAIN",
        b"PAR1042 RAIN FALLS IN PARIS",
    ],
)
def test_a_text_that_begins_alike_is_a_text(text: bytes) -> None:
    assert (sniff(text), find_signature(text)) == (Kind.TEXT, None)


def test_ten_megabytes_of_blanks_cost_little() -> None:
    spend_at_most(0.1, lambda: find_signature(b" " * 10_000_000))
