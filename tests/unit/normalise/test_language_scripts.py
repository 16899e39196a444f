import pytest

from worker.normalise.language import is_written_in


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "rain"), ("en-GB", "“naïve café”"), ("vi", "Phà lại chạy"), ("tr", "yağmur"), ("ru", "дождь"),
        ("sr", "киша"), ("sr", "kiša"), ("uz", "yomg‘ir"), ("uz", "ёмғир"), ("ja", "雨"), ("ja", "あめ"),
        ("ja", "コーヒー"), ("zh-Hant-TW", "雨"), ("ko", "비"), ("ko", "漢字"), ("ar", "مطر"), ("fa", "باران"),
        ("he", "גשם"), ("yi", "רעגן"), ("hi", "बारिश"), ("el", "βροχή"), ("ka", "წვიმა"), ("hy", "անձրև"), ("th", "ฝน"),
        ("am", "ዝናብ"), ("hi-Latn", "baarish"), ("zh-Latn-pinyin", "yǔ"), ("xx", "rain"),
    ],
)  # fmt: skip
def test_a_language_is_written_in_letters_of_its_scripts(tag: str, text: str) -> None:
    assert is_written_in(tag, text)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "дождь"), ("en-US", "雨"), ("de", "مطر"), ("ru", "rain"), ("uk", "deszcz"), ("ja", "rain"),
        ("ja", "비"), ("zh", "дождь"), ("zh", "あめ"), ("ko", "あめ"), ("ar", "גשם"), ("hi", "বৃষ্টি"), ("el", "дождь"),
        ("xx", "дождь"),
    ],
)  # fmt: skip
def test_and_in_no_others(tag: str, text: str) -> None:
    assert not is_written_in(tag, text)


def test_half_of_the_letters_are_enough() -> None:
    assert is_written_in("zh", "雨雨雨雨 rain")
    assert not is_written_in("zh", "雨雨雨 rain")


@pytest.mark.parametrize("text", ["", "2026-11-24, 12:30", "🌧 1–0"])
def test_what_has_no_letters_belies_nothing(text: str) -> None:
    assert is_written_in("ru", text)
