"""The styles of datelines as regular expressions, in the order in which they are tried.

Each has the groups ``place`` and ``agency``, and may have ``end``, ``year``, ``month``, ``day`` and ``writer``; where a
group may stand in several places it has a number behind its name. Empty groups mark styles: ``end`` one that names its
agencies, and so is sure; ``bare`` one whose agency has no brackets; ``capitals`` one whose place is in capitals;
``dated`` one that needs no agency.
"""

import re

from worker.wire.words import WEEKDAYS

LONGEST = 160
"""How far into a text a dateline reaches at most."""
_LONGEST_PLACE = 60

_MONTH = r"[^\s\d()/,.:;–—-]{3,12}"
_NUMBER = r"(?:0?[1-9]|1\d|2\d|3[01])"
# 10.07.2021, 10.7., 10/07, 10 - 7
_IN_NUMBERS = (
    r"(?P<year3>\d{4})-(?P<month3>\d\d)-(?P<day3>\d\d)"
    rf"|(?P<day4>{_NUMBER})(?P<joint>[./]| - )(?P<month4>{_NUMBER})(?:(?P=joint)(?P<year4>(?:19|20)\d\d)|\.)?(?!\d)"
)
# Wires in Arabic may name the month twice, as Cairo and as Damascus call it.
_DAY = (
    rf"(?:(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th|\.(?=,))?"
    rf"|(?:le )?(?P<day2>\d{{1,2}})(?:\.|er|st|nd|rd|th)? (?:de |di |of )?(?P<month2>{_MONTH})\.?"
    rf"(?: [\u0621-\u064a]{{2,8}}){{0,2}}|{_IN_NUMBERS})"
)
_YEAR = r"(?:(?:,? (?:de )?|/)(?P<year>(?:19|20)\d\d))?"
_WEEKDAY_NAME = rf"(?i:{'|'.join(WEEKDAYS)})\b\.?"
_WEEKDAY = rf"(?:,? {_WEEKDAY_NAME})?"
# MOSCOW/LONDON is a place, and MOSCOW /TASS/ is not.
_PLACE_SIGN = r"(?:[^()/:;!?\d\"“”\n]|(?<=[^\W\d_])/(?=[^\W\d_]))"
_PLACE = rf"(?P<place>[^\W\d_a-zß-öø-ÿ]{_PLACE_SIGN}{{0,{_LONGEST_PLACE}}}?)"
_AGENCY = r"(?:\((?P<agency>[^()\n]{2,40})\)|/ ?(?P<agency2>[^/\n]{2,20}?) ?/\.?)"
_SIGNED_FIRST = r"(?:\((?P<agency>[^()\n]{2,40})\)|/ ?(?P<agency2>[^/\n]{2,20}?) ?/)"
# The alphabet of the wires had an underscore in place of a dash (ANPA 1312); Belga writes =.
_DASH = r"[-–—_=]{1,3}"
_END = rf"(?:\s*(?P<end>[:.]?\s*{_DASH}|:|(?<=\))[.।](?=\s))\s*|\s+|$)"
_TOWN_AND_STATE = r"[^\W\d_a-z][^()\d]{1,40}? \([^()\d]{2,30}\)(?: \[[^\[\]\d]{2,30}\])?"
_HAN = r"[^\W\da-zA-Z]"
_EAST_ASIAN = rf"{_HAN}{{1,15}}"


def _compile(*styles: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, styles))


STYLES = (
    (
        # What most texts have in brackets or between slashes is too long for an agency, as in the addresses of pages.
        re.compile(r"\([^()\n]{2,40}\)|/[^/\n]{2,22}/"),
        _compile(
            # Reuters files what happened nowhere under a day without a place.
            rf"(?P<place>)(?:{_WEEKDAY_NAME},? )?{_DAY}{_YEAR}\s*{_AGENCY}{_END}",
            # PAP may begin with the day.
            rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.? {_PLACE} {_AGENCY}{_END}",
            # The usual order.
            (
                rf"{_PLACE}{_WEEKDAY}(?:(?:\s?[,.،-])?(?: في)? {_DAY}{_YEAR}\.?{_WEEKDAY})?(?P<colon>:)?,?\s*"
                rf"(?:{_DASH}\s*)?{_AGENCY}{_END}"
            ),
            # ANI names town (state) [country], EFE town (country).
            rf"(?P<place>{_TOWN_AND_STATE}),? {_DAY}{_YEAR} {_AGENCY}{_END}",
            rf"{_PLACE}, (?P<year>\d{{4}})\. (?P<month>{_MONTH}) (?P<day>\d{{1,2}})\.?(?:, {_MONTH})? {_AGENCY}{_END}",
            # ANSA and others sign first, and some of them name no place.
            rf"{_SIGNED_FIRST}\s*{_DASH}\s*{_PLACE}[,.] {_DAY}{_YEAR}\s*(?P<end>{_DASH}|:)\s*",
            rf"(?P<capitals>){_SIGNED_FIRST}\s*(?:{_DASH}\s*)?{_PLACE}\s*(?P<end>{_DASH}|:)\s+",
            rf"(?P<place>){_SIGNED_FIRST}(?:\s*(?P<end>{_DASH})\s*|\s+)",
            rf"{_PLACE}, (?P<day>\d{{1,2}}) \((?P<agency>EUROPA PRESS|Europa Press)\)(?:\s*{_DASH})?\s*(?P<end>)",
        ),
    ),
    (
        re.compile("[-–—_=.:]"),
        _compile(
            # dpa Berlin -
            rf"(?P<bare>)(?P<agency>dpa|epd|sda|ats|apa) {_PLACE}(?:, {_DAY}{_YEAR})?\s*(?P<end>{_DASH}|[.:])\s+",
            rf"(?P<agency>AKP) {_PLACE}, {_DAY}{_YEAR}\s*{_DASH}\s+(?P<end>)",
            rf"(?P<bare>)(?P<capitals>)(?P<agency>[^\W\d_a-z]{{3,15}}), {_PLACE}\s*(?P<end>{_DASH})\s+",
            # Kyodo, RIA Novosti and Interfax sign without brackets.
            (
                rf"(?P<bare>){_PLACE}[,.] {_DAY}{_YEAR}[.,]?\s*(?:{_DASH}\s*)?(?P<agency>[^\W\d_][\w. ]{{1,18}}?)\s*"
                rf"(?P<end>{_DASH}|[:.])\s+"
            ),
            rf"(?P<bare>){_PLACE}[,.] {_DAY}{_YEAR},? (?P<agency>[^\W\d_a-z]{{3,15}})\s+",
            rf"(?P<bare>)(?P<capitals>){_PLACE}[,.] (?P<agency>[^\W\d_a-z]{{3,15}})\s?(?P<end>{_DASH}|\.)\s+",
            # Press offices name nobody, but the whole day.
            (
                rf"(?P<capitals>)(?P<dated>){_PLACE}[,.] {_DAY}(?:,? (?:de )?|/)(?P<year>(?:19|20)\d\d)"
                rf"\s*(?P<end>{_DASH})\s+"
            ),
            # Each by its name.
            rf"{_PLACE}(?:, ?|-)(?P<agency>SANA|IRNA|سانا)\s?(?:{_DASH}|(?<=سانا))\s*(?P<end>)",
            r"(?P<place>)(?P<agency>AGI|NNA) [-–—] (?P<end>)",
        ),
    ),
    (
        re.compile(r"[（【［\[(日]"),
        _compile(
            # In East Asia nothing else closes datelines.
            rf"(?P<place>{_EAST_ASIAN})（(?P<agency>共同|時事|新華社|聯合)）\s*(?P<end>)",
            rf"[【（](?P<place>{_EAST_ASIAN}?)[＝=]?(?P<agency>共同|時事)[】）]\s*(?P<end>)",
            (
                r"【(?P<place>)(?P<month>\d{1,2})月(?P<day>\d{1,2})日 ?(?P<agency>[A-Z]{2,8}|ロイター|共同|時事)】"
                r"\s*(?P<end>)"
            ),
            (
                rf"[［\[](?P<place>{_EAST_ASIAN}) ?(?P<day>\d{{1,2}})日 ?(?P<agency>ロイター|共同|時事|AFP)[］\]]"
                rf"(?:\s*{_DASH})?\s*(?P<end>)"
            ),
            (
                rf"(?P<agency>新华社|中新社|中新网|人民网|新華社)(?P<place>(?:{_EAST_ASIAN}?)?)(?:(?P<year>\d{{4}})年)?"
                r"(?P<month>\d{1,2})月(?P<day>\d{1,2})日电\s*(?P<end>)"
            ),
            # Of the characters after 記者 three are most likely the reporter's name, and two the town.
            (
                rf"[（(](?P<agency>中央社)(?:記者(?P<writer>{_HAN}{{3}}|{_HAN}{{2}}))?(?P<place>{_HAN}{{2,4}}?)"
                r"(?P<day>\d{1,2})日電[）)]\s*(?P<end>)"
            ),
            rf"[(\[](?P<place>{_EAST_ASIAN})=(?P<agency>연합뉴스|뉴시스|뉴스1)[)\]]\s*(?P<end>)",
        ),
    ),
    # Ritzau and others put it on a line of its own.
    (re.compile(","), _compile(rf"(?P<bare>){_PLACE}, {_DAY}{_YEAR}[.,]? (?P<agency>[^\W\d_][\w. ]{{1,18}}?)\.?\Z")),
)
"""The styles, in groups, each with what any text in these styles holds."""
