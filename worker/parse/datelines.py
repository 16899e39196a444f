"""Where, when and by whom a dispatch was filed: the datelines of the wire agencies, in the many ways they write them.

``Washington DC [US], July 10 (ANI):``; ``LONDON, July 10 (Reuters) -``; ``KABUL, Afghanistan (AP) —``;
``MOSCOW, July 10. /TASS/.``; ``(ANSA) - ROMA, 10 LUG -``; ``PARIS, 10 juillet (AFP) -``; ``東京（共同）``.
"""

import re
from dataclasses import dataclass
from datetime import date

# A dateline is near the start, and short.
_HEAD = 160
_LONGEST_PLACE = 60
_MOST_WORDS = 4
_MOST_PARTS = 3
"""Town, region, country."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "1 jan january janvier janv enero ene gennaio gen januar januari janeiro января янв",
            "2 feb february février fevrier févr fév febrero febbraio februar februari fevereiro fev февраля фев",
            "3 mar march mars marzo märz maerz mrz maart março marco марта мар",
            "4 apr april avril avr abril aprile abr апреля апр",
            "5 may mai mayo maggio mag maio mei мая май",
            "6 jun june juin junio giugno giu juni junho июня июн",
            "7 jul july juillet juil julio luglio lug juli julho июля июл",
            "8 aug august augustus août aout agosto ago августа авг",
            "9 sep sept september septembre septiembre settembre set setembro сентября сен сент",
            "10 oct october octobre octubre ottobre ott oktober okt outubro out октября окт",
            "11 nov november novembre noviembre novembro ноября ноя",
            "12 dec december décembre decembre déc diciembre dicembre dic dezember dez desember dezembro декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}
_AGENCIES = frozenset(
    "aa aap aca adn afp agi aki ani ansa antara ap apa apn bbc belga bernama bloomberg bns bta cna cnn ctk dpa dw efe "
    "ena hina ians ifp ina interfax ips iribnews irib irna isna itar-tass jiji kcna kuna kyodo lusa mehr mena mia mti "
    "nan ntb pap petra pna pti ptv qna reuters rfe/rl ria ritzau sana sda shina sna spa sputnik stt tanjug tap tass "
    "tt uni unian upi ukrinform unb voa wam wafa xinhua yonhap zuma тасс интерфакс риа".split()
)
_DAY = (
    r"(?:(?P<month>[^\W\d_]{3,10})\.? (?P<day>\d{1,2})"
    r"|(?:le )?(?P<day2>\d{1,2})(?:\.|er)? (?:de |di )?(?P<month2>[^\W\d_]{3,10})\.?)"
)
_YEAR = r"(?:,? (?:de )?(?P<year>(?:19|20)\d\d))?"
_PLACE = rf"(?P<place>[^\W\d_a-zß-öø-ÿ][^()/:;!?\d\"“”\n]{{0,{_LONGEST_PLACE}}}?)"
_AGENCY = r"(?:\((?P<agency>[^()\n]{2,40})\)|/(?P<agency2>[^/\n]{2,20})/\.?)"
_DASH = r"[-–—]{1,2}"
_END = rf"(?:\s*(?P<end>[:.]?\s*{_DASH}|:)\s*|\s+|$)"
_STYLES = tuple(
    re.compile(style)
    for style in (
        # A day without a place, as Reuters files what happened nowhere; then the usual order.
        rf"(?P<place>){_DAY}{_YEAR}\s*{_AGENCY}{_END}",
        rf"{_PLACE}(?:[,.]? {_DAY}{_YEAR}\.?)?,?\s*(?:{_DASH}\s*)?{_AGENCY}{_END}",
        # ANSA and others sign first; some name no place at all.
        rf"\((?P<agency>[^()\n]{{2,40}})\)\s*{_DASH}\s*{_PLACE}[,.] {_DAY}{_YEAR}\s*(?P<end>{_DASH}|:)\s*",
        rf"(?P<place>)\((?P<agency>[^()\n]{{2,40}})\)\s*(?P<end>{_DASH})\s*",
        # Those of East Asia.
        r"(?P<place>[^\W\da-zA-Z]{1,15})（(?P<agency>共同|時事|新華社|聯合)）\s*(?P<end>)",
        r"【(?P<place>[^\W\da-zA-Z]{1,15}?)(?P<agency>共同|時事)】\s*(?P<end>)",
        r"(?P<agency>新华社|中新社)(?P<place>[^\W\da-zA-Z]{1,15}?)(?P<month>\d{1,2})月(?P<day>\d{1,2})日电\s*(?P<end>)",
        r"\((?P<place>[^\W\da-zA-Z]{1,15})=(?P<agency>연합뉴스|뉴시스|뉴스1)\)\s*(?P<end>)",
    )
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline and how many characters of the text it takes."""

    place: str | None
    agency: str
    filed_on: date | None
    length: int


def read_dateline(text: str, published: date | None) -> Dateline | None:
    """Return the dateline that a text begins with, if it surely is one; ``published`` gives the year of its day."""
    for style in _STYLES:
        match = style.match(text[:_HEAD])
        if match and _is_sure(found := match.groupdict()):
            agency = found["agency"] or found.get("agency2") or ""
            return Dateline(_place(found["place"]), agency.strip(), _day(found, published), match.end())
    return None


def _place(written: str) -> str | None:
    place = written.strip(" ,-–—")
    # "MOSCOW." ends with a full stop; "ST. LOUIS, Mo." and "WASHINGTON, D.C." do not.
    return (place if "," in place else place.removesuffix(".")) or None


def _is_sure(found: dict[str, str | None]) -> bool:
    """Say whether this can be nothing but a dateline: "The Associated Press (AP) said" is none."""
    place, agency = found["place"] or "", (found["agency"] or found.get("agency2") or "").strip()
    parts = place.split(",")
    if len(parts) > _MOST_PARTS or any(len(part.split()) > _MOST_WORDS for part in parts):
        return False
    is_known, has_day = agency.casefold() in _AGENCIES, bool(_month(found)[0])
    if found["end"] == "":
        return True
    if found.get("agency2"):
        return is_known or has_day
    if is_known:
        return bool(found["end"]) or has_day or parts[0].isupper()
    return bool(found["end"]) and (has_day or parts[0].isupper()) and agency[:1].isupper()


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
