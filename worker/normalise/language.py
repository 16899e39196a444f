"""An article's language: as declared, unless the letters of its text belie that; else as detected."""

import re
from collections.abc import Callable

from worker.normalise.scripts import is_written_in
from worker.values import LanguageSource

Detect = Callable[[str], str | None]
"""What tells the language that a text is surely in, as a tag."""

# More of a text tells no more, and takes longer.
_TELLING = 300
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
# What says that nothing is said (RFC 5646, section 4.1).
_UNDETERMINED = "und"


def telling_words(title: str, text: str) -> str:
    """Return as many words of an article as tell its language."""
    return f"{title} {text[:_TELLING]}"[:_TELLING]


def language_of(
    of_entry: str | None, of_feed: str | None, words: str, detect: Detect | None
) -> tuple[str | None, LanguageSource | None]:
    """Return the language of words, and who says so, given what their entry and its feed declare.

    A template declares English for whatever is written with it. Where most letters are of a script that the declared
    language is not written in, a sure detection stands in its place.
    """
    declared, source = _declared(of_entry, of_feed)
    if detect is None or (declared and is_written_in(declared, words)):
        return declared, source
    detected = detect(words)
    if detected and is_written_in(detected, words):
        return detected, LanguageSource.DETECTED
    return declared, source


def _declared(of_entry: str | None, of_feed: str | None) -> tuple[str | None, LanguageSource | None]:
    own, inherited = _tag(of_entry), _tag(of_feed)
    # In XML an entry inherits its feed's tag: only another one is its own word.
    if own and own != inherited:
        return own, LanguageSource.ENTRY
    return (inherited, LanguageSource.FEED) if inherited else (None, None)


def _tag(declared: str | None) -> str | None:
    """Return a language tag as BCP 47 writes it: ``en-GB``, ``zh-Hant``; null for what is none."""
    written = (declared or "").strip().replace("_", "-")
    if not _TAG.fullmatch(written):
        return None
    first, *rest = written.split("-")
    if first.lower() == _UNDETERMINED:
        return None
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]  # noqa: PLR2004 -- region, script
    return "-".join([first.lower(), *cased])
