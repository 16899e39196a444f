"""Tags of markup as published: their attributes, and what marks those that nobody is meant to see."""

import re
from collections.abc import Mapping

_ATTRIBUTE = re.compile(r"([^\s\"'>/=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
# A side of one pixel, or a style that takes an element out of sight.
_PIXEL = re.compile(r"\s*0*[01](?:\.\d*)?\s*(?:px)?\s*")
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect|:\s*-\d{4,}px", re.IGNORECASE)


def read_attributes(written: str) -> dict[str, str]:
    """Return the attributes within a tag, as written but for quotes and capitals of names; of two alike the first."""
    attributes: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(written):
        attributes.setdefault(name.lower(), value[1:-1] if value[:1] in {'"', "'"} else value)
    return attributes


def is_unseen(attributes: Mapping[str, str]) -> bool:
    """Return whether an element is a counter, or kept out of sight until a script has run."""
    sides = (attributes.get(name, "") for name in ("width", "height"))
    is_pixel = any(_PIXEL.fullmatch(side) for side in sides)
    return is_pixel or "hidden" in attributes or _UNSEEN_STYLE.search(attributes.get("style", "")) is not None


def quote(value: str) -> str:
    """Return an attribute's value, as written, in double quotes."""
    return '"' + value.replace('"', "&quot;") + '"'
