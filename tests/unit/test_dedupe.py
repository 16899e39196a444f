from dataclasses import replace

import pytest

from worker.dedupe import dedupe
from worker.values import Action, Article, KnownArticle, Sighted

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
    return KnownArticle(7, "a.example/1", content_hash, text_length, shown_by)


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
    other = KnownArticle(8, "a.example/1", b"other words", 9, THEIRS)
    assert _place(ARTICLE, SEEN, replace(_shown(), match_key="a.example/0"), other) == (Action.REVISE, 7)
