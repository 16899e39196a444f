"""An mbox taken apart into its messages (RFC 4155); ``>From`` in their texts is ``From`` again."""

import re

from worker.wire.mail.mail_signs import MBOX_LINE

_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_BEGINNING = re.compile(rb"(?:\A|\n\r?\n)(?=" + MBOX_LINE.pattern + rb"(?:>?From |[!-9;-~]{1,76}:))")


def split_mbox(body: bytes) -> list[bytes]:
    """Return the messages of an mbox in its order; a document that is none is one message."""
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not MBOX_LINE.match(body):
        return [body]
    starts = [found.end() for found in _BEGINNING.finditer(body)] or [0]
    ends = [*starts[1:], len(body)]
    return [_without_line(body[start:end]) for start, end in zip(starts, ends, strict=True)]


def _without_line(message: bytes) -> bytes:
    return _QUOTED_FROM.sub(rb"\1", message.partition(b"\n")[2])
