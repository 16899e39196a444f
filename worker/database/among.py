"""Whether a column holds one of very many numbers, as one parameter: as one each they cost more than the query."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY


def is_among(dialect: str, column: Any, numbers: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of ``numbers``."""
    if dialect == "postgresql":
        among: ColumnElement[bool] = column == any_(literal(list(numbers), ARRAY(BigInteger)))
        return among
    listed = func.json_each(orjson.dumps(list(numbers)).decode()).table_valued("value")
    found: ColumnElement[bool] = column.in_(select(listed.c.value))
    return found
