"""Messages between ZCZC and NNNN whose first lines are marked, as the systems of the wires in the Pacific mark them.

``#Ferry`` is a slug, ``$Ferry sails again`` a headline; elsewhere ``TI#Ferry sails again`` is one, and ``PD#`` the day.
"""

import re
from dataclasses import dataclass, replace

from worker.basics.text import fold
from worker.wire.date_lines import read_date_line
from worker.wire.dispatch_lines import DispatchHead, merge_heads, understand_headline
from worker.wire.transmissions.categories import ANPA_PRIORITIES, IPTC_CATEGORIES

_MOST_LINES = 24
_SIGNED = re.compile(r"(?P<sign>[%#$:&*@~+=^])(?P<value>(?! ).{0,250})")
_NAMED = re.compile(r"(?P<name>[A-Z]{2})#(?P<value>.{0,1000})")
# Where a message goes to (YY TDR), its number, and priority and category as ANSA has them: R POL S0A QBXB.
_ROUTING = re.compile(
    r"YY [A-Z]{3}\b.{0,80}|[A-Z]{2,4}\d{4,12}(?:_[A-Z0-9]{2,5}){1,3}"
    r"|(?P<priority>[A-Z]) (?P<category>[A-Z]{3})(?: [A-Z0-9]{2,4}){1,3}"
)
_PLACE = re.compile(r"\((?P<place>[^\W\d_][^()]{1,60})\)")
# Quad left and quad centre, as ANPA 1312 has them.
_TYPESETTING = re.compile(r"(?:[ \t]\.)?[<=]!$|^<(?=[A-Z])", re.MULTILINE)
# A line that is a headline: RACING : Harbour Park fields Thursday.
_HEADLINE = re.compile(r"(?:[A-Z]{3,12} ?: )?(?P<headline>[^\W_].{4,120}?)(?<![.!?,;:])[ \t<=!]{0,9}")


@dataclass(frozen=True, slots=True)
class MarkedLines:
    """What the marked lines of a message say, and the text below them."""

    head: DispatchHead
    text: str
    place: str | None = None
    summary: str | None = None
    published: str | None = None


def read_marked_lines(text: str) -> MarkedLines:
    """Return what the lines with which a message opens say, as far as they are marked."""
    *lines, rest = [*text.strip("\n").split("\n", _MOST_LINES), ""][: _MOST_LINES + 1]
    values: dict[str, str] = {}
    at = 0
    while at < len(lines) and (found := _SIGNED.fullmatch(lines[at].strip()) or _NAMED.fullmatch(lines[at].strip())):
        mark, value = found[1], fold(found["value"])
        values[mark] = value or values.get(mark, "")
        at += 1
    said = _read_named(values) if "TI" in values else _read_signed(values)
    while at < len(lines) and (routed := _ROUTING.fullmatch(lines[at].strip())):
        said = replace(said, head=merge_heads(said.head, _read_routing(routed)))
        at += 1
    if said.head.headline is None and at:
        headline, at = _find_headline(lines, at)
        said = replace(said, head=merge_heads(said.head, headline))
    return replace(said, text=_TYPESETTING.sub("", "\n".join((*lines[at:], rest))))


def _read_routing(found: re.Match[str]) -> DispatchHead:
    category = IPTC_CATEGORIES.get((found["category"] or "").casefold())
    urgency = ANPA_PRIORITIES.get((found["priority"] or "").casefold())
    return DispatchHead(urgency=urgency, tags=(category,) if category else ())


def _find_headline(lines: list[str], at: int) -> tuple[DispatchHead, int]:
    """Return the headline where the line below the marked ones is one, and where the text begins."""
    first = lines[at].strip(": ") if at < len(lines) else ""
    found = _HEADLINE.fullmatch(first)
    return (understand_headline(found["headline"]), at + 1) if found else (DispatchHead(), at)


def _read_signed(values: dict[str, str]) -> MarkedLines:
    """Return what lines say that open with a sign; wires disagree on some of these."""
    category, at = values.get("$", ""), values.get(":", "")
    place = _PLACE.fullmatch(at)
    headline = values.get("^") or (category if len(category) > 1 else "")
    if not headline and "#" in values and not place:
        headline = at
    if headline.isascii() and not any(map(str.isalpha, headline)):
        # A day is no headline.
        headline = f"{values.get('#', '')} {headline}".strip()
    # A press release has its sender there.
    sender = at if at and not (place or headline) else ""
    head = DispatchHead(slug=values.get("#") or None, authors=(sender,) if sender else ())
    if headline:
        head = merge_heads(head, understand_headline(headline))
    return MarkedLines(head, "", place=place["place"] if place else None)


def _read_named(values: dict[str, str]) -> MarkedLines:
    """Return what lines say that open with the name of a field."""
    head = merge_heads(
        DispatchHead(authors=tuple(filter(None, (values.get("BY"),)))), understand_headline(values["TI"])
    )
    day = read_date_line(values.get("PD", ""))
    head = merge_heads(head, DispatchHead(dated=day))
    return MarkedLines(head, "", summary=values.get("AB") or None, published=values.get("PD") if day else None)
