"""What a wire says of a dispatch besides its news: UPDATE 1-, (Corrects …), KILL, URGENT, 2nd Ld-Writethru."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from worker.values.entries import Notice
from worker.wire.words import KINDS, NOTE_VERBS, URGENCIES

_MOST_PREFIXES = 4
_MOST_NUMBER = 999
_LONGEST_OPENING = 80


@dataclass(frozen=True, slots=True)
class Notices:
    """What the words around a headline say, and the headline without them."""

    text: str
    notice: Notice | None = None
    number: int | None = None
    urgency: int | None = None


_BY_WEIGHT = (Notice.KILL, Notice.CORRECTION, Notice.ADVISORY, Notice.REPEAT, Notice.TAKE, Notice.UPDATE)


def weightiest(*notices: Notice | None) -> Notice | None:
    """Return what matters most of all that a dispatch is said to be: a corrected update is a correction."""
    return next((notice for notice in _BY_WEIGHT if notice in notices), None)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_WORD = rf"(?P<word>{_any_of([*KINDS, *URGENCIES])})"
# Only in capitals, and only before a dash or a colon: "Update 1 of the plan" and "KILL BILL" are headlines.
_PREFIX = re.compile(rf"{_WORD}(?: \(OFFICIAL\))?(?: ?(?P<number>\d{{1,3}}))?\s?[-–—:]{{1,2}}\s?(?=\S)")
# Yonhap writes (LEAD) and (2nd LD), EFE (AMPLIACIÓN 2).
_BRACKETED = re.compile(
    rf"[(\[](?:(?P<number>\d{{1,3}})(?:st|nd|rd|th|ST|ND|RD|TH)? )?{_WORD}(?: (?P<number2>\d{{1,3}}))?[)\]] ?(?=\S)"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_ORDINAL = rf"(?P<ordinal>\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)})"
_LEAD = re.compile(rf"(?:{_ORDINAL}[ -]?(?:ld|lead)[ -]?)?(?:write-?thr(?:u|ough))?", re.IGNORECASE)
_TAKE = re.compile(
    rf"take (?P<number>\d{{1,3}})(?: of \d{{1,3}})?|{_ORDINAL}[ -]?add|add (?P<number2>\d{{1,3}})"
    r"|=(?P<number3>\d{1,3})(?: [A-ZÀ-Þ][A-ZÀ-Þ .-]{1,30})?|page (?P<number4>\d{1,3})|- ?(?P<number5>\d{1,3}) ?-",
    re.IGNORECASE,
)
_BARE = re.compile(rf"\W{{0,6}}{_WORD}(?: (?P<number>\d{{1,3}}))?\W{{0,6}}", re.IGNORECASE)
_NOTE = re.compile(rf"\((?:ATTN:? )?(?P<note>(?P<verb>{'|'.join(NOTE_VERBS)})\b.{{2,1000}})\)\.?", re.IGNORECASE)
_EDITORS = re.compile(
    r"\(?(?:(?:attn |attention |note to )?(?:eds|editors)|editor(?:s|['’]s|s['’])? note|ed ?note)\s?[:,—-]\s?"
    r"(?P<note>.{2,1000}?)\)?",
    re.IGNORECASE,
)
_OPENING_NOTE = re.compile(rf"\^?\(?(?:ATTN\b|(?:{'|'.join(NOTE_VERBS)})\b|eds\b|editors\b)", re.IGNORECASE)


def read_headline(headline: str) -> Notices:
    """Return a headline as a reader should see it, and what its prefixes say: ``RPT-UPDATE 2-Bridge reopens``."""
    told = Notices(headline.strip(" \t^<"))
    for _ in range(_MOST_PREFIXES):
        prefix = _PREFIX.match(told.text) or _BRACKETED.match(told.text)
        if prefix is None:
            break
        told = _add(told, prefix)
    return told


def add_notices(text: str, told: Iterable[Notices]) -> Notices:
    """Return what all of these say, of ``text``; of the numbers and urgencies the first."""
    said = [*told]
    return Notices(
        text,
        weightiest(*(each.notice for each in said)),
        next((each.number for each in said if each.number), None),
        next((each.urgency for each in said if each.urgency), None),
    )


def read_bare_notice(line: str) -> Notices | None:
    """Return what a line says that is nothing but a notice: ``URGENT``, ``KILL``, ``Take 2``, ``2nd Ld-Writethru``."""
    if bare := _BARE.fullmatch(line):
        return _add(Notices(line), bare)
    if take := _TAKE.fullmatch(line):
        return Notices("", Notice.TAKE, _number(take))
    if line and (lead := _LEAD.fullmatch(line)):
        return Notices("", Notice.UPDATE, _number(lead))
    return None


def opens_note(line: str) -> bool:
    """Say whether a line is the beginning of a note, which may go on in the next."""
    return bool(_OPENING_NOTE.match(line))


def read_note(line: str) -> tuple[str, Notice | None] | None:
    """Return what a line tells editors, and what that makes of the dispatch; null for a line of another kind."""
    found = _NOTE.fullmatch(line) or _EDITORS.fullmatch(line)
    return (found["note"].strip(), notice_of_note(found["note"])) if found else None


def notice_of_note(note: str) -> Notice | None:
    """Return what an editor's note makes of a dispatch, from its first word."""
    first, _, _ = note.strip(" (").partition(" ")
    return NOTE_VERBS.get(first.strip(":,.").casefold())


def read_opening(paragraph: str) -> Notice | None:
    """Return what a text that opens with a notice is: ``CORRECTION: In a story of 9 July …`` stays in the text."""
    opening = _PREFIX.match(paragraph[:_LONGEST_OPENING])
    kind = KINDS.get(opening["word"]) if opening else None
    return kind if kind in {Notice.CORRECTION, Notice.ADVISORY, Notice.KILL} else None


def _add(told: Notices, found: re.Match[str]) -> Notices:
    """Return what is told with one prefix more; the first that counts says the number."""
    word = found["word"].upper()
    return Notices(
        told.text[found.end() :].strip(),
        weightiest(told.notice, KINDS.get(word)),
        told.number or _number(found),
        told.urgency or URGENCIES.get(word),
    )


def _number(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    if ordinal := groups.get("ordinal"):
        digits = ordinal.rstrip("stndrh")
        return int(digits) if digits.isdecimal() else _ORDINALS.index(ordinal.casefold()) + 1
    number = next((value for name, value in groups.items() if name.startswith("number") and value), None)
    return int(number) if number and int(number) <= _MOST_NUMBER else None


# --- Slugs: what stands behind one in its line, and the slug by which a notice names what it acts on.

# Of a text, where a wire says what it withdraws or corrects.
_OPENING = 1_000
# BC-EU--Harbour Bridge, 3rd Ld-Writethru,0312
_AP_SLUG = re.compile(r"(?:[a-z] [a-z] )?(?P<slug>(?:AM|PM|BC|AP)-[\w .'’/-]{2,60}?)(?P<rest>(?:, ?[^,]{1,40}){0,4})")
# harbour-bridge-reopen 1st lead; HARBOUR-BRIDGE/REOPEN (UPDATE 1)
_SLUG = re.compile(r"(?P<slug>(?:[^\W_]+[-/]){1,8}[^\W_]*)(?:[ ,]\s?(?P<rest>\S.{0,40}))?")
_VERSION_IN_BRACKETS = re.compile(r"(?P<slug>.*\S) ?\((?P<version>[^()]{1,40})\)")
# "slugged" alone is a blow too.
_OF_WHAT = r"(?:story|dispatch|item|article|report|take|alert|bulletin|version|copy)"
_NAMED = re.compile(
    rf"\b{_OF_WHAT}s?,? (?:[a-z]{{1,12}} ){{0,4}}slugged:? [\"'“‘]?"
    r"(?P<slug>[\w'’/-]{2,60}(?: [A-Z0-9][\w'’/-]{0,30}){0,6})"
)
_ORDER = re.compile(
    rf"(?<!\bnot )\b(?:kill|withdraw) (?:the |our |this )?(?:[a-z]{{1,12}} )?{_OF_WHAT} slugged ", re.IGNORECASE
)


def read_slug_line(line: str) -> Notices | None:
    """Return the slug of a line that is surely one, and what the version behind it makes of the dispatch."""
    if found := _AP_SLUG.fullmatch(line):
        return add_notices(found["slug"].strip(" -"), _read_versions(found["rest"].split(",")))
    found = _SLUG.fullmatch(line)
    if found is None:
        return None
    versions = [*_read_versions([found["rest"] or ""])]
    # One hyphen alone may be any word's.
    is_sure = bool(versions) if found["rest"] else len(re.findall("[-/]", found["slug"])) > 1
    return add_notices(found["slug"].strip("-/"), versions) if is_sure else None


def split_slug(line: str) -> Notices:
    """Return what a field says that is a slug, and what stands behind it; what is no version stays in it."""
    if (found := read_slug_line(line)) and found.notice:
        return found
    bracketed = _VERSION_IN_BRACKETS.fullmatch(line)
    name, *parts = [bracketed["slug"], *bracketed["version"].split(",")] if bracketed else line.split(",")
    versions = [*_read_versions(parts)]
    return add_notices(name.strip() if versions else line, versions)


def read_order(texts: Sequence[str], notice: Notice | None) -> tuple[Notice | None, str | None]:
    """Return what a dispatch is that may ask editors to kill another one, and the slug of that one where it is named.

    ``notice`` is what it is otherwise: an advisory may ask for a kill, and a correction may name a slug too.
    """
    openings = [text[:_OPENING] for text in texts]
    if any(map(_ORDER.search, openings)):
        notice = weightiest(notice, Notice.KILL)
    is_named = notice in {Notice.KILL, Notice.CORRECTION}
    return notice, next(filter(None, map(_read_named, openings)), None) if is_named else None


def _read_named(text: str) -> str | None:
    """Return the slug that a text names: ``Please kill the story slugged BC-Lock Gates``."""
    slugs = (named["slug"].strip("'’-") for named in _NAMED.finditer(text))
    return next((slug for slug in slugs if not slug.islower() or re.search("[-/]", slug)), None)


def _read_versions(parts: Iterable[str]) -> Iterator[Notices]:
    for part in parts:
        if bare := read_bare_notice(part.strip(" ()<")):
            yield bare
