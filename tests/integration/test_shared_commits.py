"""Documents that are read together share a commit, and nothing else."""

from contextlib import ExitStack

from sqlalchemy import Engine, text

from tests.documents import item, rss
from tests.polling import add, poll, titles
from tests.servers.publisher import Publisher
from worker.database.engine import writing
from worker.errors import ErrorClass
from worker.pipeline.tools import Tools

_REFUSE = {
    "sqlite": (
        (
            "CREATE TRIGGER refuse BEFORE INSERT ON articles WHEN NEW.title = 'poison' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ),
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$",
        (
            "CREATE TRIGGER refuse BEFORE INSERT ON articles FOR EACH ROW WHEN (NEW.title = 'poison') "
            "EXECUTE FUNCTION refuse()"
        ),
    ),
}


def _refuse_poison(store: Engine) -> None:
    with writing(store) as connection:
        for statement in _REFUSE[store.dialect.name]:
            connection.execute(text(statement))


def test_a_document_that_cannot_be_stored_costs_none_that_was_read_with_it(tools: Tools) -> None:
    names = ["poison" if number == 3 else f"story {number}" for number in range(8)]
    _refuse_poison(tools.engine)
    with ExitStack() as stack:
        for number, name in enumerate(names, 1):
            publisher = stack.enter_context(Publisher(f"127.0.0.{number}"))
            add(tools, publisher.serve("/feed", rss([item(name, link=f"http://127.0.0.{number}/{number}")])))
        records = poll(tools)
    assert titles(tools) == [name for name in names if name != "poison"]
    failed = [record.error.error_class for record in records if record.error]
    assert failed == [ErrorClass.INTERNAL]
    assert sum(record.new for record in records) == 7
