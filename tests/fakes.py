"""Fakes of our own ports. A test compares their signatures with the protocols."""

from collections import deque

from moderation.engine.facts import Submission
from moderation.workflow.ports import Answer, Scores


class FakeQueue:
    """Keeps the hints; a test hands them on."""

    def __init__(self) -> None:
        self.revisions: deque[str] = deque()
        self.deliveries: deque[str] = deque()
        self.repairs: deque[str] = deque()
        self.write_backs: deque[str] = deque()
        self.is_down = False

    def moderate(self, revision_id: str, *, bulk: bool = False) -> None:
        if not self.is_down:
            self.revisions.append(revision_id)

    def deliver(self, delivery_id: str) -> None:
        if not self.is_down:
            self.deliveries.append(delivery_id)

    def repair(self, row_id: str) -> None:
        if not self.is_down:
            self.repairs.append(row_id)

    def write_back(self, row_id: str) -> None:
        if not self.is_down:
            self.write_backs.append(row_id)

    def length(self, queue: str) -> int | None:
        return None if self.is_down else len(self.revisions if queue == "moderate" else self.deliveries)

    def alive(self) -> bool:
        return not self.is_down


class FakeSender:
    """A receiver that answers what a test tells it to, and keeps what it got."""

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.sent: list[dict[str, object]] = []

    def send(self, *, url: str, secrets: tuple[str, ...], id: str, timestamp: int, body: bytes) -> Answer:
        self.sent.append({"url": url, "secrets": secrets, "id": id, "timestamp": timestamp, "body": body})
        return self.answers.popleft() if self.answers else Answer(200)

    def check(self, url: str) -> str | None:
        return None if url.startswith("https://") else "must be https"


class FakeClassifier:
    """Gives what a test says, or fails as it says."""

    version = "fake-1"

    def __init__(self, scores: Scores | Exception) -> None:
        self.scores = scores

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        if isinstance(self.scores, Exception):
            raise self.scores
        return self.scores
