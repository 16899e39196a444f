"""Slugs: what stands behind one in its line, and the slug by which a notice names what it acts on."""

import re
from collections.abc import Iterable, Iterator, Sequence

from worker.values import Notice
from worker.wire.notices import Notices, add_notices, read_bare_notice, weightiest

# Of a text, where a wire says what it withdraws or corrects.
_OPENING = 1_000
# BC-EU--Harbour Bridge, 3rd Ld-Writethru,0312
_AP_SLUG = re.compile(r"(?:[a-z] [a-z] )?(?P<slug>(?:AM|PM|BC|AP)-[\w .'’/-]{2,60}?)(?P<rest>(?:, ?[^,]{1,40}){0,4})")
# harbour-bridge-reopen 1st lead; HARBOUR-BRIDGE/REOPEN (UPDATE 1)
_SLUG = re.compile(r"(?P<slug>(?:[^\W_]+[-/]){1,8}[^\W_]*)(?:[ ,]\s?(?P<rest>\S.{0,40}))?")
_BRACKETED = re.compile(r"(?P<slug>.*\S) ?\((?P<version>[^()]{1,40})\)")
# "slugged" alone is a blow too.
_OF_WHAT = r"(?:story|dispatch|item|article|report|take|alert|bulletin|version|copy)"
_NAMED = re.compile(
    rf"\b{_OF_WHAT}s?,? (?:[a-z]{{1,12}} ){{0,4}}slugged:? [\"'“‘]?"
    r"(?P<slug>[\w'’/-]{2,60}(?: [A-Z0-9][\w'’/-]{0,30}){0,6})"
)
_ORDER = re.compile(
    rf"(?<!\bnot )\b(?:kill|withdraw) (?:the |our |this )?(?:[a-z]{{1,12}} )?{_OF_WHAT} slugged ", re.IGNORECASE
)


def read_slug_line(line: str) -> Notices | None:
    """Return the slug of a line that is surely one, and what the version behind it makes of the dispatch."""
    if found := _AP_SLUG.fullmatch(line):
        return add_notices(found["slug"].strip(" -"), _read_versions(found["rest"].split(",")))
    found = _SLUG.fullmatch(line)
    if found is None:
        return None
    versions = [*_read_versions([found["rest"] or ""])]
    # One hyphen alone may be any word's.
    is_sure = bool(versions) if found["rest"] else len(re.findall("[-/]", found["slug"])) > 1
    return add_notices(found["slug"].strip("-/"), versions) if is_sure else None


def split_slug(line: str) -> Notices:
    """Return what a field says that is a slug, and what stands behind it; what is no version stays in it."""
    if (found := read_slug_line(line)) and found.notice:
        return found
    bracketed = _BRACKETED.fullmatch(line)
    name, *parts = [bracketed["slug"], *bracketed["version"].split(",")] if bracketed else line.split(",")
    versions = [*_read_versions(parts)]
    return add_notices(name.strip() if versions else line, versions)


def read_order(texts: Sequence[str], notice: Notice | None) -> tuple[Notice | None, str | None]:
    """Return what a dispatch is that may ask editors to kill another one, and the slug of that one where it is named.

    ``notice`` is what it is otherwise: an advisory may ask for a kill, and a correction may name a slug too.
    """
    openings = [text[:_OPENING] for text in texts]
    if any(map(_ORDER.search, openings)):
        notice = weightiest(notice, Notice.KILL)
    is_named = notice in {Notice.KILL, Notice.CORRECTION}
    return notice, next(filter(None, map(_read_named, openings)), None) if is_named else None


def _read_named(text: str) -> str | None:
    """Return the slug that a text names: ``Please kill the story slugged BC-Lock Gates``."""
    slugs = (named["slug"].strip("'’-") for named in _NAMED.finditer(text))
    return next((slug for slug in slugs if not slug.islower() or re.search("[-/]", slug)), None)


def _read_versions(parts: Iterable[str]) -> Iterator[Notices]:
    for part in parts:
        if bare := read_bare_notice(part.strip(" ()<")):
            yield bare
