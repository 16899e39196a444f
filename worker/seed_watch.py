"""Watching the seed folder: where the system tells of changes, a file is read as soon as it stands still.

The scan that beat asks for stays the safety net: no system tells of what another machine wrote to a network's share.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from worker.basics.log_lines import get_logger
from worker.seeds.file_names import is_passed_over

# Changes that come so soon after one another are told of together.
_TOGETHER = 0.4
# A folder that is written to all the time is not looked through all the time.
_PAUSE = 1.0
# The folder may be mounted later, or the system's limit of watched folders raised.
_TRY_AGAIN_AFTER = 60.0
_LOG = get_logger(__name__)


def watch_in_background(folder: Path, tell: Callable[[], object]) -> Callable[[], None]:
    """Call ``tell`` whenever something in a folder has changed, from a thread; return what ends it."""
    is_over = threading.Event()
    threading.Thread(target=_watch_on, args=(folder, tell, is_over), name="seed-watch", daemon=True).start()
    return is_over.set


def _watch_on(folder: Path, tell: Callable[[], object], is_over: threading.Event) -> None:
    said = None
    while not is_over.is_set():
        try:
            _watch(folder, tell, is_over)
        except FileNotFoundError:
            # It is no fault to have no seed folder; that a named one is missing the scan says.
            pass
        except (OSError, RuntimeError) as error:
            # The system's words: its limit of watched folders is reached, or this file system has no events.
            if said != (said := str(error)):
                _LOG.warning("seeds not watched, only scanned", folder=str(folder), error=said)
        is_over.wait(_TRY_AGAIN_AFTER)


def _watch(folder: Path, tell: Callable[[], object], is_over: threading.Event) -> None:
    from watchfiles import watch  # noqa: PLC0415 -- a seventh of a second that only workers need to spend

    # It tells of each change, which is no news where none was of a seed.
    logging.getLogger("watchfiles").setLevel(logging.WARNING)

    changes = watch(
        folder,
        watch_filter=lambda _, path: not is_passed_over(Path(path).name),
        debounce=int(_TOGETHER * 1000),
        step=int(_TOGETHER * 250),
        stop_event=is_over,
        rust_timeout=int(_PAUSE * 1000),
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    # What came before anybody watched nobody was told of.
    is_untold = True
    for changed in changes:
        if changed or is_untold:
            is_untold = False
            tell()
            is_over.wait(_PAUSE)
