"""docs/integrate.md is run as it is printed: its Python and its curl against a real server on a real socket."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.wsgi import served
from tests.web.service import Service, Template, working

PAGE = Path(__file__).parents[2] / "docs" / "integrate.md"
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADINGS = re.compile(r"^## (.+)$", re.MULTILINE)


class Reader:
    """Runs the page's blocks one after the other, as its reader would, in one Python session."""

    def __init__(self, service: Service, url: str) -> None:
        self.names: dict[str, Any] = {"__name__": "page"}
        self._service = service
        self._url = url
        self._receiver = ""

    def receive(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Hands requests to the receiver that the page defines."""
        return self.names["receiver"](environ, start_response)

    def python(self, code: str, receiver: str) -> None:
        code = code.replace("http://127.0.0.1:8000", self._url).replace("YOUR-KEY", self._service.key)
        exec(compile(code.replace("https://paper.example/hooks", f"{receiver}/hooks"), str(PAGE), "exec"), self.names)

    def shell(self, code: str) -> None:
        environ = {**os.environ, "MODERATION": self._url, "KEY": self._service.key}
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", code], env=environ, check=True, capture_output=True, timeout=30
        )

    def shown(self, comment: str) -> Any:
        return self.names["shown"].get(comment)


def eventually(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 15
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def reader(template: Template, tmp_path: Path) -> Iterator[Reader]:
    service = template.service(tmp_path)
    with served(service.flask) as url, working(service):
        yield Reader(service, url)
    template.end(service)


def test_the_page_works_as_printed(reader: Reader) -> None:
    names = reader.names
    with served(reader.receive) as receiver:
        for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            if language == "python":
                reader.python(code, receiver)
            elif shutil.which("curl"):
                reader.shell(code)
        # The moderator's decision of the page was told to the receiver as well as found in the feed.
        assert eventually(lambda: reader.shown("c-1001") is not None and reader.shown("c-1001")["publish"] is False)
        assert eventually(lambda: (reader.shown("c-1004") or {}).get("publish") is True)
    assert names["edited"].json()["revision"] == 2
    assert names["withdrawn"]["status"] == "withdrawn"
    assert names["flags"]["total"] == 1
    assert reader.shown("c-1003")["publish"] is True
    assert (names["state"]["id"], names["standing"]["block"]) == (names["appeal"]["id"], None)
    assert (len(names["taken"]), names["refused"]) == (20, [])
    assert names["verdict"]["action"] in ("allow", "review", "hold", "reject")
    assert names["wrong"] == {"#/id", "#/text", "#/author/id", "#/story"}
    assert names["cursor"]


def test_webhooks_alone_are_enough(reader: Reader) -> None:
    blocks = [code for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if language == "python"]
    with served(reader.receive) as receiver:
        for code in blocks[:2]:
            reader.python(code, receiver)
        post = reader.names["moderation"].post
        for number, text in enumerate(["A fair point.", "You numpty.", "Get your casinobonus."]):
            comment = {"id": f"w-{number}", "text": text, "author": {"id": "u"}, "story": {"id": "s"}}
            assert post("/v1/comments", json=comment).status_code == 202
        assert eventually(lambda: all(reader.shown(f"w-{number}") for number in range(3)))
    assert [reader.shown(f"w-{number}")["publish"] for number in range(3)] == [True, False, False]


def test_a_forged_webhook_is_refused_by_the_receiver_of_the_page(reader: Reader) -> None:
    blocks = [code for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if language == "python"]
    with served(reader.receive) as receiver:
        for code in blocks[:2]:
            reader.python(code, receiver)
        httpx = reader.names["httpx"]
        headers = {"webhook-id": "x", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
        assert httpx.post(f"{receiver}/hooks/moderation", content=b"{}", headers=headers).status_code == 400


def test_ten_lines_are_ten_lines() -> None:
    first = BLOCK.findall(PAGE.read_text(encoding="utf-8"))[0][1]
    statements = [line for line in first.splitlines() if line.strip() and not line.startswith(('    "', "})"))]
    assert len(statements) <= 10
