"""The services of docker-compose.yml wait for each other only in ways that can come true."""

from pathlib import Path
from typing import Any

import pytest
import yaml

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
WAITS = [
    (name, other, wait["condition"])
    for name, service in SERVICES.items()
    for other, wait in service.get("depends_on", {}).items()
]


@pytest.mark.parametrize(("name", "other", "condition"), WAITS)
def test_what_a_service_waits_for_can_come_true(name: str, other: str, condition: str) -> None:
    assert name != other
    if condition == "service_healthy":
        assert "test" in SERVICES[other]["healthcheck"]
    else:
        # Only what may end can complete: a service that is always restarted never does.
        assert condition == "service_completed_successfully"
        assert SERVICES[other]["restart"] == "on-failure"


def test_the_programs_wait_until_both_servers_are_healthy() -> None:
    assert {
        ("migrate", "postgres", "service_healthy"),
        ("worker", "redis", "service_healthy"),
        ("beat", "redis", "service_healthy"),
    } <= {*WAITS}


def test_what_the_servers_hold_outlives_their_containers() -> None:
    assert [name for name, service in SERVICES.items() if "volumes" in service] == ["postgres", "redis"]
