"""One comment with all around it, and the form that decides on it: of the list, or found."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import g, redirect, render_template, request

from moderation.errors import Conflict, InvalidFields
from moderation.web.console import words
from moderation.web.console.access import Access
from moderation.workflow.incoming import IncomingDecision
from moderation.workflow.review import OVERRULES

if TYPE_CHECKING:
    from datetime import datetime

    from moderation.bootstrap import Application

NOTE_LENGTH = 2000


def show(
    site: str, card: dict[str, Any], now: "datetime", *, said: str | None = None, last: Any = None, status: int = 200
) -> tuple[str, int]:
    """The page of a card; `said`: what went wrong, `last`: a decision that can be undone."""
    matches = (card["comment"]["verdict"] or {}).get("matches", [])
    made = card["waiting"]
    return render_template(
        "desk/item.html",
        site=site,
        now=now,
        said=said,
        pieces=words.pieces(card["comment"]["text"], matches),
        folded=words.folded(card["comment"]["text"], matches),
        matches=matches,
        last=last,
        note=request.form.get("note", ""),
        # A decision stands, unless somebody senior says otherwise, or the comment came back into the list.
        may_decide=made is None
        or g.role in OVERRULES
        or (card["item"]["id"] is not None and made["state"] == "in_force"),
        **{**card, "reason": request.form.get("reason") or card["reason"]},
    ), status


def decided(
    application: "Application", access: Access, site: str, card: dict[str, Any], after: Callable[[], str]
) -> Any:
    """Decides as the form says and goes on to `after`; what is missing or refused is said on the card."""
    decision = _decision()
    if isinstance(decision, str):
        return show(site, card, application.now(), said=decision, status=422)
    try:
        application.review.decide(
            site_id=g.site_id,
            comment_id=card["comment"]["id"],
            decision=decision,
            by=access.actor(),
            now=application.now(),
        )
    except (Conflict, InvalidFields) as error:
        return show(site, card, application.now(), said=error.detail, status=409)
    return redirect(after(), 303)


def number(given: str | None) -> int | None:
    """What a form or address says where it is a number."""
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 16 else None


def _decision() -> IncomingDecision | str:
    """What the form says, or what is missing in it."""
    form = request.form
    decision, revision, reason = form.get("decision"), number(form.get("revision")), form.get("reason", "")
    edit_only = decision in ("reject_edit", "hold_edit")
    decision = decision.removesuffix("_edit") if decision and edit_only else decision
    if decision not in ("approve", "reject", "hold") or revision is None:
        return "Choose a decision."
    if decision == "reject" and reason not in words.REASONS:
        return "Choose a reason: the commenter is told it, and it may count against them. Nothing was decided."
    note = form.get("note", "").strip()[:NOTE_LENGTH].replace("\0", "")
    if decision == "reject" and reason == "other" and not note:
        return "Say in the note what it is: with “Something else” the commenter is told it. Nothing was decided."
    return IncomingDecision(
        revision=revision,
        decision=decision,  # type: ignore[arg-type]  # one of the three, see above
        reason=reason if decision != "approve" and reason in words.REASONS else "other",
        note=note or None,
        edit_only=edit_only,
        overrules=form.get("overrules") or None,
    )
