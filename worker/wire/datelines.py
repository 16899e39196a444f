"""Where, when and by whom a dispatch was filed: the datelines of the wire agencies, in the many ways they write them.

``Washington DC [US], July 10 (ANI):``; ``LONDON, July 10 (Reuters) -``; ``KABUL, Afghanistan (AP) —``;
``MOSCOW, July 10. /TASS/.``; ``(ANSA) - ROMA, 10 LUG -``; ``TOKYO, July 10, Kyodo -``; ``東京（共同）``.

A false dateline is worse than none: it takes words out of the text. What is not surely one is left alone.
"""

import re
from dataclasses import dataclass
from datetime import date

from worker.wire.agencies import is_agency, without_desk
from worker.wire.words import MONTHS, NO_PLACES, PARTICLES

# A dateline is near the start, and short.
_HEAD = 160
_LONGEST_PLACE = 60
_MOST_WORDS = 4
_MOST_SHOUTED_WORDS = 6
"""ABOARD THE USS HARBOUR PILOT is in capitals, and a sentence is not."""
_MOST_PARTS = 3
"""Town, region, country."""

_MONTH = r"[^\s\d()/,.:;–—-]{3,12}"
# Those who write Arabic may name the month twice, as Cairo and as Damascus call it.
_DAY = (
    rf"(?:(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})"
    rf"|(?:le )?(?P<day2>\d{{1,2}})(?:\.|er)? (?:de |di )?(?P<month2>{_MONTH})\.?(?: [\u0621-\u064a]{{2,8}}){{0,2}})"
)
_YEAR = r"(?:,? (?:de )?(?P<year>(?:19|20)\d\d))?"
_WEEKDAY = r"(?:,? (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)?"
# MOSCOW/LONDON is a place, and MOSCOW /TASS/ is not.
_PLACE = (
    r"(?P<place>[^\W\d_a-zß-öø-ÿ](?:[^()/:;!?\d\"“”\n]|(?<=[^\W\d_])/(?=[^\W\d_]))"
    rf"{{0,{_LONGEST_PLACE}}}?)"
)
_AGENCY = r"(?:\((?P<agency>[^()\n]{2,40})\)|/ ?(?P<agency2>[^/\n]{2,20}?) ?/\.?)"
# The wire's own alphabet had no dash but an underscore (ANPA 1312).
_DASH = r"[-–—_]{1,2}"
_END = rf"(?:\s*(?P<end>[:.]?\s*{_DASH}|:)\s*|\s+|$)"
_HAN = r"[^\W\da-zA-Z]"
_TOWN_AND_STATE = r"[^\W\d_a-z][^()\d]{1,40}? \([^()\d]{2,30}\) \[[^\[\]\d]{2,30}\]"
_EAST_ASIAN = rf"{_HAN}{{1,15}}"
_STYLES = tuple(
    re.compile(style)
    for style in (
        # A day without a place, as Reuters files what happened nowhere; then the usual order.
        rf"(?P<place>){_DAY}{_YEAR}\s*{_AGENCY}{_END}",
        rf"{_PLACE}{_WEEKDAY}(?:[,.]? {_DAY}{_YEAR}\.?)?,?\s*(?:{_DASH}\s*)?{_AGENCY}{_END}",
        # ANI names town (state) [country].
        rf"(?P<place>{_TOWN_AND_STATE}),? {_DAY}{_YEAR} {_AGENCY}{_END}",
        rf"{_PLACE}, (?P<year>\d{{4}})\. (?P<month>{_MONTH}) (?P<day>\d{{1,2}})\.?(?:, {_MONTH})? {_AGENCY}{_END}",
        # ANSA and others sign first; some name no place at all.
        rf"\((?P<agency>[^()\n]{{2,40}})\)\s*{_DASH}\s*{_PLACE}[,.] {_DAY}{_YEAR}\s*(?P<end>{_DASH}|:)\s*",
        rf"(?P<place>)\((?P<agency>[^()\n]{{2,40}})\)\s*(?P<end>{_DASH})\s*",
        # Kyodo, RIA Novosti and Interfax use no brackets.
        (
            rf"{_PLACE}[,.] {_DAY}{_YEAR}[.,]?\s*(?:{_DASH}\s*)?(?P<agency>[^\W\d_][\w. ]{{1,18}}?)\s*"
            rf"(?P<end>{_DASH}|[:.])\s+"
        ),
        # Those of East Asia.
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
        # Most names have three characters, and most towns two.
        (
            rf"[（(](?P<agency>中央社)(?:記者(?P<writer>{_HAN}{{3}}|{_HAN}{{2}}))?(?P<place>{_HAN}{{2,4}}?)"
            r"(?P<day>\d{1,2})日電[）)]\s*(?P<end>)"
        ),
        rf"[(\[](?P<place>{_EAST_ASIAN})=(?P<agency>연합뉴스|뉴시스|뉴스1)[)\]]\s*(?P<end>)",
    )
)
# What agencies are called that are on no list.
_CALLED_AGENCY = re.compile(r".*\w(?:news|press|presse|prensa|wire|newswire|agency|agencia|agentur)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline and how many characters of the text it takes."""

    place: str | None
    agency: str
    filed_on: date | None
    length: int
    writer: str | None = None


def read_dateline(text: str, published: date | None) -> Dateline | None:
    """Return the dateline that a text begins with, if it surely is one; ``published`` gives the year of its day."""
    for style in _STYLES:
        match = style.match(text[:_HEAD])
        if match and _is_sure(found := match.groupdict()):
            filed_on = _day(found, published)
            return Dateline(_place(found["place"]), _agency(found), filed_on, match.end(), found.get("writer"))
    return None


def _agency(found: dict[str, str | None]) -> str:
    return without_desk((found["agency"] or found.get("agency2") or "").strip())


def _place(written: str | None) -> str | None:
    place = (written or "").strip(" ,،-–—_")
    # "MOSCOW." ends with a full stop; "ST. LOUIS, Mo." and "WASHINGTON, D.C." do not.
    return (place if "," in place else place.removesuffix(".")) or None


def _is_sure(found: dict[str, str | None]) -> bool:
    """Say whether this can be nothing but a dateline: "The Associated Press (AP) said" is none."""
    if found["end"] == "":
        # The styles of East Asia name their agencies.
        return True
    place, agency = (found["place"] or "").strip(" ,.-–—_"), _agency(found)
    is_shouted, has_day = place.partition(",")[0].isupper(), bool(_month(found)[0])
    # "Take 2 LONDON (AP)" names no month.
    names_none = not has_day and (found.get("month") or found.get("month2"))
    if names_none or not _may_be_place(place, is_shouted=is_shouted):
        return False
    has_end = bool(found["end"]) or found.get("agency2") is not None
    if is_agency(agency):
        return (has_end or has_day or is_shouted) and (is_shouted or has_day or not _spells(place, agency))
    is_called_so = bool(_CALLED_AGENCY.match(agency)) and agency[:1].isupper()
    return is_called_so and has_end and (has_day or is_shouted)


def _may_be_place(place: str, *, is_shouted: bool) -> bool:
    if not place:
        return True
    parts = place.split(",")
    most = _MOST_SHOUTED_WORDS if is_shouted else _MOST_WORDS
    if len(parts) > _MOST_PARTS or any(len(part.split()) > most for part in parts):
        return False
    words = place.split()
    if words[0].strip(".").casefold() in NO_PLACES:
        return False
    return all(word in PARTICLES or not word.lstrip("[('’\"-").lstrip("d'l’")[:1].islower() for word in words)


def _spells(place: str, agency: str) -> bool:
    """Say whether the agency is but the initials of what stands before it: Press Trust of India (PTI)."""
    initials = "".join(word[0] for word in re.split(r"[\s-]+", place) if word and word[0].isupper())
    return initials.casefold().endswith(agency.replace(".", "").casefold())


def _month(found: dict[str, str | None]) -> tuple[int, int]:
    """Return month and day as numbers; zeros where the dateline names none."""
    name, day = found.get("month") or found.get("month2") or "", found.get("day") or found.get("day2") or "0"
    return int(name) if name.isdecimal() else MONTHS.get(name.casefold(), 0), int(day)


def _day(found: dict[str, str | None], published: date | None) -> date | None:
    month, day = _month(found)
    year = found.get("year")
    if year:
        return _date(int(year), month, day)
    if published is None or not (month or found["end"] == ""):
        return None
    # The year in which that day was nearest: a dispatch of 31 December is published on 1 January. Without a month, as
    # in East Asia, the nearest month.
    months = [divmod(12 * published.year + published.month - 1 + step, 12) for step in (-1, 0, 1)]
    near = [(year, zero_based + 1) for year, zero_based in months]
    if month:
        near = [(published.year + step, month) for step in (-1, 0, 1)]
    days = [_date(year, month, day) for year, month in near]
    return min((moment for moment in days if moment), key=lambda moment: abs(moment - published), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
