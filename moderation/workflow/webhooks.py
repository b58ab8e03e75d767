"""Webhooks: endpoints of a site, and the delivery of each event to each of them, at least once, signed.

One delivery of an endpoint is in flight at a time; a slow receiver delays nobody else.
"""

import base64
import json
import random
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.errors import FieldError, InvalidFields, NotFound
from moderation.storage.models import ApiKey, Attempt, Delivery, Endpoint, Event, new_id
from moderation.storage.rows import counted
from moderation.workflow.events import view as event_view
from moderation.workflow.incoming import Actor, IdempotencyKey
from moderation.workflow.ports import Answer, Queue, WebhookSender
from moderation.workflow.recording import Recorder, remember, replayed
from moderation.workflow.times import rfc3339

log = telemetry.logger(__name__)

# Standard Webhooks 1.0.0: seconds after each failed attempt; then the delivery is dead and the endpoint disabled.
SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
LEASE = timedelta(seconds=30)  # over the sender's own time-out of 10 seconds
LONGEST_RETRY_AFTER = 3600


@dataclass(frozen=True, slots=True)
class _Sending:
    delivery_id: str
    endpoint_id: str
    site_id: str
    token: str
    url: str
    secrets: tuple[str, ...]
    event_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The verbs about webhooks."""

    record: Recorder
    queue: Queue
    sender: WebhookSender

    def add(
        self,
        *,
        site_id: str,
        url: str,
        by: Actor,
        now: datetime,
        types: tuple[str, ...] | None = None,
        key: IdempotencyKey | None = None,
    ) -> dict[str, Any]:
        """A new endpoint with its secret, which is shown only here. Raises InvalidFields for an address we may not call."""
        why = self.sender.check(url)
        if why is not None:
            raise InvalidFields(errors=[FieldError("#/url", why)])
        with self.record(site_id, now) as ledger:
            known = replayed(ledger.session, site_id, key, now)
            if known:
                return {**view(_find(ledger.session, site_id, known)), "replayed": True}
            endpoint = Endpoint(
                id=new_id(),
                site_id=site_id,
                url=url,
                types=list(types or ()),
                secret=make_secret(),
                created_at=now,
            )
            ledger.session.add(endpoint)
            remember(ledger.session, site_id, key, endpoint.id)
            ledger.audit(by=by, act="webhook.added", subject=("webhook", endpoint.id))
        return {**view(endpoint), "secret": endpoint.secret}

    def list(self, *, site_id: str) -> list[dict[str, Any]]:
        """The site's endpoints, without secrets."""
        with self.record.database.read() as session:
            rows = session.scalars(select(Endpoint).where(Endpoint.site_id == site_id).order_by(Endpoint.id))
            return [view(row) for row in rows]

    def remove(self, *, site_id: str, webhook_id: str, by: Actor, now: datetime) -> None:
        """Takes an endpoint away with what was still to be delivered to it."""
        with self.record(site_id, now) as ledger:
            endpoint = _find(ledger.session, site_id, webhook_id)
            ledger.session.delete(endpoint)
            ledger.audit(by=by, act="webhook.removed", subject=("webhook", webhook_id))

    def test(self, *, site_id: str, webhook_id: str, by: Actor, now: datetime) -> dict[str, Any]:
        """Sends a signed `webhook.test` now, outside the feed; what the receiver answered."""
        with self.record.database.read() as session:
            endpoint = _find(session, site_id, webhook_id)
            secrets_ = _secrets(session, endpoint)
        id = new_id()
        body = _body({"type": "webhook.test", "timestamp": rfc3339(now), "data": {"webhook": {"id": webhook_id}}})
        started = time.perf_counter()
        answer = self.sender.send(url=endpoint.url, secrets=secrets_, id=id, timestamp=int(now.timestamp()), body=body)
        return {
            "id": id,
            "delivered": _is_ok(answer),
            "status": answer.status,
            "error": answer.error,
            "milliseconds": round((time.perf_counter() - started) * 1000),
        }

    def replay(self, *, site_id: str, webhook_id: str, after: int, by: Actor, now: datetime) -> int:
        """Enables an endpoint again and makes its deliveries after a position due once more; how many."""
        with self.record(site_id, now) as ledger:
            endpoint = _find(ledger.session, site_id, webhook_id)
            endpoint.disabled_at = endpoint.disabled_reason = None
            again = counted(
                ledger.session,
                update(Delivery)
                .where(Delivery.endpoint_id == webhook_id, Delivery.position > after, Delivery.state != "claimed")
                .values(state="due", due_at=now, attempts=0, done_at=None),
            )
            ledger.audit(by=by, act="webhook.replayed", subject=("webhook", webhook_id))
        return again

    def deliver(self, *, delivery_id: str, now: datetime) -> bool:
        """Sends one delivery if it is due and its endpoint is free; False where there was nothing to do."""
        sending = self._claim(delivery_id, now)
        if sending is None:
            return False
        started = time.perf_counter()
        answer = self.sender.send(
            url=sending.url,
            secrets=sending.secrets,
            id=sending.event_id,
            timestamp=int(now.timestamp()),
            body=sending.body,
        )
        following = self._finish(sending, answer, now, round((time.perf_counter() - started) * 1000))
        telemetry.deliveries.labels(outcome="delivered" if _is_ok(answer) else "failed").inc()
        if following is not None:
            self.queue.deliver(following)
        return True

    def _claim(self, delivery_id: str, now: datetime) -> _Sending | None:
        token = new_id()
        with self.record.database.write() as session:
            row = session.get(Delivery, delivery_id)
            if row is None or row.state in ("done", "dead"):
                return None
            busy = update(Endpoint).where(
                Endpoint.id == row.endpoint_id,
                Endpoint.disabled_at.is_(None),
                or_(Endpoint.busy_until.is_(None), Endpoint.busy_until < now),
            )
            if not counted(session, busy.values(busy_until=now + LEASE, busy_token=token)):
                return None
            due = or_(Delivery.state == "due", (Delivery.state == "claimed") & (Delivery.lease_until < now))
            claimed = counted(
                session,
                update(Delivery)
                .where(Delivery.id == delivery_id, due, Delivery.due_at <= now)
                .values(state="claimed", lease_until=now + LEASE, lease_token=token),
            )
            endpoint = session.get_one(Endpoint, row.endpoint_id, populate_existing=True)
            if not claimed:
                endpoint.busy_until = endpoint.busy_token = None
                return None
            event = session.get_one(Event, row.event_id)
            return _Sending(
                delivery_id,
                endpoint.id,
                row.site_id,
                token,
                endpoint.url,
                _secrets(session, endpoint),
                event.id,
                _payload(event),
            )

    def _finish(self, sending: _Sending, answer: Answer, now: datetime, milliseconds: int) -> str | None:
        """Records the answer; the id of the endpoint's next delivery that is due already."""
        with self.record.database.write() as session:
            row = session.get(Delivery, sending.delivery_id, with_for_update=True)
            endpoint = session.get(Endpoint, sending.endpoint_id, with_for_update=True)
            if row is None or endpoint is None:
                return None
            if endpoint.busy_token == sending.token:
                endpoint.busy_until = endpoint.busy_token = None
            _note(session, row, answer, now, milliseconds)
            if row.lease_token != sending.token:
                log.warning("deliver.stale_lease", delivery=row.id)
                return None
            row.lease_token = row.lease_until = None
            row.attempts += 1  # here and not in the claim: a worker that dies in between says nothing of the receiver
            _settle(row, endpoint, answer, now)
            session.flush()
            return None if endpoint.disabled_at else _next_due(session, endpoint.id, now)


def make_secret() -> str:
    """A secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _secrets(session: Session, endpoint: Endpoint) -> tuple[str, ...]:
    """What a post is signed with: the endpoint's own secret, and those that the site chose (keys of kind webhook).

    The standard allows several signatures; a receiver needs to know one of the secrets.
    """
    chosen = select(ApiKey.secret).where(
        ApiKey.site_id == endpoint.site_id, ApiKey.kind == "webhook", ApiKey.revoked_at.is_(None)
    )
    return endpoint.secret, *(secret for secret in session.scalars(chosen.order_by(ApiKey.id)) if secret)


def view(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint as the API shows it."""
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "types": endpoint.types,
        "created_at": rfc3339(endpoint.created_at),
        "disabled": endpoint.disabled_at is not None,
        "disabled_reason": endpoint.disabled_reason,
        "last_ok_at": rfc3339(endpoint.last_ok_at),
    }


def _find(session: Session, site_id: str, webhook_id: str) -> Endpoint:
    found = session.scalar(select(Endpoint).where(Endpoint.id == webhook_id, Endpoint.site_id == site_id))
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def _payload(event: Event) -> bytes:
    shown = event_view(event)
    return _body({"type": shown["type"], "timestamp": shown["created_at"], "data": shown["data"]})


def _body(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _is_ok(answer: Answer) -> bool:
    return answer.status is not None and 200 <= answer.status < 300


def _note(session: Session, row: Delivery, answer: Answer, now: datetime, milliseconds: int) -> None:
    session.add(
        Attempt(
            id=new_id(),
            site_id=row.site_id,
            delivery_id=row.id,
            at=now,
            status=answer.status,
            error=answer.error,
            milliseconds=milliseconds,
        )
    )
    row.last_status, row.last_error = answer.status, answer.error


def _settle(row: Delivery, endpoint: Endpoint, answer: Answer, now: datetime) -> None:
    if _is_ok(answer):
        row.state, row.done_at, endpoint.last_ok_at = "done", now, now
        return
    if answer.status == 410:
        row.state = "dead"
        _disable(endpoint, "gone", now)
    elif row.attempts > len(SCHEDULE):
        row.state = "dead"
        _disable(endpoint, "failing", now)
    else:
        wait = SCHEDULE[row.attempts - 1] * random.uniform(0.9, 1.1)
        wait = max(wait, min(answer.retry_after or 0, LONGEST_RETRY_AFTER))
        row.state, row.due_at = "due", now + timedelta(seconds=wait)


def _disable(endpoint: Endpoint, why: str, now: datetime) -> None:
    endpoint.disabled_at, endpoint.disabled_reason = now, why
    log.warning("webhook.disabled", endpoint=endpoint.id, why=why)


def _next_due(session: Session, endpoint_id: str, now: datetime) -> str | None:
    return session.scalar(
        select(Delivery.id)
        .where(Delivery.endpoint_id == endpoint_id, Delivery.state == "due", Delivery.due_at <= now)
        .order_by(Delivery.position)
        .limit(1)
    )
