"""A TCP proxy that fails as networks do: packets vanish, answers are lost, connections are reset."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

Wanted = Callable[[bytes], bool]


class _Link:
    """One connection from a client to the server behind."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near, self.far = near, far
        self.silent = False  # half open: whatever comes is swallowed, and nobody is told

    def cut(self, *, reset: bool = False) -> None:
        """End it for both sides; `reset`: with RST. A close alone would leave a blocked reader, and so a half-open link."""
        for side in (self.near, self.far):
            with contextlib.suppress(OSError):
                if reset:
                    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    side.shutdown(socket.SHUT_RDWR)
            side.close()


class Proxy:
    """Listens on loopback and passes on to a port of loopback, until told otherwise."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._links: list[_Link] = []
        self.lost = 0
        self.loses: Wanted = lambda _answer: False  # which pieces of an answer are dropped, and their connection cut
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def silence(self) -> int:
        """Every connection of now becomes half open, new ones work; how many there were."""
        links = [link for link in self._links if link.near.fileno() >= 0]
        for link in links:
            link.silent = True
        return len(links)

    def reset(self) -> None:
        """RST to both sides of every connection of now."""
        for link in self._links:
            link.cut(reset=True)

    def close(self) -> None:
        """Listen no more, and end what is left."""
        self._listener.close()
        for link in self._links:
            link.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
                except OSError:
                    near.close()
                    continue
                far.settimeout(None)
                self._pass_on(_Link(near, far))

    def _pass_on(self, link: _Link) -> None:
        self._links = [each for each in self._links if each.near.fileno() >= 0] + [link]
        for source, target in ((link.near, link.far), (link.far, link.near)):
            threading.Thread(target=self._pump, args=(link, source, target), daemon=True).start()

    def _pump(self, link: _Link, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if link.silent:
                    continue
                if source is link.far and self.loses(piece):
                    self.lost += 1
                    break
                target.sendall(piece)
        if not link.silent:  # of a half-open link not even the end is seen by the other side
            link.cut()
