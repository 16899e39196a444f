"""The secrets file: what feeds' requests hold that nobody may read who may read the store.

A JSON object by the URLs for which secrets were given. A secret goes to the origin of its URL alone, so whoever can
write to the store, but not to this file, cannot have one sent elsewhere.
"""

import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_ITS_OWNERS, _ITS_GROUPS = 0o600, 0o640


class SecretsFileError(Exception):
    """The secrets file cannot be used; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class FeedSecrets:
    """What the file holds for one URL."""

    password: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Values by names."""
    proxy: str | None = field(default=None, repr=False)
    """The proxy's URL with its password: it goes to no other proxy."""


NO_SECRETS = FeedSecrets()


class SecretsFile:
    """The secrets file of this machine; a class because it remembers the file until that changes."""

    def __init__(self, path: Path | None) -> None:
        """``path`` is None where none is named."""
        self.path = path
        self._version: tuple[int, ...] | None = None
        self._secrets: Mapping[str, FeedSecrets] = {}

    @property
    def exists(self) -> bool:
        """Whether there is such a file."""
        return self.path is not None and self.path.exists()

    def find(self, url: str) -> FeedSecrets:
        """Return what was given for a URL; SecretsFileError where there is no file, or it may not be believed."""
        return self._read_anew().get(url, NO_SECRETS)

    def change(self, changes: Mapping[str, FeedSecrets]) -> None:
        """Replace what was given for URLs, all at once or not at all; what is given for none is forgotten."""
        path = _find_end(self._named())
        if not path.parent.is_dir():
            raise SecretsFileError(f"the folder of the secrets file {path} is not there: make it first")
        with _said_as(path), _locked(path.parent):
            present = self._read_anew() if path.exists() else {}
            kept = {url: secrets for url, secrets in {**present, **changes}.items() if secrets != NO_SECRETS}
            if kept != present:
                _replace(path, {url: _without_nothing(secrets) for url, secrets in sorted(kept.items())})

    def _named(self) -> Path:
        if self.path is None:
            raise SecretsFileError(
                "there is no secrets file: FEEDMILL_SECRETS_FILE names one, or an environment variable holds the secret"
            )
        return self.path

    def _read_anew(self) -> Mapping[str, FeedSecrets]:
        """Return what the file holds; it is read again only once it has changed."""
        path = self._named()
        with _said_as(path), path.open("rb") as file:
            status = os.fstat(file.fileno())
            version = (status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode, status.st_uid)
            if version != self._version:
                _refuse_readable_by_others(path, status)
                self._secrets = _parse(path, file.read())
                self._version = version
        return self._secrets


def _find_end(path: Path) -> Path:
    """Return where a chain of links ends: the file there is replaced, not the link to it."""
    try:
        return path.resolve()
    except RuntimeError as error:
        raise SecretsFileError(f"the secrets file {path} is a link that leads back to itself") from error


def _refuse_readable_by_others(path: Path, status: os.stat_result) -> None:
    # As PostgreSQL does with keys: a mounted file that root owns may be its group's too.
    allowed = _ITS_GROUPS if status.st_uid == 0 else _ITS_OWNERS
    if stat.S_IMODE(status.st_mode) & ~allowed & 0o777:
        raise SecretsFileError(f"others than its owner may read or write the secrets file {path}: chmod 600 {path}")


def _parse(path: Path, content: bytes) -> Mapping[str, FeedSecrets]:
    try:
        return {url: _read_secrets(entry) for url, entry in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        # What is wrong is not quoted, nor in a traceback: it may be a secret.
        raise SecretsFileError(f"the secrets file {path} is not such JSON as `feedmill set` writes") from None


def _read_secrets(entry: dict[str, Any]) -> FeedSecrets:
    secrets = FeedSecrets(**entry)
    texts = (secrets.password, secrets.proxy, *secrets.headers.values())
    if not all(text is None or isinstance(text, str) for text in texts):
        raise TypeError("a secret is a text")
    return secrets


def _without_nothing(secrets: FeedSecrets) -> dict[str, Any]:
    return {name: value for name, value in asdict(secrets).items() if value is not None and value != {}}


def _replace(path: Path, content: dict[str, Any]) -> None:
    """Write the file anew beside itself and put it in its place: nobody ever reads half of it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            _keep_owner(descriptor, path)
            # In ASCII, which also holds a password that was not UTF-8 when it was typed.
            json.dump(content, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _keep_owner(descriptor: int, path: Path) -> None:
    """Leave the file to those whose it was: root may change it, and workers that are not root must read it on."""
    if path.exists():
        former, ours = path.stat(), os.fstat(descriptor)
        if (former.st_uid, former.st_gid) != (ours.st_uid, ours.st_gid):
            os.fchown(descriptor, former.st_uid, former.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(former.st_mode))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let nobody else change the file meanwhile: its folder is locked, for the file itself is replaced."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _said_as(path: Path) -> Iterator[None]:
    """Say in a sentence what the system has against reading or writing the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise SecretsFileError(f"there is no secrets file {path}: `feedmill set` makes it") from error
    except OSError as error:
        raise SecretsFileError(
            f"the secrets file {path} cannot be used: {(error.strerror or str(error)).lower()}"
        ) from error
