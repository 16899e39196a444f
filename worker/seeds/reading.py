"""Reading one seed file; what it *is* its content decides, elsewhere."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from worker.basics.measures import show_size
from worker.errors import SeedError, UnfinishedSeedError
from worker.seeds.finding import Look
from worker.values import Document

# A URI is a key of the store, and PostgreSQL indexes none that is much longer.
_LONGEST_URI = 2000


def read_seed_file(path: Path, max_body: int, look: Look | None = None) -> tuple[Document, Look]:
    """Return the file's bytes as a document whose URL is the file's, and how it looked; SeedError says why it cannot.

    UnfinishedSeedError when it was written to while it was read, or since it looked as ``look`` says.
    """
    try:
        # A pipe without a writer would block at open; nothing but a regular file is a seed.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SeedError(f"{path} was not read: it is not a regular file.")
            body, found = _read(path, file, max_body, look)
    except OSError as error:
        raise SeedError(f"{path} was not read: {(error.strerror or str(error)).lower()}.") from error
    if not body.strip():
        raise SeedError(f"{path} was not read: it is empty.")
    if len(body) > max_body:
        raise SeedError(f"{path} was not read: it is larger than {show_size(max_body)} (FEEDMILL_MAX_BODY).")
    uri = path.resolve().as_uri()
    if len(uri) > _LONGEST_URI:
        raise SeedError(f"{path} was not read: its path is too long, by {len(uri) - _LONGEST_URI:,} characters.")
    return Document(url=uri, body=body), found


def _read(path: Path, file: BinaryIO, max_body: int, look: Look | None) -> tuple[bytes, Look]:
    # Opening a file on a share asks its server how it looks; what was known of that before may be old.
    found = Look.of(os.fstat(file.fileno()))
    body = file.read(max_body + 1)
    if found != (look or found) or found != Look.of(os.fstat(file.fileno())):
        raise UnfinishedSeedError(
            f"{path} was not read: it is still being written; it is read when it has stood still for a second."
        )
    return body, found
