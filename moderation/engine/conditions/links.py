"""links: web addresses in the comment, how many and to which hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..look import Found, Look
from ..schema import Bad, OneOf, Some, Table, Text, bounds, within
from ..source import Located
from ..text.addresses import addresses, may_have_addresses
from .base import NO, Build, Filter, Kind, Outcome
from .sifting import MOST_KEPT

_LONGEST_HOST = 253  # RFC 1035
_HREF = re.compile(r"href\s{0,5}=\s{0,5}[\"']?([^\s\"'>]{1,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Links:
    """Counts addresses, of some hosts or all but some; links to the story's own host never count."""

    count: Mapping[str, float]
    hosts: frozenset[str] | None = None
    not_hosts: frozenset[str] = frozenset()

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        links = _links(look)
        if not links:
            return NO
        own = _host(look.given.story.url or "") if look.given.story else ""
        found = [one for host, one in links if self._counts(host, own)]
        if not found or not within(len(found), self.count):
            return NO
        return Outcome(True, tuple([one for one in found if one.end > one.start][:MOST_KEPT]))

    def _counts(self, host: str, own: str) -> bool:
        if own and _is_under(host, frozenset((own,))):
            return False
        return _is_under(host, self.hosts) if self.hosts is not None else not _is_under(host, self.not_hosts)


def _links(look: Look) -> list[tuple[str, Found]]:
    if look.links is None:
        look.links = list(_find_links(look)) if may_have_addresses(look.given.text) else []
    return look.links


def _find_links(look: Look) -> Iterator[tuple[str, Found]]:
    text = look.text.view.text
    for start, end in addresses(text):
        yield _host(text[start:end]), Found(start, end)
    if look.given.format == "html":
        for found in _HREF.finditer(look.given.text):
            yield _host(found.group(1)), Found(0, 0)


def _host(address: str) -> str:
    marked = address if "://" in address else f"http://{address}"
    try:
        host = urlsplit(marked.replace("hxxp", "http")).hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.").strip(".")


def _is_under(host: str, domains: frozenset[str]) -> bool:
    parts = host[-_LONGEST_HOST:].split(".")
    return any(".".join(parts[at:]) in domains for at in range(len(parts)))


def _make(value: dict[str, Any], node: Located, build: Build) -> Links | Bad:
    count = value.get("count", {key: limit for key, limit in value.items() if not key.endswith("hosts")})
    hosts = _hosts(value.get("hosts"), node, build)
    others = _hosts(value.get("not_hosts"), node, build)
    if isinstance(hosts, Bad) or isinstance(others, Bad):
        return Bad()
    return Links(count or {"at_least": 1}, hosts, others or frozenset())


def _hosts(value: Any, node: Located, build: Build) -> frozenset[str] | Bad | None:
    if value is None:
        return None
    if isinstance(value, str):
        if value not in build.lists:
            return build.problems.add(node, f"there is no list `{value}`")
        build.used_lists.add(value)
        return frozenset(_host(term.term) for term in build.lists[value])
    return frozenset(_host(host) for host in value)


_HOSTS = OneOf({str: Text(80), list: Some(Text(200))})

KINDS = (
    Kind(
        "links",
        "comment",
        "Web addresses: how many, to which hosts (a list's name or [a, b]). Links to the story's own host do not count.",
        Table({**bounds().fields, "count": bounds(), "hosts": _HOSTS, "not_hosts": _HOSTS}),
        _make,
        "links: {at_least: 1, not_hosts: [wikipedia.org]}",
    ),
)
