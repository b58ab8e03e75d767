"""For admins: what was published without a check, what waits, what failed."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, render_template

from moderation.web.console.access import Access

if TYPE_CHECKING:
    from moderation.bootstrap import Application


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""

    @desk.get("/<site>/service")
    @access.needs("see what slipped through, waits or failed")
    def service(site: str) -> Any:
        now = application.now()
        shown = application.state.of_site(site_id=g.site_id, now=now)
        return render_template("desk/service.html", site=site, now=now, **shown)
