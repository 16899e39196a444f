"""Faults of our own that one file, document or entry meets: they become its sentence, and its neighbours are read.

A fault is an error that nobody thought of; what is wrong with a document has errors of its own (``worker.errors``).
"""

import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

from worker.basics.text import clean, fold
from worker.errors import ErrorClass, PermanentError
from worker.values.entries import Fault

_LONGEST_WORDS, _LONGEST_TRACE = 200, 8_000
# Of the faults of one document these few have a traceback: the others are most likely the same.
_MOST_TRACES = 3
# The class that PyO3 makes of a panic has no module that could be imported.
_PANIC = "PanicException"
_Item = TypeVar("_Item")
_Read = TypeVar("_Read")


def is_interruption(error: BaseException) -> bool:
    """Return whether an error only ends a task or a command: nothing is wrong with what it was doing.

    A panic of a library in Rust ends nothing, though PyO3 does not make it an Exception.
    """
    if not isinstance(error, Exception):
        return type(error).__name__ != _PANIC
    from billiard.exceptions import SoftTimeLimitExceeded  # noqa: PLC0415 -- the one thing we need of it, and seldom

    return isinstance(error, SoftTimeLimitExceeded)


def name_fault(error: BaseException) -> str:
    """Say what a fault was: ``a fault of Feedmill (ValueError: …)``."""
    # An error's own words may quote the document.
    words = fold(clean(f"{type(error).__name__}: {_words_of(error)}", _LONGEST_WORDS)).removesuffix(":")
    return f"a fault of Feedmill ({words})"


def _words_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 -- an error that has no words is told by its name
        return ""


def explain_fault(error: BaseException) -> str:
    """Say what a fault was, and where to find more: ``a fault of Feedmill (…); its log has the traceback``."""
    return f"{name_fault(error)}; its log has the traceback"


def as_failure(error: BaseException) -> PermanentError:
    """Return a fault as the failure of the document that met it, with the traceback for the log."""
    return PermanentError(ErrorClass.INTERNAL, explain_fault(error), trace=_trace(error))


def read_each(
    items: Iterable[_Item], read: Callable[[_Item], _Read], name: Callable[[_Item], str | None] = lambda _: None
) -> tuple[tuple[_Read, ...], tuple[Fault, ...]]:
    """Return what is read of each item, and the faults that were met: each costs one item.

    A fault bears the ``name`` of its item, or the item's number where it has none.
    """
    found: list[_Read] = []
    faults: list[Fault] = []
    for number, item in enumerate(items, start=1):
        try:
            found.append(read(item))
        except BaseException as error:
            if isinstance(error, MemoryError) or is_interruption(error):
                raise
            trace = _trace(error) if len(faults) < _MOST_TRACES else None
            faults.append(Fault(name(item) or f"number {number}", explain_fault(error), trace))
    return tuple(found), tuple(faults)


def _trace(error: BaseException) -> str:
    # The innermost calls are last, and they matter most.
    return clean("".join(traceback.format_exception(error))[-_LONGEST_TRACE:], _LONGEST_TRACE)
