import pytest

from worker.normalise.language import language_of, language_sample
from worker.values.articles import LanguageSource

ENGLISH = "The ferry crosses the bay again after three weeks of ice."
ITALIAN = "Il traghetto attraversa di nuovo la baia dopo tre settimane."
RUSSIAN = "Паром снова ходит через залив спустя три недели."
HINDI = "तीन हफ़्ते बाद नौका फिर से खाड़ी पार कर रही है।"
CHINESE = "渡轮三周后再次横渡海湾，市议会星期二表示。"


def _unsure(_text: str) -> None:
    return None


def _never_asked(_text: str) -> str:
    raise AssertionError


@pytest.mark.parametrize("of_feed", ["de", None])
def test_what_an_entry_declares_wins(of_feed: str | None) -> None:
    assert language_of("fr", of_feed, ENGLISH, lambda _: "en") == ("fr", LanguageSource.ENTRY)


@pytest.mark.parametrize("of_entry", [None, "", "english"])
def test_else_what_its_feed_declares(of_entry: str | None) -> None:
    assert language_of(of_entry, "en-us", ENGLISH, lambda _: "de") == ("en-US", LanguageSource.FEED)


def test_an_entry_that_repeats_its_feeds_tag_says_nothing_of_its_own() -> None:
    assert language_of("EN_gb", "en-GB", ENGLISH, None) == ("en-GB", LanguageSource.FEED)


@pytest.mark.parametrize("declared", [None, "english", "und", "UND-Latn"])
def test_what_nobody_declares_is_detected(declared: str | None) -> None:
    assert language_of(declared, declared, ITALIAN, lambda _: "it") == ("it", LanguageSource.DETECTED)


def test_what_nobody_declares_and_the_detector_is_not_sure_of_is_null() -> None:
    assert language_of(None, None, ITALIAN, _unsure) == (None, None)


def test_without_a_detector_only_what_is_declared_counts() -> None:
    assert language_of(None, None, ITALIAN, None) == (None, None)
    assert language_of(None, "en", RUSSIAN, None) == ("en", LanguageSource.FEED)


@pytest.mark.parametrize(("text", "language"), [(RUSSIAN, "ru"), (HINDI, "hi"), (CHINESE, "zh")])
@pytest.mark.parametrize("declared", [("en", None), (None, "en-US")])
def test_a_template_that_says_english_is_belied_by_other_letters(
    declared: tuple[str | None, str | None], text: str, language: str
) -> None:
    assert language_of(*declared, text, lambda _: language) == (language, LanguageSource.DETECTED)


def test_other_letters_alone_belie_nothing() -> None:
    assert language_of("en", None, RUSSIAN, _unsure) == ("en", LanguageSource.ENTRY)


def test_the_same_letters_belie_nothing_and_the_detector_is_not_asked() -> None:
    assert language_of(None, "en", ITALIAN, _never_asked) == ("en", LanguageSource.FEED)


def test_a_few_foreign_words_belie_nothing() -> None:
    words = f"The paper wrote: “{RUSSIAN}” Nobody on the pier had expected that the boat would sail so soon."
    assert language_of("en", None, words, _never_asked) == ("en", LanguageSource.ENTRY)


def test_a_detected_language_must_be_written_in_the_letters_of_the_text() -> None:
    assert language_of(None, None, RUSSIAN, lambda _: "en") == (None, None)
    assert language_of("en", None, CHINESE, lambda _: "ru") == ("en", LanguageSource.ENTRY)


def test_the_title_and_the_beginning_of_the_text_tell_the_language() -> None:
    words = language_sample("Rain", "It rained. " * 1000)
    assert words.startswith("Rain It rained. ")
    assert len(words) == 300


@pytest.mark.parametrize(
    ("declared", "language"),
    [
        ("en", "en"), ("en_US", "en-US"), ("EN-gb", "en-GB"), ("zh_hant_tw", "zh-Hant-TW"), (" pt-br ", "pt-BR"),
        ("es-419", "es-419"), ("sr-Latn", "sr-Latn"),
    ],
)  # fmt: skip
def test_a_language_is_written_as_bcp_47_has_it(declared: str, language: str) -> None:
    assert language_of(declared, None, "", None) == (language, LanguageSource.ENTRY)


@pytest.mark.parametrize("declared", [None, "", "english", "e", "en-", "<b>", "en us"])
def test_what_is_no_language_tag_gives_way_to_the_feeds(declared: str | None) -> None:
    assert language_of(declared, "en-us", "", None) == ("en-US", LanguageSource.FEED)


def test_without_any_language_it_is_null() -> None:
    assert language_of(None, None, "", None) == (None, None)
