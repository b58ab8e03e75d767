"""The web process: Flask at the edge, verbs behind it. Nothing here decides anything."""

import importlib
import importlib.util
import os
import time
from typing import TYPE_CHECKING

from flask import Flask, Response, g, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation import telemetry
from moderation.errors import NotFound
from moderation.web import auth, errors, ops, reference, roles, security
from moderation.web.api import ROUTES, akismet, coral, coral_webhooks, perspective
from moderation.web.bounded import Place, RateLimit
from moderation.web.prefer import Slots
from moderation.web.routes import Edge, bind

if TYPE_CHECKING:
    from moderation.bootstrap import Application

_CONSOLE = "moderation.web.console"
_JUDGES_PER_SECOND = 20.0
_JUDGE_BURST = 60
_JUDGE_PATIENCE = 2.0


def create_app(application: "Application") -> Flask:
    """The WSGI application around the verbs of `application`."""
    app = Flask(__name__)
    app.url_map.merge_slashes = False  # ids of stories may hold two in a row
    app.json.sort_keys = False  # type: ignore[attr-defined]
    edge = _edge(application)
    app.before_request(_start_clock)
    app.before_request(_check_address)
    app.before_request(auth.refuse_undeclared)
    app.after_request(_count)
    _trust_proxies(app, application.settings.trusted_proxies)
    errors.register(app)
    security.register(app, secure=application.settings.secure)
    bind(app, edge, ROUTES)
    app.register_blueprint(akismet.blueprint(edge))
    app.register_blueprint(coral.blueprint(edge))
    app.register_blueprint(coral_webhooks.blueprint(edge))
    app.register_blueprint(perspective.blueprint(edge))
    app.register_blueprint(ops.blueprint(edge, metrics_token=application.settings.metrics_token))
    app.register_blueprint(reference.blueprint(ROUTES, public_url=edge.public_url))
    home = "/docs"
    if importlib.util.find_spec(_CONSOLE):
        desk = importlib.import_module(_CONSOLE).blueprint(application)
        app.register_blueprint(desk)
        home = f"{desk.url_prefix}/"
    app.add_url_rule("/", endpoint="home", view_func=roles.open_to_all("log in")(lambda: redirect(home)))
    return app


def _edge(application: "Application") -> Edge:
    settings = application.settings
    # Never all threads, else everybody waits in the server's queue, where nobody is told to come back.
    checking = settings.web_threads // 2
    slots = min(os.cpu_count() or 1, checking)
    return Edge(
        application=application,
        public_url=(settings.public_url or "").rstrip("/"),
        waiting=Slots(settings.web_threads // 4),
        judging=Place(slots=slots, queue=checking - slots, patience=_JUDGE_PATIENCE),
        judge_limit=RateLimit(per_second=_JUDGES_PER_SECOND, burst=_JUDGE_BURST),
    )


def _check_address() -> None:
    """A path that is not UTF-8 names nothing; Werkzeug would replace the bytes and find something else."""
    try:
        request.environ["PATH_INFO"].encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise NotFound("There is nothing at this address.") from None


def _trust_proxies(app: Flask, count: int) -> None:
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _start_clock() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "none"
    telemetry.requests.labels(route, response.status_code).inc()
    telemetry.request_seconds.labels(route).observe(time.perf_counter() - g.started)
    return response
