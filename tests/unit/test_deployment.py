"""What docker-compose.yml and the Dockerfile rely on, held against the code."""

import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from celery.bin.celery import celery as celery_command

from worker.basics.units import parse_duration
from worker.celery_settings import celery_settings
from worker.cli.main import feedmill
from worker.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "feedmill"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _instructions(name: str) -> list[str]:
    """The arguments of every such instruction in the Dockerfile's last stage, which is what the image is."""
    stage = re.split(r"^FROM .*$", DOCKERFILE.replace("\\\n", " "), flags=re.MULTILINE)[-1]
    return re.findall(rf"^{name} (.*)$", stage, flags=re.MULTILINE)


def _copied() -> list[str]:
    copies = re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, flags=re.MULTILINE)
    return [source for copy in copies for source in copy.split()[:-1]]


def test_our_image_runs_the_workers_the_beat_the_migration_and_the_web_process() -> None:
    assert set(OURS) == {"worker", "beat", "migrate", "web"}


@pytest.mark.parametrize("service", OURS)
def test_every_variable_of_ours_is_a_setting(service: str) -> None:
    named = {*OURS[service]["environment"], *re.findall(r"(\w+)=", " ".join(_instructions("ENV")))}
    ours = {name for name in named if name.startswith("FEEDMILL_")}
    assert ours
    assert ours <= {f"FEEDMILL_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("service", OURS)
def test_the_urls_are_accepted_once_the_passwords_are_filled_in(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OURS[service]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{[^}]+\}", "0a1b", value))
    chosen = read_settings()
    assert chosen.database_url == "postgresql+psycopg://feedmill:0a1b@postgres/feedmill"
    assert chosen.broker_url == "redis://:0a1b@redis/0"


@pytest.mark.parametrize("service", OURS)
def test_every_program_comes_with_the_installation(service: str) -> None:
    dependencies = {re.match(r"[\w-]+", requirement)[0] for requirement in PROJECT["dependencies"]}  # type: ignore[index]  # each begins with a name
    assert OURS[service]["command"][0] in {*PROJECT["scripts"], *dependencies}


@pytest.mark.parametrize("service", OURS)
def test_every_command_and_option_exists(service: str) -> None:
    program, *arguments = OURS[service]["command"]
    if arguments[0] == "-A":
        assert arguments.pop(0) == "-A"
        assert arguments.pop(0) == "worker"
    group = {"celery": celery_command, "feedmill": feedmill}[program]
    command = group.get_command(click.Context(group), arguments[0])
    assert command is not None
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {argument for argument in arguments if argument.startswith("-")} <= known


def test_the_workers_take_from_every_queue_there_is() -> None:
    command = SERVICES["worker"]["command"]
    declared = {queue.name for queue in celery_settings(read_settings())["task_queues"]}
    assert set(command[command.index("--queues") + 1].split(",")) == declared


def test_retention_is_seen_to_at_any_hour() -> None:
    assert celery_settings(read_settings())["beat_schedule"]["prune"]["schedule"].hour == {*range(24)}


def test_a_worker_gets_more_time_to_stop_than_it_may_take() -> None:
    grace = parse_duration(SERVICES["worker"]["stop_grace_period"])
    assert grace.total_seconds() > celery_settings(read_settings())["worker_soft_shutdown_timeout"]


def test_the_image_is_made_of_files_that_exist_and_are_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {Path(source).parts[0] for source in _copied()} == let_in
    assert all((ROOT / source).exists() for source in _copied())


def test_the_image_speaks_to_postgresql_detects_languages_and_answers_over_http() -> None:
    (extras,) = re.findall(r"pip install .*/source\[([\w,]+)\]", DOCKERFILE)
    assert {*extras.split(",")} == {"postgres", "language", "web"}


def test_the_image_runs_as_nobody_in_particular() -> None:
    (user,) = _instructions("USER")
    assert int(user.split(":")[0]) > 0


def test_the_image_starts_in_a_folder_of_its_own() -> None:
    (folder,) = _instructions("WORKDIR")
    assert not [line for line in _instructions("COPY") if line.split()[-1].startswith(folder)]


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_can_do_more_than_it_needs(service: str) -> None:
    running = SERVICES[service]
    assert running["read_only"] is True
    assert running["cap_drop"] == ["ALL"]
    assert running["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in running
    assert all(port.startswith("127.0.0.1:") for port in running.get("ports", []))
    assert ("ports" in running) == (service == "web")
    assert service in OURS or running["user"] not in {"root", "0"}


def test_only_workers_reach_the_web_and_nothing_on_it_reaches_the_store() -> None:
    assert COMPOSE["networks"]["store"]["internal"] is True
    others = {name: service["networks"] for name, service in SERVICES.items() if service["networks"] != ["store"]}
    assert others == {"worker": ["store", "web"], "web": ["store", "front"]}


def test_no_password_has_a_default() -> None:
    used = re.findall(r"\$\{(\w+)([^}]*)\}", (ROOT / "docker-compose.yml").read_text())
    assert {name for name, _ in used} == {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert all(fallback.startswith(":?") for _, fallback in used)


def test_the_broker_forgets_nothing_and_lets_nobody_in() -> None:
    configuration = SERVICES["redis"]["command"][-1].splitlines()
    assert {"requirepass $$REDIS_PASSWORD", "maxmemory-policy noeviction", "appendfsync everysec"} <= {*configuration}


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_nothing_polls_before_the_schema_is_ready(service: str) -> None:
    assert SERVICES[service]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
