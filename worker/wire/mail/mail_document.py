"""A message, or an mbox of them, as a document: one message that cannot be read never costs its neighbours."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from worker.basics.faults import read_each
from worker.basics.field_rules import keep_newest, moment_of
from worker.basics.text import clean
from worker.errors import ErrorClass, PermanentError, PollError
from worker.values.due_feeds import Document
from worker.values.entries import Entry, ParsedDocument
from worker.wire.mail.mail_entry import ReadText, read_parts
from worker.wire.mail.mail_parts import take_apart
from worker.wire.mail.mbox import split_mbox
from worker.wire.newsroom.newsroom_entry import Skipped

_NAME = re.compile(rb"^message-id:\s*<?([^<>\r\n]{1,200})", re.IGNORECASE | re.MULTILINE)
_HEAD = 65_536
# People read them on the note of a poll.
_MOST_DOUBTS = 5


def read_mail(document: Document, max_entries: int, read_text: ReadText) -> ParsedDocument:
    """Return what a message or an mbox publishes; ``read_text`` reads the texts that go with a message.

    PermanentError where that is nothing. Of an mbox, to whose end programs add, the last ``max_entries`` are read.
    """
    messages = split_mbox(document.body)
    parsed = read_messages(messages[-max_entries:], max_entries, read_text)
    if not parsed.entries:
        if parsed.faults:
            raise PermanentError(ErrorClass.INTERNAL, parsed.faults[0].sentence, trace=parsed.faults[0].trace)
        raise PermanentError(ErrorClass.NOT_A_FEED, parsed.skipped[0] if parsed.skipped else "there is no text in it")
    return replace(parsed, dropped_entries=parsed.dropped_entries + max(0, len(messages) - max_entries))


def read_messages(messages: Iterable[bytes], max_entries: int, read_text: ReadText) -> ParsedDocument:
    """Return what messages publish, which may be nothing."""
    return merge_mail([read_one(message, max_entries, read_text) for message in messages], max_entries)


def read_one(message: bytes, max_entries: int, read_text: ReadText) -> ParsedDocument:
    """Return what one message publishes, which may be nothing; whatever is wrong with it is said there."""

    def read(message: bytes) -> tuple[list[Entry | Skipped], tuple[str, ...]]:
        try:
            parts = take_apart(message)
            read_of_it = list(read_parts(parts, max_entries, read_text))
            # How words were decoded that nobody sees is no doubt.
            return read_of_it, parts.doubts if any(isinstance(each, Entry) for each in read_of_it) else ()
        except PollError as error:
            return [Skipped(error.sentence)], ()

    found, faults = read_each([message], read, _find_name)
    read_of_it = [each for several, _ in found for each in several]
    return ParsedDocument(
        format="mail",
        parser="mail",
        entries=tuple(each for each in read_of_it if isinstance(each, Entry)),
        skipped=tuple(each.reason for each in read_of_it if isinstance(each, Skipped)),
        faults=faults,
        doubts=tuple(chain.from_iterable(doubts for _, doubts in found)),
    )


def _find_name(message: bytes) -> str | None:
    found = _NAME.search(message, 0, _HEAD)
    return clean(found[1].decode(errors="replace"), _HEAD) if found else None


def merge_mail(parsed: Sequence[ParsedDocument], max_entries: int) -> ParsedDocument:
    """Return what several messages publish together; of one that came twice, as a copy may, the first."""
    entries: dict[object, Entry] = {}
    for number, entry in enumerate(chain.from_iterable(each.entries for each in parsed)):
        # Versions of a newsroom's item share its name.
        entries.setdefault(number if entry.item_id else entry.guid, entry)
    kept = keep_newest(list(entries.values()), max_entries, moment_of)
    return ParsedDocument(
        format="mail",
        parser="mail",
        entries=tuple(kept),
        dropped_entries=len(entries) - len(kept),
        skipped=tuple(chain.from_iterable(each.skipped for each in parsed)),
        faults=tuple(chain.from_iterable(each.faults for each in parsed)),
        doubts=tuple(dict.fromkeys(chain.from_iterable(each.doubts for each in parsed)))[:_MOST_DOUBTS],
    )
