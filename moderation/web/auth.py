"""Who calls, and may he: the site key of a request, the guard of every route, the actor that the verbs get."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from flask import Request, current_app, request

from moderation import telemetry
from moderation.errors import NotAllowed, NotAuthenticated, NotFound
from moderation.web import roles
from moderation.workflow.incoming import Actor

if TYPE_CHECKING:
    from moderation.bootstrap import Application

_TOKEN_MAX = 200
_log = telemetry.logger(__name__)
_NOT_VALID = "The key is not valid. Send a live key of the site as: Authorization: Bearer kic_live_…"


class KeyHolder(Protocol):
    """The site behind a key."""

    @property
    def key_id(self) -> str: ...
    @property
    def site_id(self) -> str: ...
    @property
    def site_slug(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


def refuse_undeclared() -> None:
    """A route that names no act of the table of roles is there for nobody."""
    if request.endpoint is not None and roles.act_of(current_app, request.endpoint) not in roles.ACTS:
        _log.error("route_without_act", endpoint=request.endpoint)
        raise NotFound("There is nothing at this address.")


def authorise(application: "Application", request: Request, act: str, *, now: datetime) -> KeyHolder:
    """The holder of the request's key, read from its row now; NotAuthenticated, or NotAllowed where it may not `act`."""
    return _allowed(authenticate(application, request, now=now), act)


def authorise_protocol(application: "Application", key: str, act: str, *, now: datetime) -> KeyHolder:
    """The holder of a protocol key, wherever its protocol carries it; NotAuthenticated, or NotAllowed."""
    return _allowed(application.keys.authenticate_protocol(key=key, now=now), act)


def authorise_either(application: "Application", request: Request, act: str, *, now: datetime) -> KeyHolder:
    """The holder of a bearer key of either kind; NotAuthenticated, or NotAllowed where it may not `act`."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer" and not token.strip().startswith("kic_"):
        return authorise_protocol(application, token.strip(), act, now=now)
    return authorise(application, request, act, now=now)


def _allowed(holder: KeyHolder, act: str) -> KeyHolder:
    caller = roles.PROTOCOL if holder.kind == "protocol" else holder.scope
    if not roles.may(caller, act):
        raise NotAllowed("This key may only read. Use a key with full scope: moderation key add --site SLUG")
    return holder


def authenticate(application: "Application", request: Request, *, now: datetime) -> KeyHolder:
    """The holder of the bearer key in `request`; NotAuthenticated where it is missing or not valid."""
    header = request.headers.get("Authorization")
    if header is None:
        raise NotAuthenticated("The key is missing. Send it as: Authorization: Bearer kic_live_…")
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.isascii() or not token.isprintable() or not 0 < len(token) <= _TOKEN_MAX:
        raise NotAuthenticated(_NOT_VALID)
    try:
        holder: KeyHolder = application.keys.authenticate(token=token, now=now)
    except NotAuthenticated:
        raise NotAuthenticated(_NOT_VALID) from None  # one text, whatever is wrong with it
    return holder


def actor(holder: KeyHolder) -> Actor:
    """The site as the one who acts."""
    return Actor("site", holder.key_id)
