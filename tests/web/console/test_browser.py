"""The desk in a real Chromium, with script switched off and a canary for script that should not run."""

import shutil
import threading
from collections.abc import Iterator

import pytest
import waitress
from waitress.server import create_server

from tests.servers.processes import free_port
from tests.web.console.conftest import PASSWORD, Desk

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The desk on a port."""
    assert waitress
    port = free_port()
    server = create_server(desk.service.flask, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.mark.parametrize("script", [False, True])
def test_a_shift_at_the_desk(desk: Desk, address: str, script: bool) -> None:
    from playwright.sync_api import sync_playwright

    desk.item(
        text="You numpty. <script>document.title='broken into'</script>", author={"id": "r1", "name": "<b>Bo</b>"}
    )
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(java_script_enabled=script).new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(address + "/desk/login")
        page.fill("input[name=login]", "moderator")
        page.fill("input[name=password]", PASSWORD)
        page.click("text=Log in >> nth=-1")
        assert page.inner_text("mark") == "numpty"
        page.click("button.row")
        assert "broken into" not in page.title()
        assert page.inner_text(".comment .name") == "<b>Bo</b>"
        page.click("button.reject")
        assert "Nothing needs you here" in page.inner_text("main")
        page.click("text=Undo")
        page.click("button.row")
        page.click("button.approve")
        desk.settle()
        browser.close()
    assert desk.service.get("/v1/comments/c1").get_json()["status"] == "published"
    assert not [line for line in said if "Content Security Policy" in line or "Refused" in line], said
