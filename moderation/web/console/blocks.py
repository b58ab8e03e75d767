"""Commenters: their record, blocks proposed and in force, appeals."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from moderation.enforcement import BLOCK_DAYS_ALONE
from moderation.errors import Conflict, InvalidFields, ModerationError, NotFound
from moderation.web.console.access import Access
from moderation.web.errors import status_of

if TYPE_CHECKING:
    from moderation.bootstrap import Application

DAYS = (1, 3, 7, 14, 30, 90)
REASON_LENGTH = 500
MOST_DAYS = 3650


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""
    _add_records(desk, application, access)
    _add_blocks(desk, application, access)
    _add_appeals(desk, application, access)


def _add_records(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.get("/<site>/commenters/<key>")
    @access.needs("read a commenter's record")
    def commenter(site: str, key: str) -> Any:
        return show_record(application, site, key)

    @desk.post("/<site>/commenters/<key>/block")
    @access.needs("block by hand")
    def block(site: str, key: str) -> Any:
        return _block(application, access, site, key)

    @desk.post("/<site>/commenters/<key>/unblock")
    @access.needs("lift a block")
    def unblock(site: str, key: str) -> Any:
        record = find_record(application, key)
        lifted: dict[str, Any] = {"reason": "lifted at the desk", "by": access.actor(), "now": application.now()}
        if record["id"] is not None:
            application.authors.unblock(site_id=g.site_id, author_id=record["id"], **lifted)
        elif record["block"] is not None:  # erased: only the block is left to name
            application.authors.lift(site_id=g.site_id, block_id=record["block"]["id"], **lifted)
        return redirect(url_for("desk.commenter", site=site, key=key), 303)


def _add_blocks(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.get("/<site>/blocks")
    @access.needs("confirm or decline a proposed block")
    def blocks(site: str) -> Any:
        return _blocks(application, site)

    @desk.post("/<site>/blocks/<block>/confirm")
    @access.needs("confirm or decline a proposed block")
    def confirm(site: str, block: str) -> Any:
        form, verb = request.form, application.authors.confirm_block
        return _settle(
            application, access, site, block, partial(verb, days=_days(form.get("days")), change="days" in form)
        )

    @desk.post("/<site>/blocks/<block>/decline")
    @access.needs("confirm or decline a proposed block")
    def decline(site: str, block: str) -> Any:
        return _settle(application, access, site, block, application.authors.decline_block)


def _add_appeals(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.get("/<site>/appeals")
    @access.needs("answer appeals")
    def appeals(site: str) -> Any:
        return _appeals(application, access, site)

    @desk.post("/<site>/appeals/<appeal>")
    @access.needs("answer appeals")
    def answer(site: str, appeal: str) -> Any:
        outcome = request.form.get("outcome")
        if outcome not in ("granted", "upheld"):
            return _appeals(application, access, site, "Choose an answer.", 422)
        try:
            application.appeals.decide(
                site_id=g.site_id,
                appeal_id=appeal,
                granted=outcome == "granted",
                answer=request.form.get("answer", "").strip()[:REASON_LENGTH].replace("\0", "") or None,
                by=access.actor(),
                now=application.now(),
            )
        except Conflict as error:
            return _appeals(application, access, site, error.detail, 409)
        except NotFound:
            abort(404)
        return redirect(url_for("desk.appeals", site=site), 303)


def _block(application: "Application", access: Access, site: str, key: str) -> Any:
    now = application.now()
    record = find_record(application, key)
    days = _days(request.form.get("days"))
    reason = request.form.get("reason", "").strip()[:REASON_LENGTH].replace("\0", "")
    if record["id"] is None or not reason:
        return show_record(application, site, key, said="Say why: the commenter is told.", status=422)
    # To the minute: the same form sent twice says the same end, and so changes nothing.
    until = (now + timedelta(days=days)).replace(second=0, microsecond=0) if days else None
    if _is_in_force(record["block"], reason, until):
        return redirect(url_for("desk.commenter", site=site, key=key), 303)
    try:
        application.authors.block(
            site_id=g.site_id,
            author_id=record["id"],
            reason=reason,
            until=until,
            by=access.actor(),
            now=now,
        )
    except ModerationError as error:
        return show_record(application, site, key, said=error.detail, status=status_of(error))
    return redirect(url_for("desk.commenter", site=site, key=key), 303)


def _is_in_force(block: dict[str, Any] | None, reason: str, until: datetime | None) -> bool:
    if block is None or block["reason"] != reason or (until is None) != (block["until"] is None):
        return False
    return until is None or abs(until - datetime.fromisoformat(block["until"])) <= timedelta(minutes=1)


def _settle(application: "Application", access: Access, site: str, block: str, verb: Callable[..., object]) -> Any:
    try:
        verb(site_id=g.site_id, block_id=block, by=access.actor(), now=application.now())
    except Conflict as error:
        return _blocks(application, site, error.detail, 409)
    except NotFound:
        abort(404)
    return redirect(url_for("desk.blocks", site=site), 303)


def find_record(application: "Application", key: str) -> dict[str, Any]:
    """The commenter with our own id, as far as this site may see him; else there is no such page."""
    try:
        return application.desk.commenter(site_id=g.site_id, author_id=key, now=application.now())
    except NotFound:
        abort(404)


def show_record(application: "Application", site: str, key: str, said: str | None = None, status: int = 200) -> Any:
    """The page of a commenter; `said`: what went wrong."""
    record = find_record(application, key)
    alone = g.role != "admin"  # what needs a second person is not offered to one
    page = render_template(
        "desk/commenter.html", site=site, commenter=record, now=application.now(), said=said, alone=alone,
        days=[days for days in DAYS if days <= BLOCK_DAYS_ALONE or not alone],
    )  # fmt: skip
    return page, status


def _blocks(application: "Application", site: str, said: str | None = None, status: int = 200) -> Any:
    now = application.now()
    rows = application.desk.blocks(site_id=g.site_id, now=now)
    return render_template("desk/blocks.html", site=site, now=now, said=said, days=DAYS, **rows), status


def _appeals(application: "Application", access: Access, site: str, said: str | None = None, status: int = 200) -> Any:
    now = application.now()
    shown = {
        "rows": application.desk.appeals(site_id=g.site_id, now=now),
        "contact": application.appeals.contact(site_id=g.site_id),
        "not_mine": application.appeals.not_for(site_id=g.site_id, by=access.actor(), now=now),
    }
    return render_template("desk/appeals.html", site=site, now=now, said=said, **shown), status


def _days(given: str | None) -> int | None:
    """The days that a form gives; empty is None, until lifted, for which nothing else may be taken."""
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and 0 < int(given[:5]) <= MOST_DAYS):
        raise InvalidFields("Choose for how many days, or until lifted. Nothing was decided.")
    return int(given)
