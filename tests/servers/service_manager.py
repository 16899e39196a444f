"""What systemd is to the processes it starts: a socket to which they tell how they do."""

import socket
import threading
from types import TracebackType
from typing import Self

_ENOUGH = b"enough"


class ServiceManager:
    """Listens at an address; ``told`` is all that was told, in order, line by line."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self._address)
        self._reader = threading.Thread(target=self._read, name="service manager", daemon=True)
        self.told: list[str] = []

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.read_all()
        self._socket.close()

    def read_all(self) -> list[str]:
        """Read what has been told until now, and no more."""
        if self._reader.is_alive():
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
                sending.sendto(_ENOUGH, self._address)
            self._reader.join()
        return self.told

    def _read(self) -> None:
        while (message := self._socket.recv(65536)) != _ENOUGH:
            self.told += message.decode().split("\n")
