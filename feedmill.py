"""The command ``feedmill`` and its Celery application, from a module whose name is nobody else's.

Many a program has a module ``worker``. Where Python finds that one first nothing of ours would run but this, which says
so: ``feedmill``, ``python -m feedmill`` and ``celery -A feedmill``.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def main() -> None:
    """Run the command line, unless another ``worker`` is in the way."""
    _refuse_shadow()
    import_module("worker.cli").main()


def __getattr__(name: str) -> Any:
    """Return the Celery application, as ``celery -A feedmill`` asks for it."""
    if name != "app":
        raise AttributeError(name)
    _refuse_shadow()
    return import_module("worker.celery").app


def _refuse_shadow() -> None:
    """End the process with a sentence where ``worker`` is not the package beside this file."""
    found = find_spec("worker")
    path = Path(found.origin) if found and found.origin else None
    if path is None or path.resolve() != Path(__file__).resolve().with_name("worker") / "__init__.py":
        sys.exit(
            f"feedmill: {path or 'Nothing'} is found in place of Feedmill's own package worker: run this in another "
            "folder, or take that one out of PYTHONPATH."
        )


if __name__ == "__main__":
    main()
