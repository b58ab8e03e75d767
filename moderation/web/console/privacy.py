"""For admins: what is kept for legal proceedings, and erasing a commenter."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, redirect, request, url_for

from moderation.errors import Conflict, NotFound
from moderation.web.console.access import Access
from moderation.web.console.blocks import find_record, show_record

if TYPE_CHECKING:
    from moderation.bootstrap import Application

ELSEWHERE = (
    "This commenter has commented at other sites of the same login system too: an operator erases them everywhere, with "
    "the command moderation erase. Nothing was erased."
)


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""

    @desk.post("/<site>/comments/<comment_id>/legal-hold")
    @access.needs("keep for legal proceedings, and lift that")
    def hold_comment(site: str, comment_id: str) -> Any:
        held = request.form.get("held") == "yes"
        try:
            application.legal_holds.of_comment(
                site_id=g.site_id, comment_id=comment_id, held=held, by=access.actor(), now=application.now()
            )
        except NotFound:
            abort(404)
        return redirect(url_for("desk.comment", site=site, comment_id=comment_id), 303)

    @desk.post("/<site>/commenters/<key>/legal-hold")
    @access.needs("keep for legal proceedings, and lift that")
    def hold_commenter(site: str, key: str) -> Any:
        record = find_record(application, key)
        if record["id"] is not None:
            application.legal_holds.of_author(
                site_id=g.site_id,
                author_id=record["id"],
                held=request.form.get("held") == "yes",
                by=access.actor(),
                now=application.now(),
            )
        return redirect(url_for("desk.commenter", site=site, key=key), 303)

    @desk.post("/<site>/commenters/<key>/erase")
    @access.needs("erase a commenter")
    def erase(site: str, key: str) -> Any:
        return _erase(application, access, site, key)


def _erase(application: "Application", access: Access, site: str, key: str) -> Any:
    record = find_record(application, key)
    if record["erased_at"] is not None:  # sent twice
        return redirect(url_for("desk.commenter", site=site, key=key), 303)
    id = record["id"]
    if id is None or request.form.get("id", "").strip() != id:
        said = "To erase this commenter for good, type their id at the site. Nothing was erased."
        return show_record(application, site, key, said=said, status=422)
    if application.erasure.preview(site_id=g.site_id, author_id=id)["sites"] > 1:
        return show_record(application, site, key, said=ELSEWHERE, status=409)
    try:
        application.erasure.erase(site_id=g.site_id, author_id=id, by=access.actor(), now=application.now())
    except Conflict as error:
        return show_record(application, site, key, said=error.detail, status=409)
    return redirect(url_for("desk.commenter", site=site, key=key), 303)
