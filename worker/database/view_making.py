"""Making the promised views, and setting them aside while a migration changes the tables below them.

SQLite rebuilds a table to change a column of it, which fails while a view names that table. PostgreSQL lets nobody
change or drop a column that a view shows. There the views stay where they are as long as the migration can do with
that, so that other people's views may rest on ours; else they are dropped, and what roles may read is granted anew.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, inspect, text
from sqlalchemy.exc import DBAPIError

from worker.database.engine import place_of
from worker.database.following_triggers import without_followers
from worker.database.views import VIEWS, View
from worker.errors import StoreError

# PostgreSQL's dependent_objects_still_exist, feature_not_supported and invalid_table_definition.
_IN_THE_WAY = {"2BP01", "0A000", "42P16"}
_DEPENDENT = "2BP01"
_GRANTS = text(
    "SELECT relname AS view, privilege_type AS right, is_grantable, grantee = 0 AS is_public,"
    " pg_get_userbyid(grantee) AS role FROM pg_class, aclexplode(relacl)"
    " WHERE relname = ANY(:views) AND relkind = 'v' AND relnamespace = current_schema()::regnamespace"
    " AND grantee <> relowner"
)
_Grants: TypeAlias = Sequence[Row[Any]]


def migrate_below_views(
    connection: Connection, migrate: Callable[[], None], *, is_newest: bool, views: Sequence[View] = VIEWS
) -> None:
    """Change the tables below the views, and make these as the code has them; with an older schema there are none.

    StoreError where somebody else's view rests on one that has to be dropped.
    """
    if connection.dialect.name == "postgresql" and is_newest and _migrate_in_place(connection, migrate, views):
        return
    grants = _find_grants(connection, views)
    _drop_views(connection, views)
    with without_followers(connection):
        migrate()
    if is_newest:
        _make_views(connection, views)
        _grant(connection, grants)


def refuse_views_of_others(connection: Connection, version: str) -> None:
    """Raise StoreError where a store of this version has what is called as a view of ours that came later."""
    inspector = inspect(connection)
    later = {view.name for view in VIEWS if version < view.since}
    taken = later & {*inspector.get_table_names(), *inspector.get_view_names()}
    if taken:
        raise StoreError(
            f"The database {place_of(connection.engine)} has {', '.join(sorted(taken))}, which Feedmill did not make: "
            "rename that, then run feedmill migrate."
        )


def _migrate_in_place(connection: Connection, migrate: Callable[[], None], views: Sequence[View]) -> bool:
    """Migrate with the views where they are, and return True; or undo it where they are in the way."""
    try:
        with connection.begin_nested():
            migrate()
            _make_views(connection, views)
    except DBAPIError as error:
        if _state_of(error) not in _IN_THE_WAY:
            raise
        return False
    return True


def _make_views(connection: Connection, views: Iterable[View]) -> None:
    for view in views:
        connection.execute(view.creation(connection.dialect.name))
        if connection.dialect.name == "postgresql":
            _comment(connection, f"VIEW {view.name}", view.comment)
            for name, comment in view.comments().items():
                _comment(connection, f'COLUMN {view.name}."{name}"', comment)


def _comment(connection: Connection, commented: str, comment: str) -> None:
    # No parameters there; a driver of SQLAlchemy's doubles the percent signs of a statement by itself.
    quoted = comment.replace("'", "''").replace(":", "\\:")
    connection.execute(text(f"COMMENT ON {commented} IS '{quoted}'"))


def _drop_views(connection: Connection, views: Sequence[View]) -> None:
    for view in reversed(views):
        try:
            connection.execute(text(f"DROP VIEW IF EXISTS {view.name}"))
        except DBAPIError as error:
            if _state_of(error) != _DEPENDENT:
                raise
            raise StoreError(_say_what_depends(connection, view, error)) from error


def _say_what_depends(connection: Connection, view: View, error: DBAPIError) -> str:
    details: str = getattr(getattr(error.orig, "diag", None), "message_detail", None) or ""
    found = "; ".join(details.splitlines()) or f"something depends on view {view.name}"
    return (
        f"In the store {place_of(connection.engine)} {found}, whose columns a migration changes. Nothing was changed: "
        f"drop what depends on it, run feedmill migrate, and make it again."
    )


def _find_grants(connection: Connection, views: Iterable[View]) -> _Grants:
    if connection.dialect.name != "postgresql":
        return []
    return connection.execute(_GRANTS, {"views": [view.name for view in views]}).all()


def _grant(connection: Connection, grants: _Grants) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for grant in grants:
        role = "PUBLIC" if grant.is_public else quote(grant.role)
        further = " WITH GRANT OPTION" if grant.is_grantable else ""
        connection.execute(text(f"GRANT {grant.right} ON {grant.view} TO {role}{further}"))


def _state_of(error: DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state
