"""Links in the header of an HTTP answer (RFC 8288, section 3), as far as they are links of the document itself."""

import re
from collections.abc import Iterator

# Nobody needs more of them; what is longer is cut.
_LONGEST = 16_384
_MOST = 50
_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_WORD = r"[!#$%&'*+.^_`|~\w-]{1,100}"
_PARAMETER = re.compile(rf"\s*;\s*(?:({_WORD})\s*(?:=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\";,]*)))?)?", re.ASCII)
_ESCAPED = re.compile(r"\\(.)")


def read_links(field: str) -> Iterator[tuple[frozenset[str], str]]:
    """Yield the relations, in lower case, and the target of each link; what is no link ends the reading.

    A link with an ``anchor`` is of another document, and left out.
    """
    field, place = field[:_LONGEST], 0
    for _ in range(_MOST):
        target = _TARGET.match(field, place)
        if target is None:
            return
        place = target.end()
        found: dict[str, str] = {}
        while parameter := _PARAMETER.match(field, place):
            place = parameter.end()
            name, quoted, bare = parameter.groups()
            value = bare if quoted is None else _ESCAPED.sub(r"\1", quoted)
            # Of several the first counts (section 3.3).
            found.setdefault((name or "").lower(), value or "")
        if "anchor" not in found:
            yield frozenset(found.get("rel", "").lower().split()), target[1].strip()
