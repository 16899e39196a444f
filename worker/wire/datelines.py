"""Datelines: where, when and by which agency a dispatch was filed, in the many styles of the wires.

``Washington DC [US], July 10 (ANI):``; ``LONDON, July 10 (Reuters) -``; ``KABUL, Afghanistan (AP) —``;
``MOSCOW, July 10. /TASS/.``; ``(ANSA) - ROMA, 10 LUG -``; ``TOKYO, July 10, Kyodo -``; ``東京（共同）``.

A false dateline is worse than none, since it takes words out of the text: in doubt there is none.
"""

import re
from dataclasses import dataclass
from datetime import date

from worker.wire.agencies import is_agency, without_desk
from worker.wire.days import make_day
from worker.wire.words import MONTHS, NO_PLACES, PLACE_PARTICLES

# How far into a text a dateline reaches at most.
_LONGEST = 160
_LONGEST_PLACE = 60
# In capitals a place may have more words, as ABOARD THE USS HARBOUR PILOT has: sentences are not in capitals.
_MOST_WORDS, _MOST_WORDS_IN_CAPITALS = 4, 6
# Town, region, country.
_MOST_PARTS = 3

_MONTH = r"[^\s\d()/,.:;–—-]{3,12}"
# Wires in Arabic may name the month twice, as Cairo and as Damascus call it.
_DAY = (
    rf"(?:(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?:le )?(?P<day2>\d{{1,2}})(?:\.|er|st|nd|rd|th)? (?:de |di |of )?(?P<month2>{_MONTH})\.?"
    r"(?: [\u0621-\u064a]{2,8}){0,2})"
)
_YEAR = r"(?:,? (?:de )?(?P<year>(?:19|20)\d\d))?"
_WEEKDAY = r"(?:,? (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)?"
# MOSCOW/LONDON is a place, and MOSCOW /TASS/ is not.
_PLACE_SIGN = r"(?:[^()/:;!?\d\"“”\n]|(?<=[^\W\d_])/(?=[^\W\d_]))"
_PLACE = rf"(?P<place>[^\W\d_a-zß-öø-ÿ]{_PLACE_SIGN}{{0,{_LONGEST_PLACE}}}?)"
_AGENCY = r"(?:\((?P<agency>[^()\n]{2,40})\)|/ ?(?P<agency2>[^/\n]{2,20}?) ?/\.?)"
# The alphabet of the wires had an underscore in place of a dash (ANPA 1312).
_DASH = r"[-–—_]{1,2}"
_END = rf"(?:\s*(?P<end>[:.]?\s*{_DASH}|:)\s*|\s+|$)"
_TOWN_AND_STATE = r"[^\W\d_a-z][^()\d]{1,40}? \([^()\d]{2,30}\) \[[^\[\]\d]{2,30}\]"
_HAN = r"[^\W\da-zA-Z]"
_EAST_ASIAN = rf"{_HAN}{{1,15}}"
_STYLES = tuple(
    re.compile(style)
    for style in (
        # Reuters files what happened nowhere under a day without a place.
        rf"(?P<place>){_DAY}{_YEAR}\s*{_AGENCY}{_END}",
        # The usual order.
        rf"{_PLACE}{_WEEKDAY}(?:[,.]? {_DAY}{_YEAR}\.?)?,?\s*(?:{_DASH}\s*)?{_AGENCY}{_END}",
        # ANI names town (state) [country].
        rf"(?P<place>{_TOWN_AND_STATE}),? {_DAY}{_YEAR} {_AGENCY}{_END}",
        rf"{_PLACE}, (?P<year>\d{{4}})\. (?P<month>{_MONTH}) (?P<day>\d{{1,2}})\.?(?:, {_MONTH})? {_AGENCY}{_END}",
        # ANSA and others sign first, and some of them name no place.
        rf"\((?P<agency>[^()\n]{{2,40}})\)\s*{_DASH}\s*{_PLACE}[,.] {_DAY}{_YEAR}\s*(?P<end>{_DASH}|:)\s*",
        rf"(?P<place>)\((?P<agency>[^()\n]{{2,40}})\)\s*(?P<end>{_DASH})\s*",
        # Kyodo, RIA Novosti and Interfax sign without brackets.
        (
            rf"{_PLACE}[,.] {_DAY}{_YEAR}[.,]?\s*(?:{_DASH}\s*)?(?P<agency>[^\W\d_][\w. ]{{1,18}}?)\s*"
            rf"(?P<end>{_DASH}|[:.])\s+"
        ),
        # The agencies of East Asia, each by its name: nothing else closes their datelines.
        rf"(?P<place>{_EAST_ASIAN})（(?P<agency>共同|時事|新華社|聯合)）\s*(?P<end>)",
        rf"【(?P<place>{_EAST_ASIAN}?)[＝=]?(?P<agency>共同|時事)】\s*(?P<end>)",
        r"【(?P<place>)(?P<month>\d{1,2})月(?P<day>\d{1,2})日 ?(?P<agency>[A-Z]{2,8}|ロイター|共同|時事)】\s*(?P<end>)",
        (
            rf"[［\[](?P<place>{_EAST_ASIAN}) ?(?P<day>\d{{1,2}})日 ?(?P<agency>ロイター|共同|時事|AFP)[］\]]"
            rf"(?:\s*{_DASH})?\s*(?P<end>)"
        ),
        (
            rf"(?P<agency>新华社|中新社|新華社)(?P<place>{_EAST_ASIAN}?)(?:(?P<year>\d{{4}})年)?"
            r"(?P<month>\d{1,2})月(?P<day>\d{1,2})日电\s*(?P<end>)"
        ),
        # Of the characters after 記者 three are most likely the reporter's name, and two the town.
        (
            rf"[（(](?P<agency>中央社)(?:記者(?P<writer>{_HAN}{{3}}|{_HAN}{{2}}))?(?P<place>{_HAN}{{2,4}}?)"
            r"(?P<day>\d{1,2})日電[）)]\s*(?P<end>)"
        ),
        rf"[(\[](?P<place>{_EAST_ASIAN})=(?P<agency>연합뉴스|뉴시스|뉴스1)[)\]]\s*(?P<end>)",
    )
)
# How an agency that is on no list may be called.
_CALLED_AGENCY = re.compile(r".*\w(?:news|press|presse|prensa|wire|newswire|agency|agencia|agentur)$", re.IGNORECASE)
# In several words only beside a day: (Good News) may be anything.
_NAMED_AGENCY = re.compile(
    r"(?:[^\W\d_a-z][\w'’.-]* ){1,4}(?:News|Press|Presse|Prensa|Newswire|Wire|Agency|Agencia|Agentur|Agence|Service)$"
)
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
    """Return the dateline with which a text surely begins; ``published`` gives the year of its day."""
    head = text[:_LONGEST]
    for style in _STYLES:
        match = style.match(head)
        if match and _is_sure(groups := match.groupdict()):
            place, agency = _read_place(groups["place"] or ""), _read_agency(groups)
            return Dateline(place, agency, _read_day(groups, published), match.end(), groups.get("writer"))
    return None


def _is_sure(groups: _Groups) -> bool:
    """Say whether a match can be nothing but a dateline: ``The Associated Press (AP) said`` is none."""
    if groups["end"] == "":
        # The styles of East Asia name their agencies.
        return True
    place, agency = (groups["place"] or "").strip(" ,.-–—_"), _read_agency(groups)
    is_in_capitals, has_month = place.partition(",")[0].isupper(), bool(_read_month(groups))
    # "Take 2 LONDON (AP)" has something else where the month should be.
    is_other_word = not has_month and (groups.get("month") or groups.get("month2"))
    if is_other_word or not _may_be_place(place, is_in_capitals=is_in_capitals):
        return False
    has_end = bool(groups["end"]) or groups.get("agency2") is not None
    is_marked = has_month or is_in_capitals
    if is_agency(agency):
        return is_marked or (has_end and not _has_initials(place, agency))
    is_called = _CALLED_AGENCY.match(agency) or (has_month and _NAMED_AGENCY.match(agency))
    return has_end and is_marked and bool(is_called) and agency[:1].isupper()


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
    return without_desk((groups["agency"] or groups.get("agency2") or "").strip())


def _read_day(groups: _Groups, published: date | None) -> date | None:
    """Return the day of a dateline; without a year the nearest to publication, as 31 December is to 1 January."""
    month, day = _read_month(groups), int(groups.get("day") or groups.get("day2") or 0)
    if year := groups.get("year"):
        return make_day(int(year), month, day)
    if published is None or not (month or groups["end"] == ""):
        return None
    near = [(published.year + years, month) for years in (-1, 0, 1)]
    if not month:
        # In East Asia a dateline may name the day of the month alone.
        this_month = 12 * published.year + published.month - 1
        near = [(months // 12, months % 12 + 1) for months in range(this_month - 1, this_month + 2)]
    days = filter(None, (make_day(year, month, day) for year, month in near))
    return min(days, key=lambda filed_on: abs(filed_on - published), default=None)


def _read_month(groups: _Groups) -> int:
    """Return the month of a dateline as a number; 0 where it names none."""
    name = groups.get("month") or groups.get("month2") or ""
    return int(name) if name.isdecimal() else MONTHS.get(name.casefold(), 0)
