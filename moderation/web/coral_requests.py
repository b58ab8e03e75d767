"""What Coral's phase and its webhooks have in common: the key in the address, the raw body, the signature."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.errors import TooLarge
from moderation.web import auth, json_body
from moderation.web.coral_signature import HEADER, signer
from moderation.web.routes import Edge
from moderation.workflow.keys import SigningKey

ACT = "pass on comments of a Coral, signed with its secret"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One request whose signature fits."""

    edge: Edge
    holder: auth.KeyHolder
    key: SigningKey
    raw: bytes


def opened(edge: Edge, kind: str, view: Callable[[SignedRequest], Response]) -> Callable[..., Response]:
    """A view for requests that are signed with a secret of this kind; NotAuthenticated for every other."""

    def signed(protocol_key: str) -> Response:
        app = edge.application
        holder = auth.authorise_protocol(app, protocol_key, ACT, now=app.now())
        raw = _body()
        keys = app.keys.signing(site_id=holder.site_id, kind=kind)
        return view(SignedRequest(edge, holder, signer(keys, request.headers.get(HEADER, ""), raw), raw))

    return signed


def said(body: Mapping[str, Any]) -> Response:
    """The answer as JSON."""
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")


def _body() -> bytes:
    """The raw bytes, whatever their type is said to be."""
    request.max_content_length = json_body.REQUEST_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(f"The body may have at most {json_body.REQUEST_BYTES} bytes.") from None
