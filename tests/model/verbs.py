"""What each request and each message does to the model."""

from datetime import datetime

from tests.model.consequences import take_effect, void
from tests.model.site import (
    ATTEMPTS,
    LEASE,
    RANK,
    STATUS,
    UNDO,
    UNLISTED,
    URGENT,
    Answer,
    Appeal,
    Author,
    Block,
    Comment,
    Decision,
    Flag,
    Revision,
    Site,
)


def submit(site: Site, id: str, author: str, story: str, text: str, number: int | None) -> Answer:
    """A comment comes in, again or new."""
    comment = site.comments.get(id)
    if comment is None:
        site.authors.setdefault(author, Author())
        site.stories.setdefault(story, "open")
        site.comments[id] = Comment(id, author, story, {number or 1: Revision(number or 1, text)})
        return 202, None
    latest = comment.latest
    if comment.status == "withdrawn":
        return 409, "withdrawn"
    if (comment.author, comment.story) != (author, story):
        return 409, "comment_conflict"
    if number is not None and number < latest.number:
        return 409, "stale_revision"
    if text == latest.text:
        return 200, None
    if number == latest.number:
        return 409, "revision_conflict"
    if number is None and any(text == one.text for one in comment.revisions.values()):
        return 409, "stale_revision"
    number = number or latest.number + 1
    comment.revisions[number] = Revision(number, text)
    comment.status = "pending"
    return 202, None


def withdraw(site: Site, id: str) -> Answer:
    """A comment is taken back."""
    comment = site.comments.get(id)
    if comment is None:
        return 404, "not_found"
    site.move(comment, "withdrawn", None, "site", comment.latest.number)
    return 200, None


def claim(revision: Revision, now: datetime) -> bool:
    """A worker takes a revision, where it waits or its last worker is past the lease."""
    free = revision.state == "waiting" or (revision.lease is not None and revision.lease < now)
    if revision.state == "done" or not free:
        return False
    revision.state, revision.lease, revision.attempts = "claimed", now + LEASE, revision.attempts + 1
    return True


def record(site: Site, comment: Comment, revision: Revision, now: datetime) -> None:
    """The verdict lands; on an overtaken revision it changes nothing."""
    revision.state = "done"
    revision.action, by = _verdict(site, comment, revision, now)
    if revision is comment.latest and comment.status == "pending":
        status = STATUS[revision.action]
        public = revision.number if status == "published" else comment.public
        site.move(comment, status, public, by, revision.number)


def _verdict(site: Site, comment: Comment, revision: Revision, now: datetime) -> tuple[str, str]:
    author, mode = site.authors[comment.author], site.stories[comment.story]
    if author.block(now):
        return "reject", "block"
    crashed = revision.attempts > ATTEMPTS
    action, by = "allow" if crashed else site.rules(revision.text), "rules"
    held = mode == "check_first" or comment.stopped or (author.checked_until is not None and author.checked_until > now)
    least = "reject" if mode == "closed" else "hold" if held else "allow"
    if RANK[least] > RANK[action]:
        action, by = least, "site"
    return ("hold", "rules") if crashed and RANK[action] < RANK["hold"] else (action, by)


def flag(
    site: Site, id: str, reader: str, reason: str, number: int | None, along: tuple[str, str, str] | None
) -> Answer:
    """A reader flags; `along`: author, story and text of a comment that was perhaps never seen."""
    comment = site.comments.get(id)
    if comment is None and along is None:
        return 404, "not_found"
    if comment is None and along is not None and number not in (None, 1):
        return 404, "not_found"
    comment = comment or _published_elsewhere(site, id, *(along or ("", "", "")))
    if comment.status == "withdrawn":
        return 409, "withdrawn"
    revision = comment.revisions.get(number or comment.public or comment.latest.number)
    if revision is None:
        return 404, "not_found"
    if reader in revision.flags:
        return 200, None
    decided, upheld = site.readers.setdefault(reader, (0, 0))
    revision.flags[reader] = Flag(reader, reason, (upheld + 1) / (decided + 1))
    site.tell("comment.flagged", comment, revision.number, reason)
    if reason == URGENT:
        site.tell("comment.urgent", comment, revision.number)
    if reason != UNLISTED:
        _hide(site, comment, revision)
    return 201, None


def _published_elsewhere(site: Site, id: str, author: str, story: str, text: str) -> Comment:
    submit(site, id, author, story, text, None)
    comment = site.comments[id]
    comment.latest.state = "done"
    site.move(comment, "published", 1, "site", 1)
    return comment


def _hide(site: Site, comment: Comment, revision: Revision) -> None:
    weight, readers = site.weight(revision)
    approved = revision.decision is not None and revision.decision.decision == "approve"
    is_shown = comment.public == revision.number and comment.status != "pending"
    if weight >= 1 and readers >= 2 and is_shown and not approved:
        status, by = ("held", "rules") if comment.status == "published" else (comment.status, comment.decided_by)
        site.move(comment, status, None, by, comment.latest.number)


def decide(site: Site, id: str, by: str, number: int, decision: str, reason: str, now: datetime) -> Answer:
    """A newsroom decides elsewhere."""
    comment = site.find(id, number)
    if comment is None:
        return 404, "not_found"
    revision = comment.revisions[number]
    standing = revision.decision
    if standing is not None and standing.by != by:
        return 409, "decided"
    if standing is not None and standing.decision == decision:
        return 200, None
    refused = _undecidable(comment, revision)
    if refused:
        return refused
    if standing is not None:
        standing.state = "undone"
        void(site, standing)
    made = Decision(by, comment, revision, decision, reason, now)
    site.decisions.append(made)
    take_effect(site, made, now)
    return 201, None


def _undecidable(comment: Comment, revision: Revision) -> Answer | None:
    if comment.status == "withdrawn":
        return 409, "withdrawn"
    return (409, "stale_revision") if revision is not comment.latest else None


def decide_at_desk(site: Site, id: str, by: str, number: int, decision: str, reason: str, now: datetime) -> Answer:
    """A moderator decides; nothing of it takes effect yet."""
    comment = site.find(id, number)
    if comment is None:
        return 404, "not_found"
    revision = comment.revisions[number]
    refused = _undecidable(comment, revision) or ((409, "decided") if revision.decision else None)
    if refused:
        return refused
    made = Decision(by, comment, revision, decision, reason, now + UNDO)
    revision.decision = made
    site.decisions.append(made)
    return 201, None


def undo(site: Site, made: Decision) -> None:
    """A moderator takes his decision back: silently while it waits, with its reverse afterwards."""
    was, made.state = made.state, "undone"
    if was == "undone":
        return
    if was == "waiting":
        made.revision.decision = None
        return
    void(site, made)
    comment, number = made.comment, made.revision.number
    if comment.status != "withdrawn" and made.revision is comment.latest:
        status, public, by, comment.stopped = made.before
        site.move(comment, "held" if status == "pending" else status, public, by, number)
        comment.decided_by = by
    site.tell("comment.decided", comment, number, made.decision, True)


def block(site: Site, id: str, until: datetime | None, now: datetime) -> Answer:
    """An author is blocked by hand."""
    author = site.authors.setdefault(id, Author())
    for one in author.blocks:
        if one.state != "active":
            continue
        if one.until is not None and one.until <= now:
            site.end_block(id, one, "expired")
        elif one.until == until:
            return 200, None
        else:
            site.end_block(id, one, "lifted")
    author.blocks.append(Block(until))
    site.told.append(("author.blocked", id))
    return 201, None


def unblock(site: Site, id: str) -> Answer:
    """All blocks of an author end."""
    if id not in site.authors:
        return 404, "not_found"
    for one in site.authors[id].blocks:
        if one.state == "active":
            site.end_block(id, one, "lifted")
    return 200, None


def appeal(site: Site, author: str, about: Comment | Block | None) -> Answer:
    """A commenter asks for a second look; None: about a comment that is not his."""
    if author not in site.authors:
        return 404, "not_found"
    if about is None:
        return 422, "invalid_fields"
    if isinstance(about, Block) and about.state != "active":
        return 409, "block_over"
    if isinstance(about, Comment) and about.status not in ("held", "rejected"):
        return 409, "not_stopped"
    if any(one.about is about and one.state == "open" for one in site.appeals):
        return 200, None
    site.appeals.append(Appeal(author, about))
    site.told.append(("appeal.opened", author, "open"))
    return 201, None


def answer(site: Site, asked: Appeal, by: str, granted: bool, now: datetime) -> Answer:
    """A person answers an appeal."""
    if asked.state != "open":
        return 409, "decided"
    asked.state = "granted" if granted else "upheld"
    if granted and isinstance(asked.about, Block) and asked.about.state == "active":
        site.end_block(asked.author, asked.about, "lifted")
    if granted and isinstance(asked.about, Comment):
        _grant(site, asked.about, by, now)
    site.told.append(("appeal.decided", asked.author, asked.state))
    return 200, None


def _grant(site: Site, comment: Comment, by: str, now: datetime) -> None:
    standing = comment.latest.decision
    if standing is not None:
        standing.state = "undone"
        void(site, standing)
    made = Decision(by, comment, comment.latest, "approve", "other", now)
    site.decisions.append(made)
    take_effect(site, made, now)


def sweep(site: Site, now: datetime) -> None:
    """What has come due."""
    due = [one for one in site.decisions if one.state == "waiting" and one.effective <= now]
    for one in sorted(due, key=lambda each: each.effective):
        take_effect(site, one, now)
    for id, author in site.authors.items():
        for held in author.blocks:
            if held.state == "active" and held.until is not None and held.until <= now:
                site.end_block(id, held, "expired")


def publish(site: Site, version: str) -> None:
    """Rules go live; those in force already change nothing."""
    if site.published[-1] != version:
        site.published.append(version)
        site.told.append(("ruleset.published",))


def roll_back(site: Site) -> Answer:
    """Back to the rules before."""
    earlier = [version for version in site.published if version != site.published[-1]]
    if not earlier:
        return 404, "not_found"
    publish(site, earlier[-1])
    return 200, None
