"""A real WordPress, on PHP in WebAssembly and SQLite, as a process of a test."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx

from tests.servers.processes import free_port, kill, start, wait_until

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = ROOT / ".wordpress"
INSTALL_SECONDS = 600
START_SECONDS = 90
ANSWER_SECONDS = 60
CLI = "node_modules/@wp-playground/cli/wp-playground.js"
CONSTANTS = """
define( 'WP_ENVIRONMENT_TYPE', 'local' ); // application passwords over http
define( 'DISABLE_WP_CRON', true ); // it would ask itself, and has one process
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
"""
READER = {"User-Agent": "Reader/1"}


def install() -> str | None:
    """Why there is none, or nothing."""
    if shutil.which("node") is None:
        return "node could not be had"
    subprocess.run(["sh", str(ROOT / "tools" / "wordpress.sh")], timeout=INSTALL_SECONDS, check=False)
    return None if (FOLDER / ".made").exists() else "WordPress could not be had"


def our_file(service: str, *, earlier: bool = False) -> str:
    """The must-use plugin of docs/akismet.md, for a service with this address; as it was in `earlier` days if asked for."""
    page = (ROOT / "docs" / "akismet.md").read_text("utf-8")
    found = re.search(r"```php\n(.*?)```", page, re.DOTALL)
    assert found is not None
    asked = found[1].replace("https://moderation.example.org/", f"{service}/")
    assert asked.count(service) == 1
    added = ("is_wp_error", "x-akismet-guid") if earlier else ()
    return "\n".join(line for line in asked.splitlines() if not any(word in line for word in added))


class WordPress:
    """One site with one post; its readers and its users."""

    def __init__(self, folder: Path, service: str) -> None:
        self.port, self._log = free_port(), folder / "log"
        self.url = f"http://127.0.0.1:{self.port}"
        self.passwords: dict[str, str] = {}
        self._http = httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS, trust_env=False)
        self._site = folder / "site"
        shutil.copytree(FOLDER / "site", self._site)
        settings = self._site / "wp-config.php"
        settings.write_text(settings.read_text("utf-8").replace("<?php", f"<?php {CONSTANTS}", 1), "utf-8")
        self._own = self._site / "wp-content" / "mu-plugins"
        self._own.mkdir()
        shutil.copy(HERE / "wordpress.php", self._own)
        self.ask(service)
        if (FOLDER / "akismet").exists():
            shutil.copytree(FOLDER / "akismet", self._site / "wp-content" / "plugins" / "akismet")
        self._process = start(
            ["node", str(FOLDER / "node" / CLI), "server", "--port", str(self.port), "--workers", "1", "--php", "8.3",
             "--mount-before-install", f"{self._site}:/wordpress",
             "--wordpress-install-mode", "install-from-existing-files-if-needed"],
            log=self._log,
        )  # fmt: skip

    def ready(self) -> None:
        """Wait until it answers, and prepare it."""
        wait_until(self._began, seconds=START_SECONDS, what="WordPress starts")
        self._http.get("/")  # the program in front redirects the first request
        self.passwords = self.does("prepare")

    def _began(self) -> bool:
        said = self._log.read_text("utf-8", "replace")
        assert self._process.poll() is None, said
        return "Ready!" in said

    def does(self, what: str, **given: Any) -> Any:
        """Something of wordpress.php."""
        answer = self._http.get("/", params={"for_tests": what, **given})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, text: str) -> str:
        """A reader writes a comment on the page; its id."""
        form = {"comment_post_ID": "1", "comment_parent": "0", "author": "Ann", "email": "ann@paper.example"}
        answer = self._http.post("/wp-comments-post.php", data={**form, "comment": text}, headers=READER)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].rpartition("#comment-")[2]

    def rest(self, method: str, path: str, body: Any = None, *, by: str = "admin") -> httpx.Response:
        """A request to its REST API, with an application password."""
        return self._http.request(method, f"/wp-json/{path}", json=body, auth=(by, self.passwords[by]))

    def comments(self, *ids: str) -> dict[str, dict[str, Any]]:
        """Comments as a moderator there sees them."""
        answer = self.rest("GET", f"wp/v2/comments?context=edit&include={','.join(ids)}&status=any")
        assert answer.status_code == 200, answer.text
        return {str(found["id"]): found for found in answer.json()}

    def statuses(self, *ids: str) -> dict[str, str]:
        """Where they are; `any` leaves out what is in the bin, as WordPress has it."""
        found = self.rest("GET", f"wp/v2/comments?context=edit&include={','.join(ids)}&status=any&_fields=id,status")
        return {str(one["id"]): one["status"] for one in found.json()}

    def page(self, path: str) -> str:
        """A page of the administration."""
        with httpx.Client(base_url=self.url, timeout=ANSWER_SECONDS, trust_env=False) as browser:
            browser.get("/", params={"for_tests": "log_in"})
            answer = browser.get(f"/wp-admin/{path}")
        assert answer.status_code == 200
        return answer.text

    def ask(self, service: str, *, earlier: bool = False) -> None:
        """Let the plugin ask a service at this address."""
        (self._own / "keep-it-civil.php").write_text(our_file(service, earlier=earlier), "utf-8")

    def end(self) -> None:
        """Stop it."""
        self._http.close()
        kill(self._process)
