import pytest

from worker.errors import SeedError
from worker.fetch import Guard
from worker.manage.feeds import NewFeed
from worker.seeds.opml import FeedList, read_opml
from worker.values.due_feeds import Document

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>Mine</title></head><body>\n'
TWO = [NewFeed("http://a.example/feed?x=1&y=2", "Wallace & Gromit"), NewFeed("http://b.example/feed", "Zürich")]


def _read(body: str | bytes) -> FeedList:
    return read_opml(Document("", body.encode() if isinstance(body, str) else body), Guard())


def _told(body: str | bytes) -> list[str]:
    return [str(outline) for outline in _read(body).unread]


SOUND = (
    f'{HEAD}<outline text="Wallace &amp; Gromit" xmlUrl="http://a.example/feed?x=1&amp;y=2"/>\n'
    '<outline text="Zürich" xmlUrl="http://b.example/feed"/>\n</body></opml>'
)
BROKEN = {
    "a bare ampersand in a name": SOUND.replace("Wallace &amp;", "Wallace &"),
    "a bare ampersand in an address": SOUND.replace("x=1&amp;", "x=1&"),
    "an entity of HTML": SOUND.replace("Zürich", "Z&uuml;rich"),
    "an entity of HTML beside a document type": SOUND.replace("Zürich", "Z&uuml;rich").replace(
        "<opml", '<!DOCTYPE opml SYSTEM "http://a.example/opml.dtd"><opml'
    ),
    "attributes without quotes": SOUND.replace('"http://b.example/feed"', "http://b.example/feed"),
    "attributes in single quotes": SOUND.replace('"http://b.example/feed"', "'http://b.example/feed'").replace(
        "Wallace &amp;", "Wallace &"
    ),
    "an attribute twice": SOUND.replace('text="Zürich"', 'text="Zürich" text="Zürich"'),
    "an attribute without a value": SOUND.replace('text="Zürich"', 'isOpen text="Zürich"'),
    "no space between attributes": SOUND.replace('" xmlUrl', '"xmlUrl'),
    "a quote that is missing": SOUND.replace('text="Zürich"', 'text="Zürich'),
    "a quote that is missing at the end": SOUND.replace('b.example/feed"', "b.example/feed"),
    "body and opml that are never closed": SOUND.replace("</body></opml>", ""),
    "a body that is never closed": SOUND.replace("</body>", ""),
    "outlines that are never closed": SOUND.replace("/>", ">"),
    "outlines that end for a second time": SOUND.replace("/>", "/></outline>"),
    "an unbound entity in the head": SOUND.replace("Mine", "Mine &c"),
    "an element in the head that is never closed": SOUND.replace("</title>", ""),
    "a control character": SOUND.replace("Zürich", "Zür\x02ich"),
    "a comment with a hyphen too many": SOUND.replace("<body>", '<body><!-- -- <outline xmlUrl="http://c/"/> -->'),
    "a warning above the declaration": f"<br />\n<b>Warning</b>: Undefined index in <b>/x.php</b><br />\n{SOUND}",
    "a line above the declaration": f"PHP Warning: date() in /x.php\n{SOUND}",
    "a line break above the declaration": f"\n{SOUND}",
    "no opml around it": SOUND[SOUND.index("<outline") :].replace("</body></opml>", ""),
    "Latin-1 that nobody declared": SOUND.replace(' encoding="UTF-8"', "").encode("latin-1"),
    "Latin-1 that is declared": SOUND.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
    "UTF-8 that is declared as Latin-1": SOUND.replace("UTF-8", "ISO-8859-1"),
    "UTF-8 with a mark": f"\ufeff{SOUND}",
    "UTF-16": SOUND.replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-16 that is declared as UTF-8": SOUND.encode("utf-16"),
    "an encoding that expat does not know": SOUND.replace("UTF-8", "x-mac-roman-9"),
    "no declaration": SOUND[SOUND.index("<opml") :],
    "no head": SOUND.replace("<head><title>Mine</title></head>", ""),
    "version 1.0 in capitals": SOUND.replace("opml", "OPML")
    .replace("outline", "OUTLINE")
    .replace("xmlUrl", "XMLURL")
    .replace("text", "TEXT"),
    "a document type": SOUND.replace("<opml", '<!DOCTYPE opml PUBLIC "-//x//y" "http://a.example/opml.dtd"><opml'),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_list_is_read_as_its_writer_meant_it(body: str | bytes) -> None:
    found = _read(body)
    assert (found.feeds, found.unread) == (TWO, [])


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ('The "Best" of & more', 'The "Best" of & more'),
        ("a < b & c", "a < b & c"),
        ("News > World & more", "News > World & more"),
        ("R&D &#38; Q&amp;A &#x26; AT&T; &", "R&D & Q&A & AT&T; &"),
        ("&copy 2026 &nosuch; &#xFFFFFF;", "&copy 2026 &nosuch; \ufffd"),
    ],
)
def test_a_broken_title_is_read_as_it_was_meant(title: str, meant: str) -> None:
    (feed,) = _read(f'<opml><body><outline text="{title}" xmlUrl="http://a/"/></body></opml>').feeds
    assert feed == NewFeed("http://a/", meant)


def test_what_looks_like_an_entity_of_html_stays_a_part_of_a_broken_address() -> None:
    (feed,) = _read('<opml><body><outline xmlUrl="http://a/?a=1&copy=2&lang=en&amp;b=3"/></body></opml>').feeds
    assert feed.url == "http://a/?a=1&copy=2&lang=en&b=3"


def test_a_list_that_breaks_far_from_its_beginning_is_read_whole_and_once() -> None:
    lines = [f'<outline text="{number}" xmlUrl="http://h{number}.example/"/>' for number in range(3_000)]
    lines[2_000] = lines[2_000].replace('text="', 'text="this & ')
    found = _read(f"<opml><body>{''.join(lines)}</body></opml>")
    assert [feed.url for feed in found.feeds] == [f"http://h{number}.example/" for number in range(3_000)]


@pytest.mark.parametrize("fault", ["", " & more"])
def test_outlines_within_comments_and_texts_are_none(fault: str) -> None:
    hidden = '<outline text="A" xmlUrl="http://a/"/>'
    body = f'<!-- {hidden} --><head><title><![CDATA[{hidden}]]></title></head><?x {hidden}?><outline text="F{fault}"/>'
    (feed,) = _read(f'<opml>{body}<outline xmlUrl="http://b/"/></opml>').feeds
    assert feed.url == "http://b/"


@pytest.mark.parametrize("fault", ["", " & more"])
def test_a_folder_ends_where_its_end_tag_is(fault: str) -> None:
    body = (
        f'<opml><body><outline text="F{fault}">\n<outline text="A" xmlUrl="http://a/"></outline>\n'
        '<outline text="B" xmlUrl="http://b/"/></outline><outline text="C" xmlUrl="http://c/"/></body></opml>'
    )
    assert [feed.tags for feed in _read(body).feeds] == [(f"F{fault}",), (f"F{fault}",), ()]


@pytest.mark.parametrize(
    ("cut", "line"),
    [
        ('<outline text="B" xmlUrl="http://b.exa', 4),
        ('<outline text="B" xmlUrl=http://b.exa', 4),
        ('<outline text="B', 4),
        ("<outline", 4),
    ],
)
def test_the_outline_at_which_a_list_is_cut_off_is_named(cut: str, line: int) -> None:
    found = _read(f'{HEAD}\n<outline text="A" xmlUrl="http://a/"/>\n{cut}')
    assert found.feeds == [NewFeed("http://a/", "A")]
    (outline,) = found.unread
    assert (outline.line, outline.reason) == (line + 1, "it is cut off.")


@pytest.mark.parametrize(
    "cut", ['<outline type="rss" text="B', '<outline type="rss" text="B" tit', '<outline text="B"']
)
def test_an_outline_that_is_cut_off_is_named_and_is_no_folder_of_the_next(cut: str) -> None:
    found = _read(f'{HEAD}{cut}\n<outline text="A" xmlUrl="http://a/"/></body></opml>')
    assert found.feeds == [NewFeed("http://a/", "A")]
    assert [(outline.line, outline.reason) for outline in found.unread] == [(3, "it is cut off.")]


def test_an_address_that_is_whole_where_a_list_is_cut_off_is_read() -> None:
    assert _read(f'{HEAD}<outline text="A" xmlUrl="http://a/"').feeds == [NewFeed("http://a/", "A")]


@pytest.mark.parametrize("fault", ["", " & more"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_those_that_an_editor_counts(fault: str, line_break: str) -> None:
    lines = ["<opml><body>", f'<outline text="F{fault}">', '<outline xmlUrl="ftp://a/"/>', "", '<outline url="no"/>']
    told = _told(line_break.join([*lines, "</outline></body></opml>"]))
    assert [sentence.partition(" was ")[0] for sentence in told] == ["line 3: ftp://a/", "line 5: no"]


@pytest.mark.parametrize("fault", ["", " & more"])
def test_a_list_that_nests_deep_is_read(fault: str) -> None:
    folders = "".join(f'<outline text="{number}{fault}">' for number in range(900))
    (feed,) = _read(f'<opml>{folders}<outline xmlUrl="http://a/"/>{"</outline>" * 900}</opml>').feeds
    assert feed.tags[:3] == (f"0{fault}", f"1{fault}", f"2{fault}")
    assert len(feed.tags) == 64


@pytest.mark.parametrize("folder", ['<outline text="a">', '<outline text="a & b">', "<a>"])
def test_a_list_that_nests_without_end_is_refused(folder: str) -> None:
    with pytest.raises(SeedError, match="nests deeper than"):
        _read(f'<opml><outline text="A" xmlUrl="http://a/"/>{folder * 10_000}')


@pytest.mark.parametrize("entity", ['a "b"', 'a SYSTEM "file:///etc/passwd"', '% a "b"'])
def test_a_list_that_declares_entities_is_refused(entity: str) -> None:
    with pytest.raises(SeedError, match="declares entities, which is refused"):
        _read(f'<!DOCTYPE opml [<!ENTITY {entity}>]><opml><body><outline xmlUrl="http://a/"/></body></opml>')


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<rss/>", "it is no OPML document: it begins with <rss>."),
        ("<html><p>A & B</html>", "it is no OPML document: it begins with <html>."),
        ("<!DOCTYPE html>\n<html><p>A & B</html>", "it is no OPML document: it begins with <html>."),
        ("<?xml version='1.0'?><!-- A --><rdf:RDF/>", "it is no OPML document: it begins with <rdf:RDF>."),
        (
            "https://a.example/feed\nhttps://b.example/feed\n",
            "it begins with 'https://a.example/feed https://b.example",
        ),
        ('{"feeds": []}', "it begins with '{\"feeds\": []}'."),
        (b"\x00\x01\x02", "it is no OPML document: it begins with ''."),
        ("<opml>\n<body>", "it is broken at line 2: no element found."),
        ("<opml>\n<body></bdy></opml>", "it is broken at line 2: mismatched tag."),
    ],
)
def test_what_is_no_list_is_told_in_a_sentence(body: str | bytes, told: str) -> None:
    with pytest.raises(SeedError) as raised:
        _read(body)
    assert told in str(raised.value)


def test_a_list_without_feeds_is_a_list() -> None:
    assert _read("<opml version='2.0'><head/><body/></opml>") == FeedList([], [])
