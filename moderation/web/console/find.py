"""Any comment of the site: found by its words, and decided on as those in the list are."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, render_template, request, url_for

from moderation.errors import NotFound
from moderation.web.console import words
from moderation.web.console.access import Access
from moderation.web.console.cards import decided, number, show

if TYPE_CHECKING:
    from moderation.bootstrap import Application

LONGEST_SEARCH = 200
_LAST_PAGE = 400


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""

    @desk.get("/<site>/find")
    @access.needs("find comments")
    def find(site: str) -> Any:
        asked = request.args.get("words", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        status = request.args.get("status")
        status = status if status in words.STATUSES else None
        page = min(max(number(request.args.get("page")) or 1, 1), _LAST_PAGE)
        found: dict[str, Any] = {"comments": [], "more": False}
        if asked or status:
            found = application.desk.find(site_id=g.site_id, words=asked, status=status, page=page)
        return render_template(
            "desk/find.html", site=site, now=application.now(), asked=asked, wanted=status, page=page, **found
        )

    @desk.get("/<site>/comments/<comment_id>")
    @access.needs("find comments")
    def comment(site: str, comment_id: str) -> Any:
        return show(site, _card(application, comment_id), application.now())

    @desk.post("/<site>/comments/<comment_id>/decide")
    @access.needs("claim, decide, release")
    def decide_found(site: str, comment_id: str) -> Any:
        card = _card(application, comment_id)
        after = url_for("desk.comment", site=site, comment_id=comment_id)
        return decided(application, access, site, card, lambda: after)


def _card(application: "Application", comment: str) -> dict[str, Any]:
    try:
        return application.desk.comment_card(site_id=g.site_id, comment_id=comment, now=application.now())
    except NotFound:
        abort(404)
