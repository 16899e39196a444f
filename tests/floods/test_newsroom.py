"""Newsroom documents in floods: what is endless costs no more than its length, and chance finds no fault in reading."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape, quoteattr

import pytest

from tests.costs import spend_at_most
from tests.newsrooms import news_item, nitf
from worker.errors import ErrorClass, PollError
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.wire.newsroom.newsroom_tree import Node, read_tree

LINES = "NewsLines"  # codespell:ignore
PARTS = "<NewsComponent xml:lang='l{}'><ContentItem><DataContent>x</DataContent></ContentItem></NewsComponent>"


def _newsml(inside: str, management: str = "") -> bytes:
    item = f"<NewsItem><NewsManagement>{management}</NewsManagement>{inside}</NewsItem>"
    return f"<NewsML xmlns:xml='http://www.w3.org/XML/1998/namespace'>{item}</NewsML>".encode()


def _read(body: bytes) -> None:
    with suppress(PollError):
        parse_document(Document("http://127.0.0.1/item", body, None), 100)


@pytest.mark.parametrize(
    "body",
    [
        _newsml("<NewsComponent>" + "".join(map(PARTS.format, range(20_000))) + "</NewsComponent>"),
        _newsml("<NewsComponent>" * 80 + "</NewsComponent>" * 80),
        _newsml(
            f"<NewsComponent><{LINES}>" + "<KeywordLine>a;b</KeywordLine>" * 40_000 + f"</{LINES}></NewsComponent>"
        ),
        _newsml("<Update><Replace><Status FormalName='x'/></Replace></Update>" * 25_000),
        _newsml("", "<Status FormalName='Embargoed'/>") + b" " * 1_000_000,
        news_item(body="<inlineXML><p>a</p></inlineXML>" * 20_000),
        news_item(body="<inlineData>" + "\n  a\nb" * 500_000 + "</inlineData>"),
        news_item(body="<inlineData>" + "a   b\n" * 500_000 + "</inlineData>"),
        news_item(body="<inlineData>" + "- " * 1_500_000 + "</inlineData>"),
        news_item(body="<inlineData>" + "&lt;p " * 500_000 + "</inlineData>"),
        news_item(body="<inlineData>" + "\n \n" * 1_000_000 + "</inlineData>"),
        news_item(meta="<edNote role='x:dpacontacts'>Reporting by: " + "A (" * 900_000 + "</edNote>"),
        news_item(meta="<edNote>" + "Embargoed to 0001 " * 200_000 + "</edNote><pubStatus qcode='stat:held'/>"),
        news_item(meta="<signal qcode='sig:update'/>" * 45_000),
        nitf(head="<byline>" + "a." * 1_000_000 + "</byline>"),
        nitf(head="<byline>" + "a/" * 1_000_000 + "</byline>"),
        nitf(
            docdata="<key-list>" + "<keyword key='a'/>" * 45_000 + "</key-list>", head="<hedline><hl2>b</hl2></hedline>"
        ),
        nitf(content="<p>\n a</p>" * 30_000 + "<i>a</i>\n ." * 5_000),
        b"<RBNews><TilRedaktionen>" + b"&lt;" * 1_000_000 + b"</TilRedaktionen></RBNews>",
    ],
    ids=range(19),
)
def test_megabytes_of_anything_cost_little(body: bytes) -> None:
    spend_at_most(1.2, lambda: _read(body))


WRONG = (
    "", "²", "٣", "-1", "0", "9" * 5_000, "1e9", "2026-13-45T99:99:99Z", "9999-12-31T23:59:59-23:59", "\x85", "<p>",
    "Embargoed to 2599 Friday February 30", "killed", "embargoed", "(", "[", "kill", "By ", "(AP)", "½", " ", "\n\n",
    "20260230T000000Z", "a" * 5_000,
)  # fmt: skip
DOCUMENTS = sorted((Path(__file__).parents[1] / "data/newsroom").glob("*.xml"))


def _elements(node: Node) -> list[Node]:
    return [node, *(each for part in node.parts if isinstance(part, Node) for each in _elements(part))]


def _mutate(root: Node, chance: Random) -> None:
    """Lose, double, swap, rename or misspell something in a tree."""
    elements = _elements(root)
    node, other = chance.choice(elements), chance.choice(elements)
    match chance.randrange(7):
        case 0 if node.parts:
            del node.parts[chance.randrange(len(node.parts))]
        case 1 if node.parts:
            node.parts.insert(0, deepcopy(chance.choice(node.parts)))
        case 2:
            chance.shuffle(node.parts)
        case 3 if node.attributes:
            node.attributes[chance.choice([*node.attributes])] = chance.choice(WRONG)
        case 4:
            node.parts = [chance.choice(WRONG)]
        case 5:
            node.name = other.name
        case _:
            node.attributes = dict(other.attributes)


def _write(node: Node) -> Iterator[str]:
    attributes = (f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    yield f"<{node.name}{''.join(attributes)}>"
    for part in node.parts:
        yield from [escape(part)] if isinstance(part, str) else _write(part)
    yield f"</{node.name}>"


def _mutants(path: Path, number: int) -> Iterator[bytes]:
    chance = Random(path.stem)
    for _ in range(number):
        root = read_tree(Document(path.as_uri(), path.read_bytes(), None))
        for _ in range(chance.randint(1, 5)):
            _mutate(root, chance)
        yield "".join(_write(root)).encode()


def _find_fault(body: bytes) -> str | None:
    """Return the trace of a fault of ours that a document meets."""
    try:
        faults = parse_document(Document("http://127.0.0.1/item", body, None), 100).faults
    except PollError as error:
        return error.trace or ("" if error.error_class is ErrorClass.INTERNAL else None)
    return next((fault.trace or fault.sentence for fault in faults), None)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_no_document_that_was_damaged_meets_a_fault_of_ours(path: Path) -> None:
    found = {body: fault for body in _mutants(path, 60) if (fault := _find_fault(body)) is not None}
    assert found == {}
