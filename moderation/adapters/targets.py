"""Addresses that the door out is told to speak to: read once, and refused where they are none."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

URL_LENGTH = 2_048
_SAFE = "/?&=:@!$'()*+,;~-._%"
_HOST = re.compile(r"[a-z0-9_.:-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed endpoint: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    resource: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == {"https": 443, "http": 80}[self.scheme] else f"{name}:{self.port}"


def parse(url: str) -> Target | str:
    """An address as a target, or the sentence that says why it is none."""
    if len(url) > URL_LENGTH or any(char <= " " or char == "\x7f" for char in url) or "\\" in url:
        return "Is not a valid address."
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode().lower()
    except ValueError:
        return "Is not a valid address."
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(host):
        return "Must be an address beginning with https://."
    if "@" in parts.netloc:
        return "Must not contain a user name or password."
    resource = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_SAFE)
    usual = {"https": 443, "http": 80}[parts.scheme]
    return Target(parts.scheme, host, usual if port is None else port, resource)
