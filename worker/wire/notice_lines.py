"""Read notices: UPDATE 1-, (Corrects …), KILL, URGENT, 2nd Ld-Writethru.

They stand before a headline, behind a slug, in a note to editors or on lines of their own; and the text of a kill or a
correction may name the slug of the dispatch that it acts on.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worker.values.entries import Notice
from worker.wire.words import KINDS, NOTE_VERBS, ORDINALS, URGENCIES

_MOST_PREFIXES = 4
_MOST_NUMBER = 999
# Characters of a text in which it says that it is a notice, and which dispatch it acts on.
_LONGEST_PREFIX, _OPENING = 80, 1_000
_BY_WEIGHT = (Notice.KILL, Notice.CORRECTION, Notice.ADVISORY, Notice.REPEAT, Notice.TAKE, Notice.UPDATE)

_ANY_WORD = "|".join(sorted(map(re.escape, [*KINDS, *URGENCIES]), key=len, reverse=True))
_WORD = rf"(?P<word>{_ANY_WORD})"
# Only in capitals, and only before a dash or a colon: "Update 1 of the plan" and "KILL BILL" are headlines.
_PREFIX = re.compile(rf"{_WORD}(?: \(OFFICIAL\))?(?: ?(?P<number>\d{{1,3}}))?\s?[-–—:]{{1,2}}\s?(?=\S)")
# Yonhap writes (LEAD) and (2nd LD), EFE (AMPLIACIÓN 2).
_BRACKETED = re.compile(
    rf"[(\[](?:(?P<number>\d{{1,3}})(?:st|nd|rd|th|ST|ND|RD|TH)? )?{_WORD}(?: (?P<number2>\d{{1,3}}))?[)\]] ?(?=\S)"
)
# 2nd, 2., 2ème, 2ª
_ORDINAL = rf"(?P<ordinal>\d{{1,3}}(?:st|nd|rd|th|\.|er|re|ère|e|ème|[ªº°])|{'|'.join(ORDINALS)})"
_UPDATES = "|".join(word for word, kind in KINDS.items() if kind is Notice.UPDATE)
_LEAD = re.compile(
    rf"\W{{0,6}}?(?:{_ORDINAL}[ -]?(?:{_UPDATES})[ -]?)?(?:write-?thr(?:u|ough))?\W{{0,6}}", re.IGNORECASE
)
# With an ordinal the word for an update is no headline's own: 1ST LEAD: Bridge reopens.
_NTH_PREFIX = re.compile(
    rf"(?P<ordinal>\d{{1,3}}(?:st|nd|rd|th)|(?-i:{'|'.join(ORDINALS).upper()}))[ -]?(?:ld|lead)"
    r"\s?[-–—:]{1,2}\s?(?=\S)",
    re.IGNORECASE,
)
_TAKE = re.compile(
    rf"take (?P<number>\d{{1,3}})(?: of \d{{1,3}})?|{_ORDINAL}[ -]?add|add (?P<number2>\d{{1,3}})"
    r"|=(?P<number3>\d{1,3})(?: [A-ZÀ-Þ][A-ZÀ-Þ .-]{1,30})?|page (?P<number4>\d{1,3})|- ?(?P<number5>\d{1,3}) ?-",
    re.IGNORECASE,
)
# KILL KILL KILL: on a teleprinter that was how to shout.
_BARE = re.compile(
    rf"\W{{0,6}}{_WORD}(?:[ -]{{1,3}}(?P=word)){{0,3}}(?:[ -](?:no\.? ?)?\(?(?P<number>\d{{1,3}}))?\W{{0,6}}",
    re.IGNORECASE,
)

_BETWEEN_NOTICES = re.compile(r"\s*[-–—:,/]+\s*|\s+")
_MOST_WORDS = 6

_VERB = "|".join(NOTE_VERBS)
_NOTE = re.compile(rf"\((?:ATTN:? )?(?P<note>(?:{_VERB})\b.{{2,1000}})\)\.?", re.IGNORECASE)
_EDITORS = re.compile(
    # AFP's: ATTENTION - ADDS details ///
    r"ATTENTION\s?-\s?(?P<note2>\S.{2,200}?)\s*/*|"
    r"\(?(?:(?:attn |attention |note to )?(?:eds|editors)|editor(?:s|['’]s|s['’])? note|ed ?note)\s?[:,—-]\s?"
    r"(?P<note>.{2,1000}?)\)?",
    re.IGNORECASE,
)
_OPENING_NOTE = re.compile(rf"\^?\(?(?:ATTN\b|(?:{_VERB})\b|eds\b|editors\b)", re.IGNORECASE)

# BC-EU--Harbour Bridge, 3rd Ld-Writethru,0312
# r z BC-ROW--Harbour-Cup 1stLd-Writethru 02-20 0500
_AP_KEYWORDS = re.compile(
    r"[a-z] [a-z] (?P<slug>(?:AM|PM|BC|AP)-[\w.'’/-]{2,60})(?: (?P<rest>\S{1,40}))? \d\d-\d\d \d{4}"
)
_AP_SLUG = re.compile(
    r"(?:[a-z] [a-z] )?(?P<slug>(?:AM|PM|BC|AP)-[\w .'’/-]{2,60}?|(?:am|pm|bc)-[a-z\d/-]{2,60})"
    r"(?P<rest>(?:, ?[^,]{1,40}){0,4})"
)
# harbour-bridge-reopen 1st lead; HARBOUR-BRIDGE/REOPEN (UPDATE 1)
_SLUG = re.compile(r"(?P<slug>(?:[^\W_]+[-/]){1,8}[^\W_]*)(?:[ ,]\s?(?P<rest>\S.{0,40}))?")
_VERSION_IN_BRACKETS = re.compile(r"(?P<slug>.*\S) ?\((?P<version>[^()]{1,40})\)")
# Without a noun before it, "slugged" may be a blow.
_DISPATCH = r"(?:story|dispatch|item|article|report|take|alert|bulletin|version|copy)"
_NAMED = re.compile(
    rf"\b{_DISPATCH}s?,? (?:[a-z]{{1,12}} ){{0,4}}slugged:? [\"'“‘]?"
    r"(?P<slug>[\w'’/-]{2,60}(?: [A-Z0-9][\w'’/-]{0,30}){0,6})"
)
_ORDER = re.compile(
    rf"(?<!\bnot )\b(?:kill|withdraw) (?:the |our |this )?(?:[a-z]{{1,12}} )?{_DISPATCH} slugged ", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A headline or slug without its marks, and the notice, number and urgency that the marks give."""

    text: str = ""
    notice: Notice | None = None
    number: int | None = None
    urgency: int | None = None


def weightiest_notice(*notices: Notice | None) -> Notice | None:
    """Return the notice that matters most: a corrected update is a correction."""
    return next((notice for notice in _BY_WEIGHT if notice in notices), None)


def read_headline(headline: str) -> NoticeLine:
    """Return a headline as a reader should see it, and what its prefixes say: ``RPT-UPDATE 2-Bridge reopens``."""
    # ^ANPA opens and closes lines like this.<
    text = headline.strip(" \t^").rstrip(" \t^<")
    prefixes: list[NoticeLine] = []
    while len(prefixes) < _MOST_PREFIXES and (
        prefix := _PREFIX.match(text) or _BRACKETED.match(text) or _NTH_PREFIX.match(text)
    ):
        prefixes.append(_read_word(prefix) if "word" in prefix.re.groupindex else _read_lead(prefix))
        text = text[prefix.end() :].strip()
    return _combine(text, prefixes)


def read_bare_notice(line: str) -> NoticeLine | None:
    """Return the notice of a line that holds only notices: ``KILL``, ``2nd Ld-Writethru``, ``URGENT 1ST LEAD``."""
    if found := _read_one_notice(line):
        return found
    words = _BETWEEN_NOTICES.split(line, _MOST_WORDS)
    if not 1 < len(words) <= _MOST_WORDS:
        return None
    for end in range(1, len(words)):
        first = _read_one_notice(" ".join(words[:end]))
        if first and (others := read_bare_notice(" ".join(words[end:]))):
            return _combine("", (first, others))
    return None


def _read_one_notice(line: str) -> NoticeLine | None:
    if bare := _BARE.fullmatch(line):
        return _read_word(bare)
    if take := _TAKE.fullmatch(line):
        return NoticeLine(notice=Notice.TAKE, number=_read_number(take))
    lead = _LEAD.fullmatch(line) if any(map(str.isalpha, line)) else None
    return _read_lead(lead) if lead else None


def read_slug_line(line: str) -> NoticeLine | None:
    """Return the slug in a line that is surely one, with the notice and number of the version behind it."""
    if found := _AP_KEYWORDS.fullmatch(line):
        return _combine(found["slug"], _read_versions([found["rest"] or ""]))
    if found := _AP_SLUG.fullmatch(line):
        return _combine(found["slug"].strip(" -"), _read_versions(found["rest"].split(",")))
    found = _SLUG.fullmatch(line)
    if found is None:
        return None
    versions = _read_versions([found["rest"] or ""])
    # Any word may have one hyphen.
    is_sure = bool(versions) if found["rest"] else len(re.findall("[-/]", found["slug"])) > 1
    return _combine(found["slug"].strip("-/"), versions) if is_sure else None


def split_slug(field: str) -> NoticeLine:
    """Return the slug in a slug field, and what the version behind it says; anything else behind it is part of it."""
    if (found := read_slug_line(field)) and found.notice:
        return found
    bracketed = _VERSION_IN_BRACKETS.fullmatch(field)
    name, *parts = [bracketed["slug"], *bracketed["version"].split(",")] if bracketed else field.split(",")
    versions = _read_versions(parts)
    return _combine(name.strip() if versions else field, versions)


def opens_note(line: str) -> bool:
    """Say whether a line begins a note, which the next may continue."""
    return bool(_OPENING_NOTE.match(line))


def read_note(line: str) -> tuple[str, Notice | None] | None:
    """Return the note to editors in a line, and the notice it stands for; None for any other line."""
    found = _NOTE.fullmatch(line) or _EDITORS.fullmatch(line)
    note = _first_group(found, "note") if found else None
    return (note.strip(), notice_of_note(note)) if note else None


def notice_of_note(note: str) -> Notice | None:
    """Return the notice that the first word of a note to editors stands for."""
    first, _, _ = note.strip(" (").partition(" ")
    return NOTE_VERBS.get(first.strip(":,.").casefold())


def notice_of_opening(paragraph: str) -> Notice | None:
    """Return the correction, advisory or kill with which a text opens: ``CORRECTION: In a story of 9 July …``."""
    prefix = _PREFIX.match(paragraph[:_LONGEST_PREFIX])
    notice = KINDS.get(prefix["word"]) if prefix else None
    return notice if notice in {Notice.CORRECTION, Notice.ADVISORY, Notice.KILL} else None


def read_kill_order(texts: Sequence[str], notice: Notice | None) -> tuple[Notice | None, str | None]:
    """Return a dispatch's notice, KILL where its texts order editors to kill another, and the slug that the texts name.

    Without such an order the notice is ``notice``, which all else says. Only kills and corrections name a slug.
    """
    openings = [text[:_OPENING] for text in texts]
    if any(map(_ORDER.search, openings)):
        notice = weightiest_notice(notice, Notice.KILL)
    names_slug = notice in {Notice.KILL, Notice.CORRECTION}
    return notice, next(filter(None, map(_named_slug, openings)), None) if names_slug else None


def _named_slug(text: str) -> str | None:
    """Return the slug that a text names: ``Please kill the story slugged BC-Lock Gates``."""
    slugs = (named["slug"].strip("'’-") for named in _NAMED.finditer(text))
    return next((slug for slug in slugs if not slug.islower() or re.search("[-/]", slug)), None)


def _combine(text: str, said: Sequence[NoticeLine]) -> NoticeLine:
    """Return the text with all that is said around it; of several numbers or urgencies the first counts."""
    return NoticeLine(
        text,
        weightiest_notice(*(each.notice for each in said)),
        next((each.number for each in said if each.number), None),
        next((each.urgency for each in said if each.urgency), None),
    )


def _read_versions(parts: Iterable[str]) -> list[NoticeLine]:
    return [bare for part in parts if (bare := read_bare_notice(part.strip(" ()<")))]


def _read_word(found: re.Match[str]) -> NoticeLine:
    word = found["word"].upper()
    return NoticeLine(notice=KINDS.get(word), number=_read_number(found), urgency=URGENCIES.get(word))


def _read_lead(found: re.Match[str]) -> NoticeLine:
    return NoticeLine(notice=Notice.UPDATE, number=_read_number(found))


def _read_number(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    if ordinal := (groups.get("ordinal") or "").casefold():
        digits = re.match(r"\d+", ordinal)
        return int(digits[0]) if digits else ORDINALS.get(ordinal)
    number = _first_group(found, "number")
    return int(number) if number and int(number) <= _MOST_NUMBER else None


def _first_group(found: re.Match[str], name: str) -> str | None:
    """Return what the groups of a name hold, ``number`` and ``number2`` say: one of them at most has matched."""
    return next((value for each, value in found.groupdict().items() if each.startswith(name) and value), None)
