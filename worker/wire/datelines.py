"""Datelines: where, when and by which agency a dispatch was filed, in the many styles of the wires.

``Washington DC [US], July 10 (ANI):``; ``LONDON, July 10 (Reuters) -``; ``KABUL, Afghanistan (AP) —``;
``MOSCOW, July 10. /TASS/.``; ``(ANSA) - ROMA, 10 LUG -``; ``TOKYO, July 10, Kyodo -``; ``東京（共同）``.

A false dateline is worse than none, since it takes words out of the text: in doubt there is none.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from worker.wire.agencies import is_agency, without_desk
from worker.wire.dateline_styles import LONGEST, STYLES
from worker.wire.days import make_day
from worker.wire.words import KINDS, MONTHS, NO_PLACES, PLACE_PARTICLES, URGENCIES, WEEKDAYS, ZONES

# In capitals a place may have more words, as ABOARD THE USS HARBOUR PILOT has: sentences are not in capitals.
_MOST_WORDS, _MOST_WORDS_IN_CAPITALS = 4, 6
# Town, region, country.
_MOST_PARTS = 3
# Wien (APA): without a day, a dash or capitals.
_MOST_WORDS_ALONE = 2

# How an agency that is on no list may be called.
_CALLED_AGENCY = re.compile(
    r".*\w(?:news|press|presse|prensa|wire|newswire|agency|agencia|agentur)$|(?:agen[cz]ia|agence|agentur) .+"
    r"|\w[\w-]{1,30}\.[a-z]{2,7}$",
    re.IGNORECASE,
)
# Beside a day only: (Good News) may be anything, and so may (NATO).
_NAMED_AGENCY = re.compile(
    r"(?:[^\W\d_a-z][\w'’.-]* ){1,4}(?:News|Press|Presse|Prensa|Newswire|Wire|Agency|Agencia|Agentur|Agence|Service)$"
)
_INITIALS = re.compile(r"[^\W\d_a-z]{2,8}(?:-[^\W\d_a-z]{2,8})?")
_NO_AGENCIES = frozenset(map(str.upper, (*KINDS, *URGENCIES, *WEEKDAYS, *MONTHS, *ZONES)))
_PLACE_ALONE = re.compile(
    r"(?P<place>[^\W\d_a-z][^\W\d_a-z .'’-]{2,40}(?:, [^\W\d_a-z][\w. ]{1,20})?) (?:[–—]|--?) (?=\S)"
)
_PARTED = re.compile("[-/]")
_QUOTES = "\"'“”‘’«»„("
_Groups = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline and how many characters of the text it takes; ``Dateline()`` stands for none."""

    place: str | None = None
    agency: str = ""
    filed_on: date | None = None
    length: int = 0
    writer: str | None = None


def read_dateline(text: str, published: date | None) -> Dateline | None:
    """Return the dateline with which a text surely begins; ``published`` gives the year of its day.

    ``published`` may be a moment, whose zone is as written.
    """
    head = text[:LONGEST]
    published = published.date() if isinstance(published, datetime) else published
    styles = (style for held, styles in STYLES if held.search(head) for style in styles)
    for style in styles:
        match = style.match(head)
        if match and _is_sure(groups := match.groupdict(), head[match.end() :]):
            place, agency = _read_place(groups["place"] or ""), _read_agency(groups)
            return Dateline(place, agency, _read_day(groups, published), match.end(), groups.get("writer"))
    return None


def read_place_alone(text: str) -> Dateline | None:
    """Return the dateline with which copy of an agency begins that names it elsewhere: a place in capitals, a dash."""
    found = _PLACE_ALONE.match(text)
    if found is None or not _may_be_place(found["place"], is_in_capitals=True):
        return None
    return Dateline(found["place"], length=found.end())


def read_dateline_alone(written: str, published: date | None) -> Dateline | None:
    """Return what a dateline says that has a field of its own, where it needs no agency: ``OSLO, July 10``."""
    if signed := read_dateline(f"{written} - ", published):
        return replace(signed, length=0)
    # Only an agency makes it a dateline.
    unsigned = read_dateline(f"{written} (AP) - ", published)
    return replace(unsigned, agency="", length=0) if unsigned else None


def _is_sure(groups: _Groups, following: str) -> bool:
    """Say whether a match can be nothing but a dateline: ``The Associated Press (AP) said`` is none."""
    if groups.get("end") == "":
        # A style that names its agencies.
        return True
    place, agency = (groups["place"] or "").strip(" ,.-–—_"), _read_agency(groups)
    is_in_capitals, has_month = place.partition(",")[0].isupper(), bool(_read_month(groups))
    # "Take 2 LONDON (AP)" has something else where the month should be.
    is_other_word = not has_month and _first(groups, "month")
    if is_other_word or not _may_be_place(place, is_in_capitals=is_in_capitals):
        return False
    has_to_be_in_capitals = groups.get("colon") or groups.get("capitals") is not None
    if has_to_be_in_capitals and not is_in_capitals:
        return False
    has_end = bool(groups.get("end")) or (bool(place) and groups.get("agency2") is not None)
    if is_agency(agency):
        is_marked = has_month or is_in_capitals
        return is_marked or (_is_apart(place, following, has_end=has_end) and not _has_initials(place, agency))
    if groups.get("dated") is not None:
        return has_month and bool(place)
    may_be_new = has_month and groups.get("bare") is None
    return has_end and (has_month or is_in_capitals) and _reads_like_agency(agency, may_be_new=may_be_new)


def _reads_like_agency(name: str, *, may_be_new: bool) -> bool:
    """Say whether a name on no list is surely an agency's; where it ``may_be_new`` nothing else stands there."""
    if not name[:1].isupper():
        return False
    if _CALLED_AGENCY.match(name):
        return True
    is_initials = bool(_INITIALS.fullmatch(name)) and name.isupper() and name not in _NO_AGENCIES
    return may_be_new and (is_initials or bool(_NAMED_AGENCY.match(name)))


def _is_apart(place: str, following: str, *, has_end: bool) -> bool:
    """Say whether the news begins anew behind a dateline: after a dash, or with a capital after a short place."""
    begins = following.lstrip(_QUOTES)[:1]
    is_short = len(place.split()) <= _MOST_WORDS_ALONE and not is_agency(place)
    return has_end or (is_short and begins.isupper())


def _may_be_place(place: str, *, is_in_capitals: bool) -> bool:
    if not place:
        return True
    parts, words = place.split(","), place.split()
    most = _MOST_WORDS_IN_CAPITALS if is_in_capitals else _MOST_WORDS
    if len(parts) > _MOST_PARTS or any(len(part.split()) > most for part in parts):
        return False
    if words[0].strip(".").casefold() in NO_PLACES:
        return False
    return all(word in PLACE_PARTICLES or not word.lstrip("[('’\"-").lstrip("d'l’")[:1].islower() for word in words)


def _has_initials(place: str, agency: str) -> bool:
    """Say whether an agency is only the initials of the words before it: Press Trust of India (PTI)."""
    initials = "".join(word[0] for word in re.split(r"[\s-]+", place) if word and word[0].isupper())
    return initials.casefold().endswith(agency.replace(".", "").casefold())


def _read_place(written: str) -> str | None:
    place = written.strip(" ,،-–—_")
    # "MOSCOW." ends with a full stop; "ST. LOUIS, Mo." and "WASHINGTON, D.C." do not.
    return (place if "," in place else place.removesuffix(".")) or None


def _read_agency(groups: _Groups) -> str:
    agency = without_desk((_first(groups, "agency") or "").strip())
    # NTB-Reuters: the first sends what the other wrote.
    parts = _PARTED.split(agency)
    return parts[0] if len(parts) > 1 and all(map(is_agency, parts)) else agency


def _read_day(groups: _Groups, published: date | None) -> date | None:
    """Return the day of a dateline; without a year the nearest to publication, as 31 December is to 1 January."""
    month, day, year = _read_month(groups), int(_first(groups, "day") or 0), _first(groups, "year")
    # 10/07 is a day in July or in October.
    months = [(month, day), (day, month)] if groups.get("joint") == "/" and day != month else [(month, day)]
    if published is None:
        sure = [*filter(None, (make_day(int(year or 0), *each) for each in months))]
        return sure[0] if len(sure) == 1 else None
    if not (month or groups.get("end") == ""):
        return None
    if not month:
        # A dateline may name the day of the month alone.
        this_month = 12 * published.year + published.month - 1
        near = [(each // 12, each % 12 + 1, day) for each in range(this_month - 1, this_month + 2)]
    else:
        years = [int(year)] if year else [published.year + years for years in (-1, 0, 1)]
        near = [(each, *month_and_day) for each in years for month_and_day in months]
    days = filter(None, (make_day(*each) for each in near))
    return min(days, key=lambda filed_on: abs(filed_on - published), default=None)


def _read_month(groups: _Groups) -> int:
    """Return the month of a dateline as a number; 0 where it names none."""
    name = _first(groups, "month") or ""
    return int(name) if name.isdecimal() else MONTHS.get(name.casefold(), 0)


def _first(groups: _Groups, name: str) -> str | None:
    """Return what the groups of a name hold, ``day`` and ``day2`` say: one of them at most has matched."""
    return next((value for each, value in groups.items() if value and each.rstrip("0123456789") == name), None)
