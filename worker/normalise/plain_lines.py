"""Which line ends of a plain text are its writer's: those of paragraphs, lists and verses, not those of wrapped lines.

A mail or a hand-written feed breaks its lines at a width, or indents them as XML is indented; neither is meant for a
reader. A width shows in that no line had room for the next one's first word. That alone proves little in a few lines,
so one sentence at least must go on in the next line without a capital.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise, zip_longest

from worker.basics.text import UNSPACED

# Lines are wrapped at no other widths, but for those that XML's indentation shows to be.
_NARROWEST, _WIDEST = 40, 110
# People who break lines by hand do not use all of a width.
_RAGGED = 0.9
_BLANK_LINES = re.compile(r"\n\s*\n")
# Markup of sanitised HTML: < and > are parts of tags only.
_MARK = re.compile(r"<[^>]*>")
_INLINE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|time"
    "|tt|u|var"
)
_BLOCK_TAG = re.compile(rf"<(?!/?(?:{_INLINE})[\s>])")
# Blocks that may stand between paragraphs of plain text, none within another of its kind.
_STANDING = re.compile(r"(<(pre|h[1-6]|ul|ol|blockquote)(?=[\s>])[^>]*>(?:(?!<\2[\s>]).)*?</\2>)", re.DOTALL)
# Nearly all markup with blocks has one of these, and is passed over at once.
_PARTED = ("<p>", "<br", "<div", "<table")
# An item of a list, a quotation, a heading in Markdown, a mark in time or an address begins a line of its own.
_OPENS_LINE = re.compile(r"[-–—*•·●▪►➤✓#>|+=_@]|\(?\d{1,3}[.):]|\[?\(?\d{1,2}:\d\d|\w+://|www\.", re.ASCII)
_SENTENCE_END = (".", "!", "?", ":", ";", "…", "。", "！", "？", '"', "”", "»")
_UNSPACED_PAIR = re.compile(f"[{UNSPACED}]{{2}}")


def mark_lines(markup: str) -> str:
    """Return sanitised HTML that has no paragraph, and so is text with lines, with paragraphs and line breaks.

    Where it has tags, only blank lines show that lines count.
    """
    if "\n" not in markup:
        return markup
    if _BLOCK_TAG.search(markup):
        return markup if any(tag in markup for tag in _PARTED) else _mark_between_blocks(markup)
    if "<" in markup and not _BLANK_LINES.search(markup):
        return markup
    paragraphs = [lines for lines in read_paragraphs(_MARK.sub(_on_one_line, markup)) if lines]
    if len(paragraphs) == len(paragraphs[0]) == 1:
        return markup if "<" in markup else paragraphs[0][0]
    return _write_paragraphs(paragraphs)


def _mark_between_blocks(markup: str) -> str:
    """Return markup with its text in paragraphs, where code, headings, lists and quotations stand between them."""
    parts = _STANDING.split(markup)
    texts, blocks = parts[::3], parts[1::3]
    if any(_BLOCK_TAG.search(text) for text in texts) or not any(_BLANK_LINES.search(text.strip()) for text in texts):
        return markup
    marked = [
        _write_paragraphs(read_paragraphs(_MARK.sub(_on_one_line, text))) if text.strip() else "" for text in texts
    ]
    return "\n".join(filter(None, chain.from_iterable(zip_longest(marked, blocks))))


def _write_paragraphs(paragraphs: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"<p>{'<br>'.join(lines)}</p>" for lines in paragraphs if lines)


def drop_indentation(text: str) -> str:
    """Return a plain text whose lines are all indented, as lines in XML are, as its writer meant them."""
    text = text.strip()
    return "\n\n".join("\n".join(lines) for lines in read_paragraphs(text)) if _is_indented(text) else text


def read_paragraphs(text: str) -> list[list[str]]:
    """Return the lines of each paragraph, those that were wrapped put together again."""
    text = text.strip()
    is_indented = _is_indented(text)
    paragraphs = [[line.strip() for line in part.split("\n")] for part in _BLANK_LINES.split(text)]
    width = max((_length(line) for lines in paragraphs for line in lines if " " in line), default=0)
    if text[:1].islower() or width > _WIDEST or (width < _NARROWEST and not is_indented):
        return paragraphs
    ends = [pair for lines in paragraphs for pair in pairwise(lines)]
    going_on = [pair for pair in ends if _goes_on(*pair)]
    if is_indented:
        is_wrapped = bool(going_on)
    else:
        # Scripts without capitals do not tell.
        is_wrapped = any(pair[1][:1].islower() for pair in going_on) and all(
            _has_no_room(*pair, width) for pair in going_on
        )
    return [_join(lines, width) for lines in paragraphs] if is_wrapped else paragraphs


def _is_indented(text: str) -> bool:
    """Return whether all lines but the first, which has lost its indentation, begin with white space."""
    following = [line for line in text.split("\n")[1:] if line.strip()] if "\n" in text else []
    return bool(following) and all(line.startswith(("  ", "\t")) for line in following)


def _join(lines: Sequence[str], width: int) -> list[str]:
    joined = [lines[0]]
    for before, line in pairwise(lines):
        if not _OPENS_LINE.match(line) and (_goes_on(before, line) or _has_no_room(before, line, width)):
            space = "" if _UNSPACED_PAIR.fullmatch(before[-1:] + line[:1]) else " "
            joined[-1] += space + line
        else:
            joined.append(line)
    return joined


def _goes_on(line: str, following: str) -> bool:
    """Return whether a sentence goes on from one line to the next."""
    begins = _MARK.sub("", following)[:1]
    is_open = not _MARK.sub("", line).endswith(_SENTENCE_END)
    return is_open and begins.isalpha() and not begins.isupper() and not _OPENS_LINE.match(following)


def _has_no_room(line: str, following: str, width: int) -> bool:
    return _length(line) + 1 + _length(following.partition(" ")[0]) > width * _RAGGED


def _length(line: str) -> int:
    return len(_MARK.sub("", line)) if "<" in line else len(line)


def _on_one_line(tag: re.Match[str]) -> str:
    return tag[0].replace("\n", " ")
