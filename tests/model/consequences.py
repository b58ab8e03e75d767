"""What follows from a decision in the model: the comment moves, flags are settled, strikes count, an author is stopped."""

from datetime import datetime, timedelta

from tests.model.site import COUNTED, UNLISTED, Block, Comment, Decision, Flag, Revision, Site

WINDOW = timedelta(days=180)


def take_effect(site: Site, made: Decision, now: datetime) -> None:
    """A decision is in force; on an overtaken or withdrawn revision it is only on record."""
    comment, revision = made.comment, made.revision
    made.state, revision.decision = "in_force", made
    made.before = (comment.status, comment.public, comment.decided_by, comment.stopped)
    if comment.status != "withdrawn" and revision is comment.latest:
        made.beside = _seen_beside(comment, revision)
        approved = made.decision == "approve"
        comment.stopped = not approved
        status, public = ("published", revision.number) if approved else ("rejected", None)
        site.move(comment, status, public, "person", revision.number)
        comment.decided_by = "person"
    site.tell("comment.decided", comment, revision.number, made.decision, False)
    if made.decision == "reject" and made.reason in COUNTED:
        revision.strikes[made.reason] = (made, now)
        _measure(site, made, now)
    _settle_flags(site, made)


def void(site: Site, made: Decision) -> None:
    """All that followed for author and readers falls with the decision."""
    made.revision.decision = None
    author = site.authors[made.comment.author]
    strikes = made.revision.strikes
    counted = [category for category, (decision, _) in strikes.items() if decision is made]
    for category in counted:
        del strikes[category]
    if counted:
        author.checked_until = None
    for block in author.blocks:
        if block.cause is made and block.state == "active":
            site.end_block(made.comment.author, block, "lifted")
    _reopen_flags(site, made)


def _measure(site: Site, made: Decision, now: datetime) -> None:
    id = made.comment.author
    author = site.authors[id]
    recent = [at for category, _, at in site.strikes(id) if category == made.reason and at > now - WINDOW]
    if made.reason == "personal_attack" and len(recent) >= 2:
        author.checked_until = now + timedelta(days=14)
    if made.reason == "spam" and recent and author.block(now) is None:
        for block in author.blocks:
            if block.state == "active":
                site.end_block(id, block, "expired")
        author.blocks.append(Block(now + timedelta(days=7), cause=made))
        site.told.append(("author.blocked", id))


def _seen_beside(comment: Comment, revision: Revision) -> Revision | None:
    """What readers see beside an edit, or saw until flags took it down."""
    earlier = [each for number, each in sorted(comment.revisions.items(), reverse=True) if number < revision.number]
    if comment.public is not None:
        return next((each for each in earlier if each.number == comment.public), None)
    return next((each for each in earlier if any(_is_open(flag) for flag in each.flags.values())), None)


def _is_open(flag: Flag) -> bool:
    return flag.state == "open" and flag.reason != UNLISTED


def _flags(made: Decision) -> list[Flag]:
    beside = made.beside.flags.values() if made.beside and made.decision == "reject" else ()
    return [*made.revision.flags.values(), *beside]


def _settle_flags(site: Site, made: Decision) -> None:
    upheld = made.decision == "reject"
    for flag in _flags(made):
        if _is_open(flag):
            flag.state = "upheld" if upheld else "declined"
            _count(site, flag.reader, 1, upheld)


def _reopen_flags(site: Site, made: Decision) -> None:
    upheld = made.decision == "reject"
    for flag in _flags(made):
        if flag.state == ("upheld" if upheld else "declined"):
            flag.state = "open"
            _count(site, flag.reader, -1, upheld)


def _count(site: Site, reader: str, by: int, upheld: bool) -> None:
    decided, right = site.readers[reader]
    site.readers[reader] = (decided + by, right + by * upheld)
