"""Who wrote a dispatch, in the four places that say so.

A byline (``By Jane Doe and John Roe, Associated Press``), a credit (``Reporting by …``), a name behind the dateline as
in East Asia, and the opening of an article that a paper took from a wire: a byline perhaps, then a dateline.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from worker.wire.agencies import is_agency
from worker.wire.datelines import read_dateline
from worker.wire.words import NAME_PARTICLES, NO_PERSONS

_LONGEST = 200
_LONGEST_FIELD = 4_000
# A town in Pennsylvania is not an author of the Press Association.
_SHORTEST_AGENCY = 3
# A byline, and the role in a line below it.
_MOST_BYLINES = 2
# What parts the agency of a dateline from its place: most texts have no such sign where they begin.
_AGENCY_SIGNS = "(/（【［["

_BYLINE = re.compile(
    r"\^?(?P<word>By|BY|Von|VON|Par|PAR|Por|POR|Di|DI|Door|DOOR|Av|AV|Af|AF|Text:|Tekst:) (?P<names>\S.*?)\s*[=<]?"
)
_AND = "and|und|et|y|e|og|och"
_JOINTS = re.compile(rf"\s*[,;]\s+(?:(?:{_AND}) )?|\s+(?:{_AND}|AND|UND|ET|Y|&)\s+|\s*/\s*")
_PLACE = re.compile(r"\s+(?:in|aus|à|en|em|at|from)\s+(?=[^\W\d_a-z]).*$")
_ROLE = re.compile(
    r".{0,60}\b(?:Writers?|Correspondent|Reporter|Editor|Bureau|Staff|Newsroom|Desk|Columnist|Contributor"
    r"|Korrespondent|Korrespondentin|News|Service|Wire)|(?:for|from|in) .{2,40}",
    re.IGNORECASE,
)
# The paper that a name behind it writes for: The Harbour Gazette.
_PAPER = re.compile(r"The(?: [^\W\d_a-z][\w.'’-]*){1,6}")

# Reporting by Jane Doe in London; additional reporting by John Roe; editing by Ann Poe
_CREDIT = re.compile(
    r"(?:additional |zusätzliche )?(?:reporting|reported|writing|written|bericht|text|reportage|reporte|reportaje"
    r"|reportagem|redacción) (?:by|von|de|par|por|di) (?P<names>.+)",
    re.IGNORECASE,
)
_EDITING = re.compile(
    r"(?:compiled |additional )?(?:writing and )?(?:editing|edited|compiled|translated|translation|redaktion|bearbeitet"
    r"|bearbeitung|editado|edición|edité|édité|edição|montaggio|production|graphics?) (?:by|von|de|par|por|di)\b.*",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"\s*;\s*|\.\s+(?=[A-Z])|,?\s+(?=(?:additional reporting|writing|editing|edited|written|édité) (?:by|par)\b)",
    re.IGNORECASE,
)

# As Xinhua and Yonhap name their reporters.
_AFTER_DATELINE = (
    re.compile(r"[（(](?:记者|記者)[ ：]?(?P<names>[^（）()]{2,40})[）)]\s*"),
    re.compile(r"(?P<names>[가-힣]{2,4}(?:[·,] ?[가-힣]{2,4}){0,4}) (?:기자|특파원) ?=? ?"),
)
_EAST_ASIAN_JOINTS = re.compile(r"[、，,· ]+")
_WORD_OF_A_NAME = re.compile(r"[^\W\d_](?:[\w'’-]|\.(?!$))*\.?")
_FEWEST_WORDS, _MOST_WORDS = 2, 5


@dataclass(frozen=True, slots=True)
class Byline:
    """Who signed, and for which agency."""

    names: tuple[str, ...] = ()
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The byline and dateline before the news, and how many characters of the text they take."""

    place: str | None
    agency: str
    filed_on: date | None
    names: tuple[str, ...]
    length: int


def read_byline(line: str, *, is_signed: bool = False) -> Byline | None:
    """Return the names and agency of a line that is only a byline; None for any other line.

    Below a byline (``is_signed``) a line may be a role alone: Associated Press Writer.
    """
    if len(line) > _LONGEST:
        return None
    if signed := _BYLINE.fullmatch(line):
        return _read_names(signed["names"])
    byline = _read_names(line.strip("^=< "))
    if byline is None or not byline.names:
        return byline if byline and (byline.agency or is_signed) else None
    # Without "By" a name is only sure beside its agency.
    return byline if byline.agency and len(byline.agency) >= _SHORTEST_AGENCY else None


def read_author_names(text: str) -> tuple[str, ...]:
    """Return the names in a byline field, or the whole field where not all of it reads like names."""
    text = " ".join(text[:_LONGEST_FIELD].split()).strip(" ,;")
    # In a field of its own it may begin with a small letter.
    signed = _BYLINE.fullmatch(text[:1].upper() + text[1:])
    written = signed["names"] if signed else text
    byline = _read_names(written)
    return byline.names if byline else (written,)


def read_credits(paragraph: str) -> tuple[str, ...] | None:
    """Return who reported, from a paragraph that only lists who did what; None for any other."""
    clauses = [clause for clause in _CLAUSES.split(paragraph.strip().strip("()").strip(" .")) if clause]
    reported = [_CREDIT.fullmatch(clause) for clause in clauses if not _EDITING.fullmatch(clause)]
    if not clauses or None in reported:
        return None
    parts = (part for credit in reported if credit for part in _JOINTS.split(credit["names"]))
    names = tuple(filter(None, (_read_name(_PLACE.sub("", part)) for part in parts)))
    return names if names or paragraph.lstrip().startswith("(") else None


def read_byline_after_dateline(text: str) -> tuple[tuple[str, ...], int]:
    """Return the names between dateline and text, and how many characters they take."""
    for style in _AFTER_DATELINE:
        if found := style.match(text[:_LONGEST]):
            names = map(str.strip, _EAST_ASIAN_JOINTS.split(found["names"]))
            return tuple(filter(None, names)), found.end()
    return (), 0


def read_opening(text: str, published: date | None) -> Opening | None:
    """Return the opening of a wire's text; None for any other text. ``published`` gives the year of its day."""
    names: tuple[str, ...] = ()
    start = 0
    for _ in range(_MOST_BYLINES):
        line, blank_line, _ = text[start : start + _LONGEST].partition("\n\n")
        byline = read_byline(line.strip(), is_signed=bool(names)) if blank_line else None
        if byline is None:
            break
        names += byline.names
        start += len(line) + len(blank_line)
    head = text[start : start + _LONGEST]
    dateline = read_dateline(head, published) if any(sign in head for sign in _AGENCY_SIGNS) else None
    if dateline is None:
        return None
    return Opening(dateline.place, dateline.agency, dateline.filed_on, names, start + dateline.length)


def _read_names(text: str) -> Byline | None:
    """Return the names and the agency that a text consists of; None where it holds anything else but roles."""
    names: list[str] = []
    agency: str | None = None
    for part in filter(None, _JOINTS.split(text.strip(" ="))):
        if is_agency(part.removeprefix("the ").removeprefix("The ")):
            agency = agency or part
        elif not (_ROLE.fullmatch(part) or (names and _PAPER.fullmatch(part))):
            name = _read_name(_PLACE.sub("", part))
            if name is None:
                return None
            names.append(name)
    return Byline(tuple(names), agency)


def _read_name(text: str) -> str | None:
    """Return a person's name, not in capitals; None for anything else."""
    words = text.split() if text.endswith(("Jr.", "Sr.")) else text.strip(" .").split()
    if not reads_like_a_name(words) or words[-1].casefold() in NO_PERSONS or words[-1][0].islower():
        return None
    return _without_capitals(" ".join(words))


def _without_capitals(name: str) -> str:
    """Return a name that is all in capitals, JANE MCDOE, as it is usually written; initials stay."""
    if not name.isupper():
        return name
    cased = re.sub(r"[^\W\d_]+", lambda word: word[0][0] + word[0][1:].lower(), name)
    return re.sub(r"\bMc([a-z])", lambda found: f"Mc{found[1].upper()}", cased)


def reads_like_a_name(words: Sequence[str]) -> bool:
    """Return whether words may be a person's name: two to five, and none in small letters but particles (``van``)."""
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS:
        return False
    return all(_WORD_OF_A_NAME.fullmatch(word) and (not word[0].islower() or word in NAME_PARTICLES) for word in words)
