"""Markup that was escaped once too often: ``&lt;p&gt;`` where ``<p>`` was meant."""

import re
from html import unescape

from worker.basics.markup import is_html_only

_BLOCK_FIRST = re.compile(
    r"<(?:article|blockquote|br|center|div|dl|figure|h[1-6]|hr|iframe|img|ol|p|pre|section|table|ul)(?=[\s/>])",
    re.IGNORECASE,
)
_TAG_FIRST = re.compile(r"</?[a-zA-Z][^<>]*>")
_ADDRESS = re.compile(r"<(?:a|iframe|img|source)\s[^<>]*\b(?:href|src)\s*=", re.IGNORECASE)
_LINE_END = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_CLOSING_TAG = re.compile(r"</[a-zA-Z]")


def mend_escaped_markup(text: str) -> str | None:
    """Return the markup that the text of sanitised HTML without any tag spells out; None where it is about markup.

    A text about HTML names a tag here and there. Markup closes its tags, which are all HTML's, and begins and ends with
    one, opens with a block, has addresses, or ends its lines.
    """
    if "&lt;" not in text or "&gt;" not in text:
        return None
    markup = unescape(text)
    if not is_html_only(markup):
        return None
    is_whole = _TAG_FIRST.match(markup) and markup.endswith(">") and _CLOSING_TAG.search(markup)
    is_block = _BLOCK_FIRST.match(markup) and (_CLOSING_TAG.search(markup) or _ADDRESS.match(markup))
    is_lined = len(_LINE_END.findall(markup)) > 1
    is_linked = _ADDRESS.search(markup) and _CLOSING_TAG.search(markup)
    return markup if is_whole or is_block or is_lined or is_linked else None
