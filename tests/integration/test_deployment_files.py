"""What a deployment is told to do: the SQL of the operations page on a real store, the services in the order they need."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from worker.database.engine import open_store, writing
from worker.database.schema import migrate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
BLOCKS = "\n".join(re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
STATEMENTS = re.findall(r"^(?:SELECT|UPDATE)\b[^;]*", BLOCKS, re.MULTILINE) + re.findall(r"`(UPDATE [^`]*)`", PAGE)
CONDITIONS = [
    (name, other, wait["condition"])
    for name, service in SERVICES.items()
    for other, wait in service.get("depends_on", {}).items()
]


def test_the_operations_page_has_statements_to_copy() -> None:
    assert len(STATEMENTS) >= 5


def test_every_statement_of_the_operations_page_runs_on_the_newest_schema(postgres_url: str) -> None:
    store = open_store(postgres_url)
    migrate(store)
    with writing(store) as connection:
        for statement in STATEMENTS:
            connection.execute(text(statement), {"seen_until": "2026-11-24T12:00:00Z"} if ":seen" in statement else {})
    store.dispose()


@pytest.mark.parametrize(("name", "other", "condition"), CONDITIONS)
def test_what_a_service_waits_for_can_come_true(name: str, other: str, condition: str) -> None:
    assert name != other
    if condition == "service_healthy":
        assert "test" in SERVICES[other]["healthcheck"]
    else:
        # Only something that ends can complete; a service that is always restarted never does.
        assert condition == "service_completed_successfully"
        assert SERVICES[other]["restart"] != "unless-stopped"


def test_the_programs_wait_until_both_servers_are_healthy() -> None:
    assert ("migrate", "postgres", "service_healthy") in CONDITIONS
    assert {("worker", "redis", "service_healthy"), ("beat", "redis", "service_healthy")} <= {*CONDITIONS}


def test_the_servers_keep_what_they_hold_on_volumes() -> None:
    assert [name for name, service in SERVICES.items() if service.get("volumes")] == ["postgres", "redis"]
