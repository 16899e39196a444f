"""Sign-offs, the end of a dispatch that is no news: credits, agencies, initials, copyright, counts and end marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from worker.wire.agencies import is_agency, is_same_agency
from worker.wire.bylines import read_credits

_MOST_SIGN_OFFS = 12
_LONGEST = 1_200
# How long a sign-off at the end of the last paragraph may be, and credits in brackets there.
_TAIL, _CREDITS_TAIL = 40, 600
# Paragraphs of an appendix.
_LONGEST_APPENDIX = 20

# The agency's name, and the initials of author and editor: (AGI)Red/Jd.
_NAME_AT_END = re.compile(
    r"\s*(?:\(([^()]{2,20})\)(?:\.? ?[A-Za-z0-9]{2,4}[-/][A-Za-z0-9]{2,4})?|（([^（）]{2,10})）"
    r"|/ ?([^/]{2,20}?) ?/|(?:[-–—]{1,2}|==) ?([^\W\d_]{2,20}))\.?$"
)
# Agencies of India close with the initials of their desk: PTI ABC XY.
_DESK = r"(?:PTI|ANI|IANS|UNI)(?: [A-Z]{2,5}){1,5}"
_MARK_AT_END = re.compile(
    r"(?:^|(?<=[.!?\"”’)])\s|(?<=[.。！？」])(?=[（(]))"
    rf"(?:{_DESK}"
    r"|\(?(?:[-–—]{1,2} ?(?:30|0) ?[-–—]{1,2}|#{3,5}|ENDS?|END/|Enditem|ENDITEM|NNNN|MORE|FIN|FINE|KONIEC)\)?"
    r"|[-–—(] ?(?:more|mehr|mais|segue|SEGUE|suite|à suivre|sigue|continúa|Fortsetzung|fim|fin|fine|Ende) ?[-–—)]"
    r"|[（(](?:完|了|끝|終わり|конец)[)）])\.?$"
)
# EFE and Lusa sign without brackets: EFE; Lusa/Fim.
_BARE_AT_END = re.compile(r"(?:^|(?<=[.!?\"”’)]) )([^\W\d_]{2,12})(?:/\w{2,4})?\.?$")
_AFTER_SENTENCE = re.compile(r"(?:^|[.!?\"”’)。！？」])$")
_CREDITS_AT_END = re.compile(
    r"\((?:additional )?[^\W\d_]{4,12} (?:by|von|de|par|por|di) [^()]{3,500}\)\.?", re.IGNORECASE
)

# A last paragraph that is one of these and nothing else is no text.
_NOISE = re.compile(
    r"\(\(.{3,300}\)\)"  # whom Reuters' editors may call
    r"|\(?\^?Our Standards:.{0,200}"
    r"|(?:\([cC]\)|©|<저작권자).{0,300}|(?:Copyright|COPYRIGHT)\b.{0,40}\d{4}.{0,300}"
    r"|All [Rr]ights [Rr]eserved\b.{0,200}"
    r"|[a-z]{2,4}(?:[-/][a-z]{1,5}){1,5}|[a-z]{2,4}/(?: [a-z]{2,4}/){0,4}"  # jdo/jr, jdo/ jr/: author and editor
    r"|[A-Z]{2,4}(?: ?(?://?|-) ?[A-Z]{2,4}){1,4}"  # ANSA parts them by hyphens
    r"|dpa(?:[ /][a-z]{2,4}){1,4} [a-z]\d(?: [a-z]{2,4})?"
    rf"|{_DESK}"
    r"|AP-[A-Z]{2}-\d\d-\d\d-\d\d \d{4}[A-Z]{3}<?"  # when AP sent it
    r"|\(?(?:[Ww]ord ?count:? ?\d{1,5}|\d{1,5} ?(?:words|wds|mots))\)?"
    r"|(?:Keywords|Slug|Category|Subject Codes?): ?.{0,200}"
    r"|[\w.+-]{1,64}@[\w.-]{3,100}(?: \((?:END|끝)\))?"
    r"|[\W_]{3,20}"
)
# What dpa appends for its customers only.
_NOT_FOR_PUBLICATION = re.compile(
    r"#{1,3} ?(?:dpa-)?(?:Notizblock|Notebook)\b"
    r"|(?:\* ?){3,5}(?:Die folgenden Informationen sind nicht zur Ver|The following information is not intended for p)"
)


@dataclass(frozen=True, slots=True)
class SignedOff:
    """The text without its end, and who signed there."""

    paragraphs: tuple[str, ...]
    authors: tuple[str, ...] = ()
    agency: str | None = None


def read_sign_offs(paragraphs: Sequence[str], agency: str | None) -> SignedOff:
    """Return the paragraphs without their sign-offs; ``agency`` is the one that the dateline names."""
    kept = [*_without_appendix(paragraphs)]
    authors: tuple[str, ...] = ()
    # A few at most, since taking off one after the other is quadratic.
    for _ in range(_MOST_SIGN_OFFS):
        if not kept:
            break
        last = _sign_off(kept[-1], agency)
        if last.paragraphs == (kept[-1],):
            break
        kept[-1:] = filter(None, last.paragraphs)
        authors = last.authors + authors
        agency = agency or last.agency
    return SignedOff(tuple(kept), authors, agency)


def _without_appendix(paragraphs: Sequence[str]) -> Sequence[str]:
    start = max(len(paragraphs) - _LONGEST_APPENDIX, 1)
    appended = (at for at in range(start, len(paragraphs)) if _NOT_FOR_PUBLICATION.match(paragraphs[at]))
    return paragraphs[: next(appended, len(paragraphs))]


def _sign_off(paragraph: str, agency: str | None) -> SignedOff:
    """Return the last paragraph without the sign-off that it is, or that closes it."""
    if len(paragraph) <= _LONGEST:
        if (names := read_credits(paragraph)) is not None:
            return SignedOff((), names)
        if _NOISE.fullmatch(paragraph):
            return SignedOff(())
    head, tail = paragraph[:-_TAIL], paragraph[-_TAIL:]
    bare = _BARE_AT_END.search(tail) if agency else None
    mark = bare if bare and _is_that_agency(bare[1], agency) else _MARK_AT_END.search(tail)
    if mark:
        return SignedOff(((head + tail[: mark.start()]).rstrip(),))
    if named := _NAME_AT_END.search(tail):
        before = head + tail[: named.start()]
        name = next(filter(None, named.groups())).strip()
        # Brackets at the end are a sign-off when they name the agency, or nothing but capitals after a sentence.
        is_bracketed = named[4] is None or (not before and is_agency(name))
        is_apart = is_bracketed and bool(_AFTER_SENTENCE.search(before[-1:]))
        if _is_that_agency(name, agency) or (is_apart and (name.isupper() or is_agency(name))):
            return SignedOff((before.rstrip(),), agency=name if is_agency(name) else None)
    return _sign_off_credits(paragraph)


def _is_that_agency(name: str, agency: str | None) -> bool:
    return agency is not None and is_same_agency(name, agency)


def _sign_off_credits(paragraph: str) -> SignedOff:
    """Return a paragraph without the credits in brackets that close it."""
    start = paragraph.rfind("(", max(len(paragraph) - _CREDITS_TAIL, 0))
    if start > 0 and _CREDITS_AT_END.fullmatch(paragraph[start:]):
        names, before = read_credits(paragraph[start:]), paragraph[:start].rstrip()
        if names is not None and _AFTER_SENTENCE.search(before[-1:]):
            return SignedOff((before,), names)
    return SignedOff((paragraph,))
