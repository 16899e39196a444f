"""Shortcodes of WordPress's page builders, which feeds hold in place of what they do where a builder is not asked."""

import re

from worker.values.entries import Entry
from worker.values.frozen import replace

_NAME = r"/?(?:av|cs|et_pb|fusion|nectar|tatsu|vc)_[a-z0-9_]{2,60}"
# An excerpt may break off within one; then the next bracket is that of […].
_SHORTCODE = re.compile(rf"\[{_NAME}(?:\s[^\[\]]{{0,8000}})?(?:\]|(?=\[)|\Z)")
_FARTHEST = 1_500
_OPENING = re.compile(rf"\s{{0,100}}(?:<[a-zA-Z][^<>]{{0,200}}>\s{{0,100}}){{0,4}}\[{_NAME}[\s\]]")


def without_builder(entry: Entry) -> Entry:
    """Return an entry without shortcodes, and with what they enclose, where its body opens with a page builder's.

    A body that speaks of them does not open with one, and keeps them.
    """
    content, summary = entry.content or "", entry.summary or ""
    if not (_opens_with_builder(content) or _opens_with_builder(summary)):
        return entry
    return replace(entry, content=_drop(content) or None, summary=_drop(summary) or None)


def _opens_with_builder(body: str) -> bool:
    # Most bodies have no bracket there, which is found out sooner.
    return body.find("[", 0, _FARTHEST) >= 0 and _OPENING.match(body) is not None


def _drop(body: str) -> str:
    return _SHORTCODE.sub("", body) if _opens_with_builder(body) else body
