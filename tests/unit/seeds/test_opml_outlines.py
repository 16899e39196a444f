import pytest

from worker.fetch import Guard
from worker.manage.feeds import NewFeed
from worker.seeds.opml import FeedList, read_opml
from worker.values.due_feeds import Document

NO_FEED = "a feed's URL begins with http:// or https:// and names a host."


def _read(outlines: str, *allowed: str) -> FeedList:
    body = f'<opml version="2.0"><body>\n{outlines}\n</body></opml>'
    return read_opml(Document("", body.encode()), Guard.allowing(allowed))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://a.example/feed", "http://a.example/feed"),
        ("HTTPS://A.example/Feed", "HTTPS://A.example/Feed"),
        ("feed://a.example/feed", "http://a.example/feed"),
        ("Feed://a.example/feed", "http://a.example/feed"),
        ("feeds://a.example/feed", "https://a.example/feed"),
        ("feed:a.example/feed", "http://a.example/feed"),
        ("feed:http://a.example/feed", "http://a.example/feed"),
        ("feed:https://a.example/feed", "https://a.example/feed"),
        ("FEED:HTTPS://a.example/feed", "HTTPS://a.example/feed"),
        ("feed://http://a.example/feed", "http://a.example/feed"),
        ("feed://https://a.example/feed", "https://a.example/feed"),
        (" \n http://a.example/feed \t ", "http://a.example/feed"),
        ("\u00a0http://a.example/feed\u00a0", "http://a.example/feed"),
        ("http://a.example/&#10;feed&#9;.xml", "http://a.example/feed.xml"),
        ("http://a.example/\n        feed.xml", "http://a.example/feed.xml"),
        ("http://a.example/my feed.xml", "http://a.example/my%20feed.xml"),
        ("https://münchen.example/größe", "https://münchen.example/größe"),
        ("http://a.example/feed?url=feed://b.example/", "http://a.example/feed?url=feed://b.example/"),
    ],
)
def test_an_address_is_read_as_readers_of_feeds_read_it(given: str, meant: str) -> None:
    found = _read(f'<outline text="A" xmlUrl="{given}"/>')
    assert (found.feeds, found.unread) == ([NewFeed(meant, "A")], [])


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("podcast://a.example/feed", NO_FEED),
        ("pcast://a.example/feed", NO_FEED),
        ("javascript:alert(1)", NO_FEED),
        ("ftp://a.example/feed", NO_FEED),
        ("file:///etc/passwd", NO_FEED),
        ("FILE:///etc/passwd", NO_FEED),
        ("feed:file:///etc/passwd", NO_FEED),
        ("/feed.xml", NO_FEED),
        ("//a.example/feed.xml", NO_FEED),
        ("a.example/feed.xml", NO_FEED),
        ("http://", NO_FEED),
        ("https:///feed", NO_FEED),
        ("http://a b/feed", NO_FEED),
        ("http://10.0.0.1/feed", "10.0.0.1 is not a public address (private); FEEDMILL_ALLOW_HOSTS lists exceptions."),
        ("http://2130706433/", "127.0.0.1 is not a public address (loopback); FEEDMILL_ALLOW_HOSTS lists exceptions."),
        ("https://[::1]/feed", "::1 is not a public address (loopback); FEEDMILL_ALLOW_HOSTS lists exceptions."),
        (
            "http://localhost:8080/feed",
            "127.0.0.1 is not a public address (loopback); FEEDMILL_ALLOW_HOSTS lists exceptions.",
        ),
        (
            "http://169.254.169.254/feed",
            "169.254.169.254 is not a public address (link-local); FEEDMILL_ALLOW_HOSTS lists exceptions.",
        ),
        (
            "http://192.0.34.166:22/",
            "port 22 is not one that feeds are served on; FEEDMILL_ALLOW_HOSTS lists exceptions.",
        ),
    ],
)
def test_an_address_that_cannot_be_added_is_named_with_its_line_and_the_reason(address: str, reason: str) -> None:
    found = _read(f'<outline text="A" xmlUrl="http://a.example/"/>\n<outline text="B" xmlUrl="{address}"/>')
    assert found.feeds == [NewFeed("http://a.example/", "A")]
    assert [str(outline) for outline in found.unread] == [f"line 3: {address} was not added: {reason}"]


def test_an_address_that_is_allowed_is_added() -> None:
    outlines = '<outline text="A" xmlUrl="http://10.0.0.1/"/><outline text="B" xmlUrl="http://localhost:8080/"/>'
    assert len(_read(outlines, "10.0.0.0/8", "localhost:8080").feeds) == 2


def test_an_address_with_a_password_is_refused_and_the_password_is_not_told() -> None:
    (outline,) = _read('<outline text="A" xmlUrl="https://joe:secret@a.example/feed"/>').unread
    assert str(outline).startswith("line 2: https://…@a.example/feed was not added: a feed's URL holds no user name")


def test_an_address_that_is_too_long_is_refused_and_told_in_part() -> None:
    (outline,) = _read(f'<outline text="A" xmlUrl="https://a.example/{"x" * 5_000}"/>').unread
    assert len(outline.name) == 200


@pytest.mark.parametrize("kind", ["", ' type="rss"', ' type="RSS"', ' type="atom"', ' type="Podcast"'])
def test_the_address_of_a_feed_may_be_in_url(kind: str) -> None:
    assert _read(f'<outline text="A"{kind} url="http://a.example/feed"/>').feeds == [
        NewFeed("http://a.example/feed", "A")
    ]


@pytest.mark.parametrize("kind", ["rss", "link", "include", "anything"])
def test_what_has_an_xml_url_is_a_feed_whatever_its_type(kind: str) -> None:
    found = _read(f'<outline text="A" type="{kind}" xmlUrl="http://a.example/feed" url="http://b.example/"/>')
    assert found.feeds == [NewFeed("http://a.example/feed", "A")]


@pytest.mark.parametrize(
    ("outline", "told"),
    [
        ('type="link" url="http://a.example/"', "http://a.example/ was not added: it is no feed, but of type link."),
        ('type="song" url="http://a.example/x"', "http://a.example/x was not added: it is no feed, but of type song."),
        (
            'type="include" url="http://a.example/list"',
            "http://a.example/list was not added: it is another list, which is not followed.",
        ),
        (
            'type="link" url="http://a.example/list.OPML"',
            "http://a.example/list.OPML was not added: it is another list, which is not followed.",
        ),
        ('type="rss" htmlUrl="http://a.example/"', "A was not added: it has no xmlUrl, the feed's address."),
        ('xmlUrl=""', "A was not added: it has no xmlUrl, the feed's address."),
        ('xmlUrl=" "', "A was not added: it has no xmlUrl, the feed's address."),
    ],
)
def test_what_names_something_else_than_a_feed_is_named(outline: str, told: str) -> None:
    found = _read(f'<outline text="A" {outline}/>')
    assert (found.feeds, [str(unread) for unread in found.unread]) == ([], [f"line 2: {told}"])


def test_a_folder_and_a_line_of_text_are_not_named() -> None:
    outlines = (
        '<outline text="F" type="rss"><outline text="A" xmlUrl="http://a.example/"/></outline>'
        '<outline text="F" xmlUrl=""><outline text="B" xmlUrl="http://b.example/"/></outline>'
        '<outline text="Read these often." created="2026-11-24"/><outline text="G" type="folder"/>'
    )
    found = _read(outlines)
    assert ([feed.tags for feed in found.feeds], found.unread) == ([("F",), ("F",)], [])


@pytest.mark.parametrize(
    ("attributes", "title"),
    [
        ('title="A" text="B"', "A"),
        ('text="B"', "B"),
        ('title="" text="B"', "B"),
        ('text="  A \n  B "', "A B"),
        ('text="&lt;b&gt;A&lt;/b&gt;"', "<b>A</b>"),
        ('text="http://a.example/"', None),
        ("", None),
    ],
)
def test_a_title_is_in_either_attribute_on_one_line(attributes: str, title: str | None) -> None:
    assert _read(f'<outline {attributes} xmlUrl="http://a.example/"/>').feeds == [NewFeed("http://a.example/", title)]


@pytest.mark.parametrize(
    ("given", "site_url"),
    [("https://a.example/", "https://a.example/"), ("javascript:alert(1)", None), ("", None)],
)
def test_a_site_is_on_the_web(given: str, site_url: str | None) -> None:
    (feed,) = _read(f'<outline xmlUrl="http://a.example/feed" htmlUrl="{given}"/>').feeds
    assert feed.site_url == site_url


def test_names_of_attributes_may_be_in_any_case() -> None:
    found = _read('<outline TITLE="A" XMLURL="http://a/" htmlurl="http://b/" Category="C"/>')
    assert found.feeds == [NewFeed("http://a/", "A", "http://b/", ("C",))]


def test_each_folder_that_a_feed_is_in_is_a_tag_of_it() -> None:
    outlines = (
        '<outline text="News">\n<outline title="World" text="x">\n<outline text="A" xmlUrl="http://a.example/"/>\n'
        '</outline>\n<outline text="B" xmlUrl="http://b.example/"/>\n</outline>\n'
        '<outline text="C" xmlUrl="http://c.example/"/>'
    )
    assert [feed.tags for feed in _read(outlines).feeds] == [("News", "World"), ("News",), ()]


def test_a_feed_is_no_folder_of_those_below_it() -> None:
    outlines = '<outline text="A" xmlUrl="http://a.example/"><outline text="B" xmlUrl="http://b.example/"/></outline>'
    assert [feed.tags for feed in _read(outlines).feeds] == [(), ()]


@pytest.mark.parametrize(
    ("category", "tags"),
    [
        ("Science", ("Science",)),
        # OPML 2.0: strings with commas between them, levels with slashes between them.
        ("/Boston/Weather,/Harvard/Berkman,/Politics", ("Boston", "Weather", "Harvard", "Berkman", "Politics")),
        ("Science, Space ,, Science/Space", ("Science", "Space")),
        (" , / ", ()),
    ],
)
def test_each_level_of_a_category_is_a_tag(category: str, tags: tuple[str, ...]) -> None:
    (feed,) = _read(f'<outline xmlUrl="http://a.example/" category="{category}"/>').feeds
    assert feed.tags == tags


def test_a_folder_that_is_a_category_too_is_one_tag() -> None:
    (feed,) = _read(
        '<outline text="Space"><outline xmlUrl="http://a.example/" category="Science,Space"/></outline>'
    ).feeds
    assert feed.tags == ("Space", "Science")


def test_a_folder_keeps_its_slashes_and_commas_and_loses_line_breaks() -> None:
    (feed,) = _read('<outline text="TV/Film,&#10;Art"><outline xmlUrl="http://a.example/"/></outline>').feeds
    assert feed.tags == ("TV/Film, Art",)


def test_a_folder_without_a_name_is_no_tag() -> None:
    (feed,) = _read('<outline text=" "><outline><outline xmlUrl="http://a.example/"/></outline></outline>').feeds
    assert feed.tags == ()
