"""Guess the encoding of a text that does not say it.

turbohtml's detector ranks encodings by the pairs of bytes that languages have (chardetng, which browsers use). Between
encodings of Latin letters it errs on short texts, for they share most of their bytes. There the letters decide: those
beyond ASCII have to be letters of the language that the text is in.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from turbohtml.detect import Detection, EncodingMatch, detect_all, detect_language

# Enough to be sure by; a language shows in less.
_SAMPLE, _WORDS = 65_536, 4_000
# How much of a line counts before the first byte that tells something.
_LEAD, _TELLING = 1_000, re.compile(rb"[\x80-\xff]")
# The detector would believe what is declared inside, which the caller has tried.
_DECLARATION = re.compile(rb"charset", re.IGNORECASE)
_OPTIONS = Detection(excluded=frozenset({"UTF-8"}))
# Encodings less than this times as likely as the first are none of those that short texts take for one another.
_LIKELY = 0.25
# English has few letters beyond ASCII, and pound signs or degrees among figures look like letters of others.
_USUAL = "windows-1252"
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# A sign within a word; apostrophes, hyphens and the dot of Catalan do stand there.
_IN_WORDS = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘\u2010-\u2014·\xad](?=[^\W\d_])")
# Nothing that is written: control characters of the range C1, those for private use, and what could not be decoded.
_NOT_WRITTEN = re.compile(r"[\x80-\x9f\ue000-\uf8ff\ufffd]")
_LATIN = re.compile(r"[\xaa\xba\xc0-\xd6\xd8-\xf6\xf8-\u024f\u1e00-\u1eff]")
# ISO-2022-JP is all ASCII: escapes lead into JIS X 0208, and back into ASCII or into JIS X 0201.
_TO_JAPANESE, _FROM_JAPANESE = (b"\x1b$B", b"\x1b$@"), (b"\x1b(B", b"\x1b(J")

# How much of a text shows that it is UTF-16, and how little cannot; the most control characters of any other text,
# and the most printable ASCII that its bytes can be.
_WIDE_SAMPLE, _SHORTEST_WIDE, _FEW_CONTROLS, _MOST_PRINTABLE = 4_096, 32, 0.03, 0.8
_WIDE, _PUNCTUATION = ("utf-16-le", "utf-16-be"), re.compile(r"[\s\d.,、。，]", re.ASCII)
_NOT_CONTROLS = bytes({*range(0x20, 0x100)} | {*b"\t\n\r\x1b"})
_NOT_PRINTABLE = bytes({*range(256)} - {*range(0x20, 0x7F)})
_WRITTEN_CONTROLS = frozenset("\t\n\v\f\r\x01\x02\x03\x04\x16")

_WESTERN = "áàâäãåæçéèêëíìîïñóòôöõøœúùûüßÿ"
_NORTHERN = "áåäæçéèêëíðóôöøüúýþ"
# The letters beyond ASCII, by ISO 639-3, of languages written in Latin; any other has those of western Europe.
_LETTERS = {
    "aze": "çəğıi̇öşü",
    "cat": "àçèéíïòóúü",
    "ces": "áčďéěíňóřšťúůýž",
    "dan": _NORTHERN,
    "deu": "äöüßéèàçñ",
    "est": "äõöüšžé",
    "fin": "äöåšžéü",
    "hrv": "čćđšž",
    "hun": "áéíóöőúüűä",
    "isl": _NORTHERN,
    "lav": "āčēģīķļņšūž",
    "lit": "ąčęėįšųūž",
    "nob": _NORTHERN,
    "pol": "ąćęłńóśźżéü",
    "ron": "ăâîșşțţé",
    "slk": "áäčďéíĺľňóôŕšťúýž",
    "slv": "čšžćđ",
    "srp": "čćđšž",
    "swe": _NORTHERN,
    "tur": "çğıi̇öşüâîû",
    "vie": "ăâđêôơưáàảãạ"  # codespell:ignore -- a tag
    "ắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ\u0300\u0301\u0303\u0309\u0323",
}


@dataclass(frozen=True, slots=True)
class GuessedEncoding:
    """An encoding by its name in the WHATWG's standard, and the codec that decodes it."""

    name: str
    codec: str


def guess_encoding(body: bytes) -> GuessedEncoding | None:
    """Return the likeliest encoding of a text that is not UTF-8; None where nothing speaks for any."""
    sample = _sample(body)
    ranked = [match for match in detect_all(sample, _OPTIONS) if match.codec]
    likely = ranked[0].confidence * _LIKELY if ranked else 0
    ranked = [match for match in ranked if match.confidence >= likely or match.encoding == _USUAL]
    read = [(match, _TAG.sub(" ", sample.decode(match.codec or "", "replace"))) for match in ranked]
    written = [each for each in read if not _NOT_WRITTEN.search(each[1])] or read
    if not written:
        return None
    best = written[0][0] if _is_other_script(written[0][1]) else _by_letters(written)
    return GuessedEncoding(best.encoding or "", best.codec or "")


def find_utf_16(body: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in (``utf-16-le``, ``utf-16-be``); None for one that is in none.

    The other reading of the same bytes has characters that do not exist, and hardly a blank or a full stop.
    """
    start = body[:_WIDE_SAMPLE]
    if b"\0" not in start or not _is_full_of_controls(start):
        return None
    texts = {encoding: start.decode(encoding, "replace").removesuffix("\ufffd") for encoding in _WIDE}
    written = [encoding for encoding in _WIDE if all(map(_is_written, set(texts[encoding])))]
    return max(written, key=lambda encoding: len(_PUNCTUATION.findall(texts[encoding])), default=None)


def _is_full_of_controls(start: bytes) -> bool:
    """Say whether too many bytes are control characters for a text of bytes, as in UTF-16 halves of letters are."""
    controls, printable = (len(start.translate(None, others)) for others in (_NOT_CONTROLS, _NOT_PRINTABLE))
    enough = max(_FEW_CONTROLS * len(start), 1)
    return len(start) >= _SHORTEST_WIDE and controls > enough and printable <= _MOST_PRINTABLE * len(start)


def _is_written(character: str) -> bool:
    is_nothing = unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"} or character == "\ufffd"
    return not is_nothing or character in _WRITTEN_CONTROLS


def is_iso_2022_jp(body: bytes) -> bool:
    """Say whether a text that is ASCII by its bytes is Japanese by its escapes."""
    if not any(escape in body for escape in _TO_JAPANESE) or not any(escape in body for escape in _FROM_JAPANESE):
        return False
    try:
        body.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return False
    return True


def _sample(body: bytes) -> bytes:
    """Return the lines that have more than ASCII, up to a length: the others say nothing."""
    lines: list[bytes] = []
    place, length = 0, 0
    while length < _SAMPLE and (telling := _TELLING.search(body, place)):
        start = max(body.rfind(b"\n", place, telling.start()) + 1, telling.start() - _LEAD)
        end = body.find(b"\n", telling.start(), start + _SAMPLE)
        place = end + 1 if end >= 0 else start + _SAMPLE
        lines.append(body[start:place])
        length += place - start
    return _DECLARATION.sub(b"", b"".join(lines))


def _is_other_script(text: str) -> bool:
    """Say whether most letters beyond ASCII are not Latin."""
    letters = [letter for letter in _BEYOND_ASCII.findall(text) if letter.isalpha()]
    return 2 * sum(map(bool, map(_LATIN.match, letters))) < len(letters)


def _by_letters(read: Sequence[tuple[EncodingMatch, str]]) -> EncodingMatch:
    """Return the encoding by which most letters are those of the text's language; of equals, the detector's first."""
    return min(read, key=lambda each: _share_of_misfits(each[1]))[0]


def _share_of_misfits(text: str) -> float:
    """Return which share of the letters beyond ASCII, and of signs within words, are not of the text's language."""
    letters = [letter for letter in _BEYOND_ASCII.findall(text.casefold()) if letter.isalpha()]
    fitting = _LETTERS.get(detect_language(text[:_WORDS]).language or "", _WESTERN)
    signs = len(_IN_WORDS.findall(text))
    misfits = sum(letter not in fitting for letter in letters) + signs
    return misfits / max(len(letters) + signs, 1)
