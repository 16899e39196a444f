"""Tsvectors as parameters of PostgreSQL's driver, which knows no such type."""

from typing import Any

from psycopg.adapt import Dumper
from psycopg.pq import Format

from worker.database.types import TsVector


class _TsVectorDumper(Dumper):
    format = Format.BINARY
    oid = 3614
    """Of tsvector, on every server."""

    def dump(self, obj: TsVector) -> bytes:
        return obj


def accept_tsvectors(connection: Any, _record: object) -> None:
    """Have a connection of the driver take tsvectors, which are in UTF-8, for parameters."""
    connection.adapters.register_dumper(TsVector, _TsVectorDumper)
