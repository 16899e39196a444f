"""One line of text: what a title, name or tag says, without the markup and the entities that publishers leave in it."""

import re

import turbohtml

from worker.basics.markup import decode_entities, is_html_only
from worker.basics.text import clean, drop_invisible, fold, shorten

_LONGEST_TITLE = 1_000
# No title or name is so long that a cut at this multiple of its length would reach it, whatever markup surrounds it.
_MARKUP_FACTOR = 8
_CLOSING_TAG = re.compile(r"</[a-zA-Z]|<br\s*/?>", re.IGNORECASE)
# A parser drops a tag that breaks off in its middle, but not one that breaks off at its start, nor a broken entity.
_BROKEN_END = re.compile(r"(?:</?|&[#0-9a-zA-Z]{0,31})\Z")
# A plugin of WordPress (qTranslate) marks languages so: <!--:en-->Rain<!--:-->
_LANGUAGE_MARK = re.compile(r"<!--:(?:[a-z]{2})?-->")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def one_line(marked_up: str, longest: int) -> str:
    """Return a title, name or tag as one line of text: markup and entities gone, even where escaped twice."""
    text = _cut(drop_cdata_marks(marked_up) if "]]" in marked_up else marked_up.strip(), longest)
    if "<" in text or "&" in text:
        text = _without_markup(text)
        text = drop_cdata_marks(text) if "CDATA[" in text else text
        # Many titles are escaped once too often. Without a closing tag, a lone <b> is a word of the title.
        text = _without_markup(text) if _CLOSING_TAG.search(text) else decode_entities(text)
    return _as_line(text, longest)


def plain_line(text: str, longest: int) -> str:
    """Return a title that its format says is text, as one line: angle brackets are words of it."""
    text = _cut(text.strip(), longest)
    # Blog software that strips the tags from a title leaves the entities in it, and may escape them once more.
    return _as_line(text if "<" in text else decode_entities(decode_entities(text)), longest)


def read_title(text: str, *, is_plain: bool) -> str:
    """Return the title of a feed or an entry as one line, cut at a word; ``is_plain``: its format says it is text."""
    line = "" if is_plain else one_line(text, 2 * _LONGEST_TITLE)
    # A title that is nothing but a tag of no HTML has it for a word: </example>
    if not line and (is_plain or not is_html_only(decode_entities(text))):
        line = plain_line(text, 2 * _LONGEST_TITLE)
    return shorten(line, _LONGEST_TITLE)


def drop_cdata_marks(text: str) -> str:
    """Return a text or markup without the marks of a CDATA section around it, which a publisher wrote twice."""
    text = text.strip()
    if text.startswith(_CDATA):
        text = text.replace(_CDATA, "").replace(_CDATA_END, "")
    return text.removesuffix(_CDATA_END).rstrip() if text.endswith(_CDATA_END) and "CDATA[" not in text else text


def _cut(text: str, longest: int) -> str:
    longest *= _MARKUP_FACTOR
    return text if len(text) <= longest else _BROKEN_END.sub("", text[:longest])


def _without_markup(text: str) -> str:
    return turbohtml.parse_fragment(text).to_text() if "<" in text else decode_entities(text)


def _as_line(text: str, longest: int) -> str:
    if "<!--:" in text:
        text = _LANGUAGE_MARK.sub(" ", text)
    return fold(clean(drop_invisible(text), longest * 2))[:longest].rstrip()
