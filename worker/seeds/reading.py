"""Reading one seed file; what it *is* its content decides, elsewhere."""

import os
import stat
from pathlib import Path

from worker.errors import SeedError
from worker.measures import show_size
from worker.values import Document


def read_seed_file(path: Path, max_body: int) -> Document:
    """Return the file's bytes as a document whose URL is the file's; SeedError says why it cannot be read."""
    try:
        # A pipe without a writer would block at open; nothing but a regular file is a seed.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SeedError(f"{path} was not read: it is not a regular file.")
            body = file.read(max_body + 1)
    except OSError as error:
        raise SeedError(f"{path} was not read: {(error.strerror or str(error)).lower()}.") from error
    if not body.strip():
        raise SeedError(f"{path} was not read: it is empty.")
    if len(body) > max_body:
        raise SeedError(f"{path} was not read: it is larger than {show_size(max_body)} (FEEDMILL_MAX_BODY).")
    return Document(url=path.resolve().as_uri(), body=body)
