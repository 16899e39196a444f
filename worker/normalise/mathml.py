"""What is kept of formulas: the elements of MathML Core and those of their attributes that change what is read."""

from collections.abc import Iterator

from turbohtml import Element, Namespace

ELEMENTS = frozenset(
    "math maction merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics".split()
)
"""MathML Core, section 2.1, without annotations: what is in them is shown by no browser, and may be HTML."""
ANNOTATIONS = frozenset({"annotation", "annotation-xml"})
_PARTS = ELEMENTS - {"math"}
# No colours and sizes, as elsewhere; no links, which MathML 3 had.
_COMMON = {"displaystyle", "mathvariant", "scriptlevel"}
ATTRIBUTES = {
    "math": {"alttext", "display", *_COMMON},
    "mfrac": {"linethickness", *_COMMON},
    "mi": {"mathvariant"},
    "mmultiscripts": _COMMON,
    "mn": {"mathvariant"},
    "mo": {"accent", "fence", "form", "largeop", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"}
    | {"rspace", "separator", "stretchy", "symmetric"},
    "mover": {"accent", *_COMMON},
    "mpadded": {"depth", "height", "lspace", "voffset", "width"},
    "mspace": {"depth", "height", "width"},
    "mstyle": _COMMON,
    "mtable": _COMMON,
    "mtd": {"columnspan", "rowspan"},
    "mtext": {"mathvariant"},
    "munder": {"accentunder", *_COMMON},
    "munderover": {"accent", "accentunder", *_COMMON},
}


def is_pure(tree: Element) -> bool:
    """Return whether formulas hold nothing but elements of MathML, and no other formula.

    Where HTML begins inside MathML parsers disagree, which is how markup slips through.
    """
    return next(_other_markup(tree), None) is None


def purify(tree: Element) -> str:
    """Return a tree's markup with only the words of what other markup stands in its formulas."""
    for part in [*_other_markup(tree)]:
        part.unwrap()
    return tree.inner_html


def _other_markup(tree: Element) -> Iterator[Element]:
    return (part for part in tree.select("math *") if part.namespace is not Namespace.MATHML or part.tag not in _PARTS)
