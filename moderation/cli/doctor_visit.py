"""One visit of `moderation doctor`: what it is made with, what it leaves behind on its way, and how that is taken away."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.cli.doctor_receiver import Receiver
from moderation.cli.doctor_service import Failed, Service, printable

Act = Callable[["Visit"], str | None]  # a note for the line where it is ok; Failed or Skipped where not
_TRIES = 3  # to take something away


class Skipped(Exception):
    """A step that could not be tried; its text says why, and what would make it possible."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is sent: two civil comments, and one that the site's rules hold."""

    civil: str
    later: str
    insult: str
    language: str | None  # of the insult, where it is known


@dataclass
class Visit:
    """One look at one service: with what, and what was made there so far."""

    service: Service
    texts: Texts
    patience: float
    protocol_key: str | None = None
    receiver: Receiver | str = "No receiver."  # or why there is none
    is_public: bool = False  # the receiver's address was given, and is not ours to guess
    name: str = field(default_factory=lambda: f"doctor-{secrets.token_hex(5)}")
    comments: list[str] = field(default_factory=list)
    first: dict[str, Any] = field(default_factory=dict)  # the civil comment as it was published
    statuses: list[str] = field(default_factory=list)  # the events that its changes must have left
    webhook: dict[str, Any] = field(default_factory=dict)
    webhook_url: str | None = None  # asked for, whatever came of it

    def comment(self, number: int, text: str, **more: Any) -> dict[str, Any]:
        """A comment to send, noted as one to withdraw."""
        id = f"{self.name}-{number}"
        if id not in self.comments:
            self.comments.append(id)
        story = {"id": self.name, "title": "Europe's force in Ukraine", "section": "world"}
        return {"id": id, "text": text, "author": {"id": self.name}, "story": story, **more}

    def judged(self, comment: Mapping[str, Any]) -> dict[str, Any]:
        """The comment once it is no longer pending."""
        id, found, end = comment["id"], dict(comment), time.monotonic() + self.patience
        while found["status"] == "pending":
            if time.monotonic() > end:
                raise Failed(
                    f"Still not judged after {self.patience:g} s: do workers run on the queue moderate, with the same "
                    "database and broker? Their log says more."
                )
            time.sleep(0.05)
            found = self.service.ask("GET", f"/v1/comments/{id}").body
        return found


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is tried; only where all that it needs went well."""

    name: str
    act: Act
    needs: tuple[Act, ...]


STEPS: list[Step] = []


def step(name: str, *needs: Act) -> Callable[[Act], Act]:
    """Adds a step after those before."""

    def added(act: Act) -> Act:
        STEPS.append(Step(name, act, needs))
        return act

    return added


def clean_up(visit: Visit) -> list[str]:
    """Withdraws every comment and removes the webhook; what could not be taken away, in words."""
    left = [f"comment {id}" for id in visit.comments if not _gone(visit, f"/v1/comments/{id}")]
    if visit.webhook_url is None:
        return left
    try:  # by its address: the answer that had its id may be what was lost
        found = visit.service.ask("GET", "/v1/webhooks")["webhooks"]
        ids = [one["id"] for one in found if one["url"] == visit.webhook_url]
    except (Failed, KeyError, TypeError):
        return [*left, f"webhook {visit.webhook_url}"]
    return left + [f"webhook {printable(id)}" for id in ids if not _gone(visit, f"/v1/webhooks/{id}")]


def _gone(visit: Visit, path: str) -> bool:
    for attempt in range(_TRIES):
        time.sleep(0.3 * attempt)
        try:
            visit.service.ask("DELETE", path, expect=(200, 204, 404))
            return True
        except Failed:
            continue
    return False
