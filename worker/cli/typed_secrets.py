"""Secrets as commands get and keep them: from a variable, standard input or a prompt, never from the command line.

Whoever is on this machine can read command lines.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from worker.basics.request_rules import check_password
from worker.errors import NamedError, UsageError
from worker.fetch import SecretsFile, SecretsFileError
from worker.pipeline.tools import open_secrets_file
from worker.settings import settings

_PASSWORD_VARIABLE = "FEEDMILL_PASSWORD"  # noqa: S105 -- the variable's name


def read_password() -> str:
    """Return the password of a user of HTTP Basic; UsageError where none is given or it cannot be one."""
    given = os.environ.get(_PASSWORD_VARIABLE)
    secret = read_secret("password", f"; {_PASSWORD_VARIABLE} may hold it too") if given is None else given
    try:
        return check_password(secret)
    except ValueError as error:
        raise UsageError(f"--user: {error}.") from error


def read_secret(what: str, hint: str = "") -> str:
    """Return the next line of standard input, or ask for it at a terminal; UsageError where there is none."""
    if sys.stdin.isatty():
        prompted: str = click.prompt(
            f"{what[0].upper()}{what[1:]}", hide_input=True, err=True, default="", show_default=False
        )
        return prompted
    line = sys.stdin.buffer.readline()
    if not line:
        raise UsageError(f"Standard input has no {what}{hint}.")
    # Bytes that are not UTF-8 are kept as they are.
    return line.rstrip(b"\r\n").decode(errors="surrogateescape")


@contextmanager
def using_secrets_file(connection: Connection, what_fails: str) -> Iterator[SecretsFile]:
    """Give the store's secrets file to a command; NamedError says what failed where the file cannot be used."""
    try:
        yield open_secrets_file(settings(), connection.engine)
    except SecretsFileError as error:
        raise NamedError(f"{what_fails}: {error}.") from error
