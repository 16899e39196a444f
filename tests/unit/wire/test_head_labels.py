import pytest

from worker.wire.head_labels import LABELS, LANGUAGE_NAMES, HeadField, is_label, split_label


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Headline: Ferry sails", HeadField.HEADLINE, "Ferry sails"),
        ("HEADLINE : Ferry sails", HeadField.HEADLINE, "Ferry sails"),
        ("**Title:** Ferry sails", HeadField.HEADLINE, "Ferry sails"),
        ("标题：渡轮恢复航行", HeadField.HEADLINE, "渡轮恢复航行"),
        ("Auteur : Jeanne Dupont", HeadField.AUTHOR, "Jeanne Dupont"),
        ("Mots-clés: ferry", HeadField.TAGS, "ferry"),
        ("LAST UPDATED: 11 July 2026", HeadField.UPDATED, "11 July 2026"),
    ],
)
def test_a_label_is_known_in_any_case_and_with_any_colon(line: str, field: HeadField, value: str) -> None:
    assert split_label(line) == (field, value)


@pytest.mark.parametrize("line", ["Ferry sails", "The title: none", "WHEN: at noon", "Location: Oslo", ":", ""])
def test_what_is_no_label_of_news_is_none(line: str) -> None:
    assert split_label(line) is None


@pytest.mark.parametrize(("line", "is_sure"), [("Slug: a", True), ("version: 3", False), ("Body: a", False)])
def test_a_label_that_other_lists_have_too_is_not_sure(line: str, is_sure: bool) -> None:
    assert is_label(line) is is_sure


def test_labels_and_names_of_languages_are_case_folded() -> None:
    assert all(label == label.casefold() for label in (*LABELS, *LANGUAGE_NAMES))
