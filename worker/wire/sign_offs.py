"""Sign-offs, the end of a dispatch that is no news: credits, agencies, initials, copyright, counts and end marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from worker.wire import sign_off_marks as marks
from worker.wire.agencies import agency_name, is_agency, is_same_agency
from worker.wire.bylines import read_byline, read_credits, reads_like_a_name

_MOST_SIGN_OFFS = 12
_LONGEST = 1_200
# How long a sign-off at the end of the last paragraph may be, and credits in brackets there.
_TAIL, _CREDITS_TAIL = 40, 600
# Paragraphs of an appendix.
_LONGEST_APPENDIX = 20
# How much of a paragraph tells what it is.
_OPENING = 120
_DECORATION = " -–—*/()[]<>.#"
_AFTER_SENTENCE = re.compile(r"(?:^|[.!?\"”’)。！？」])$")
_COPYRIGHT = re.compile(r"\s*(?:Copyright|COPYRIGHT)? ?©.*")
_EDITED = re.compile(r"(?:Edited|Editing) by (?P<names>.{3,100})")
_AND = re.compile(r",? and |, ")


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
    appended = (at for at in range(start, len(paragraphs)) if _begins_appendix(paragraphs, at))
    return paragraphs[: next(appended, len(paragraphs))]


def _begins_appendix(paragraphs: Sequence[str], at: int) -> bool:
    """Say whether no paragraph from here on is for readers: a release says so by its end and what is behind that."""
    if marks.NOT_FOR_PUBLICATION.match(paragraphs[at]):
        return True
    below = paragraphs[at + 1][:_OPENING] if at + 1 < len(paragraphs) else ""
    return bool(marks.END_OF_RELEASE.fullmatch(paragraphs[at]) and marks.BEHIND_RELEASE.match(below))


def _sign_off(paragraph: str, agency: str | None) -> SignedOff:
    """Return the last paragraph without the sign-off that it is, or that closes it."""
    if len(paragraph) <= _LONGEST:
        if (names := _read_names(paragraph)) is not None:
            return SignedOff((), names)
        if marks.NOISE.fullmatch(paragraph) or _is_signature(paragraph, agency):
            return SignedOff(())
    return _sign_off_name(paragraph, agency) or _sign_off_credits(paragraph)


def _read_names(paragraph: str) -> tuple[str, ...] | None:
    """Return who wrote the text, from a paragraph that says who did what and nothing else; None for any other."""
    paragraph = paragraph.removeprefix("* ")
    if (names := read_credits(paragraph)) is not None:
        return names
    if (edited := _EDITED.fullmatch(paragraph)) and _are_names(_AND.split(edited["names"])):
        return ()
    is_bracketed = paragraph.startswith("(By ") and paragraph.endswith(")")
    byline = read_byline(paragraph.strip("()") if is_bracketed else paragraph)
    if byline and byline.names and (is_bracketed or byline.agency):
        return byline.names
    return _read_labelled_names(paragraph)


def _read_labelled_names(paragraph: str) -> tuple[str, ...] | None:
    """Return the authors in ``Pewarta: Jane Doe Editor: John Roe Copyright © ANTARA``; None for anything else."""
    before, *parts = marks.CREDIT_LABEL.split(_COPYRIGHT.sub("", paragraph))
    labelled = [
        (label.casefold(), _AND.split(names.strip())) for label, names in zip(parts[::2], parts[1::2], strict=True)
    ]
    if before or not labelled or not all(_are_names(names) for _, names in labelled):
        return None
    return tuple(name for label, names in labelled if label in marks.AUTHOR_LABELS for name in names)


def _are_names(names: Sequence[str]) -> bool:
    return all(reads_like_a_name(name.split()) for name in names)


def _is_signature(paragraph: str, agency: str | None) -> bool:
    """Say whether a paragraph is nothing but the agency's name, or that and initials."""
    if agency is None or len(paragraph) > _TAIL:
        return False
    signed = marks.INITIALS_AFTER_NAME.fullmatch(paragraph)
    if (signed and is_same_agency(signed["name"], agency)) or is_same_agency(paragraph.strip(_DECORATION), agency):
        return True
    return bool(marks.LETTERS_ALONE.fullmatch(paragraph)) and agency_name(agency) in marks.LETTERS_ALONE_OF


def _sign_off_name(paragraph: str, agency: str | None) -> SignedOff | None:
    """Return a paragraph without the mark or the agency's name that closes it; None where nothing of that kind does."""
    head, tail = paragraph[:-_TAIL], marks.ADDRESS_AT_END.sub("", paragraph[-_TAIL:])
    bare = marks.BARE_AT_END.search(tail) if agency else None
    mark = bare if bare and _is_that_agency(bare[1], agency) else marks.MARK_AT_END.search(tail)
    if mark:
        return SignedOff(((head + tail[: mark.start()]).rstrip(),))
    named = marks.NAME_AT_END.search(tail)
    if named is None:
        return None
    before = head + tail[: named.start()]
    name = next(filter(None, named.groups())).strip()
    # Brackets at the end are a sign-off when they name the agency, or nothing but capitals after a sentence.
    is_bracketed = named[4] is None or (not before and is_agency(name))
    is_apart = is_bracketed and bool(_AFTER_SENTENCE.search(before[-1:]))
    if _is_that_agency(name, agency) or (is_apart and (name.isupper() or is_agency(name))):
        return SignedOff((before.rstrip(),), agency=name if is_agency(name) else None)
    return None


def _is_that_agency(name: str, agency: str | None) -> bool:
    return agency is not None and is_same_agency(name, agency)


def _sign_off_credits(paragraph: str) -> SignedOff:
    """Return a paragraph without the credits in brackets that close it."""
    start = paragraph.rfind("(", max(len(paragraph) - _CREDITS_TAIL, 0))
    if start > 0 and marks.CREDITS_AT_END.fullmatch(paragraph[start:]):
        names, before = read_credits(paragraph[start:]), paragraph[:start].rstrip()
        if names is not None and _AFTER_SENTENCE.search(before[-1:]):
            return SignedOff((before,), names)
    return SignedOff((paragraph,))
