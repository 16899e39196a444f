"""The gate of the fast path: text becomes a tree of elements, or nothing where it is not safe, sound and small enough.

expat reads it, which is linear in all but one thing: entities that name entities, over which old versions crash. They
are declared in a document type, so whatever has one is left to the child before its first declaration is read.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from worker.parse.vocabulary import Roles

# More namespaces than this is no feed.
_MOST_NAMESPACES = 200


@dataclass(frozen=True, slots=True)
class Tree:
    """A well-formed document; names of elements and attributes are ``namespace}name``, or the name alone."""

    root: Element
    roles: Roles


class _RefusedError(Exception):
    """The document is not for this path."""


def build_tree(text: str) -> Tree | None:
    """Return the tree of a well-formed document without a document type; null for any other."""
    declared: dict[str, str] = {}
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse

    def declare(prefix: str | None, namespace: str | None) -> None:
        declared.setdefault(namespace or "", prefix or "")
        if len(declared) > _MOST_NAMESPACES:
            raise _RefusedError

    parser.StartNamespaceDeclHandler = declare
    try:
        # White space before the declaration is no reason to call a feed broken.
        parser.Parse(text.lstrip(), True)
        root = builder.close()
    except (expat.ExpatError, _RefusedError, ValueError):
        return None
    return Tree(root, Roles(declared))


def _refuse(*_: object) -> None:
    raise _RefusedError
