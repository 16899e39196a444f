"""The store for those who answer over HTTP: only while it has the schema that this code was written for."""

from sqlalchemy import Engine

from worker.database.schema import make_ready


def usable_store(engine: Engine) -> Engine:
    """Return the store; StoreError while it has another schema, for others migrate it meanwhile."""
    make_ready(engine, create=False)
    return engine
