"""Mail addresses in author fields: taken off, for what is left are the names of people (RFC 5322, section 3.4)."""

import re

# A letter or digit comes first: an address in single quotes begins behind the quote.
_MAIL = r"\w[\w.!#$%&'*+/=?^`{|}~-]{0,63}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"
_ADDRESS = re.compile(_MAIL)
_MAILBOX = re.compile(
    rf"(?:mailto:)?{_MAIL}(?:\?subject=[^\s<>]+)?(?:[\s>\"')\]]{{0,3}}\((?P<comment>(?:[^()]|\([^()]*\))*)\))?"
)
_ANGLED = re.compile(rf"<\s*(?:mailto:)?({_MAIL})\s*>")
# What stands around names, and is no part of one; double quotes say that a name is whole.
_BEFORE, _BEHIND = " \t\n<>)],;'/-", " \t\n<>([,;'/-"


def names_beside_addresses(field: str) -> list[str]:
    """Return the names that stand beside the addresses of an author field; the whole field where it has no address.

    A name is what goes before its address (``Jane Doe <mail>``), else the comment behind it (``mail (Jane Doe)``).
    """
    names: list[str] = []
    start = 0
    for mailbox in _MAILBOX.finditer(field):
        before = field[start : mailbox.start()]
        names.append(before)
        # The comment behind a mailbox with a name is a remark.
        is_named = before.rstrip().endswith(("<", "[")) and before.strip(_BEFORE)
        names.append("" if is_named else mailbox["comment"] or "")
        start = mailbox.end()
    names.append(field[start:])
    return [name for each in names if (name := each.lstrip(_BEFORE).rstrip(_BEHIND))] if start else [field]


def addresses_in(field: str) -> list[str]:
    """Return the addresses in an author field."""
    return _ADDRESS.findall(field)


def without_angles(field: str) -> str:
    """Return an author field with its addresses in square brackets, so that none of them passes for a tag of HTML."""
    return _ANGLED.sub(r"[\1]", field)


def is_address(name: str) -> bool:
    """Return whether a name is nothing but a mail address."""
    return "@" in name and _ADDRESS.fullmatch(name) is not None


def name_of_author(author: str) -> str:
    """Return the name in ``mail (Name)``, ``Name <mail>`` and the like; markup and several addresses as written."""
    if author.count("@") != 1 or "</" in author:
        return author
    names = names_beside_addresses(author)
    if len(names) == 1:
        return names[0]
    return author if names else "".join(addresses_in(author)) or author
