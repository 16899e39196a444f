"""Data sets as Parquet, by the extra ``datasets``; nothing else here knows pyarrow.

Rows become columns some hundreds at a time, and are held so, in a tenth of what Python takes for them, until they fill
a row group.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
from pyarrow import parquet as pq

from worker.datasets.data_sets import DataSet, Rows
from worker.datasets.row_kinds import Field, Kind
from worker.errors import NamedError

# A row group has so many slices, or bytes of columns: what a writer holds in memory, and a reader reads at once.
_GROUP_SLICES, _GROUP_BYTES = 200, 32_000_000
_COMPRESSION = "zstd"
_FILE = pa.struct({"url": pa.string(), "media_type": pa.string(), "length": pa.int64()})
_TYPES: Mapping[Kind, pa.DataType] = {
    Kind.NUMBER: pa.int64(),
    Kind.SMALL_NUMBER: pa.int32(),
    Kind.TEXT: pa.string(),
    Kind.MOMENT: pa.timestamp("us", "UTC"),
    Kind.DAY: pa.date32(),
    Kind.SECONDS: pa.float64(),
    Kind.TEXTS: pa.list_(pa.string()),
    Kind.FILES: pa.list_(_FILE),
    Kind.OBJECT: pa.string(),
}
_CHANGED: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.SECONDS: lambda duration: duration.total_seconds(),
    Kind.OBJECT: lambda value: orjson.dumps(value).decode(),
}


def write_parquet(stream: BinaryIO, data_set: DataSet, slices: Iterable[Rows]) -> None:
    """Write rows as a Parquet file; each field's meaning is its metadata."""
    schema = pa.schema([_describe(field) for field in data_set.fields], {"comment": data_set.meaning})
    held: list[pa.RecordBatch] = []
    size = 0
    with pq.ParquetWriter(_Sink(stream), schema, compression=_COMPRESSION) as writer:
        for rows in filter(None, slices):
            held.append(_as_columns(data_set, schema, rows))
            size += held[-1].nbytes
            if size >= _GROUP_BYTES or len(held) >= _GROUP_SLICES:
                writer.write_table(pa.Table.from_batches(held))
                held.clear()
                size = 0
        if held:
            writer.write_table(pa.Table.from_batches(held))


class _Sink:
    """A stream that pyarrow writes to, and does not close: whoever opened it has more to do with it."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self.write, self.flush = stream.write, stream.flush

    def close(self) -> None:
        """Leave the stream open."""


def _describe(field: Field) -> pa.Field:
    return pa.field(field.name, _TYPES[field.kind], metadata={"comment": field.meaning})


def _as_columns(data_set: DataSet, schema: pa.Schema, rows: Rows) -> pa.RecordBatch:
    columns = zip(data_set.fields, zip(*rows, strict=True), strict=True)
    return pa.record_batch([_as_array(data_set, field, values) for field, values in columns], schema)


def _as_array(data_set: DataSet, field: Field, values: Iterable[Any]) -> pa.Array:
    change = _CHANGED.get(field.kind)
    if change:
        values = [None if value is None else change(value) for value in values]
    try:
        return pa.array(values, _TYPES[field.kind])
    except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
        raise NamedError(
            f"The {data_set.name} were not exported: {field.name} of one is no {field.kind.value} ({error}). "
            "Feedmill did not write it so: mend it in the store, or export as jsonl."
        ) from error
