"""The service that `moderation doctor` looks at, over HTTP as a site speaks to it; what goes wrong comes as a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

SECONDS = 20.0  # of one answer: over the 10 that `Prefer: wait` may take
_KEY = re.compile(r"kic_(live|test)_[0-9A-Za-z_]{1,190}", re.ASCII)
_SAID = 300  # characters of what others say, in a sentence of ours


class Failed(Exception):
    """A step went wrong; its text is one sentence that a person can act on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, its JSON object (empty where there is none) and what the header says was preferred."""

    status: int
    body: dict[str, Any]
    applied: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


class Service:
    """Asks one service with one key of a site."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=SECONDS, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: tuple[int, ...] = (200,),
        prefer: str | None = None,
        protocol_key: str | None = None,
        with_key: bool = True,
    ) -> Answer:
        """One request. Raises Failed where no answer comes, or one with a status that is not expected."""
        request = self._http.build_request(method, path, json=body, headers={"Prefer": prefer} if prefer else {})
        if protocol_key or not with_key:  # alone: the site's key would open this door as well
            del request.headers["Authorization"]
        if protocol_key:
            request.headers["X-Goog-Api-Key"] = protocol_key
        try:
            answer = self._http.send(request)
        except httpx.HTTPError as error:
            raise Failed(self._no_answer(error, f"{method} {path}")) from None
        found = self._read(answer)
        if answer.status_code not in expect:
            raise Failed(self._unexpected(answer, found, f"{method} {path}"))
        return Answer(answer.status_code, found, answer.headers.get("Preference-Applied", ""))

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_redirect:
            raise Failed(f"It leads on to {printable(answer.headers.get('Location'))}: give that address.")
        if not answer.content:
            return {}
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Failed(
                f"It answered {answer.status_code} without JSON, as no service of ours does: is {self.url} its address, "
                "and does a proxy before it pass everything on?"
            )
        return found

    def _unexpected(self, answer: httpx.Response, found: dict[str, Any], asked: str) -> str:
        if answer.status_code == 401:
            return "The key is not valid there: `moderation key list` shows the keys of a site, `key add` makes one."
        of_google = found["error"].get("message") if isinstance(found.get("error"), dict) else None
        said = found.get("detail") or found.get("title") or of_google or "nothing more"
        return f"{asked} was answered with {answer.status_code}: {printable(said)}"

    def _no_answer(self, error: httpx.HTTPError, asked: str) -> str:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return f"The certificate of {self.url} is not trusted here: {printable(error)}"
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return (
                f"Nothing answers at {self.url}: does the service run, and is it reached from here under this address?"
            )
        return f"{asked} got no answer ({type(error).__name__}): look at the log of web, or of the proxy before it."


def is_address(url: str) -> bool:
    """Can `url` be the address of a service?"""
    try:
        parts = urlsplit(url)
        httpx.URL(url)
        if parts.username is not None:  # a password there would take the place of the key, and be shown
            return False
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        return False


def is_site_key(key: str) -> bool:
    """Does `key` look like a key of a site?"""
    return _KEY.fullmatch(key) is not None


def printable(said: object) -> str:
    """Words of others, cut, and without anything that moves a cursor."""
    return "".join(char if char.isprintable() else " " for char in str(said))[:_SAID]
