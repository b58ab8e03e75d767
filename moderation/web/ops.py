"""For operators: is the process there, can it take comments, what does it count."""

import hmac
import ipaddress
from collections.abc import Callable

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST

from moderation import telemetry
from moderation.errors import NotAuthenticated
from moderation.web.roles import mark, open_to_all
from moderation.web.routes import Answer, Edge, render

View = Callable[[], Response]


def blueprint(edge: Edge, *, metrics_token: str | None) -> Blueprint:
    """/healthz, /readyz and /metrics."""
    ops = Blueprint("ops", __name__)

    @ops.get("/healthz")
    @open_to_all("see that the service is alive and ready")
    def healthz() -> Response:
        return render(Answer({"status": "ok"}))

    @ops.get("/readyz")
    @open_to_all("see that the service is alive and ready")
    def readyz() -> Response:
        found = edge.application.health.ready(now=edge.application.now())
        return render(Answer(found, 200 if found["status"] in ("ok", "degraded") else 503))

    @ops.get("/metrics")
    @_for_operators("read the metrics", token=metrics_token)
    def metrics() -> Response:
        return Response(telemetry.exposition(), content_type=CONTENT_TYPE_LATEST)

    return ops


def _for_operators(act: str, *, token: str | None) -> Callable[[View], View]:
    """Decorator of a view for those who run the service: who calls from this machine, or has the token."""

    def decorate(view: View) -> View:
        def checked() -> Response:
            _check_reader(token)
            return view()

        return mark(checked, act)

    return decorate


def _check_reader(token: str | None) -> None:
    if _is_local():
        return
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token is None or scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise NotAuthenticated(
            "Metrics are open to this machine only; elsewhere send MODERATION_METRICS_TOKEN as a bearer token."
        )


def _is_local() -> bool:
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False  # a proxy on this machine speaks for somebody else
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
