import pytest

from tests.costs import spend_at_most
from worker.parse import Kind, sniff

COMMENT = b"<!-- " + b"<rss> a comment " * 50 + b"-->"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Kind.EMPTY),
        (b" \r\n\t\x00", Kind.EMPTY),
        (b"\xef\xbb\xbf\n", Kind.EMPTY),
        (b"<rss/>", Kind.XML_FEED),
        (b"\n\n <?xml version='1.0'?>\n<rss version='2.0'>", Kind.XML_FEED),
        (b"\xef\xbb\xbf<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>", Kind.XML_FEED),
        ("\ufeff<?xml version='1.0' encoding='utf-16'?><feed>".encode("utf-16-le"), Kind.XML_FEED),
        ("\ufeff<rss>".encode("utf-16-be"), Kind.XML_FEED),
        ("<?xml version='1.0' encoding='utf-16'?><rss>".encode("utf-16-be"), Kind.XML_FEED),
        ("<?xml version='1.0' encoding='utf-16'?><rss>".encode("utf-16-le"), Kind.XML_FEED),
        ("\ufeff<rss>".encode("utf-32-le"), Kind.XML_FEED),
        (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>", Kind.XML_FEED),
        (b"<CHANNEL HREF='http://example.com/'>", Kind.XML_FEED),
        (b"<?xml-stylesheet href='a.xsl'?>" + COMMENT + b"<atom:feed>", Kind.XML_FEED),
        (b"<!DOCTYPE rss [<!ENTITY a 'b>'>]><rss>", Kind.XML_FEED),
        (b"<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' 'http://example.com/rss.dtd'><rss>", Kind.XML_FEED),
        (b"<!doctype html><rss>", Kind.XML_FEED),
        (b"<!-- an unclosed comment <rss>", Kind.XML),
        (b"<opml version='2.0'>", Kind.OPML),
        (COMMENT + b"<OPML>", Kind.OPML),
        (b"<!DOCTYPE html>", Kind.HTML),
        (b"<!doctype html><p>", Kind.HTML),
        (b"<html lang='en'>", Kind.HTML),
        (b"<HTML>", Kind.HTML),
        (COMMENT + b"<html>", Kind.HTML),
        (b"<head>", Kind.HTML),
        (b"<script>", Kind.HTML),
        (b"<?xml version='1.0'?><svg>", Kind.XML),
        (b"<urlset>", Kind.XML_FEED),
        (b"<entry xmlns='http://www.w3.org/2005/Atom'>", Kind.XML_FEED),
        (b"<item>", Kind.XML_FEED),
        (b"<br />\n<b>Warning</b>: x in <b>/a.php</b><br />\n<?xml version='1.0'?><rss>", Kind.XML_FEED),
        (b"<?xml version='1.0'?><br /><b>Warning</b><br /><rss version='2.0'>", Kind.XML_FEED),
        (b"<table><tr><td>Notice</td></tr></table>\n  <feed xmlns='http://www.w3.org/2005/Atom'>", Kind.XML_FEED),
        (b"<script>var a;</script><?xml version='1.0'?>" + COMMENT + b"<rdf:RDF>", Kind.XML_FEED),
        (b"Warning: x < 3\n<?xml version='1.0'?><rss version='2.0'>", Kind.XML_FEED),
        (b"Warning: x\n<rss version='2.0'>", Kind.XML_FEED),
        (b"Warning: x\n<?xml version='1.0'?><nitf>", Kind.NEWSROOM),
        (b"<b>Warning</b>: x\n<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'>", Kind.NEWSROOM),
        (b"\n\n\xef\xbb\xbf<?xml version='1.0'?><rss>", Kind.XML_FEED),
        (b"<p>Notice</p><html><body><pre>\n<rss version='2.0'>", Kind.HTML),
        (b"<div>Page</div><body>\n<?xml version='1.0'?><rss version='2.0'>", Kind.HTML),
        (b"<!doctype html><p>How to:<pre>\n<rss version='2.0'>", Kind.HTML),
        (b"<html><body>\n<rss version='2.0'>", Kind.HTML),
        (b"<xsl:stylesheet><xsl:template>\n<rss version='2.0'>", Kind.XML),
        (b"<?xml version='1.0'?><soap:Envelope>\n<rss version='2.0'>", Kind.XML),
        (b"LONDON (Reuters) - A feed begins with <rss version='2.0'>.", Kind.TEXT),
        (b"A drawing\n<?xml version='1.0'?><svg>", Kind.TEXT),
        (b"<>", Kind.XML),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', Kind.JSON),
        (b"\xef\xbb\xbf [\n{}]", Kind.JSON),
        ('\ufeff{"version"'.encode("utf-16-le"), Kind.JSON),
        (b"date 2021-07-11 LONDON (Reuters) - Rain.", Kind.TEXT),
        (b"[Updated] LONDON (Reuters) - Rain.", Kind.TEXT),
        (b"{{ a template }}", Kind.TEXT),
        ("東京（共同）雨。".encode(), Kind.TEXT),
        ("東京（共同）雨。".encode("iso-2022-jp"), Kind.TEXT),
        ("\ufeffRain & snow.".encode("utf-16-le"), Kind.TEXT),
        ("Дождь.".encode("koi8-r"), Kind.TEXT),
        (b"Rain fell in " + 40 * b"many " + b"places.\x00", Kind.TEXT),
        (b"\x16\x16\x01SNA1 3 I 4\n\x02Rain falls.\x03\x04", Kind.TEXT),
        (b"\x16\x16\x01W2870\x1fasian\n\x02" + 40 * b"\x08\x10\x12\x0e" + b"Rain\x03\x04", Kind.TEXT),
        (b"<SOH>SNA1 3 I 4\n<STX>Rain falls.<ETX>", Kind.TEXT),
        (b"\x01\x00\x02\x00" + bytes(40), Kind.BINARY),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Kind.BINARY),
        (b"%PDF-1.7\n" + bytes(range(256)), Kind.BINARY),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", Kind.BINARY),
        (b"PK\x03\x04" + bytes(40), Kind.BINARY),
    ],
)
def test_bytes_are_what_they_begin_like(body: bytes, kind: Kind) -> None:
    assert sniff(body) is kind


@pytest.mark.parametrize(
    "piece",
    [
        b"<",
        b"<!--",
        b"<?",
        b"<!DOCTYPE ",
        b"<!DOCTYPE [",
        b"<a:",
        b"<!DOCTYPE []",
        b" ",
        b"br>\n",
        b"br><?xml <",
        b"p>\n<rss x ",
    ],
)
def test_ten_megabytes_of_anything_cost_little(piece: bytes) -> None:
    body = b"<" + piece * (10_000_000 // len(piece))
    spend_at_most(0.1, lambda: sniff(body))
