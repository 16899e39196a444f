"""Documents made to be slow: each costs no more than its length."""

from contextlib import suppress

import pytest

from tests.costs import spend_at_most
from tests.documents import item, rss
from tests.newsrooms import news_item, ninjs, nitf
from worker.errors import PollError
from worker.parse.document import parse_document
from worker.parse.mended import mend
from worker.parse.parser import read_in_process
from worker.values.due_feeds import Document

MEDIA = 'xmlns:m="http://search.yahoo.com/mrss/"'


@pytest.mark.parametrize(
    "body",
    [
        nitf(content="<p>" + "x" * 4_000_000 + "</p>"),
        nitf(content="<p>x</p>" * 45_000),
        nitf(content="<p>&amp;</p>" * 45_000),
        nitf(content="<block>" * 90 + "x" * 500_000 + "</block>" * 90),
        nitf(head="<byline>" + "By Ada " * 120_000 + "</byline>"),
        nitf(head="<dateline>" + "OSLO, " * 120_000 + "</dateline>"),
        b"<nitf " + b" ".join(b'a%d="1"' % number for number in range(80_000)) + b"/>",
        news_item(content="<subject/>" * 45_000 + "<headline>x</headline>"),
        ninjs(by="By Ada Lindqvist, " * 200_000),
        ninjs(headline="UPDATE 1-" * 400_000),
        ninjs(body_html="<" * 4_000_000),
        ninjs(subjects=[{"name": "x"}] * 120_000),
        ninjs(bodyXhtml="<body>" * 600_000),
        ninjs(byline="Ada Lindqvist, University" * 160_000),
        rss([item("1", "&lt;nitf>" * 400_000)]),
        rss(
            ["<item><guid>1</guid><description>&lt;nitf>" + "&lt;p/>" * 60_000 + "&lt;/nitf></description></item>"] * 3
        ),
        rss(["<item><guid>1</guid><description>" + "<nitf>" * 90 + "</nitf>" * 90 + "</description></item>"] * 900),
        "<rss><channel><item><title>Паром снова ходит</title></item></channel></rss>".encode("cp1251") * 40_000,
    ],
    ids=range(18),
)
def test_four_megabytes_of_anything_cost_little(body: bytes) -> None:
    spend_at_most(0.8, lambda: _parse(body))


def test_xml_of_more_than_a_hundred_thousand_elements_is_refused() -> None:
    body = b"<nitf>" + b"<p/>" * 100_001 + b"</nitf>"
    with pytest.raises(PollError, match="more than 100,000 elements"):
        parse_document(Document("http://127.0.0.1/item", body, None), 100)


def _parse(body: bytes) -> None:
    with suppress(PollError):
        parse_document(Document("http://127.0.0.1/item", body, None), 100)


def _one(inside: str, declared: str = "") -> bytes:
    return rss([f"<item {declared}><guid>1</guid>{inside}</item>"])


ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


ENTITIES = "".join(f'<!ENTITY e{number} "&e{number - 1};">' for number in range(1, 40_000))


ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(100_000))


NAMESPACES = " ".join(f'xmlns:n{number}="u{number}"' for number in range(50_000))


@pytest.mark.parametrize(
    "body",
    [
        f'<!DOCTYPE rss [<!ENTITY e0 "x">{ENTITIES}]>'.encode() + _one("<title>&e39999;</title>").partition(b"?>")[2],
        _one("", ATTRIBUTES),
        _one("", NAMESPACES),
        _one("<title>" * 49_000 + "</title>" * 49_000),
        _one("<m:group>" * 49_000 + "</m:group>" * 49_000, MEDIA),
        _one("<author>" * 49_000 + "</author>" * 49_000),
        f'<feed {ATOM}><entry><content type="xhtml">{"<p>" * 49_000}{"</p>" * 49_000}</content></entry></feed>',
        rss(["<item/>"] * 99_000),
        rss([f"<item><guid>{number}</guid><author>{'a.' * 400}</author></item>" for number in range(1_999)]),
        rss([f"<item><guid>{number}</guid><author>{'a@' * 400}</author></item>" for number in range(1_999)]),
        _one("<category>a</category>" * 49_000),
        _one("<description>a</description>" * 49_000),
        _one('<link rel="enclosure" href="u"/>' * 49_000),
        _one('<m:content type="audio/x" url="u"/>' * 40_000, MEDIA),
        _one(f"<title>{'&amp;amp;' * 200_000}</title>"),
        _one(f"<title>{'<![CDATA[</b>]]>' * 45_000}</title>"),
        _one(f"<pubDate>{'1 ' * 900_000}</pubDate>"),
        _one(f"<description>{'&#146;' * 300_000}</description>"),
        _one(f"<description>{'Ã©' * 450_000}</description>"),
        _one(f"<description>{'😀' * 450_000}</description>"),
        f'<feed {ATOM} xml:base="http://a/{"b/" * 20_000}">'
        + "".join(f'<entry xml:base="../{number}/"><link href="x"/></entry>' for number in range(1_999))
        + "</feed>",
        b" " * 1_900_000 + rss([item("a")]),
        b"<rss " + b"x" * 1_900_000,
        b"<rss>" + b"<" * 99_000,
        rss([item("a")], head="<!--a-->" * 99_000),
    ],
    ids=range(25),
)
def test_a_hostile_document_costs_less_than_a_second(body: bytes | str) -> None:
    document = Document("http://127.0.0.1/feed", body if isinstance(body, bytes) else body.encode(), None)
    spend_at_most(1, lambda: read_in_process(document, 2_000))


PIECES = [
    *(
        "<",
        "<a ",
        "&",
        "&lt",
        "&#55357;",
        "<![CDATA[",
        "]]>",
        "<![CDATA[]]>]]>",
        "<!--",
        "-->",
        "<?",
        "<!DOCTYPE [",
        "</a>",
    ),
    *(
        '<a "',
        "<a '\"",
        "<a b=",
        '<a b="<">',
        "<a:b>",
        "<p>",
        "<item>",
        "<title>a<link>b",
        "<description><title>",
        "\n",
    ),
    *("<author><name>", "<![CDATA[<![CDATA[", "<item><![CDATA[</item>", "<!--</item>"),
]


@pytest.mark.parametrize("piece", PIECES, ids=range(len(PIECES)))
def test_to_mend_much_of_anything_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + ">"
    spend_at_most(2, lambda: mend(f"<rss><channel><item><description>{text}"))


@pytest.mark.parametrize("piece", ["<!--", "<?", "<!DOCTYPE [", "<![CDATA[", "<item "])
def test_to_mend_much_before_a_feed_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + ">"
    spend_at_most(2, lambda: mend(text))


def test_to_mend_a_section_begun_thousands_of_times_takes_no_longer_than_its_length() -> None:
    section = f"{'<![CDATA[' * 20_000}]]>{' ' * 200_000}]]>"
    spend_at_most(2, lambda: mend(f"<rss><channel><item><description>{section}"))


def test_to_mend_names_of_thousands_of_kinds_takes_no_longer_than_their_length() -> None:
    items = "".join(f"<item><a{number}><link>x" for number in range(20_000))
    spend_at_most(2, lambda: mend(f"<rss><channel>{items}"))
