from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from worker.fetch import Guard
from worker.manage.feeds import NewFeed
from worker.seeds.opml import read_opml
from worker.seeds.opml_writing import write_opml
from worker.values.due_feeds import Document

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=50)
URL, SITE = "https://a.example/feed?a=1&b=2", "https://a.example/?x=1&y=<2>"


def _write(*feeds: tuple[str | None, NewFeed]) -> str:
    return b"".join(write_opml(feeds, "Feeds", NOW)).decode()


@given(LINES, LINES)
def test_what_is_written_reads_back(title: str, tag: str) -> None:
    body = _write((None, NewFeed(URL, title, SITE)), (tag, NewFeed("http://b.example/", title)))
    assert read_opml(Document("", body.encode()), Guard()).feeds == [
        NewFeed(URL, title, SITE),
        NewFeed("http://b.example/", title, tags=(tag,)),
    ]


def test_a_feed_without_a_title_reads_back_as_one() -> None:
    body = _write((None, NewFeed(URL)))
    assert read_opml(Document("", body.encode()), Guard()).feeds == [NewFeed(URL)]


def test_feeds_of_one_tag_are_in_one_folder() -> None:
    a, b = NewFeed("http://a.example/", "A"), NewFeed("http://b.example/", "B")
    assert _write((None, b), ("News & more", a), ("News & more", b), ("Space", a)).partition("<body>\n")[2] == (
        '<outline type="rss" text="B" title="B" xmlUrl="http://b.example/"/>\n'
        '<outline text="News &amp; more" title="News &amp; more">\n'
        '<outline type="rss" text="A" title="A" xmlUrl="http://a.example/"/>\n'
        '<outline type="rss" text="B" title="B" xmlUrl="http://b.example/"/>\n'
        "</outline>\n"
        '<outline text="Space" title="Space">\n'
        '<outline type="rss" text="A" title="A" xmlUrl="http://a.example/"/>\n'
        "</outline>\n"
        "</body>\n</opml>\n"
    )


def test_a_list_says_what_it_is_and_when_it_was_made() -> None:
    assert _write() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head>\n<title>Feeds</title>\n'
        "<dateCreated>Tue, 24 Nov 2026 00:00:00 +0000</dateCreated>\n</head>\n<body>\n</body>\n</opml>\n"
    )
