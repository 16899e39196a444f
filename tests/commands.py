"""Running commands in this process as processes of their own would run: none remembers what one before it has read."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from worker.cli.main import main
from worker.database.engine import command_engine
from worker.settings import settings


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    output: str
    errors: str


def run_command(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> Done:
    """Run a command in the present folder and environment."""
    _forget()
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    _forget()
    return Done(int(ended.value.code or 0), *capsys.readouterr())


def _forget() -> None:
    settings.cache_clear()
    if command_engine.cache_info().currsize:
        command_engine().dispose()
    command_engine.cache_clear()
