from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from worker.normalise.article import content_hash, normalise
from worker.normalise.feed_context import FeedContext
from worker.values.articles import Article, LanguageSource, Sighting
from worker.values.entries import Entry, KeyedEntry, KnownBy

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SAID_AT = datetime(2026, 11, 24, 11, tzinfo=UTC)
FEED = FeedContext(
    "https://news.example/feed", "https://news.example/feed", "https://www.news.example/", "en-us", SAID_AT
)
LINK = "https://www.news.example/2026/rain?utm_source=rss#top"


def _article(entry: Entry | None = None, feed: FeedContext = FEED, **fields: Any) -> Article:
    return _sighting(entry, feed, **fields).article


def _sighting(entry: Entry | None = None, feed: FeedContext = FEED, **fields: Any) -> Sighting:
    entry = replace(entry or Entry(), **fields)
    return normalise(KeyedEntry("g1", b"guid", b"finger", entry, KnownBy.LINK), feed, NOW)


def _undeclared(asked: list[str]) -> FeedContext:
    def detect(text: str) -> str:
        asked.append(text)
        return "en"

    return replace(FEED, language=None, detect=detect)


def test_what_the_entry_is_known_by_is_carried_over() -> None:
    seen = _sighting(title="Rain")
    assert (seen.guid, seen.guid_hash, seen.fingerprint, seen.known_by) == ("g1", b"guid", b"finger", KnownBy.LINK)


@pytest.mark.parametrize(
    ("updated", "said_at"),
    [
        ("2026-11-23T10:00:00+01:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        # A clock that is ahead of ours tells nothing: no version is made after it was read.
        ("2026-11-24T13:00:00Z", SAID_AT),
        ("soon", SAID_AT),
        (None, SAID_AT),
    ],
)
def test_a_version_was_made_when_its_publisher_says_else_with_its_document(
    updated: str | None, said_at: datetime
) -> None:
    assert _sighting(updated=updated, published="2026-11-22").said_at == said_at


def test_a_version_has_its_publishers_number() -> None:
    assert [_sighting(version=written).version for written in ("2", "two", None)] == [2, None, None]


def test_a_title_is_text() -> None:
    assert _article(title=" Rain &amp; <b>wind</b>\n").title == "Rain & wind"


def test_a_long_title_is_cut_at_a_word() -> None:
    title = _article(title="rain " * 500).title
    assert (len(title) <= 1000, title[-6:]) == (True, " rain…")


def test_without_a_title_the_first_sentence_stands_in() -> None:
    assert _article(content="<p>Mr. Rain fell.</p><p>Wind rose.</p>").title == "Mr. Rain fell."


def test_a_first_sentence_is_cut_at_a_word_within_160_characters() -> None:
    assert _article(content="rain " * 100).title == "rain " * 30 + "rain…"


def test_without_title_and_text_the_url_stands_in() -> None:
    assert _article(link=LINK).title == "https://www.news.example/2026/rain"


def test_without_anything_it_is_untitled() -> None:
    assert _article().title == "Untitled"


def test_the_url_is_canonical_and_the_original_kept() -> None:
    article = _article(link=LINK)
    assert (article.url, article.original_url) == ("https://www.news.example/2026/rain", LINK)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "tel:123", "https://", None])
def test_a_link_that_is_no_web_page_is_null(link: str | None) -> None:
    article = _article(link=link)
    assert (article.url, article.original_url, article.match_key) == (None, None, None)


def test_content_is_sanitised_and_resolves_against_the_entrys_page() -> None:
    article = _article(link="2026/rain", content='<p onclick=x>Rain <img src="1.png"></p>')
    assert article.html == '<p>Rain <img src="https://news.example/2026/1.png"></p>'
    assert (article.text, article.original_url) == ("Rain", "https://news.example/2026/rain")


def test_without_content_the_summary_is_the_body() -> None:
    article = _article(summary="<p>Rain fell.</p>")
    assert (article.html, article.text, article.summary) == ("<p>Rain fell.</p>", "Rain fell.", "Rain fell.")


def test_plain_text_is_escaped_into_paragraphs_and_is_its_own_text() -> None:
    article = _article(content="Rain <b>.\r\n\r\n\r\nWind.", is_plain_text=True)
    assert (article.html, article.text) == ("<p>Rain &lt;b&gt;.</p>\n<p>Wind.</p>", "Rain <b>.\n\nWind.")


def test_entities_in_plain_text_are_characters() -> None:
    article = _article(content="Rain&nbsp;and wind, R&amp;D", is_plain_text=True)
    assert (article.html, article.text) == ("<p>Rain&nbsp;and wind, R&amp;D</p>", "Rain\xa0and wind, R&D")


def test_entities_in_plain_text_about_markup_stay() -> None:
    assert _article(content="write &lt; for <", is_plain_text=True).text == "write &lt; for <"


def test_a_summary_of_its_own_is_text() -> None:
    assert _article(content="<p>It rained all day.</p>", summary="<b>Rain</b> at last.").summary == "Rain at last."


def test_a_summary_that_is_the_content_again_is_made_from_the_text() -> None:
    text = "Rain fell over Lisbon. " * 30
    assert (
        _article(content=f"<p>{text}</p>", summary=f"<p>{text}</p>").summary == ("Rain fell over Lisbon. " * 13).strip()
    )


def test_authors_are_folded_and_named_once() -> None:
    authors = ("Ada  Lovelace", "<b>ada</b> lovelace", " ", "x" * 300)
    assert _article(authors=authors).authors == ("Ada Lovelace", "x" * 200)


def test_authors_in_one_field_are_named_one_by_one() -> None:
    authors = ("Ada Lovelace &amp; Mary Somerville", "Mary Somerville")
    assert _article(authors=authors).authors == ("Ada Lovelace", "Mary Somerville")


def test_tags_are_short_and_at_most_64() -> None:
    tags = _article(tags=("Rain", "rain", "y" * 101, *(f"t{n}" for n in range(100)))).tags
    assert (len(tags), tags[:3]) == (64, ("Rain", "y" * 100, "t0"))


def test_a_change_before_the_publication_is_none() -> None:
    assert _article(published="2026-11-23", updated="2026-11-22").updated_at is None


def test_a_language_that_nobody_declares_is_told_from_title_and_text() -> None:
    asked: list[str] = []
    article = _article(Entry(link=LINK, title="Rain", content="<p>It rained.</p>"), _undeclared(asked))
    assert (asked, article.language, article.language_source) == (["Rain It rained."], "en", LanguageSource.DETECTED)


def test_an_address_that_stands_in_for_a_title_tells_no_language() -> None:
    asked: list[str] = []
    _article(Entry(link=LINK), _undeclared(asked))
    assert asked == [" "]


def test_the_language_is_no_part_of_the_content_hash() -> None:
    hashes = {_article(title="Rain", feed=feed).content_hash for feed in (FEED, _undeclared([]))}
    assert len(hashes) == 1


def test_dates_are_read() -> None:
    article = _article(published="2026-11-23", updated="Tue, 24 Nov 2026 10:00:00 +0000")
    assert article.published_at == datetime(2026, 11, 23, tzinfo=UTC)
    assert article.updated_at == datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(("entry_s", "feed_s", "month"), [("hr", "pl", 10), (None, "pl", 11), (None, None, None)])
def test_dates_are_in_the_language_of_the_entry_else_of_the_feed(
    entry_s: str | None, feed_s: str | None, month: int | None
) -> None:
    dates = {"published": "12 listopada 2024", "updated": "13 listopada 2024"}
    article = _article(feed=replace(FEED, language=feed_s), language=entry_s, **dates)
    assert article.published_at == (month and datetime(2024, month, 12, tzinfo=UTC))
    assert article.updated_at == (month and datetime(2024, month, 13, tzinfo=UTC))


def test_an_entry_never_updated_has_no_such_date() -> None:
    assert _article(published="2026-11-23", updated="2026-11-23T01:00:00+01:00").updated_at is None


def test_an_entry_that_only_says_when_it_was_updated_was_published_then() -> None:
    article = _article(updated="2026-11-23")
    assert (article.published_at, article.updated_at) == (datetime(2026, 11, 23, tzinfo=UTC), None)


def test_a_date_that_cannot_be_true_is_null() -> None:
    assert _article(published="2036-11-23").published_at is None


def test_the_dateline_is_carried_over_clean() -> None:
    article = _article(dateline_place=" New  Delhi\x00", dateline_date=date(2021, 7, 11), agency="ANI")
    assert (article.dateline_place, article.dateline_date, article.agency) == ("New Delhi", date(2021, 7, 11), "ANI")


@pytest.mark.parametrize(
    ("written", "agency"),
    [("The Associated  Press", ("AP", "The Associated Press")), ("HNA", ("HNA", "HNA")), (" ", (None, None))],
)
def test_an_agency_goes_by_its_one_name_and_what_was_written_is_kept(
    written: str, agency: tuple[str | None, str | None]
) -> None:
    article = _article(agency=written)
    assert (article.agency, article.agency_as_written) == agency


WIRE = "<p>By Ada Lovelace</p><p>DUBAI, Feb 17 (Reuters) - A group said so on Tuesday.</p>"


def test_a_wires_text_in_a_feed_says_where_and_by_whom_it_was_filed() -> None:
    article = _article(content=WIRE, published="2026-02-17")
    assert (article.dateline_place, article.dateline_date, article.agency) == ("DUBAI", date(2026, 2, 17), "Reuters")
    assert article.authors == ("Ada Lovelace",)


def test_its_summary_is_of_the_news_and_its_text_is_whole() -> None:
    article = _article(content=WIRE, published="2026-02-17")
    assert article.summary == "A group said so on Tuesday."
    assert article.text == "By Ada Lovelace\n\nDUBAI, Feb 17 (Reuters) - A group said so on Tuesday."


def test_what_its_feed_says_goes_before_the_wires_byline() -> None:
    assert _article(content=WIRE, authors=("Mary Somerville",)).authors == ("Mary Somerville",)


def test_a_sites_own_page_has_a_match_key() -> None:
    assert _article(link=LINK).match_key == "news.example/2026/rain"


def test_a_newsrooms_item_has_its_name_for_a_match_key() -> None:
    assert _article(link=LINK, item_id="urn:x:1").match_key == "item urn:x:1 of news.example"


def test_a_polled_dispatch_goes_by_its_slug_among_those_of_its_site() -> None:
    assert _article(slug="BC-Lock Gates").wire_key == "lock-gates of news.example"


def test_the_content_hash_sees_words_and_nothing_else() -> None:
    assert content_hash("Rain", "It  rained\n\nall day.") == content_hash("RAIN", "it rained all day.")
    assert content_hash("Rain", "\u00e9t\u00e9") == content_hash("Rain", "e\u0301te\u0301")
    assert content_hash("Rain", "It rained.") != content_hash("Rain", "It rained")
    assert len(content_hash("", "")) == 16


def test_changed_markup_alone_is_no_change_of_content() -> None:
    one, other = (
        _article(title="Rain", content=html) for html in ("<p>It rained.</p>", "<div><b>It</b> rained.</div>")
    )
    assert one.content_hash == other.content_hash


def test_a_players_address_is_text_but_neither_title_nor_summary_where_there_are_words() -> None:
    frame = '<p><iframe src="https://player.example/1"></iframe></p>'
    words, alone = _article(content=f"{frame}<p>It rained.</p>"), _article(content=frame)
    assert (words.title, words.summary, words.text) == (
        "It rained.",
        "It rained.",
        "https://player.example/1\n\nIt rained.",
    )
    assert (alone.title, alone.text) == ("https://player.example/1",) * 2
