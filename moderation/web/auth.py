"""Who calls: the site key of a request, and the actor that the verbs get. Authorisation ends here."""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from flask import Request

from moderation.errors import NotAuthenticated
from moderation.workflow.incoming import Actor

if TYPE_CHECKING:
    from moderation.bootstrap import Application

_TOKEN_MAX = 200
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
