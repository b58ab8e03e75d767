"""The one door out: signs as Standard Webhooks says, speaks to checked addresses only, follows nothing, waits for nobody."""

import base64
import contextlib
import email.utils
import hashlib
import hmac
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from moderation import __version__
from moderation.adapters.addresses import refused
from moderation.adapters.targets import Target, parse
from moderation.workflow.ports import Answer, Reply

BODY_BYTES = 64 * 1024  # of an answer; nothing in that of a webhook is used
HEAD_BYTES = 64 * 1024
RESOLVE_SECONDS = 5.0
DRAIN_SECONDS = 2.0
RETRY_AFTER_MAX = 24 * 3600
_USER_AGENT = f"KeepItCivil/{__version__}"

Resolver = Callable[[str, int], list[str]]


class _Failed(Exception):
    """An attempt that got no answer; the word says why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts: reading them takes longer than a request."""
    return ssl.create_default_context()


class WebhookClient:
    """Sends one signed request at a time; keeps no connection and no state."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        seconds: float = 10.0,
        resolve: Resolver | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._seconds = seconds
        self._resolve = resolve or resolve_host
        self._context = context

    def check(self, url: str) -> str | None:
        """Why `url` may not be an endpoint (None: it may). A name that does not resolve now may do so later."""
        target = parse(url)
        if isinstance(target, str):
            return target
        if not self._allow_private and (target.scheme, target.port) != ("https", 443):
            return "Must begin with https:// and use port 443."
        try:
            addresses = self._addresses(target, min(RESOLVE_SECONDS, self._seconds))
        except _Failed:
            return None
        return None if self._all_allowed(addresses) else "Must be on a public address."

    def send(self, *, url: str, secrets: tuple[str, ...], id: str, timestamp: int, body: bytes) -> Answer:
        """POST `body`, signed with every secret. Whatever happens within the time is an Answer; nothing is raised."""
        return self._sent(url, lambda target: _signed(target, secrets, id, timestamp, body)).answer

    def post(self, *, url: str, authorization: str, body: bytes) -> Reply:
        """POST `body` with an `Authorization` and read what comes back. Nothing is raised."""
        return self._sent(url, lambda target: _request(target, [f"Authorization: {authorization}"], body))

    def _sent(self, url: str, request: Callable[[Target], bytes]) -> Reply:
        end = time.monotonic() + self._seconds
        target = parse(url)
        if isinstance(target, str):
            return Reply(Answer(None, "bad_url"))
        if not self._allow_private and (target.scheme, target.port) != ("https", 443):
            return Reply(Answer(None, "refused_url"))
        try:
            with _failing_as("bad_secret"):
                made = request(target)
            return self._exchange(target, made, end)
        except _Failed as failed:
            return Reply(Answer(None, failed.word))

    def _exchange(self, target: Target, request: bytes, end: float) -> Reply:
        addresses = self._addresses(target, min(RESOLVE_SECONDS, _left(end)))
        if not self._all_allowed(addresses):
            raise _Failed("refused_address")
        with self._connected(target, addresses, end) as connection:
            with _failing_as("no_answer"):
                connection.settimeout(_left(end))
                connection.sendall(request)
            return _read_answer(connection, end)

    def _addresses(self, target: Target, seconds: float) -> list[str]:
        # getaddrinfo knows no time limit: it runs beside us, and is left alone when it takes too long.
        found: list[list[str]] = []
        thread = threading.Thread(target=self._look_up, args=(target, found), daemon=True)
        thread.start()
        thread.join(seconds)
        if not found or not found[0]:
            raise _Failed("dns")
        return found[0]

    def _look_up(self, target: Target, found: list[list[str]]) -> None:
        with contextlib.suppress(OSError, UnicodeError, ValueError):
            found.append(self._resolve(target.host, target.port))

    def _all_allowed(self, addresses: list[str]) -> bool:
        return not any(refused(address, allow_private=self._allow_private) for address in addresses)

    @contextlib.contextmanager
    def _connected(self, target: Target, addresses: list[str], end: float) -> Iterator[socket.socket]:
        connection = _connect(addresses, target.port, end)
        try:
            if target.scheme == "https":
                connection = self._secured(connection, target, end)
            yield connection
        finally:
            connection.close()

    def _secured(self, plain: socket.socket, target: Target, end: float) -> socket.socket:
        plain.settimeout(_left(end))
        try:
            return (self._context or _trusted()).wrap_socket(plain, server_hostname=target.host)
        except TimeoutError:
            raise _Failed("timeout") from None
        except (OSError, ValueError):
            raise _Failed("tls") from None


def sign(secret: str, *, id: str, timestamp: int, body: bytes) -> str:
    """One signature of Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA256 over id.timestamp.body."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def resolve_host(host: str, port: int) -> list[str]:
    """Every address of `host`, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _signed(target: Target, secrets: tuple[str, ...], id: str, timestamp: int, body: bytes) -> bytes:
    signatures = " ".join(sign(secret, id=id, timestamp=timestamp, body=body) for secret in secrets)
    named = [f"webhook-id: {id}", f"webhook-timestamp: {timestamp}", f"webhook-signature: {signatures}"]
    return _request(target, named, body)


def _request(target: Target, named: list[str], body: bytes) -> bytes:
    head = [
        f"POST {target.resource} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {_USER_AGENT}",
        "Accept: */*",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *named,
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


def _connect(addresses: list[str], port: int, end: float) -> socket.socket:
    # The address that was checked is the one that is spoken to: no second look-up in between.
    word = "connect"
    for position, address in enumerate(addresses):
        share = _left(end) / (len(addresses) - position)
        try:
            return socket.create_connection((address, port), timeout=share)
        except TimeoutError:
            word = "timeout"
        except OSError:
            word = "connect"
    raise _Failed(word)


def _read_answer(connection: socket.socket, end: float) -> Reply:
    response = http.client.HTTPResponse(_Deadlined(connection, end), method="POST")  # type: ignore[arg-type]
    try:
        with _failing_as("no_answer"):
            response.begin()
        body = _drain(response)
        return Reply(Answer(response.status, None, _retry_after(response.getheader("Retry-After"))), body)
    finally:
        response.close()


def _drain(response: http.client.HTTPResponse) -> bytes:
    """A little of the body, so that a polite receiver is not cut off; of a webhook its status is all that counts."""
    until, read = time.monotonic() + DRAIN_SECONDS, bytearray()
    with contextlib.suppress(OSError, http.client.HTTPException, _Failed, ValueError):
        left = BODY_BYTES
        while left > 0 and time.monotonic() < until:
            part = response.read1(min(left, 8192))
            if not part:
                break
            read += part
            left -= len(part)
    return bytes(read)


def _retry_after(value: str | None) -> int | None:
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) <= 10:
        return min(int(value), RETRY_AFTER_MAX)
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0, min(int(seconds), RETRY_AFTER_MAX))


@contextlib.contextmanager
def _failing_as(word: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise _Failed("timeout") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise _Failed(word) from None


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise _Failed("timeout")
    return left


class _Reader(io.RawIOBase):
    """Reads a socket up to one end of time for everything, and up to a number of bytes."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        self._connection = connection
        self._end = end
        self._room = HEAD_BYTES + BODY_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._room <= 0:
            raise _Failed("no_answer")  # an endless head; a body is never read so far
        self._connection.settimeout(_left(self._end))
        count = self._connection.recv_into(memoryview(buffer)[: self._room])
        self._room -= count
        return count


class _Deadlined:
    """What HTTPResponse takes for a socket."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        self._reader = _Reader(connection, end)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader, 8192)
