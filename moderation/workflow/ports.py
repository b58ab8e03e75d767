"""Protocols that we own: what the verbs need from outside neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from moderation.engine.facts import Submission


class Queue(Protocol):
    """Hints to the workers. Carries ids only, never raises, never blocks: the row is the truth, the sweep repairs."""

    def moderate(self, revision_id: str, *, bulk: bool = False) -> None: ...

    def deliver(self, delivery_id: str) -> None: ...

    def repair(self, row_id: str) -> None: ...

    def write_back(self, row_id: str) -> None: ...

    def length(self, queue: str) -> int | None:
        """Messages waiting in `queue`; None where the broker does not answer."""
        ...

    def alive(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Scores:
    """What a classifier gives: attribute → 0 to 1, attribute → source and version, attribute → why not.

    spans: attribute → the ranges of the folded text that its score rests on, where it can be told.
    """

    scores: Mapping[str, float]
    scored_by: Mapping[str, Mapping[str, str]]
    not_assessed: Mapping[str, str]
    spans: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)


class Classifier(Protocol):
    """A learned judge of attributes. Raises or returns late at its caller's risk: a failure becomes hold, never allow."""

    version: str

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook receiver said. `status` None: no answer came, `error` says why in one constant word."""

    status: int | None
    error: str | None = None
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a program said that was asked something: as of a webhook, and the first 64 KiB of the body."""

    answer: Answer
    body: bytes = b""


class JsonDoor(Protocol):
    """The same door for a question: JSON with an `Authorization`, under the same limits; the answer is read."""

    def post(self, *, url: str, authorization: str, body: bytes) -> Reply: ...


class WebhookSender(Protocol):
    """The one door out. Signs, refuses private addresses, follows no redirect, caps time and size."""

    def send(self, *, url: str, secrets: tuple[str, ...], id: str, timestamp: int, body: bytes) -> Answer: ...

    def check(self, url: str) -> str | None:
        """Why `url` may not be an endpoint (None: it may)."""
        ...
