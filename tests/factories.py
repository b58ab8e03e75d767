"""Makes what tests need, with only what matters to them spelled out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from moderation.bootstrap import Application
from moderation.workflow.incoming import (
    Actor,
    IncomingAuthor,
    IncomingComment,
    IncomingDecision,
    IncomingFlag,
    IncomingStory,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SITE = Actor("site", "key-1")


def later(**kwargs: float) -> datetime:
    """Some time after NOW."""
    return NOW + timedelta(**kwargs)


def comment(id: str = "c1", text: str = "A civil remark.", **given: Any) -> IncomingComment:
    """A comment of `reader-1` under `story-1` unless said otherwise."""
    author = given.pop("author", "reader-1")
    story = given.pop("story", "story-1")
    return IncomingComment(
        id=id,
        text=text,
        author=author if isinstance(author, IncomingAuthor) else IncomingAuthor(id=author),
        story=story if isinstance(story, IncomingStory) else IncomingStory(id=story),
        **given,
    )


def flag(reader: str = "flagger-1", reason: str = "uncivil", **given: Any) -> IncomingFlag:
    """One reader's flag."""
    return IncomingFlag(reader_id=reader, reason=reason, **given)


def decision(
    decision: str = "reject", reason: str = "personal_attack", revision: int = 1, **given: Any
) -> IncomingDecision:
    """A person's decision."""
    return IncomingDecision(revision=revision, decision=decision, reason=reason, **given)  # type: ignore[arg-type]


class Newsroom:
    """One site of one application with its fakes, and the steps that a test walks through."""

    def __init__(self, app: Application, queue: Any, sender: Any, site: dict[str, Any]) -> None:
        self.app, self.queue, self.sender = app, queue, sender
        self.site_id: str = site["id"]
        self.slug: str = site["slug"]

    def post(self, *args: Any, now: datetime = NOW, **given: Any) -> dict[str, Any]:
        """Submits a comment; the answer."""
        return self.submit(*args, now=now, **given).comment

    def submit(self, *args: Any, now: datetime = NOW, key: Any = None, bulk: bool = False, **given: Any) -> Any:
        """Submits a comment; all of the outcome."""
        written = comment(*args, **given)
        return self.app.intake.submit(site_id=self.site_id, comment=written, by=SITE, now=now, key=key, bulk=bulk)

    def drain(self, now: datetime = NOW) -> None:
        """Workers do all that is queued."""
        while self.queue.revisions:
            self.app.moderate.run(revision_id=self.queue.revisions.popleft(), now=now)
        while self.queue.deliveries:
            self.app.webhooks.deliver(delivery_id=self.queue.deliveries.popleft(), now=now)

    def judged(self, *args: Any, now: datetime = NOW, **given: Any) -> dict[str, Any]:
        """A comment posted and checked."""
        posted = self.post(*args, now=now, **given)
        self.drain(now)
        return self.get(posted["id"])

    def get(self, id: str = "c1") -> dict[str, Any]:
        """The comment as a site sees it."""
        return self.app.queries.comment(site_id=self.site_id, comment_id=id)

    def flag(self, id: str = "c1", *, now: datetime = NOW, **given: Any) -> tuple[dict[str, Any], bool, bool]:
        """A reader flags."""
        return self.app.flags.raise_flag(site_id=self.site_id, comment_id=id, flag=flag(**given), by=SITE, now=now)

    def decide(self, id: str = "c1", *, by: Actor, now: datetime = NOW, settle: bool = True, **given: Any) -> str:
        """A moderator decides at the desk; with `settle` the five seconds pass. The decision's id."""
        made = self.app.review.decide(site_id=self.site_id, comment_id=id, decision=decision(**given), by=by, now=now)
        if settle:
            self.app.sweep.tick(now=now + timedelta(seconds=6))
        return str(made["id"])

    def events(self) -> list[dict[str, Any]]:
        """The whole feed."""
        found, after = [], None
        while True:
            page = self.app.events.read(site_id=self.site_id, after=after)
            if not page["events"]:
                return found
            found += page["events"]
            after = page["next"]

    def event_types(self) -> list[str]:
        """The types in the feed, without the publication of rules."""
        return [event["type"] for event in self.events() if not event["type"].startswith("ruleset.")]
