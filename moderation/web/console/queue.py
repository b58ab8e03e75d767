"""What needs people: the list, one comment with all around it, decisions and their undo."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from moderation.errors import Conflict, InvalidFields, NotFound
from moderation.web.console import words
from moderation.web.console.access import Access
from moderation.workflow.incoming import IncomingDecision

if TYPE_CHECKING:
    from moderation.bootstrap import Application

NOTE_LENGTH = 2000


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""
    _add_list(desk, application, access)
    _add_items(desk, application, access)
    _add_decisions(desk, application, access)


def _add_list(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.get("/<site>/")
    @access.needs("read the queue")
    def queue(site: str) -> Any:
        now, source = application.now(), request.args.get("source")
        upto = _number(request.args.get("upto"))
        shown = application.desk.queue(
            site_id=g.site_id,
            now=now,
            user_id=g.user.id,
            upto=upto,
            source=source if source in words.SOURCES else None,
        )
        summary = application.desk.summary(site_id=g.site_id, now=now)
        return render_template(
            "desk/queue.html",
            site=site,
            now=now,
            source=source,
            summary=summary,
            last=_undoable(application),
            **shown,
        )


def _add_items(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.post("/<site>/items/<item>/open")
    @access.needs("claim, decide, release")
    def open_item(site: str, item: str) -> Any:
        mine = application.review.claim(site_id=g.site_id, item_id=item, by=access.actor(), now=application.now())
        return redirect(_to("desk.item", site, item=item, taken=None if mine else "1"), 303)

    @desk.get("/<site>/items/<item>")
    @access.needs("read the queue")
    def item(site: str, item: str) -> Any:
        return _card(application, site, item, said=_TAKEN if request.args.get("taken") else None)

    @desk.post("/<site>/items/<item>/decide")
    @access.needs("claim, decide, release")
    def decide(site: str, item: str) -> Any:
        return _decide(application, access, site, item)

    @desk.post("/<site>/items/<item>/check-first")
    @access.needs("check comments under a story first")
    def check_first(site: str, item: str) -> Any:
        try:
            card = application.desk.card(site_id=g.site_id, item_id=item, now=application.now())
        except NotFound:
            abort(404)
        application.stories.check_first(
            site_id=g.site_id, story_id=card["story"]["id"], by=access.actor(), now=application.now()
        )
        return redirect(_to("desk.item", site, item=item), 303)

    @desk.post("/<site>/items/<item>/release")
    @access.needs("claim, decide, release")
    def release(site: str, item: str) -> Any:
        application.review.release(site_id=g.site_id, item_id=item, by=access.actor())
        return redirect(_to("desk.queue", site), 303)


def _add_decisions(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.get("/<site>/decisions")
    @access.needs("undo own decisions")
    def decisions(site: str) -> Any:
        rows = application.desk.my_decisions(site_id=g.site_id, user_id=g.user.id, limit=30)
        return render_template("desk/decisions.html", site=site, rows=rows, now=application.now())

    @desk.post("/<site>/decisions/<decision>/undo")
    @access.needs("undo own decisions")
    def undo(site: str, decision: str) -> Any:
        try:
            application.review.undo(site_id=g.site_id, decision_id=decision, by=access.actor(), now=application.now())
        except NotFound:
            abort(404)
        return redirect(_to("desk.queue", site), 303)


_TAKEN = "Another moderator has this comment open. You can read it; to decide, wait until it is free."


def _to(endpoint: str, site: str, **more: Any) -> str:
    """An address of the desk that keeps the mark and the filter of the list the user came from."""
    kept = {name: request.values.get(name) for name in ("upto", "source")}
    return url_for(endpoint, site=site, **{name: value for name, value in {**kept, **more}.items() if value})


def _decide(application: "Application", access: Access, site: str, item: str) -> Any:
    decision = _decision()
    if isinstance(decision, str):
        return _card(application, site, item, said=decision, status=422)
    try:
        card = application.desk.card(site_id=g.site_id, item_id=item, now=application.now())
        application.review.decide(
            site_id=g.site_id,
            comment_id=card["comment"]["id"],
            decision=decision,
            by=access.actor(),
            now=application.now(),
        )
    except (Conflict, InvalidFields) as error:
        return _card(application, site, item, said=error.detail, status=409)
    after = _next(application, access)
    return redirect(_to("desk.item", site, item=after, decided="1") if after else _to("desk.queue", site), 303)


def _next(application: "Application", access: Access) -> str | None:
    """The next comment of the list that the user came from, claimed for him; None where nothing is left."""
    source = request.form.get("source")
    shown = application.desk.queue(
        site_id=g.site_id,
        now=application.now(),
        user_id=g.user.id,
        upto=_number(request.form.get("upto")),
        source=source if source in words.SOURCES else None,
    )
    free = (str(line["item"]["id"]) for line in shown["items"] if not line["claimed_by_another"])
    claim = application.review.claim
    return next(
        (id for id in free if claim(site_id=g.site_id, item_id=id, by=access.actor(), now=application.now())), None
    )


def _card(application: "Application", site: str, item: str, said: str | None = None, status: int = 200) -> Any:
    now = application.now()
    try:
        card = application.desk.card(site_id=g.site_id, item_id=item, now=now)
    except NotFound:
        abort(404)
    matches = (card["comment"]["verdict"] or {}).get("matches", [])
    return render_template(
        "desk/item.html",
        site=site,
        now=now,
        said=said,
        pieces=words.pieces(card["comment"]["text"], matches),
        folded=words.folded(card["comment"]["text"], matches),
        matches=matches,
        last=_undoable(application) if request.args.get("decided") else None,
        note=request.form.get("note", ""),
        **card,
    ), status


def _decision() -> IncomingDecision | str:
    """What the form says, or what is missing in it."""
    form = request.form
    decision, revision, reason = form.get("decision"), _number(form.get("revision")), form.get("reason", "")
    if decision not in ("approve", "reject", "hold") or revision is None:
        return "Choose a decision."
    if decision == "reject" and reason not in words.REASONS:
        return "Choose a reason: the commenter is told it, and it may count against them. Nothing was decided."
    note = form.get("note", "").strip()[:NOTE_LENGTH].replace("\0", "")
    return IncomingDecision(
        revision=revision,
        decision=decision,  # type: ignore[arg-type]  # one of the three, see above
        reason=reason if decision != "approve" and reason in words.REASONS else "other",
        note=note or None,
    )


def _number(given: str | None) -> int | None:
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 16 else None


def _undoable(application: "Application") -> dict[str, Any] | None:
    last = application.desk.my_decisions(site_id=g.site_id, user_id=g.user.id, limit=1)
    return last[0] if last and last[0]["state"] != "undone" else None
