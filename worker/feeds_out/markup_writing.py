"""Writing XML 1.0: elements with texts and attributes that no text of an article can break out of."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from types import MappingProxyType

from worker.basics.text import clean

OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NONE: Mapping[str, object] = MappingProxyType({})
# What may not stand in an attribute as it is, or has to be looked at.
_UNSAFE = re.compile("[^ !#-%'-;=?-~]")
# What readers that take a text for HTML would take for markup, and others not.
_MARKUP = re.compile("<[a-z/!?]|&(?:#|[a-z]{2})", re.IGNORECASE)


def write_element(name: str, text: str | None = None, attributes: Mapping[str, object] = _NONE) -> str:
    """Return an element; without a text an empty one. Attributes that are None are left out."""
    opened = f"<{name}{write_attributes(attributes)}"
    return f"{opened}>{write_text(text)}</{name}>\n" if text else f"{opened}/>\n"


def write_if(name: str, text: str | None) -> str:
    """Return an element that holds a text; nothing where there is none."""
    return write_element(name, text) if text else ""


def write_cdata(name: str, text: str) -> str:
    """Return an element whose text is not escaped, as readers of ``content:encoded`` expect it."""
    kept = tidy_html(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{kept}]]></{name}>\n"


def write_text(text: str) -> str:
    """Return a text as it stands between tags."""
    escaped = clean(text, len(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A parser of XML makes a line feed of a bare carriage return.
    return escaped.replace("\r", "&#13;")


def write_attributes(attributes: Mapping[str, object]) -> str:
    """Return attributes as they stand in a tag; of those that are None nothing."""
    said = ((name, str(value)) for name, value in attributes.items() if value is not None)
    return "".join(f' {name}="{_quote(value) if _UNSAFE.search(value) else value}"' for name, value in said)


def _quote(value: str) -> str:
    # A parser would make spaces of tabs and line feeds.
    return write_text(value).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def tidy_html(html: str) -> str:
    """Return HTML without what XML forbids, and with its carriage returns as references."""
    return clean(html, len(html)).replace("\r", "&#13;")


def as_safe_title(text: str) -> str:
    """Return a text for an element that some readers take for text and some for HTML, such as the title of RSS.

    Only what the latter would take for markup is escaped for HTML: ``AT&T`` is the same to both.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;") if _MARKUP.search(text) else text


def rfc3339(moment: datetime) -> str:
    """Write a moment as Atom and JSON Feed do: ``2026-11-24T12:50:07Z``."""
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def rfc822(moment: datetime) -> str:
    """Write a moment as RSS and HTTP do, to the second: ``Tue, 24 Nov 2026 12:50:07 GMT``."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
