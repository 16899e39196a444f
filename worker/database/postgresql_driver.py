"""What PostgreSQL's driver is taught on each connection: tsvectors, and COPY as a statement like any other."""

from contextlib import suppress
from typing import Any, Self

from psycopg import Cursor, Error
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.string import BytesBinaryDumper

from worker.database.types import TsVector

# Seconds.
_CANCEL_WITHIN = 3.0


class _TsVectorDumper(Dumper):
    format = Format.BINARY
    oid = 3614
    """Of tsvector, on every server."""

    def dump(self, obj: TsVector) -> bytes:
        return obj


class _IntegerDumper(Dumper):
    """Of integers in COPY: psycopg's own cuts off what four bytes do not hold."""

    format = Format.BINARY
    oid = 23
    """Of integer, on every server."""

    def dump(self, obj: int) -> bytes:
        return obj.to_bytes(4, "big", signed=True)


class _CopyingCursor(Cursor[tuple[Any, ...]]):
    """A cursor that executes COPY … FROM STDIN (FORMAT binary) too, so that SQLAlchemy can, and raises its errors.

    The parameters of such a statement are the names of its columns' types, and the rows.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        if not (isinstance(query, str) and query.startswith("COPY ")):
            return super().execute(query, params, **options)
        types, rows = params
        with self.copy(query) as copy:
            copy.set_types(types)
            try:
                for row in rows:
                    copy.write_row(row)
            except BaseException:
                # Otherwise psycopg would wait for the server, which may be waiting for others.
                with suppress(Error):
                    self.connection.cancel_safe(timeout=_CANCEL_WITHIN)
                raise
        return self


def teach_driver(connection: Any, _record: object) -> None:
    """Have a connection of the driver take tsvectors, which are in UTF-8, for parameters, and execute COPY."""
    connection.adapters.register_dumper(TsVector, _TsVectorDumper)
    # None: for COPY alone. Of bytes psycopg's own choice is another one, in Python.
    connection.adapters.register_dumper(None, BytesBinaryDumper)
    connection.adapters.register_dumper(None, _IntegerDumper)
    connection.cursor_factory = _CopyingCursor
