"""A mail server for the tests: Debian's Dovecot, unprivileged, with its own folder and certificate."""

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

USER, PASSWORD = "desk@paper.example", "pass word é"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:{folder}/mail
mail_home = {folder}/home
mail_fsync = never
shutdown_clients = yes
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth {{
  user = {user}
}}
service auth-worker {{
  user = {user}
}}
service config {{
  user = {user}
}}
service log {{
  user = {user}
}}
"""


def find_dovecot() -> str | None:
    """Return the path of Dovecot; None where it is not installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class MailServer:
    """A Dovecot with one user, and what a mail program does with its mailbox."""

    def __init__(self, folder: Path, certificate: Path) -> None:
        self.folder = folder
        self.port, self.plain_port = _free_ports()
        self._certificate = certificate
        self._process: subprocess.Popen[bytes] | None = None
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        for name in ("run", "state", "mail", "home"):
            (folder / name).mkdir()
        own = folder / "certificate.pem"
        own.write_bytes(certificate.read_bytes())
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
        (folder / "dovecot.conf").write_text(
            _CONFIG.format(
                folder=folder,
                certificate=own,
                user=owner.pw_name,
                group="nogroup" if owner.pw_name == "nobody" else _group_of(owner.pw_gid),
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                port=self.port,
                plain_port=self.plain_port,
            )
        )
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def url(self, folder: str = "INBOX", scheme: str = "imaps", host: str = "localhost") -> str:
        """Return what FEEDMILL_MAILBOX says of a folder, without a password."""
        port = self.port if scheme == "imaps" else self.plain_port
        return f"{scheme}://{USER.replace('@', '%40')}@{host}:{port}/{folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = find_dovecot()
        assert program, "the fixture has looked for it"
        command = [program, "-F", "-c", str(self.folder / "dovecot.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while True:
            try:
                with self.connected():
                    return
            except OSError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = self.folder / "log"
                    raise RuntimeError(log.read_text() if log.exists() else self._process.stderr.read()) from error
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it; its messages stay."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self._process.kill()
            self._process.wait()
            if self._process.stderr:
                self._process.stderr.close()
        self._process = None

    @contextmanager
    def connected(self) -> Iterator[imaplib.IMAP4_SSL]:
        """Log in as a mail program does."""
        context = ssl.create_default_context(cafile=str(self._certificate))
        imap = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context, timeout=10)
        try:
            imap.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield imap
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                imap.logout()

    def deliver(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Put messages into the mailbox."""
        with self.connected() as imap:
            for message in messages:
                status, said = imap.append(folder, "", "", message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
                assert status == "OK", said

    def flags(self, folder: str = "INBOX") -> list[set[str]]:
        """Return the flags of each message, but ``\\Recent``."""
        with self.connected() as imap:
            imap.select(folder, readonly=True)
            _, answer = imap.fetch("1:*", "(FLAGS)")
            lines = [line for line in answer if isinstance(line, bytes)]
            return [{flag.decode() for flag in imaplib.ParseFlags(line)} - {r"\Recent"} for line in lines]

    def rebuild(self) -> None:
        """Give the mailbox another UIDVALIDITY, and its messages back without their marks."""
        with self.connected() as imap:
            imap.select("INBOX")
            _, answer = imap.fetch("1:*", "(BODY.PEEK[])")
            messages = [part[1] for part in answer if isinstance(part, tuple)]
        self.stop()
        shutil.rmtree(self.folder / "mail")
        (self.folder / "mail").mkdir()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder / "mail", nobody.pw_uid, nobody.pw_gid)
        self.start()
        self.deliver(*messages)


def _group_of(number: int) -> str:
    return grp.getgrgid(number).gr_name


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
