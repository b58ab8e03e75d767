"""Nothing speaks to the outside but the one door: what each module may import, and whom it speaks to with it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.test_architecture import modules, named

NETWORK = frozenset(
    "aiohttp asyncio ftplib http.client http.server httpx imaplib nntplib poplib pycurl requests smtplib socket "
    "socketserver ssl telnetlib urllib.request urllib3 webbrowser websockets xmlrpc".split()
)
ALLOWED = {
    "moderation/adapters/webhook_client.py": {"http.client", "socket", "ssl"},  # the door
    "moderation/cli/compare.py": {"httpx"},  # the operator's own service, whose address he gives
    "moderation/cli/doctor_receiver.py": {"http.server", "socket", "socketserver"},  # takes webhooks while doctor looks
    "moderation/cli/doctor_service.py": {"httpx"},  # the service that doctor is told to look at
    "moderation/embedded/parts.py": {"socket"},  # asks for a free port of this machine
    "moderation/embedded/sample.py": {"httpx"},  # the operator's own service, whose address it was given
    "moderation/embedded/service.py": {"http.client", "socket"},  # its own web child
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (given.value for given in node.args if isinstance(given, ast.Constant))


def of_the_network(path: Path) -> set[str]:
    names = {f"{name}." for name in imported(path)}
    return {known for known in NETWORK if any(name.startswith(f"{known}.") for name in names)}


def test_only_the_door_can_open_a_connection() -> None:
    found = {named(path): of_the_network(path) for path in modules("moderation", "workers")}
    assert {name: used for name, used in found.items() if used} == ALLOWED
