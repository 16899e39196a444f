from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.dedupe import dedupe
from worker.values import Action, Article, Finding, KnownArticle, Sighted

OURS, THEIRS = 1, 2
ARTICLE = Article(
    guid="g1",
    guid_hash=b"g1",
    fingerprint=b"f",
    content_hash=b"new words",
    title="Title",
    html="<p>Some text</p>",
    text="Some text",
    summary="Some text",
    match_key="a.example/1",
)
SEEN = {b"g1": Sighted(sighting_id=5, article_id=7, fingerprint=b"old", content_hash=b"old words")}


def _shown(text_length: int = 9, shown_by: int = OURS, content_hash: bytes = b"old words") -> KnownArticle:
    return KnownArticle(7, "a.example/1", content_hash, shown_by, "Title", "x" * text_length)


def _place(article: Article, seen: dict[bytes, Sighted], *known: KnownArticle) -> tuple[Action, int | None]:
    (placed,) = dedupe([article], OURS, seen, known)
    return placed.action, placed.article_id


def test_an_article_nobody_knows_is_created() -> None:
    assert _place(ARTICLE, {}) == (Action.CREATE, None)


def test_an_article_without_match_key_never_matches_another() -> None:
    assert _place(replace(ARTICLE, match_key=None), {}, replace(_shown(), match_key=None)) == (Action.CREATE, None)


def test_a_match_key_known_from_another_feed_names_the_same_article() -> None:
    assert _place(ARTICLE, {}, _shown(shown_by=THEIRS)) == (Action.SIGHT, 7)


def test_a_fuller_text_from_another_feed_is_shown_from_then_on() -> None:
    assert _place(ARTICLE, {}, _shown(text_length=3, shown_by=THEIRS)) == (Action.REVISE, 7)


def test_a_feed_that_edits_what_it_shows_revises_it() -> None:
    assert _place(ARTICLE, SEEN, _shown(text_length=500)) == (Action.REVISE, 7)


def test_an_edit_of_a_summary_does_not_replace_the_full_text_of_another_feed() -> None:
    assert _place(ARTICLE, SEEN, _shown(text_length=500, shown_by=THEIRS)) == (Action.RECORD, 7)


@pytest.mark.parametrize("action_for", [b"old words", b"shown words"])
def test_words_that_did_not_change_are_no_revision(action_for: bytes) -> None:
    article = replace(ARTICLE, content_hash=action_for)
    assert _place(article, SEEN, _shown(content_hash=b"shown words")) == (Action.SIGHT, 7)


def test_where_guid_and_match_key_name_different_articles_the_guid_wins() -> None:
    other = replace(_shown(shown_by=THEIRS, content_hash=b"other words"), article_id=8)
    assert _place(ARTICLE, SEEN, replace(_shown(), match_key="a.example/0"), other) == (Action.REVISE, 7)


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = "The harbour bridge was opened again on Monday after two winters of repairs to its piers. " * 3
OTHER_TEXT = "Librarians counted three hundred and twelve gulls on the roof of the central library today. " * 3
PAGE = "https://a.example/1"
LEFT = Sighted(5, 7, b"old", b"old words", PAGE)
KNOWN = KnownArticle(7, "a.example/1", b"old words", OURS, "Title", TEXT, NOON, is_ours=True)
UNKNOWN = replace(ARTICLE, guid="g2", guid_hash=b"g2", url=PAGE, text=TEXT, published_at=NOON)


@pytest.mark.parametrize(
    ("changes", "is_renamed"),
    [
        ({}, True),
        ({"url": "http://www.a.example/1/"}, True),
        ({"title": "Another title"}, True),
        ({"text": OTHER_TEXT}, True),
        ({"text": OTHER_TEXT, "published_at": NOON + timedelta(hours=3)}, True),
        ({"text": OTHER_TEXT, "published_at": NOON + DAY}, False),
        ({"text": OTHER_TEXT, "published_at": None}, False),
        ({"text": f"{TEXT} {OTHER_TEXT}", "published_at": NOON + DAY}, True),
        ({"url": "https://a.example/2"}, True),
        ({"url": "https://a.example/2", "title": "Another title"}, True),
        ({"url": "https://a.example/2", "published_at": NOON + DAY}, False),
        ({"url": "https://a.example/2", "published_at": None}, False),
        ({"url": "https://a.example/2", "text": OTHER_TEXT}, False),
        ({"url": "https://a.example/"}, True),
        ({"url": "https://a.example/", "text": OTHER_TEXT}, False),
        ({"url": None, "content_hash": b"old words"}, True),
    ],
)
def test_an_unknown_guid_in_place_of_one_that_left(changes: dict[str, object], is_renamed: bool) -> None:
    article = replace(UNKNOWN, match_key=None, **changes)
    (placed,) = dedupe([article], OURS, {}, [KNOWN], [LEFT])
    assert (placed.article_id, placed.finding) == ((7, Finding.RENAMED) if is_renamed else (None, None))


def test_of_two_unknown_entries_with_one_link_neither_is_the_one_that_left() -> None:
    articles = [replace(UNKNOWN, guid_hash=guid_hash, match_key=None, text=OTHER_TEXT) for guid_hash in (b"g2", b"g3")]
    placed = dedupe(articles, OURS, {}, [KNOWN], [LEFT])
    assert [each.action for each in placed] == [Action.CREATE, Action.CREATE]


def test_a_renamed_entry_in_the_same_words_is_only_sighted() -> None:
    (placed,) = dedupe([replace(UNKNOWN, content_hash=b"old words")], OURS, {}, [KNOWN], [LEFT])
    assert placed.action is Action.SIGHT


def test_three_entries_that_move_together_need_no_dates() -> None:
    numbers = range(3)
    articles = [
        replace(UNKNOWN, guid_hash=b"%d" % number, content_hash=b"w%d" % number, url=None, published_at=None)
        for number in numbers
    ]
    left = [Sighted(number, 10 + number, b"old", b"w%d" % number) for number in numbers]
    known = [replace(KNOWN, article_id=10 + number, match_key=None) for number in numbers]
    placed = dedupe(articles, OURS, {}, known, left)
    assert [each.article_id for each in placed] == [10, 11, 12]
    assert [each.article_id for each in dedupe(articles[:2], OURS, {}, known[:2], left[:2])] == [None, None]


def test_a_url_that_this_feed_uses_again_for_other_news_names_a_new_article_that_does_not_claim_it() -> None:
    article = replace(UNKNOWN, text=OTHER_TEXT, published_at=NOON + DAY)
    (placed,) = dedupe([article], OURS, {}, [KNOWN])
    assert (placed.action, placed.finding, placed.article.match_key) == (Action.CREATE, Finding.URL_REUSED, None)


def test_a_url_that_another_feed_of_the_site_carried_first_is_believed() -> None:
    article = replace(UNKNOWN, text=OTHER_TEXT, published_at=NOON + DAY)
    (placed,) = dedupe([article], OURS, {}, [replace(KNOWN, is_ours=False)])
    assert placed.article_id == 7


@pytest.mark.parametrize(
    ("changes", "is_other"),
    [
        ({}, True),
        ({"url": PAGE}, False),
        ({"url": None}, False),
        ({"title": "Title"}, False),
        ({"text": TEXT}, False),
        ({"text": "Too short to tell."}, False),
        ({"published_at": NOON + timedelta(hours=3)}, False),
        ({"published_at": None}, True),
    ],
)
def test_a_known_guid_names_another_article_only_where_nothing_stayed(
    changes: dict[str, object], is_other: bool
) -> None:
    other: dict[str, object] = {
        "guid_hash": b"g1",
        "url": "https://a.example/2",
        "match_key": "a.example/2",
        "title": "Gulls",
        "text": OTHER_TEXT,
        "published_at": NOON + DAY,
    }
    (placed,) = dedupe([replace(UNKNOWN, **other | changes)], OURS, {b"g1": LEFT}, [KNOWN])
    assert placed.finding is (Finding.GUID_REUSED if is_other else None)
    assert placed.article_id == (None if is_other else 7)


def test_a_conflict_of_guid_and_url_is_found_and_the_guid_wins() -> None:
    other = replace(KNOWN, article_id=8, match_key="a.example/8")
    (placed,) = dedupe([replace(ARTICLE, match_key="a.example/8")], OURS, SEEN, [KNOWN, other])
    assert (placed.article_id, placed.finding) == (7, Finding.CONFLICT)
