"""Rare garbage collections, for imports and other work that makes thousands of objects and hardly a cycle of them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made until a collection, and collections of one generation until one of the next.
_COLLECT_AFTER = (50_000, 20, 100)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for cyclic garbage seldom; the thresholds of before return at the end."""
    usual = gc.get_threshold()
    # Of tasks in several threads the first changes this and changes it back. At zero Python does not look at all.
    chosen = max(usual, _COLLECT_AFTER) if usual[0] else usual
    gc.set_threshold(*chosen)
    try:
        yield
    finally:
        if chosen != usual:
            gc.set_threshold(*usual)


@contextmanager
def lasting_imports() -> Iterator[None]:
    """Import what a process keeps to its end: Python looks for no garbage in it, neither while it comes nor later.

    Processes forked afterwards share that memory, for looking for garbage would write to it.
    """
    with rare_collections():
        yield
    gc.freeze()
