"""Who wrote a dispatch: bylines (``By Jane Doe and John Roe, Associated Press``) and credits (``Reporting by …``)."""

import re
from dataclasses import dataclass
from datetime import date

from worker.wire.agencies import is_agency
from worker.wire.datelines import read_dateline

_LONGEST = 200
_LONGEST_FIELD = 4_000
_MOST_WORDS = 5
_FEWEST_WORDS = 2
# A town in Pennsylvania is not an author of the Press Association.
_SHORTEST_AGENCY = 3

_BYLINE = re.compile(
    r"\^?(?P<word>By|BY|Von|VON|Par|PAR|Por|POR|Di|DI|Door|DOOR|Av|AV|Af|AF|Text:|Tekst:) (?P<names>\S.*?)\s*[=<]?"
)
_AND = "and|und|et|y|e|og|och"
_JOINTS = re.compile(rf"\s*[,;]\s+(?:(?:{_AND}) )?|\s+(?:{_AND}|AND|UND|ET|Y|&)\s+|\s*/\s*")
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]|\.(?!$))*\.?")
_PARTICLES = frozenset("al am bin da de del della den der di do dos du el ibn la le ten ter van von y zu zur".split())
_PLACE = re.compile(r"\s+(?:in|aus|à|en|em|at|from)\s+(?=[^\W\d_a-z]).*$")
_ROLE = re.compile(
    r".{0,60}\b(?:Writers?|Correspondent|Reporter|Editor|Bureau|Staff|Newsroom|Desk|Columnist|Contributor"
    r"|Korrespondent|Korrespondentin|News|Service|Wire)|(?:for|from|in) .{2,40}",
    re.IGNORECASE,
)
_NOBODY = frozenset("staff newsroom bureau desk writers reporters editors redaktion redacción rédaction".split())

# "Reporting by Jane Doe in London; additional reporting by John Roe; editing by Ann Poe"
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

# What Xinhua and Yonhap write after the dateline.
_AFTER_DATELINE = (
    re.compile(r"[（(](?:记者|記者)[ ：]?(?P<names>[^（）()]{2,40})[）)]\s*"),
    re.compile(r"(?P<names>[가-힣]{2,4}(?:[·,] ?[가-힣]{2,4}){0,4}) (?:기자|특파원) ?=? ?"),
)
_EAST_ASIAN_JOINTS = re.compile(r"[、，,· ]+")


@dataclass(frozen=True, slots=True)
class Byline:
    """Who signed, and for whom."""

    names: tuple[str, ...] = ()
    agency: str | None = None


def read_byline(line: str, *, is_signed: bool = False) -> Byline | None:
    """Return what a line says that is nothing but a byline; null for any other line.

    After a line that ``is_signed``, a role alone (Associated Press Writer) belongs to it.
    """
    if len(line) > _LONGEST:
        return None
    if signed := _BYLINE.fullmatch(line):
        return _read_signed(signed["names"])
    found = _read_signed(line.strip("^=< "))
    if found is None or not found.names:
        return found if found and (found.agency or is_signed) else None
    # Without "By" a name is only sure beside its agency.
    return found if found.agency and len(found.agency) >= _SHORTEST_AGENCY else None


def read_author_names(text: str) -> tuple[str, ...]:
    """Return the names in a byline field; the whole of it where it has none that look like names."""
    text = " ".join(text[:_LONGEST_FIELD].split()).strip(" ,;")
    signed = _BYLINE.fullmatch(text)
    found = _read_signed(signed["names"] if signed else text)
    if found:
        return found.names
    return (signed["names"] if signed else text,) if text else ()


def read_credits(paragraph: str) -> tuple[str, ...] | None:
    """Return who reported, from a paragraph that says nothing but who did what; null for any other paragraph."""
    inner = paragraph.strip().strip("()").strip(" .")
    clauses = [clause for clause in _CLAUSES.split(inner) if clause]
    if not clauses or not all(_CREDIT.fullmatch(clause) or _EDITING.fullmatch(clause) for clause in clauses):
        return None
    names: list[str] = []
    for clause in clauses:
        if (credit := _CREDIT.fullmatch(clause)) and not _EDITING.fullmatch(clause):
            names += [name for part in _JOINTS.split(credit["names"]) if (name := _read_name(_PLACE.sub("", part)))]
    is_bracketed = paragraph.lstrip().startswith("(")
    return tuple(names) if is_bracketed or names else None


def read_byline_after_dateline(text: str) -> tuple[tuple[str, ...], int]:
    """Return the names between dateline and text, and how many characters they take."""
    for style in _AFTER_DATELINE:
        if found := style.match(text[:_LONGEST]):
            names = (name.strip() for name in _EAST_ASIAN_JOINTS.split(found["names"]))
            return tuple(name for name in names if name), found.end()
    return (), 0


def _read_signed(text: str) -> Byline | None:
    """Return the names and the agency that all of a text consists of."""
    names: list[str] = []
    agency: str | None = None
    for part in filter(None, _JOINTS.split(text.strip(" ="))):
        if is_agency(part.removeprefix("the ").removeprefix("The ")):
            agency = agency or part
        elif (name := _read_name(_PLACE.sub("", part))) and not _ROLE.fullmatch(part):
            names.append(name)
        elif not _ROLE.fullmatch(part):
            return None
    return Byline(tuple(names), agency)


def _read_name(text: str) -> str | None:
    """Return a person's name, not in capitals; null for what is none."""
    words = text.strip(" .").split() if not text.endswith(("Jr.", "Sr.")) else text.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or words[-1].casefold() in _NOBODY:
        return None
    if not all(_WORD.fullmatch(word) and (not word[0].islower() or word in _PARTICLES) for word in words):
        return None
    if words[-1][0].islower():
        return None
    return _uncapitalise(" ".join(words))


def _uncapitalise(name: str) -> str:
    """Return a name in capitals, JANE MCDOE, as it is written; initials stay."""
    if not name.isupper():
        return name
    cased = re.sub(r"[^\W\d_]+", lambda word: word[0][0] + word[0][1:].lower(), name)
    return re.sub(r"\bMc([a-z])", lambda found: f"Mc{found[1].upper()}", cased)


# --- How an article begins that a paper took from a wire: a byline perhaps, then a dateline.

# A byline, and the role in a line below it.
_MOST_LINES = 2
# More than any dateline has, with white space before it.
_HEAD = 200
# What signs a dateline: most texts have none of it where they begin, and are looked at no further.
_SIGNS = "(/（【［["


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the news, and how many characters of the text it takes."""

    place: str | None
    agency: str
    filed_on: date | None
    names: tuple[str, ...]
    length: int


def read_opening(text: str, published: date | None) -> Opening | None:
    """Return how a wire's text begins; null for any other text. ``published`` gives the year of the dateline's day."""
    names: tuple[str, ...] = ()
    start = 0
    for _ in range(_MOST_LINES):
        line, parted, _ = text[start : start + _HEAD].partition("\n\n")
        byline = read_byline(line.strip(), is_signed=bool(names)) if parted else None
        if byline is None:
            break
        names += byline.names
        start += len(line) + len(parted)
    head = text[start : start + _HEAD]
    dateline = read_dateline(head, published) if any(sign in head for sign in _SIGNS) else None
    if dateline is None:
        return None
    return Opening(dateline.place, dateline.agency, dateline.filed_on, names, start + dateline.length)
