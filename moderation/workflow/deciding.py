"""What has to be known before a decision is written: by whom, after what, and whether it is the same again."""

from moderation.errors import Conflict
from moderation.storage.ledger import Ledger
from moderation.storage.models import Comment, Revision
from moderation.storage.queries import lookup
from moderation.workflow.consequences import Consequences
from moderation.workflow.incoming import Actor, IncomingDecision
from moderation.workflow.times import rfc3339


def decided_already(ledger: Ledger, revision: Revision) -> Conflict:
    other = lookup.standing_decision(ledger.session, revision.id)
    when = f" at {rfc3339(other.created_at)}" if other else ""
    return Conflict(f"A moderator decided this revision{when}.", type="decided")


def same_again(ledger: Ledger, comment: Comment, decision: IncomingDecision, by: Actor) -> bool:
    revision = lookup.revision(ledger.session, comment.id, decision.revision)
    standing = lookup.standing_decision(ledger.session, revision.id)
    if standing is None:
        return False
    if standing.decision == decision.decision and (standing.by_kind, standing.by_id) == (by.kind, by.id):
        return True
    if (standing.by_kind, standing.by_id) != (by.kind, by.id):
        raise decided_already(ledger, revision)
    return False


def overrule(
    ledger: Ledger, consequences: Consequences, comment: Comment, decision: IncomingDecision, by: Actor
) -> None:
    """The standing decision is undone before a new one: its author changes his mind, or somebody senior his."""
    revision = lookup.revision(ledger.session, comment.id, decision.revision)
    standing = lookup.standing_decision(ledger.session, revision.id)
    if standing is None:
        return
    in_force = standing.state == "in_force"
    standing.state, standing.undone_at = "undone", ledger.now
    if in_force:
        consequences.void(ledger, standing, comment, by)
    ledger.session.flush()


def outside_actor(ledger: Ledger, by: Actor, decision: IncomingDecision) -> Actor:
    if decision.moderator_id is None:
        return Actor("site", by.id, "moderator")
    _, realm = lookup.site_and_realm(ledger.session, ledger.site_id)
    return Actor("site", lookup.person_key(realm, decision.moderator_id), "moderator")


def flagged(ledger: Ledger, revision: Revision) -> bool:
    return lookup.has_flags(ledger.session, revision.id)


def detected_by(ledger: Ledger, revision: Revision) -> str:
    if flagged(ledger, revision):
        return "reader"
    verdict = lookup.live_verdict(ledger.session, revision.id)
    return "rules" if verdict is not None and verdict.action != "allow" else "moderator"
