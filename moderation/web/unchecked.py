"""Counts answers after which a program publishes a comment without a check: for /metrics, and for the desk by key."""

from typing import TYPE_CHECKING

from flask import g

from moderation import telemetry

if TYPE_CHECKING:
    from moderation.bootstrap import Application


def count(application: "Application", key: str, *, protocol: str, why: str) -> None:
    """One more comment of the program with this key, once a request: what failed may also be late."""
    if g.get("is_counted_unchecked"):
        return
    g.is_counted_unchecked = True
    telemetry.unchecked.labels(protocol=protocol, why=why).inc()
    application.unchecked.note(key=key, protocol=protocol, why=why)
