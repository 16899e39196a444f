"""HTML as plain text: paragraphs parted by blank lines, lists, tables and preformatted blocks kept readable."""

import html as entities
import re

import turbohtml

from worker.text import clean, fold, shorten

_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&[#\w]+;")
_TRAILING = re.compile(r"[ \t\xa0]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
# A full stop of any script, with the quotes that may close after it, before a space or the end.
_SENTENCE_END = re.compile(r"(?<![A-Z])[.!?…][\"'”’»)\]]*(?=\s|$)|[。！？]")
_SUMMARY = 300


def text_of(html: str) -> str:
    """Return the plain text of sanitised HTML."""
    text = turbohtml.parse_fragment(html).to_text()
    return tidy(text)


def tidy(text: str) -> str:
    """Return plain text with no trailing spaces and no more than one blank line in a row."""
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def one_line(marked_up: str, longest: int) -> str:
    """Return a title, name or tag as one line of text: markup and entities gone, however often they were escaped."""
    text = marked_up
    # Twice: a feed in three escapes its titles once too often.
    for _ in range(2):
        if not _MARKUP.search(text):
            break
        text = entities.unescape(turbohtml.parse_fragment(text).text if "<" in text else text)
    return fold(clean(text, longest * 2))[:longest]


def first_sentences(text: str, longest: int = _SUMMARY) -> str:
    """Return the first whole sentences of a text that fit, or the first one cut at a word."""
    line = fold(text)
    if len(line) <= longest:
        return line
    ends = [match.end() for match in _SENTENCE_END.finditer(line, 0, longest)]
    if ends and ends[-1] >= longest // 3:
        return line[: ends[-1]]
    return shorten(line, longest)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    line = fold(text[:2000])
    match = _SENTENCE_END.search(line)
    return line[: match.end()] if match else line
