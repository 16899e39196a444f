"""The plain text of a message: flowed lines joined (RFC 3676), signature and footers of lists cut off."""

import re

from worker.wire.mail.mail_words import OF_LISTS, SENT_FROM

# No signature is longer: below more lines there is another text.
_MOST_SIGNED = 25
_LONGEST_LINE = 200
_LIST_FOOTER = re.compile(r"_{20,}")
_OF_LISTS = re.compile(OF_LISTS, re.IGNORECASE)
_BY_DEVICE = re.compile(SENT_FROM, re.IGNORECASE)
_QUOTES = re.compile(r">+")


def join_flowed(text: str, *, drops_space: bool) -> str:
    """Return a text in format=flowed with its paragraphs on one line each (RFC 3676, section 4.2).

    ``drops_space``: the space that ends a line is no part of it (DelSp, for scripts that write none).
    """
    paragraphs: list[list[str]] = []
    depth_before, is_open = "", False
    for line in text.split("\n"):
        quoted = _QUOTES.match(line)
        depth = quoted[0] if quoted else ""
        words = line[len(depth) :].removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        words = words[:-1] if flows and drops_space else words
        if is_open and depth == depth_before and words != "-- ":
            paragraphs[-1].append(words)
        else:
            paragraphs.append([f"{depth} {words}" if depth else words])
        depth_before, is_open = depth, flows
    return "\n".join(map("".join, paragraphs))


def cut_signature(text: str) -> str:
    """Return a text without the signature that ``-- `` parts from it, and without a mailing list's footer."""
    lines = text.split("\n")
    lines = lines[: _find_footer(lines)]
    for at in range(max(0, len(lines) - _MOST_SIGNED), len(lines)):
        # Programs strip the space that RFC 3676, section 4.3, asks for.
        if lines[at].rstrip("\r") in {"-- ", "--", "\u2014 "} and any(line.strip() for line in lines[:at]):
            return "\n".join(lines[:at]).rstrip()
    text = "\n".join(lines).rstrip()
    above, _, last = text.rpartition("\n")
    return above.rstrip() if above.strip() and _BY_DEVICE.fullmatch(last.strip()[:_LONGEST_LINE]) else text


def _find_footer(lines: list[str]) -> int:
    for at in range(max(0, len(lines) - _MOST_SIGNED), len(lines)):
        if _LIST_FOOTER.fullmatch(lines[at].strip()) and _OF_LISTS.search(" ".join(lines[at + 1 : at + 4])):
            return at
    return len(lines)
