"""A Coral as it was seen on the wire (9.11.8): its requests, with its headers."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.web.service import OPERATOR, Service

INSULT = "You are a numpty."
MODEL = "TOXICITY"
HOOK_SECRET = "whsec_" + "1" * 64
PHASE_SECRET = "empsec_" + "a" * 64


def signed(raw: bytes, *secrets: str) -> str:
    """The header of a signature: one for each secret while one is being rotated."""
    return ",".join("sha256=" + hmac.new(one.encode(), raw, hashlib.sha256).hexdigest() for one in secrets)


@dataclass
class Coral:
    """One Coral in front of the service."""

    service: Service
    key: str

    def scores(self, text: str = INSULT, *, key: str | None = None, **fields: Any) -> TestResponse:
        """What it asks with its Perspective settings."""
        body = {
            "comment": {"text": text},
            "doNotStore": True,
            "requestedAttributes": {MODEL: {}},
            "languages": ["en"],
            **fields,
        }
        return self.service.client.post(
            "/v1alpha1/comments:analyze",
            data=json.dumps(body),
            query_string={"key": self.key if key is None else key},
            headers={"Accept": "application/json", "User-Agent": "Coral Perspective/9.11.8"},
            content_type="application/json",
        )

    def value(self, text: str = INSULT, **fields: Any) -> float:
        """The one number that it reads of the answer."""
        answer = self.scores(text, **fields)
        assert answer.status_code == 200, answer.text
        return float(answer.get_json()["attributeScores"][MODEL]["summaryScore"]["value"])

    def phase(
        self,
        body: str = f"<div>{INSULT}</div>",
        *,
        action: str = "NEW",
        secrets: tuple[str, ...] = (PHASE_SECRET,),
        signature: str | None = None,
        key: str | None = None,
        **fields: Any,
    ) -> TestResponse:
        """What it asks before it publishes a comment: pretty-printed, signed, without an id."""
        given = {
            "action": action,
            "comment": {"body": body, "parentID": fields.pop("parent", None)},
            "author": {"id": fields.pop("author", "u-1"), "role": fields.pop("role", "COMMENTER")},
            "story": {"id": fields.pop("story", "story-1"), "url": "https://paper.example/bridge"},
            "site": {"id": "site-1"},
            "tenantID": "tenant-1",
            "tenantDomain": "coral.paper.example",
            **fields,
        }
        return self.signed_post("moderation", given, secrets=secrets, signature=signature, key=key)

    def event(
        self,
        type: str,
        data: dict[str, Any],
        *,
        id: str = "e-1",
        secrets: tuple[str, ...] = (HOOK_SECRET,),
        **more: Any,
    ) -> TestResponse:
        """What it tells by a webhook."""
        given = {
            "id": id,
            "type": type,
            "createdAt": "2026-11-26T10:00:00.000Z",
            "tenantID": "tenant-1",
            "tenantDomain": "coral.paper.example",
            "data": data,
        }
        agent = "Coral Webhook/9.11.8"
        return self.signed_post("webhooks", given, secrets=secrets, agent=agent, **{"X-Coral-Event": type, **more})

    def signed_post(
        self,
        path: str,
        given: Any,
        *,
        secrets: tuple[str, ...],
        signature: str | None = None,
        key: str | None = None,
        agent: str = "Coral Moderation/9.11.8",
        **headers: str,
    ) -> TestResponse:
        """A signed post of either kind."""
        raw = given if isinstance(given, bytes) else json.dumps(given, indent=2).encode()
        sent = {
            "Content-Type": "application/json",
            "User-Agent": agent,
            "X-Coral-Signature": signed(raw, *secrets) if signature is None else signature,
            **headers,
        }
        return self.service.client.post(f"/coral/{self.key if key is None else key}/{path}", data=raw, headers=sent)

    def add_key(self, kind: str = "protocol", **options: Any) -> dict[str, Any]:
        """A key of the site."""
        app = self.service.application
        made: dict[str, Any] = app.keys.add(
            site_id=self.service.site_id, kind=kind, by=OPERATOR, now=app.now(), **options
        )
        return made
