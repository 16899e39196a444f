"""``dataclass`` for values that every poll or entry makes: at run time nothing keeps them from being changed.

The type checker does. A frozen dataclass sets each field by a call, and so takes seven times as long to make: a tenth
of reading a feed went to that.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Any:
        """Return what ``dataclasses.dataclass`` returns, of which ``frozen`` says only that fields make the hash."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)
