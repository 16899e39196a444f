"""Ids as people write them."""

LARGEST_ID = 2**63 - 1
_NO_ROW = 0


def read_id(name: str) -> int | None:
    """Return the id that a name is, null when it is no number; 0, which no row has, for one beyond all ids."""
    if not name.isdecimal():
        return None
    # int() refuses thousands of digits, and both databases what does not fit into 64 bits.
    number = int(name) if len(name) <= len(str(LARGEST_ID)) else _NO_ROW
    return number if number <= LARGEST_ID else _NO_ROW
