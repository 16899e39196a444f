"""Where, when and by whom a dispatch was filed: the datelines of the wire agencies, in the many ways they write them.

``Washington DC [US], July 10 (ANI):``; ``LONDON, July 10 (Reuters) -``; ``KABUL, Afghanistan (AP) —``;
``MOSCOW, July 10. /TASS/.``; ``(ANSA) - ROMA, 10 LUG -``; ``PARIS, 10 juillet (AFP) -``.
"""

import re
from dataclasses import dataclass
from datetime import date

# A dateline is near the start, and short.
_HEAD = 160
_LONGEST_PLACE = 60
_MOST_WORDS = 4

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier enero gennaio gen januar janeiro",
            "feb february février fevrier fév febrero febbraio februar fevereiro fev",
            "mar march mars marzo märz maerz março marco",
            "apr april avril avr abril aprile abr",
            "may mai mayo maggio mag maio",
            "jun june juin junio giugno giu juni junho",
            "jul july juillet juil julio luglio lug juli julho",
            "aug august août aout agosto ago",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october octobre octubre ottobre ott oktober okt outubro out",
            "nov november novembre noviembre novembro",
            "dec december décembre decembre déc diciembre dicembre dic dezember dez dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_AGENCIES = frozenset(
    "aa aap aca adn afp agi aki ani ansa antara ap apa apn belga bernama bns bta cna ctk dpa dw efe ena "
    "hina ians ifp ina interfax ips irib irna isna itar-tass jiji kcna kuna kyodo lusa mehr mena mia mti nan "
    "ntb pap petra pna pti ptv qna reuters rfe/rl ria ritzau sana sda shina sna spa sputnik stt tanjug tap tass "
    "tt uni unian upi ukrinform unb voa wam wafa xinhua yonhap zuma bloomberg".split()
)
_DAY = (
    r"(?:(?P<month>[^\W\d_]{3,10})\.? (?P<day>\d{1,2})|(?P<day2>\d{1,2})\.? (?:de |di )?(?P<month2>[^\W\d_]{3,10})\.?)"
)
_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d))?"
_PLACE = rf"(?P<place>[^\W\d_a-zß-öø-ÿ][^()/:;!?\"“”\n]{{0,{_LONGEST_PLACE}}}?)"
_AGENCY = r"(?:\((?P<agency>[^()\n]{2,40})\)|/(?P<agency2>[^/\n]{2,20})/\.?)"
_END = r"\s*(?P<end>[:.]?\s*[-–—]{1,2}|:)?\s+"
# The usual order; that of ANSA and others who sign first; and that of East Asia.
_STYLES = (
    re.compile(rf"{_PLACE}(?:[,.] {_DAY}{_YEAR})?[.,]?\s*{_AGENCY}{_END}"),
    re.compile(
        rf"\((?P<agency>[^()\n]{{2,40}})\)\s*[-–—]{{1,2}}\s*{_PLACE}[,.] {_DAY}{_YEAR}\s*(?P<end>[-–—:]{{1,2}})\s+"
    ),
    re.compile(r"(?P<place>[^\W\da-zA-Z]{1,15})（(?P<agency>共同|時事|新華社|聯合)）\s*(?P<end>)"),
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline and how many characters of the text it takes."""

    place: str
    agency: str
    filed_on: date | None
    length: int


def read_dateline(text: str, published: date | None) -> Dateline | None:
    """Return the dateline that a text begins with, if it surely is one; ``published`` gives the year of its day."""
    for style in _STYLES:
        match = style.match(text[:_HEAD])
        if match and _is_sure(found := match.groupdict()):
            agency = found["agency"] or found.get("agency2") or ""
            return Dateline(found["place"].strip(" ,."), agency.strip(), _day(found, published), match.end())
    return None


def _is_sure(found: dict[str, str | None]) -> bool:
    """Say whether this can be nothing but a dateline: "The Associated Press (AP) said" is none."""
    place, agency = found["place"] or "", (found["agency"] or "").strip()
    if any(len(part.split()) > _MOST_WORDS for part in place.split(",")) or place.count(",") > 2:  # noqa: PLR2004 -- town, region, country
        return False
    is_loud = place.split(",")[0].isupper()
    has_day = bool(_month(found)[0])
    if found.get("agency2") or found["end"] == "":
        return True
    if agency.casefold() in _AGENCIES:
        return bool(found["end"]) or has_day or is_loud
    return bool(found["end"]) and (is_loud or has_day) and agency[:1].isupper()


def _month(found: dict[str, str | None]) -> tuple[int, int]:
    """Return month and day as numbers; zeros where the dateline names none."""
    name, day = found.get("month") or found.get("month2") or "", found.get("day") or found.get("day2") or "0"
    return _MONTHS.get(name.casefold(), 0), int(day)


def _day(found: dict[str, str | None], published: date | None) -> date | None:
    month, day = _month(found)
    year = found.get("year")
    if not month or not (year or published):
        return None
    if year:
        return _date(int(year), month, day)
    assert published, "checked above"
    # The year in which that day was nearest: a dispatch of 31 December is published on 1 January.
    near = [_date(published.year + step, month, day) for step in (-1, 0, 1)]
    return min((moment for moment in near if moment), key=lambda moment: abs(moment - published), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
