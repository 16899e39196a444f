"""By what a text is told to be an e-mail, and not a dispatch below a block of ``Date:`` and ``Headline:`` lines."""

import re

MBOX_LINE = re.compile(
    rb"From \S[^\n]{0,200}?[ \t](?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    rb" {1,2}\d{1,2} [\d:]{4,8} [^\n]{0,30}?\d{4}[^\n]{0,20}\r?\n"
)
"""The line before each message of an mbox (RFC 4155): ``From jane@desk.example Sat Jul 10 09:00:00 2021``."""

# As long as the trace of a message that went through many servers may be.
_HEAD = 65_536
_FIELD = re.compile(rb"([!-9;-~]{1,76}):(?:[ \t]([^\r\n]*))?[^\r\n]*\r?\n?")
_FOLDED = re.compile(rb"[ \t]+\S[^\n]*\n?")
_BLANK = re.compile(rb"[ \t]*\r?\n")
# Only mail has these, and one of them on nearly every message that a server has touched.
_OF_MAIL = frozenset(b"received message-id mime-version return-path delivered-to dkim-signature x-received".split())
_OF_LETTERS = frozenset(b"from date subject to cc sender reply-to".split())
_FEWEST = 2


def is_mail(body: bytes) -> bool:
    """Say whether a document is a message (RFC 5322), or several in an mbox.

    A message has two fields of a message's header at least, and one that no dispatch has: a trace of its way, or a
    sender with an address.
    """
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if begun := MBOX_LINE.match(head):
        head = head[begun.end() :].removeprefix(b">")
    names = _read_names(head)
    known = names & (_OF_MAIL | _OF_LETTERS | {b"from@"})
    return len(known) >= _FEWEST and (not names.isdisjoint(_OF_MAIL) or {b"from@", b"subject"} <= names)


def _read_names(head: bytes) -> set[bytes]:
    """Return the names of a header's fields in small letters; ``from@`` is a sender with an address.

    None where something else than a field comes before the blank line.
    """
    names: set[bytes] = set()
    at = 0
    while at < len(head) and not _BLANK.match(head, at):
        field = _FIELD.match(head, at)
        if field is None and not (names and (field := _FOLDED.match(head, at))):
            # The end of what was looked at may cut a field.
            return names if len(head) == _HEAD and b"\n" not in head[at:] else set()
        if field.re is _FIELD:
            name = field[1].lower()
            names.add(b"from@" if name == b"from" and b"@" in (field[2] or b"") else name)
        at = field.end()
    return names
