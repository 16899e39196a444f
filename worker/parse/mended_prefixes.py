"""Which prefixes of names are declared where, and what those mean that nothing declares."""

from collections import Counter
from collections.abc import Iterable, Mapping

from worker.parse.vocabulary import USUAL_NAMESPACES

_DECLARATION = "xmlns:"


class Prefixes:
    """The prefixes of one document as its elements begin and end; a class because they are declared in scopes."""

    def __init__(self) -> None:
        self._bound: Counter[str] = Counter({"xml": 1, "xmlns": 1})
        self._declared: dict[str, str] = {}
        self._unbound: dict[str, None] = {}

    def is_bound(self, prefix: str) -> bool:
        """Say whether an open element declares a prefix."""
        return self._bound[prefix] > 0

    def enter(self, name: str, attributes: Mapping[str, str]) -> tuple[str, ...]:
        """Take in what an element declares, and which prefixes it uses; return those that it declares."""
        declared = tuple([each.removeprefix(_DECLARATION) for each in attributes if each.startswith(_DECLARATION)])
        for prefix in declared:
            self._declared.setdefault(prefix, attributes[_DECLARATION + prefix])
            self._bound[prefix] += 1
        for each in (name, *attributes):
            prefix, colon, _ = each.partition(":")
            if colon and not self.is_bound(prefix):
                self._unbound[prefix] = None
        return declared

    def leave(self, declared: Iterable[str]) -> None:
        """Forget what an element declared that has ended."""
        for prefix in declared:
            self._bound[prefix] -= 1

    def declarations(self) -> str:
        """Return the declarations that the root lacks: by the document's own meaning of a prefix, or the usual one."""
        return "".join(f' {_DECLARATION}{prefix}="{self._meaning(prefix)}"' for prefix in self._unbound)

    def _meaning(self, prefix: str) -> str:
        return self._declared.get(prefix) or USUAL_NAMESPACES.get(prefix.lower()) or f"unknown:{prefix}"
