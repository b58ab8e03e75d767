"""The door out against real sockets: signatures, hostile receivers, and addresses that must never be spoken to."""

import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from moderation.adapters.addresses import refused
from moderation.adapters.webhook_client import WebhookClient, sign
from moderation.workflow.ports import Answer, WebhookSender

SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0MTIzNDU="
OTHER = "whsec_" + "enl4d3Z1dHNycXBvbm1sa2ppaGdmZWRjYmE5ODc2NTQ="
BODY = json.dumps({"type": "comment.published", "data": {"comment": {"id": "c-é"}}}, ensure_ascii=False).encode()
PLAIN = WebhookClient(seconds=2)  # as in production; made once, since reading the certificates takes a while
Behaviour = Callable[[socket.socket], None]


@dataclass
class Receiver:
    """A listener on loopback that reads one request and then behaves as told."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    accepted: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/in?site=a b".replace(" ", "%20")

    def headers(self) -> dict[str, str]:
        head = self.requests[-1].split(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}

    def body(self) -> bytes:
        return self.requests[-1].split(b"\r\n\r\n", 1)[1]


@pytest.fixture
def receiver() -> Iterator[Callable[[Behaviour], Receiver]]:
    with contextlib.ExitStack() as stack:
        yield lambda behaviour: stack.enter_context(listening(behaviour))


@contextlib.contextmanager
def listening(
    behaviour: Behaviour, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain
) -> Iterator[Receiver]:
    listener = socket.create_server(("127.0.0.1", 0))
    found = Receiver(listener.getsockname()[1])

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                found.accepted += 1
                with contextlib.suppress(OSError), wrap(plain) as connection:
                    found.requests.append(read_request(connection))
                    behaviour(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        listener.close()


def read_request(connection: socket.socket) -> bytes:
    connection.settimeout(5)
    seen = b""
    while b"\r\n\r\n" not in seen:
        part = connection.recv(65536)
        if not part:
            return seen
        seen += part
    head, body = seen.split(b"\r\n\r\n", 1)
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(status: str, *headers: str, body: bytes = b"ok") -> Behaviour:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return lambda connection: connection.sendall("\r\n".join(lines).encode() + body)


def send(
    client: WebhookClient, url: str, *, secrets: tuple[str, ...] = (SECRET,), timestamp: int | None = None
) -> Answer:
    stamp = int(time.time()) if timestamp is None else timestamp
    return client.send(url=url, secrets=secrets, id="msg_1", timestamp=stamp, body=BODY)


def local(**options: object) -> WebhookClient:
    return WebhookClient(**{"allow_private": True, "seconds": 3.0, **options})  # type: ignore[arg-type]


def test_is_the_port_that_the_verbs_know() -> None:
    sender: WebhookSender = WebhookClient()
    assert sender.check("https://198.51.100.7/") == "Must be on a public address."


def test_a_receiver_verifies_the_exact_bytes_with_the_reference_library(receiver: Callable[..., Receiver]) -> None:
    there = receiver(says("200 OK"))
    assert send(local(), there.url) == Answer(200)
    assert Webhook(SECRET).verify(there.body(), there.headers()) == json.loads(BODY)
    assert there.body() == BODY
    assert there.headers()["host"] == f"127.0.0.1:{there.port}"
    assert there.requests[0].startswith(b"POST /hooks/in?site=a%20b HTTP/1.1\r\n")


def test_while_secrets_rotate_either_verifies(receiver: Callable[..., Receiver]) -> None:
    there = receiver(says("204 No Content"))
    assert send(local(), there.url, secrets=(OTHER, SECRET)).status == 204
    for secret in (OTHER, SECRET):
        Webhook(secret).verify(there.body(), there.headers())


def test_signature_equals_the_reference() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    expected = Webhook(SECRET).sign("msg_9", at, '{"a":1}')
    assert sign(SECRET, id="msg_9", timestamp=int(at.timestamp()), body=b'{"a":1}') == expected


def test_a_secret_that_is_no_base64_is_an_answer_not_an_exception(receiver: Callable[..., Receiver]) -> None:
    there = receiver(says("200 OK"))
    assert send(local(), there.url, secrets=("whsec_%%%",)).error == "bad_secret"
    assert there.accepted == 0


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        ("410 Gone", (), Answer(410)),
        ("429 Too Many Requests", ("Retry-After: 17",), Answer(429, None, 17)),
        ("503 Busy", ("Retry-After: 999999999",), Answer(503, None, 86400)),
        ("503 Busy", ("Retry-After: soon",), Answer(503)),
        ("500 Oops", (), Answer(500)),
    ],
)
def test_what_the_receiver_says(
    receiver: Callable[..., Receiver], status: str, headers: tuple[str, ...], expected: Answer
) -> None:
    assert send(local(), receiver(says(status, *headers)).url) == expected


def test_retry_after_may_be_a_date(receiver: Callable[..., Receiver]) -> None:
    date = format_datetime(datetime.fromtimestamp(time.time() + 600, UTC), usegmt=True)
    answer = send(local(), receiver(says("429 Slow down", f"Retry-After: {date}")).url)
    assert answer.retry_after is not None
    assert 590 <= answer.retry_after <= 600


def test_a_redirect_is_not_followed(receiver: Callable[..., Receiver]) -> None:
    canary = receiver(says("200 OK"))
    there = receiver(says("302 Found", f"Location: {canary.url}"))
    assert send(local(), there.url) == Answer(302)
    assert canary.accepted == 0


def test_environment_proxies_are_not_used(receiver: Callable[..., Receiver], monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, there = receiver(says("200 OK")), receiver(says("200 OK"))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    assert send(local(), there.url) == Answer(200)
    assert (proxy.accepted, there.accepted) == (0, 1)


def hang(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.recv(1)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


def endless_header(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 8000 + b"\r\n")


@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        (hang, "timeout"),
        (drip, "timeout"),
        (endless_header, "no_answer"),
        (lambda connection: None, "no_answer"),
        (lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n"), "no_answer"),
        (lambda connection: connection.sendall(b"HTTP/1.1 banana\r\n\r\n"), "no_answer"),
    ],
    ids=["hang", "drip", "endless header", "closes", "another protocol", "no status"],
)
def test_a_receiver_that_never_answers_properly(
    receiver: Callable[..., Receiver], behaviour: Behaviour, word: str
) -> None:
    assert send(local(seconds=0.6), receiver(behaviour).url) == Answer(None, word)


def flood(sent: list[int]) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        while True:
            sent.append(connection.send(b"x" * 65536))

    return behave


def test_ten_gigabytes_of_answer_are_cut_off(receiver: Callable[..., Receiver]) -> None:
    sent: list[int] = []
    assert send(local(), receiver(flood(sent)).url) == Answer(200)
    assert sum(sent) < 32 * 1024 * 1024  # what the buffers of the two sockets swallow, not ten gigabytes


def test_a_connection_that_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert send(local(), f"http://127.0.0.1:{port}/") == Answer(None, "connect")


@pytest.mark.parametrize("found", ["127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1"])
def test_a_name_that_turns_to_a_private_address_is_not_spoken_to(receiver: Callable[..., Receiver], found: str) -> None:
    canary = receiver(says("200 OK"))
    client = WebhookClient(seconds=2, resolve=lambda host, port: ["93.184.215.14", found])
    assert client.send(url="https://paper.example/", secrets=(SECRET,), id="m", timestamp=1, body=b"{}") == Answer(
        None, "refused_address"
    )
    assert canary.accepted == 0


def test_the_checked_address_is_the_one_connected_to(receiver: Callable[..., Receiver]) -> None:
    there = receiver(says("200 OK"))
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    answer = send(local(resolve=resolve), f"http://paper.example:{there.port}/")
    assert answer == Answer(200)
    assert asked == ["paper.example"]
    assert there.headers()["host"] == f"paper.example:{there.port}"


def test_metadata_is_refused_even_where_private_addresses_are_allowed() -> None:
    assert send(local(), "http://169.254.169.254/latest/meta-data").error == "refused_address"


def test_a_resolver_that_hangs_or_finds_nothing() -> None:
    slow = WebhookClient(seconds=0.3, resolve=lambda host, port: time.sleep(3) or [])
    none = WebhookClient(seconds=0.3, resolve=lambda host, port: [])
    assert send(slow, "https://paper.example/").error == "dns"
    assert send(none, "https://paper.example/").error == "dns"
    assert none.check("https://paper.example/") is None


# What a resolver takes for 127.0.0.1 or ::1, beside the usual ways to write them.
LOOPBACK = (
    "127.0.0.1 127.0.0.1. 127.1 127.0.1 127.8.8.8 0x7f.1 0x7f.0.0.1 0x7f000001 0X7F.0x0.0x0.0x1 0177.0.0.1 0177.1 "
    "017700000001 2130706433 127.0.0.1.. ①②⑦.⓪.⓪.① １２７．０．０．１ 127。0。0。1 127｡0｡0｡1 "
    "localhost LOCALHOST localhost. loc\u00adalhost ⓛocalhost 0 0.0.0.0 0x0 [::1] [0:0:0:0:0:0:0:1] [::0001] [::] "
    "[::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:0001] [::ffff:0:127.0.0.1] "
    "[64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:7f00:0001::1] "
    "[2001:0:7f00:1::] [2001:0:53aa:64c:0:0:80ff:fffe] [fe80::5efe:127.0.0.1] [::1%25lo] [::1%lo]"
).split()


@pytest.mark.parametrize("host", LOOPBACK)
def test_no_way_to_write_loopback_is_an_endpoint(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was connected to"))
    url = f"https://{host}/"
    why = PLAIN.check(url)
    # A name that does not resolve may be saved, and is asked for again before each delivery.
    assert why is not None or not _resolves(host)
    assert send(PLAIN, url).status is None


def _resolves(host: str) -> bool:
    with contextlib.suppress(OSError, UnicodeError):
        return bool(socket.getaddrinfo(host.strip("[]").rstrip("."), 443))
    return False


@pytest.mark.parametrize(
    "url",
    [
        "http://paper.example/",
        "https://paper.example:8443/",
        "https://paper.example:80/",
        "https://paper.example:0/",
        "https://paper.example:22/",
        "ftp://paper.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "javascript:alert(1)",
        "data:text/html,x",
        "//paper.example/",
        "https://user:pass@paper.example/",
        "https://paper.example@127.0.0.1/",
        "https://127.0.0.1%2f@paper.example/",
        "https://",
        "https:///hooks",
        "https://paper.example/a b",
        "https://paper.example\\@127.0.0.1/",
        "https:\\\\127.0.0.1/",
        "https://paper.example:99999/",
        "https://paper.example:４４３/x",
        "https://[::1",
        "https://paper.example%00.evil.example/",
        "https://paper.example\x00.evil.example/",
        "https://[fe80::1%25eth0]/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data",
        "https://0xa9fea9fe/",
        "https://2852039166/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://paper.example/\r\nX-Injected: 1",
        "https://paper.example/\tx",
        "https://paper.example/" + "a" * 3000,
        "https://" + "a" * 300 + ".example/",
    ],
)
def test_addresses_that_may_not_be_an_endpoint(url: str) -> None:
    assert PLAIN.check(url) is not None
    assert send(PLAIN, url).status is None


def test_the_operator_may_allow_loopback_and_http() -> None:
    assert local().check("http://127.0.0.1:9000/hook") is None
    assert local().check("http://localhost/hook") is None


@pytest.mark.parametrize(
    "address",
    """0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1 192.168.1.1 198.18.0.1
    203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.1.1
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001:0:53aa:64c::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 3fff::1 5f00::1 2002:7f00:1:: 2002:c0a8:1::1 fc00::1
    fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1 nonsense""".split(),
)
def test_addresses_that_are_never_public(address: str) -> None:
    assert refused(address, allow_private=False)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert not refused(address, allow_private=False)


def garbage(plain: socket.socket) -> socket.socket:
    plain.sendall(b"220 mail.paper.example ESMTP\r\n")
    return plain


def test_garbage_where_tls_should_be() -> None:
    with listening(hang, garbage) as there:
        assert send(local(), f"https://127.0.0.1:{there.port}/").error == "tls"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=paper.example", "-addext", "subjectAltName=DNS:paper.example",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return made


def test_tls_is_checked_against_the_name_not_the_address(certificate: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    client = local(resolve=lambda host, port: ["127.0.0.1"], context=trusting)
    with listening(says("200 OK"), lambda plain: server.wrap_socket(plain, server_side=True)) as there:
        assert send(client, f"https://paper.example:{there.port}/") == Answer(200)
        assert send(client, f"https://other.example:{there.port}/").error == "tls"
        assert (
            send(local(resolve=lambda host, port: ["127.0.0.1"]), f"https://paper.example:{there.port}/").error == "tls"
        )
