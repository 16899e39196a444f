"""A message, or an mbox of them, as a document: one message that cannot be read never costs its neighbours."""

from collections.abc import Sequence
from dataclasses import replace

from worker.basics.faults import read_each
from worker.basics.field_rules import keep_newest, moment_of
from worker.errors import ErrorClass, PermanentError, PollError
from worker.values.due_feeds import Document
from worker.values.entries import Entry, ParsedDocument
from worker.wire.mail.mail_entry import ReadText, read_message
from worker.wire.mail.mbox import split_mbox
from worker.wire.newsroom.newsroom_entry import Skipped


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


def read_messages(messages: Sequence[bytes], max_entries: int, read_text: ReadText) -> ParsedDocument:
    """Return what messages publish, which may be nothing."""

    def read(message: bytes) -> list[Entry | Skipped]:
        try:
            return list(read_message(message, max_entries, read_text))
        except PollError as error:
            return [Skipped(error.sentence)]

    found, faults = read_each(messages, read)
    entries = [each for several in found for each in several if isinstance(each, Entry)]
    skipped = [each.reason for several in found for each in several if isinstance(each, Skipped)]
    kept = keep_newest(entries, max_entries, moment_of)
    return ParsedDocument(
        format="mail",
        parser="mail",
        entries=tuple(kept),
        dropped_entries=len(entries) - len(kept),
        skipped=tuple(skipped),
        faults=faults,
    )
