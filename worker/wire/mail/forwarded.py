"""Messages that were forwarded inside another's text: the news is theirs, and what stands above them is a note.

Programs for mail put a line above it that says so, and then the fields that name the first sender, in the language of
whoever forwards: Gmail ``---------- Forwarded message ---------``, Apple ``Begin forwarded message:`` with each line
quoted, Outlook a rule.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from worker.basics.text import fold
from worker.wire.mail.mail_headers import Fields, first_field
from worker.wire.mail.mail_parts import MailParts, MailText
from worker.wire.mail.mail_words import FORWARDED, FORWARDED_FIELDS, FORWARDS, ORIGINAL

_MOST_FORWARDS = 5
_MOST_LINES = 400
_LONGEST_LINE = 1_000
# Beside From and Subject there is a date, or who it was sent to.
_FEWEST_FIELDS = 3
_MOST_FIELDS = 10
_MARK = re.compile(rf"[-–—_ ]{{0,40}}(?:{FORWARDED})[-–—_: ]{{0,40}}", re.IGNORECASE)
_RULE = re.compile(rf"[-–—_ ]{{0,80}}(?:{ORIGINAL})?[-–—_: ]{{0,80}}", re.IGNORECASE)
_FIELD = re.compile(r"\*?(?P<name>[^\W\d_][^\W\d_ ]{1,14}):\*?\s{1,4}(?P<value>\S.{0,900})")
_SUBJECT = re.compile(rf"(?:{FORWARDS})\s?:", re.IGNORECASE)
_NAMES = {word: field for field, words in FORWARDED_FIELDS.items() for word in words.split()}
_QUOTE = re.compile(r"^> ?", re.MULTILINE)


def open_forwarded(parts: MailParts) -> tuple[MailParts, str | None]:
    """Return the parts of the message that one forwards in its text, and the note above it; else the same parts.

    The first sender and the first subject take the place of those of whoever forwards.
    """
    notes: list[str] = []
    for _ in range(_MOST_FORWARDS):
        found = _split(parts)
        if found is None:
            break
        note, parts = found
        notes.append(note)
    return parts, " ".join(filter(None, notes)) or None


def _split(parts: MailParts) -> tuple[str, MailParts] | None:
    """Return the note above a forwarded message, and its parts; None where there is none."""
    if parts.plain is None:
        return None
    lines = parts.plain.text.replace("\r", "").split("\n", _MOST_LINES)
    is_forwarded = bool(_SUBJECT.match(first_field(parts.fields, "subject").strip()))
    for at, line in enumerate(lines):
        is_marked = len(line) <= _LONGEST_LINE and bool(_MARK.fullmatch(line.strip()))
        begin = _skip_blank(lines, at + 1) if is_marked else at
        if not (is_marked or is_forwarded):
            continue
        fields, end = _read_fields(lines, begin)
        if fields and (below := "\n".join(lines[end:])).strip():
            is_quoted = lines[begin].startswith(">")
            text = MailText((_QUOTE.sub("", below) if is_quoted else below).strip("\n"))
            above = fold(" ".join(each for each in lines[:at] if not _RULE.fullmatch(each[:_LONGEST_LINE])))
            return above, replace(parts, fields={**parts.fields, **fields}, plain=text, shown=text)
    return None


def _skip_blank(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip("> "):
        at += 1
    return at


def _read_fields(lines: Sequence[str], begin: int) -> tuple[Fields, int]:
    """Return sender and subject in the fields that begin here, and where they end; none where they are no fields."""
    read: dict[str, tuple[str, ...]] = {}
    end = begin
    while end < min(len(lines), begin + _MOST_FIELDS):
        found = _FIELD.fullmatch(lines[end][:_LONGEST_LINE].lstrip("> ").rstrip())
        name = _NAMES.get(found["name"].casefold()) if found else None
        if found is None or name is None or (end == begin and name != "from"):
            break
        read[name] = (found["value"],)
        end += 1
    is_header = "subject" in read and "from" in read and end - begin >= _FEWEST_FIELDS
    return ({"from": read["from"], "subject": read["subject"]}, end) if is_header else ({}, begin)
