"""What a transaction has to tell: events, audit rows, deliveries. Written as its last statements, in the site's order.

A site's numbers are taken with one counted UPDATE that locks the site's position until the commit: so positions have no
gaps, and a reader who has seen number n has seen all before it (a cursor over a serial id skips rows that commit late).
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation.storage.models import (
    AuditRow,
    Comment,
    Delivery,
    Endpoint,
    Event,
    Position,
    Publication,
    ReviewItem,
    Site,
    new_id,
)

FIRST_KICK = timedelta(seconds=10)  # the message is sent right after the commit; the sweep looks after this


class Who(Protocol):
    """The one who acts: a key of a site, a person, the operator, or we ourselves."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str | None: ...
    @property
    def role(self) -> str | None: ...


@dataclass(slots=True)
class _Told:
    type: str
    data: dict[str, Any]
    comment: Comment | None
    moves: bool


@dataclass
class Ledger:
    """Collects what one transaction tells about one site, and writes it when the transaction is about to end."""

    session: Session
    site_id: str
    now: datetime
    deliveries: list[str] = field(default_factory=list)
    write_backs: list[str] = field(default_factory=list)  # to a WordPress or a Coral, to hint at after the commit
    others: list["Ledger"] = field(default_factory=list)
    _told: list[_Told] = field(default_factory=list)
    _audit: list[dict[str, Any]] = field(default_factory=list)
    _opened: list[ReviewItem] = field(default_factory=list)
    _published: list[Publication] = field(default_factory=list)

    def moved(self, type: str, comment: Comment, data: dict[str, Any]) -> None:
        """A comment changed its status: the event's position becomes the comment's `sequence`."""
        self._told.append(_Told(type, data, comment, True))

    def told(self, type: str, data: dict[str, Any], comment: Comment | None = None) -> None:
        """An event that changes no comment's status; one about a comment carries the `sequence` it has by then."""
        self._told.append(_Told(type, data, comment, False))

    def audit(self, *, by: Who, act: str, subject: tuple[str, str], **details: Any) -> None:
        """One act on one subject (kind, id). `details` hold ids, codes and numbers, never words of people."""
        kind, id = subject
        self._audit.append(
            {
                "by_kind": by.kind,
                "by_id": by.id,
                "by_role": by.role,
                "act": act,
                "subject_kind": kind,
                "subject_id": id,
                "details": details,
            }
        )

    def opened(self, item: ReviewItem) -> None:
        """A review item takes its place in the list from the site's position."""
        self._opened.append(item)

    def published(self, publication: Publication) -> None:
        """A publication takes its number from the site's position."""
        self._published.append(publication)

    def beside(self, site_id: str) -> "Ledger":
        """A ledger of another site of the same realm, written with this one."""
        other = Ledger(self.session, site_id, self.now)
        self.others.append(other)
        return other

    def write(self) -> list[str]:
        """Writes everything; call it last. Gives the ids of the deliveries to queue after the commit.

        Positions are locked in the order of the sites' ids, so that two transactions never wait for each other.
        """
        together = sorted([self, *self.others], key=lambda ledger: ledger.site_id)
        return [id for ledger in together for id in ledger._write_own()]

    def _write_own(self) -> list[str]:
        count = len(self._told) + len(self._audit)
        if not count:
            return []
        with self.session.no_autoflush:  # a comment's row is locked already, and is written once, with its number
            last, mac = self._take(count)
        number = last - count
        for told in self._told:
            number += 1
            self._write_event(told, number)
        for row in self._audit:
            number += 1
            mac = self._write_audit(row, number, mac)
        for item in self._opened:
            item.opened = last
        for publication in self._published:
            publication.position = last
        if self._audit:
            self.session.execute(update(Position).where(Position.site_id == self.site_id).values(audit_mac=mac))
        self.session.flush()
        return self.deliveries

    def _take(self, count: int) -> tuple[int, str]:
        row = self.session.execute(
            update(Position)
            .where(Position.site_id == self.site_id)
            .values(last=Position.last + count)
            .returning(Position.last, Position.audit_mac)
            .execution_options(synchronize_session=False)
        ).one()
        return row.last, row.audit_mac

    def _write_event(self, told: _Told, position: int) -> None:
        data = told.data
        if told.comment is not None:
            if told.moves:
                told.comment.sequence = position
            data = {**data, "comment": {**data["comment"], "sequence": told.comment.sequence}}
        event = Event(
            id=new_id(), site_id=self.site_id, position=position, type=told.type, data=data, created_at=self.now
        )
        self.session.add(event)
        self.session.flush()
        self._write_deliveries(event)

    def _write_deliveries(self, event: Event) -> None:
        for endpoint_id, types in self._endpoints:
            if types and event.type not in types:
                continue
            delivery = Delivery(
                id=new_id(),
                site_id=self.site_id,
                endpoint_id=endpoint_id,
                event_id=event.id,
                position=event.position,
                due_at=self.now,
                created_at=self.now,
            )
            self.session.add(delivery)
            self.deliveries.append(delivery.id)

    def _write_audit(self, row: dict[str, Any], position: int, before: str) -> str:
        mac = seal(self._audit_key, before, position, self.now, row)
        self.session.add(AuditRow(site_id=self.site_id, position=position, at=self.now, mac=mac, **row))
        return mac

    @cached_property
    def _endpoints(self) -> list[tuple[str, list[Any]]]:
        rows = self.session.execute(
            select(Endpoint.id, Endpoint.types).where(Endpoint.site_id == self.site_id, Endpoint.disabled_at.is_(None))
        )
        return [(id, types) for id, types in rows]

    @cached_property
    def _audit_key(self) -> bytes:
        return self.session.scalars(select(Site.audit_key).where(Site.id == self.site_id)).one()


def seal(key: bytes, before: str, position: int, at: datetime, row: dict[str, Any]) -> str:
    """HMAC-SHA256 of an audit row and the seal of the row before it, as hex."""
    payload = json.dumps([before, position, at.isoformat(), row], sort_keys=True, separators=(",", ":"))
    return hmac.new(key, payload.encode(), hashlib.sha256).hexdigest()
