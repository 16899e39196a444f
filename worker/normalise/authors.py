"""Who wrote an entry: the names in its author fields, where a publisher may write several names into one field.

A field is split only where every part of it is a person's name. In doubt it stays as published: one odd line in a list
is better than half a ministry as an author.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from worker.wire.bylines import reads_like_a_name

# These separate names and are never part of one.
_LIST = re.compile(r"\s*[;|]\s*")
_AND = "and|und|et|y|e|og|och|i|en|&"
_JOINTS = re.compile(rf"\s*,\s*(?:(?:{_AND}) )?|\s+(?:{_AND})\s+")
# No person's name ends in these words: roles, newsrooms, institutions, titles after a name.
_NO_NAMES = frozenset(
    "affairs agencies agency analyst association board bureau centre center columnist committee company contributor "
    "contributors correspondent council department desk director editor editors foundation gazette group guardian "
    "herald inc institute international jr jr. journal limited llc ltd magazine md media ministry network news "
    "newsroom office phd ph.d. photographer post press producer professor radio reporter reporters review rights "
    "school service services society sr sr. staff studios team telegraph times today tribune tv university wire writer "
    "writers".split()
)


def split_names(fields: Iterable[str]) -> Iterator[str]:
    """Yield the names in author fields, each a line of text; a list that is not all names stays whole."""
    for field in fields:
        yield from _names_in(field)


# The same people write all that a feed carries.
@lru_cache(maxsize=256)
def _names_in(field: str) -> tuple[str, ...]:
    names: list[str] = []
    for listed in filter(None, _LIST.split(field)):
        parts = _JOINTS.split(listed)
        names += parts if all(map(_is_name, parts)) else (listed,)
    return tuple(names)


def _is_name(text: str) -> bool:
    words = text.split()
    return reads_like_a_name(words) and words[-1].casefold() not in _NO_NAMES and words[0] != "The"
