"""The store for those who answer over HTTP: only while it has the schema that this code was written for."""

from sqlalchemy import Engine
from starlette.requests import Request

from worker.database.schema import make_ready


def usable_store(request: Request) -> Engine:
    """Return the application's store; StoreError while it has another schema, for others migrate it meanwhile."""
    engine: Engine = request.app.state.engine
    make_ready(engine, create=False)
    return engine
