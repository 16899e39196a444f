"""The control characters that part transmissions, also where a program has shown them as something else."""

import re

SOH, STX, ETX, EOT = "\x01\x02\x03\x04"
"""Start of header, start of text, end of text, end of transmission (ISO 646)."""

_NAMES = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
).split()
_BY_NAME = {name: chr(code) for code, name in enumerate(_NAMES)}
# ␁, <SOH>, [SOH] and \x01. A text that only speaks of them does not begin with SYN or SOH.
_SHOWN = re.compile(
    rf"[\u2400-\u241f]|[<\[{{](?P<name>{'|'.join(_NAMES)})[>\]}}]|\\x(?P<code>[01][0-9a-fA-F])", re.ASCII
)
_BEGINS = frozenset("\x01\x16")
# In front of the first sign there are line breaks, and idle characters of the line.
_IDLE = "\x00\x07\x16\x7f \t\r\n"
_PICTURES = 0x2400


def restore_controls(text: str) -> str:
    """Return a text with its control characters, where they were shown as pictures, names or escapes."""
    first = _SHOWN.match(text.lstrip(_IDLE)[:20])
    return _SHOWN.sub(_restore, text) if first and _restore(first) in _BEGINS else text


def _restore(found: re.Match[str]) -> str:
    if name := found["name"]:
        return _BY_NAME[name]
    return chr(int(found["code"], 16) if found["code"] else ord(found[0]) - _PICTURES)


def drop_idle(text: str) -> str:
    """Return a text without the idle characters and line breaks around it."""
    return text.strip(_IDLE)
