"""A real Chromium at the desk, and somebody who notes whatever a page should not do."""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from waitress.server import create_server

from tests.servers.processes import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Everything that our templates are made of; whatever else is in a page came from somebody's words.
ELEMENTS = (
    "a article aside bdi b blockquote body br button code dd details div dl dt form h1 h2 h3 h4 head header html img input label "
    "li link main mark meta nav ol option p pre section select small span strong summary table tbody td th thead title tr ul"
).split()
AUDIT = """([elements, origin]) => {
  const strange = [];
  for (const node of document.querySelectorAll('*')) {
    const name = node.tagName.toLowerCase();
    if (!elements.includes(name)) strange.push('<' + name + '>');
    for (const attribute of node.attributes) {
      const { name: key, value } = attribute;
      const told = name + '[' + key + '=' + value.slice(0, 60) + ']';
      if (/^on|^style$|^srcdoc$|^data$|^xlink|^http-equiv$|^autofocus$/.test(key) && !(key === 'autofocus' && node.name === 'login')) strange.push(told);
      if (!/^[a-z][a-z-]*$/.test(key)) strange.push(told);
      if (['href', 'src', 'action', 'formaction'].includes(key)) {
        const target = new URL(value, document.location);
        const own = target.origin === origin && !/canary/.test(target.pathname.split('/').slice(0, 3).join('/'));
        const story = name === 'a' && target.origin === 'https://paper.example' && /noopener/.test(node.rel);
        if (!own && !story) strange.push(told);
      }
    }
  }
  return strange;
}"""


@contextlib.contextmanager
def serving(flask: Flask) -> Iterator[str]:
    """The application on a port."""
    port = free_port()
    server = create_server(flask, host="127.0.0.1", port=port, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()


@contextlib.contextmanager
def chromium() -> Iterator["Browser"]:
    """The browser, without window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Watched:
    """One visitor's pages; `faults` is what happened that nobody of ours wrote."""

    def __init__(self, browser: "Browser", address: str, **options: Any) -> None:
        self.address = address
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(**options)
        self.context.expose_binding("canary", lambda source, *_: self._note(f"script ran in {source['page'].url}"))
        self.context.on("request", lambda request: self._request(request.url))
        self.context.on("console", lambda line: self._console(line.text))
        self.context.on("weberror", lambda error: self._note(f"error {error.error}"))
        self.page: Page = self.context.new_page()
        self.page.on("dialog", lambda dialog: (self._note(f"dialog {dialog.message}"), dialog.dismiss()))
        self.context.on("page", lambda page: self._note(f"window {page.url}"))

    def log_in(self, login: str, password: str) -> None:
        """Through the form, as people do."""
        self.page.goto(f"{self.address}/desk/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("main button")

    def open(self, path: str) -> str:
        """Load a page and look at all that is in it; its text."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return self.look(response.url)

    def look(self, url: str | None = None) -> str:
        """Audit the page that is open."""
        url = url or self.page.url
        for strange in self.page.evaluate(AUDIT, [ELEMENTS, self.address]):
            self._note(f"{strange} in {url}")
        if self.page.url != url:
            self._note(f"left {url} for {self.page.url}")
        return str(self.page.evaluate("document.body ? document.body.textContent : ''"))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        own = f"{parts.scheme}://{parts.netloc}" == self.address
        if not own or parts.path.startswith("/canary") or parts.path.endswith(("/canary", "/x")):
            self._note(f"request {url}")

    def _console(self, text: str) -> None:
        if "Content Security Policy" in text or "Refused" in text:
            self._note(f"console {text}")

    def _note(self, fault: str) -> None:
        self.faults.append(fault)
