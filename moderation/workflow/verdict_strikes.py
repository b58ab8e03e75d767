"""Where a site chose `counts: verdict`: strikes count when the rules stop a comment, and no longer when a person disagrees."""

from datetime import timedelta

from sqlalchemy import select

from moderation import enforcement
from moderation.storage.ledger import Ledger
from moderation.storage.models import Block, Comment, Strike, Verdict
from moderation.storage.queries import history
from moderation.workflow import blocks
from moderation.workflow.incoming import Actor


def count(
    ledger: Ledger, comment: Comment, policy: enforcement.Policy, *, category: str, strike: str, verdict: str
) -> None:
    """A strike that was just proposed for a stopped comment counts at once; what the policy says follows."""
    ledger.session.flush()
    site = comment.site_id if policy.scope == "site" else None
    times = history.counting_strikes(ledger.session, comment.author_id, category, site)
    measure = enforcement.measure(policy, category=category, strikes=times, now=ledger.now)
    if measure is not None:
        cause = {"strike": strike, "verdict": verdict, "window_days": policy.window_days}
        blocks.propose(ledger, comment, measure, cause=cause)


def has_counted(ledger: Ledger, revision_id: str, category: str) -> bool:
    """Did the strike of a revision count when the rules stopped it?"""
    query = (
        select(Strike.id)
        .join(Verdict, Verdict.id == Strike.verdict_id)
        .where(Strike.revision_id == revision_id, Strike.category == category, Strike.state == "proposed")
        .where(Verdict.action.in_(history.STOPPING))
    )
    return ledger.session.scalar(query) is not None


def recheck(ledger: Ledger, author_id: str, by: Actor) -> None:
    """Ends the blocks that rest on more counted strikes than are left."""
    rows = ledger.session.scalars(
        select(Block).where(Block.author_id == author_id, Block.state.in_(("proposed", "active")))
    ).all()
    for block in rows:
        if "verdict" in block.evidence and _left(ledger, block) < block.evidence["strikes"]:
            state = "lifted" if block.state == "active" else "declined"
            blocks.end(ledger, block, state=state, by=by, reason="a strike behind it counts no longer")


def _left(ledger: Ledger, block: Block) -> int:
    site = block.site_id if block.scope == "site" else None
    times = history.counting_strikes(ledger.session, block.author_id, str(block.category), site)
    since = block.created_at - timedelta(days=block.evidence["window_days"])
    return sum(1 for at in times if since < at <= block.created_at)
