"""The end of a dispatch: credits, agencies, initials, copyright, counts and end marks, which are no news."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from worker.wire.agencies import is_agency, is_same_agency
from worker.wire.bylines import read_credits

_LONGEST = 1_200
_TAIL = 40
# A credit in brackets may close the last paragraph.
_CREDIT_TAIL = 600
_MOST = 12

# The initials of author and editor may follow: (AGI)Red/Jd.
_NAME_AT_END = re.compile(
    r"\s*(?:\(([^()]{2,20})\)(?:\.? ?[A-Za-z0-9]{2,4}[-/][A-Za-z0-9]{2,4})?|（([^（）]{2,10})）"
    r"|/ ?([^/]{2,20}?) ?/|(?:[-–—]{1,2}|==) ?([^\W\d_]{2,20}))\.?$"
)
# The desks of India close with their initials: PTI ABC XY.
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

# A last paragraph that is all of one of these is no text.
_NOISE = re.compile(
    r"\(\(.{3,300}\)\)"  # whom Reuters' editors may call
    r"|\(?\^?Our Standards:.{0,200}"
    r"|(?:\([cC]\)|©|<저작권자).{0,300}|(?:Copyright|COPYRIGHT)\b.{0,40}\d{4}.{0,300}"
    r"|All [Rr]ights [Rr]eserved\b.{0,200}"
    r"|[a-z]{2,4}(?:[-/][a-z]{1,5}){1,5}|[a-z]{2,4}/(?: [a-z]{2,4}/){0,4}"  # jdo/jr, jdo/ jr/: author and editor
    r"|[A-Z]{2,4}(?: ?//? ?[A-Z]{2,4}){1,4}"
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
    r"#{1,3} ?(?:dpa-)?Notizblock\b|(?:\* ?){3,5}Die folgenden Informationen sind nicht zur Ver"
)
_LONGEST_APPENDIX = 20


@dataclass(frozen=True, slots=True)
class SignedOff:
    """The text without its end, and who signed there."""

    paragraphs: tuple[str, ...]
    authors: tuple[str, ...] = ()
    agency: str | None = None


def read_sign_offs(paragraphs: Sequence[str], agency: str | None) -> SignedOff:
    """Return the paragraphs without sign-offs; ``agency`` is the one the dateline names."""
    kept = [*_without_appendix(paragraphs)]
    authors: list[str] = []
    # Few stand together: to take off one after the other is quadratic.
    for _ in range(_MOST):
        if not kept:
            break
        last = _read_end(kept[-1], agency)
        if last.text == kept[-1]:
            break
        kept[-1:] = [last.text] if last.text else []
        authors[:0] = last.authors
        agency = agency or last.agency
    return SignedOff(tuple(kept), tuple(authors), agency)


def _without_appendix(paragraphs: Sequence[str]) -> Sequence[str]:
    start = max(len(paragraphs) - _LONGEST_APPENDIX, 1)
    appended = (at for at in range(start, len(paragraphs)) if _NOT_FOR_PUBLICATION.match(paragraphs[at]))
    return paragraphs[: next(appended, len(paragraphs))]


@dataclass(frozen=True, slots=True)
class _End:
    """A last paragraph without its end, and who signed there."""

    text: str
    authors: tuple[str, ...] = ()
    agency: str | None = None


def _read_end(paragraph: str, agency: str | None) -> _End:
    if len(paragraph) <= _LONGEST:
        if (names := read_credits(paragraph)) is not None:
            return _End("", names)
        if _NOISE.fullmatch(paragraph):
            return _End("")
    return _read_tail(paragraph, agency)


def _read_tail(paragraph: str, agency: str | None) -> _End:
    """Return the paragraph without what closes it after its last sentence."""
    head, tail = paragraph[:-_TAIL], paragraph[-_TAIL:]
    if agency and (signed := _BARE_AT_END.search(tail)) and _names(signed[1], agency):
        return _End((head + tail[: signed.start()]).rstrip())
    if mark := _MARK_AT_END.search(tail):
        return _End((head + tail[: mark.start()]).rstrip())
    if match := _NAME_AT_END.search(tail):
        before = head + tail[: match.start()]
        name = next(group for group in match.groups() if group).strip()
        # Brackets at the end are a sign-off when they name the agency, or nothing but capitals after a sentence.
        is_bracketed = match[4] is None or (not before and is_agency(name))
        is_apart = is_bracketed and bool(_AFTER_SENTENCE.search(before[-1:]))
        if _names(name, agency) or (is_apart and (name.isupper() or is_agency(name))):
            return _End(before.rstrip(), agency=name if is_agency(name) else None)
    return _read_credits_at_end(paragraph)


def _read_credits_at_end(paragraph: str) -> _End:
    start = max(len(paragraph) - _CREDIT_TAIL, 0)
    opened = paragraph.rfind("(", start)
    if opened > 0 and _CREDITS_AT_END.fullmatch(paragraph[opened:]):
        names = read_credits(paragraph[opened:])
        if names is not None and _AFTER_SENTENCE.search(paragraph[:opened].rstrip()[-1:]):
            return _End(paragraph[:opened].rstrip(), names)
    return _End(paragraph)


def _names(name: str, agency: str | None) -> bool:
    return agency is not None and is_same_agency(name, agency)
