"""What a store is not copied to, and what is said then."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, inspect, text

from tests.commands import run_command
from tests.filled import contents, fill_every_table
from tests.stores import url_of
from worker.copying.store_copy import copying
from worker.database.engine import open_store, writing
from worker.database.schema import check_schema
from worker.database.task_turns import TurnRow
from worker.errors import StoreError, UsageError

pytestmark = pytest.mark.usefixtures("restored_logs")
# For what is the same from both kinds of store.
of_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def target(tmp_path: Path, migrated_file: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path}/target.db")
    shutil.copyfile(migrated_file, tmp_path / "target.db")
    yield engine
    engine.dispose()


@of_sqlite
def test_a_row_that_the_target_does_not_take_is_named(store: Engine, postgres: Engine) -> None:
    with writing(store) as connection:
        connection.execute(insert(TurnRow).values(name="a\x00b", taken_at=func.now()))
    said = "takes no rows of turns from a\x00b to a\x00b: .*0x00"
    with pytest.raises(StoreError, match=said), copying(store, postgres) as copy:
        list(copy.tables())


def _refused(capsys: pytest.CaptureFixture[str], source: Engine, to: str) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FEEDMILL_DATABASE_URL", url_of(source))
        done = run_command(capsys, ["copy", "--to", to])
    assert done.output == ""
    return done.code, done.errors


@of_sqlite
def test_a_target_that_holds_something_is_refused_and_left_alone(
    store: Engine, target: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    fill_every_table(target)
    before = contents(target)
    code, errors = _refused(capsys, store, url_of(target))
    assert code == 1
    assert "target.db is not empty: a copy needs an empty database, so name another one in --to." in errors
    assert contents(target) == before
    check_schema(target)


@of_sqlite
def test_a_target_of_another_schema_or_program_is_refused(
    store: Engine, target: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing(target) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0021'"))
    assert "target.db has schema version 0021: a copy needs an empty" in _refused(capsys, store, url_of(target))[1]
    with writing(target) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'copying 0021'"))
    assert "target.db is an unfinished copy of schema 0021" in _refused(capsys, store, url_of(target))[1]
    with writing(target) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'a1b2'"))
    code, errors = _refused(capsys, store, url_of(target))
    assert (code, "is another program's" in errors, "in --to" in errors) == (1, True, True)


def test_another_programs_database_is_refused_and_left_alone(
    store: Engine, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = open_store(postgres_url)
    with writing(theirs) as connection:
        connection.execute(text("CREATE TABLE invoices (id integer)"))
    code, errors = _refused(capsys, store, postgres_url)
    assert (code, "is another program's" in errors, "in --to" in errors) == (1, True, True)
    assert inspect(theirs).get_table_names() == ["invoices"]
    theirs.dispose()


def test_the_store_itself_is_no_target(store: Engine) -> None:
    with pytest.raises(UsageError, match="is the very store that would be copied"), copying(store, store):
        pass


@of_sqlite
@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("mysql://h/d", 2, "--to is the URL of a database: it must begin with sqlite:// or postgresql://"),
        ("sqlite://", 2, "--to names no file"),
        ("sqlite:///no/such/folder/a.db", 1, "make sure that its folder exists and is writable"),
        ("postgresql://bob:hidden@127.0.0.1:1/d", 1, "check --to and that the server is running"),
    ],
)
def test_a_target_that_cannot_be_is_said_in_one_sentence(
    store: Engine, capsys: pytest.CaptureFixture[str], to: str, code: int, said: str
) -> None:
    ended, errors = _refused(capsys, store, to)
    assert (ended, said in errors, "hidden" in errors) == (code, True, False)


@of_sqlite
def test_two_copies_do_not_fill_one_target(store: Engine, target: Engine) -> None:
    with copying(store, target) as copy:
        with pytest.raises(StoreError, match="Another feedmill"), copying(store, target):
            pass
        for _ in copy.tables():
            pass
        copy.finish()
    check_schema(target)
