"""An article's language: as declared, unless the text's letters contradict it; else as detected."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from string import ascii_letters

from worker.values.articles import LanguageSource

Detect = Callable[[str], str | None]
"""A detector of languages: it returns the tag of the language that a text is surely in."""

# A longer sample takes longer and tells no more.
_SAMPLE = 300
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
# This tag declares nothing (RFC 5646, section 4.1).
_UNDETERMINED = "und"
# The languages written in each script, by the word with which Unicode begins the names of its letters. A language that
# is in none of these lists is written in Latin letters; one that is in several, in any of those scripts.
_LANGUAGES = {
    "ARABIC": "ar arc arz az azb bal ckb fa glk ha kk ks ku ky lrc ms mzn pa pnb prs ps sd tk ug ur uz",
    "ARMENIAN": "hy hyw",
    "BENGALI": "as bn bpy mni",
    "BOPOMOFO": "zh",
    "CANADIAN": "cr iu oj",
    "CHEROKEE": "chr",
    "CJK": "cmn gan hak ja ko lzh nan wuu yue zh",
    "CYRILLIC": "ab ady av az ba be bg bs bxr ce cnr crh cu cv kbd kk krc kum kv ky lbe lez mdf mhr mk mn mo mrj "
    "myv os ru rue sah sh sr tg tk tt tyv udm ug uk uz xal",
    "DEVANAGARI": "awa bgc bh bho brx doi dty gom hi hne kok ks mag mai mr ne new sa sat sd",
    "ETHIOPIC": "am gez ti tig",
    "GEORGIAN": "ka xmf",
    "GREEK": "el grc pnt",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he iw ji lad yi",
    "HIRAGANA": "ja",
    "KANNADA": "kn tcy",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "LATIN": "az bs cnr cr crh gan gom ha hak iu kk kok ku lad mo ms nan oj sat sh sr tk tt tzm ug uz",
    "MALAYALAM": "ml",
    "MEETEI": "mni",
    "MONGOLIAN": "mn",
    "MYANMAR": "ksw mnw my shn",
    "NKO": "nqo",
    "OL": "sat",
    "ORIYA": "or",
    "SINHALA": "si",
    "SYRIAC": "arc syr",
    "TAMIL": "ta",
    "TELUGU": "te",  # codespell:ignore -- a tag
    "THAANA": "dv",
    "THAI": "th",
    "TIBETAN": "bo dz",
    "TIFINAGH": "tzm zgh",
    "YI": "ii",
}
_SCRIPTS = {
    language: tuple(script for script, languages in _LANGUAGES.items() if language in languages.split())
    for language in " ".join(_LANGUAGES.values()).split()
}
_ASCII_NO_LETTERS = bytes({*range(128)} - {*ascii_letters.encode()})


def language_sample(title: str, text: str) -> str:
    """Return enough of an article's words to tell its language."""
    return f"{title} {text[:_SAMPLE]}"[:_SAMPLE]


def language_of(
    of_entry: str | None, of_feed: str | None, sample: str, detect: Detect | None
) -> tuple[str | None, LanguageSource | None]:
    """Return the language of a sample, and who says so, by what its entry and its feed declare.

    Templates declare English for texts in any language. Where most letters are of a script that the declared language
    is not written in, a sure detection replaces it.
    """
    declared, source = _declared(of_entry, of_feed)
    if detect is None or (declared and is_written_in(declared, sample)):
        return declared, source
    detected = detect(sample)
    if detected and is_written_in(detected, sample):
        return detected, LanguageSource.DETECTED
    return declared, source


def _declared(of_entry: str | None, of_feed: str | None) -> tuple[str | None, LanguageSource | None]:
    own, inherited = read_language_tag(of_entry), read_language_tag(of_feed)
    # In XML an entry inherits its feed's tag: only a different one is its own word.
    if own and own != inherited:
        return own, LanguageSource.ENTRY
    return (inherited, LanguageSource.FEED) if inherited else (None, None)


@lru_cache(maxsize=256)
def read_language_tag(declared: str | None) -> str | None:
    """Return a language tag as BCP 47 writes it (``en-GB``, ``zh-Hant``); None for anything else."""
    written = (declared or "").strip().replace("_", "-")
    first, *rest = written.split("-")
    if not _TAG.fullmatch(written) or first.lower() == _UNDETERMINED:
        return None
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]  # noqa: PLR2004 -- region, script
    return "-".join([first.lower(), *cased])


@lru_cache(maxsize=256)
def _scripts_of(tag: str) -> tuple[str, ...]:
    language, *subtags = tag.split("-")
    scripts = _SCRIPTS.get(language, ("LATIN",))
    return (*scripts, "LATIN") if "Latn" in subtags else scripts


def is_written_in(tag: str, text: str) -> bool:
    """Say whether at least half of a text's letters are of scripts in which the language of a tag is written."""
    scripts = _scripts_of(tag)
    # This tells most texts without a look at each of their letters.
    if "LATIN" in scripts and 2 * len(text.encode("ascii", "ignore").translate(None, _ASCII_NO_LETTERS)) >= len(text):
        return True
    letters = Counter(filter(str.isalpha, text))
    fitting = sum(times for letter, times in letters.items() if unicodedata.name(letter, "").startswith(scripts))
    return 2 * fitting >= letters.total()
