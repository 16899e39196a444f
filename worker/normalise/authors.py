"""Who wrote an entry: the names in its author fields, where a publisher may write several names into one field.

A field is split only where every part of it is a person's name or a news agency's. In doubt it stays as published: one
odd line in a list is better than half a ministry as an author.
"""

import re
from collections.abc import Iterable, Sequence

from worker.basics.mailboxes import addresses_in, is_address, names_beside_addresses, without_angles
from worker.basics.one_line import one_line
from worker.wire.agencies import is_agency
from worker.wire.bylines import reads_like_a_name

_LONGEST = 2000
# These separate names and are never part of one.
_LIST = re.compile(r"\s*[;|；、]\s*")  # noqa: RUF001 -- as Chinese and Japanese have them
_AND = "and|und|et|y|e|og|och|i|en|&"
_JOINTS = re.compile(rf"\s*,\s*(?:(?:{_AND}) )?|\s*/\s*|\s+(?:{_AND})\s+")
# As journals have it: LOVELACE, A. K., Somerville, M.
_SURNAME_FIRST = r"[^\W\d_][\w'’-]*(?: [\w'’-]+){0,2}, [^\W\d_]\.(?:[ -]?[^\W\d_]\.){0,4}"
_SURNAMES_FIRST = re.compile(rf"{_SURNAME_FIRST}(?:,? (?:(?:{_AND}) )?{_SURNAME_FIRST})+")
_LEADING_AND = re.compile(rf"^(?:{_AND})\s+")
_BY = re.compile(r"(?:(?:posted|story|text|words|written) )?by(?::\s*|\s+|$)", re.IGNORECASE)
# These begin names too.
_BY_OR_NAME = re.compile(r"(?:von|par|por|door|av)(?::\s*|\s+)", re.IGNORECASE)
# RFC 5322, section 3.2.4: what is quoted is one word.
_QUOTED = re.compile(r'"([^"]+)"')
# No person's name ends in these words: roles, newsrooms, institutions, titles after a name.
_NO_NAMES = frozenset(
    "affairs agencies agency analyst association board bureau centre center columnist committee company contributor "
    "contributors correspondent council department desk director editor editors foundation gazette group guardian "
    "herald inc institute international jr jr. journal limited llc ltd magazine md media ministry network news "
    "newsroom office phd ph.d. photographer post press producer professor radio reporter reporters review rights "
    "school service services society sr sr. staff studios team telegraph times today tribune tv university wire writer "
    "writers".split()
)


def split_names(fields: Iterable[str]) -> tuple[str, ...]:
    """Return the names in author fields as published; a list that is not all names stays whole.

    Mail addresses are no names, where there is any name besides.
    """
    names = tuple(name for field in fields for name in _names_in(field))
    if any("@" in name for name in names):
        return tuple(name for name in names if not is_address(name)) or names
    return names


def _names_in(field: str) -> tuple[str, ...]:
    line = one_line(without_angles(field) if "@" in field else field, _LONGEST)
    if "@" in line and (beside := names_beside_addresses(line)) != [line]:
        listed = [_LEADING_AND.sub("", name) for name in beside] or addresses_in(line)
    else:
        listed = _LIST.split(line)
    return tuple(name for each in listed for name in _take_apart(_without_by(each)) if name)


def _take_apart(written: str) -> Sequence[str]:
    """Return the names that commas and the like separate."""
    if quoted := _QUOTED.fullmatch(written):
        return (quoted[1],)
    if "," in written and _SURNAMES_FIRST.fullmatch(written):
        return [_LEADING_AND.sub("", name) for name in re.findall(_SURNAME_FIRST, written)]
    parts = _JOINTS.split(written)
    return parts if all(map(_is_author, parts)) else (written,)


def _without_by(field: str) -> str:
    """Return a field without the ``By`` of a byline; in languages in which that begins names too, before names only."""
    if signed := _BY.match(field):
        return field[signed.end() :]
    if signed := _BY_OR_NAME.match(field):
        names = field[signed.end() :]
        is_sure = not names[:1].islower() and all(map(_is_name, _JOINTS.split(names)))
        return names if is_sure else field
    return field


def _is_author(text: str) -> bool:
    # Behind a name two letters may be a degree: Jane Holt, PA.
    return _is_name(text) or (len(text) > len("PA") and is_agency(text))


def _is_name(text: str) -> bool:
    words = text.split()
    return reads_like_a_name(words) and words[-1].casefold() not in _NO_NAMES and words[0] != "The"
