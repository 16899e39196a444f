from typing import Any

import pytest

from worker.errors import PermanentError
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.values.entries import Entry, ParsedDocument

NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/{0}/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/{0}/"'
)
AUTHOR = (
    "<wp:author><wp:author_login>{}</wp:author_login><wp:author_display_name>{}</wp:author_display_name>"
    "<wp:author_first_name>{}</wp:author_first_name><wp:author_last_name>{}</wp:author_last_name></wp:author>"
)
POST = {"type": "post", "status": "publish", "title": "Ferry", "content": "It runs.", "creator": "ann", "more": ""}


def _post(**fields: str) -> str:
    values = POST | fields
    return (
        f"<item><title>{values['title']}</title><dc:creator>{values['creator']}</dc:creator>"
        f"<guid isPermaLink='false'>http://a.example/?p=1</guid>"
        f"<content:encoded><![CDATA[{values['content']}]]></content:encoded>"
        f"<wp:status>{values['status']}</wp:status><wp:post_type>{values['type']}</wp:post_type>{values['more']}</item>"
    )


def _parse(*items: str, head: str = "<wp:wxr_version>1.2</wp:wxr_version>", version: str = "1.2") -> ParsedDocument:
    namespaces = NAMESPACES.format(version)
    document = f"<rss version='2.0' {namespaces}><channel><title>A</title>{head}{''.join(items)}</channel></rss>"
    return parse_document(Document("http://a.example/", document.encode()), 100)


def _entry(head: str = "<wp:wxr_version>1.2</wp:wxr_version>", **fields: str) -> Entry:
    (entry,) = _parse(_post(**fields), head=head).entries
    return entry


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_version_of_the_format_is_known(version: str) -> None:
    parsed = _parse(_post(), version=version)
    assert (parsed.format, len(parsed.entries)) == ("wxr", 1)


def test_an_export_that_does_not_say_so_is_known_by_its_items() -> None:
    assert _parse(_post(type="attachment", status="inherit"), _post(), head="").format == "wxr"


def test_a_feed_that_declares_the_namespace_alone_stays_a_feed() -> None:
    parsed = _parse(
        "<item><title>Ferry</title><guid>1</guid></item>", head="<wp:base_site_url>http://b/</wp:base_site_url>"
    )
    assert (parsed.format, parsed.entries[0].title) == ("rss", "Ferry")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "draft"}, "it is not published (draft)"),
        ({"status": "pending"}, "it is not published (pending)"),
        ({"status": "private"}, "it is not published (private)"),
        ({"status": "future"}, "it is not published (future)"),
        ({"status": "trash"}, "it is not published (trash)"),
        ({"type": "page"}, "it is a page, not a post"),
        ({"type": "product"}, "it is a product, not a post"),
        ({"more": "<wp:post_password>x</wp:post_password>"}, "it is withheld: readers are asked for a password"),
    ],
)
def test_what_readers_are_not_shown_is_no_article(fields: dict[str, str], reason: str) -> None:
    parsed = _parse(_post(**fields))
    assert (parsed.entries, parsed.skipped) == ((), (reason,))


@pytest.mark.parametrize("kind", ["attachment", "nav_menu_item", "revision", "wp_template", "custom_css"])
def test_nobody_misses_the_parts_of_a_site(kind: str) -> None:
    parsed = _parse(_post(type=kind), _post())
    assert (len(parsed.entries), parsed.skipped) == (1, ())


@pytest.mark.parametrize(
    ("names", "author"),
    [
        (("ann", "Ann Arbor", "Annabel", "Arbor"), "Ann Arbor"),
        (("ann", "ann", "Ann", "Arbor"), "Ann Arbor"),
        (("ann", "ann", "", ""), "ann"),
        (("ann", "", "Ann", ""), "Ann"),
        (("bob", "Ben Nevis", "", ""), "ann"),
    ],
)
def test_authors_have_the_names_that_the_site_shows(names: tuple[str, ...], author: str) -> None:
    head = "<wp:wxr_version>1.2</wp:wxr_version>" + AUTHOR.format(*names)
    assert _entry(head).authors == (author,)


def test_several_authors_are_categories() -> None:
    more = "".join(f"<category domain='author' nicename='{name}'>{name} A</category>" for name in ("Ann", "Ben"))
    entry = _entry(more=more)
    assert (entry.authors, entry.tags) == (("Ann A", "Ben A"), ())


@pytest.mark.parametrize(
    ("dates", "published"),
    [
        ("<wp:post_date_gmt>2026-07-11 07:30:00</wp:post_date_gmt>", "2026-07-11T07:30:00Z"),
        ("<pubDate>Sat, 11 Jul 2026 07:30:00 +0000</pubDate>", "Sat, 11 Jul 2026 07:30:00 +0000"),
        (
            "<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate><wp:post_date>2026-07-11 08:30:00</wp:post_date>",
            "2026-07-11T08:30:00",
        ),
        ("<wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt>", None),
    ],
)
def test_a_date_that_is_not_set_is_none(dates: str, published: str | None) -> None:
    assert _entry(more=dates).published == published


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"more": "<excerpt:encoded>Short.</excerpt:encoded>"}, "<p>Short.</p>"),
        ({"more": "<description>Short.</description>"}, "Short."),
        ({}, None),
    ],
)
def test_the_excerpt_is_the_summary(fields: dict[str, Any], summary: str | None) -> None:
    assert _entry(**fields).summary == summary


def test_a_picture_that_is_not_in_the_export_is_none() -> None:
    meta = "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>7</wp:meta_value></wp:postmeta>"
    assert _entry(more=meta).image_url is None


@pytest.mark.parametrize("broken", ["<wp:status>draft", "<b><i>"])
def test_a_broken_export_shows_no_draft(broken: str) -> None:
    parsed = _parse(_post(status="draft", more=broken), _post())
    assert [entry.title for entry in parsed.entries if entry.content == "<p>It runs.</p>"] == ["Ferry"] * len(
        parsed.entries
    )
    assert "it is not published (draft)" in parsed.skipped


def test_a_broken_export_keeps_the_names_of_its_authors() -> None:
    head = "<wp:wxr_version>1.2</wp:wxr_version>" + AUTHOR.format("ann", "Ann Arbor", "Ann", "Arbor") * 2
    parsed = _parse(_post(more="<description>A & B</description>"), head=head)
    assert (parsed.parser, parsed.entries[0].authors) == ("mended", ("Ann Arbor",))


def test_an_export_broken_beyond_reading_is_not_left_to_a_parser_that_knows_no_drafts() -> None:
    deep = "<a>" * 300 + "</a>" * 300
    with pytest.raises(PermanentError, match="export that is broken"):
        _parse(f"<item><title>T{deep}</title></item>")
