"""The rules in force: version, hits, errors of refused files, and the way back."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from moderation.errors import NotFound
from moderation.web.console.access import Access
from moderation.workflow.rulesets import NoRuleset

if TYPE_CHECKING:
    from moderation.bootstrap import Application


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""

    @desk.get("/<site>/rules")
    @access.needs("read the rules in force")
    def rules(site: str) -> Any:
        return _page(application, site)

    @desk.post("/<site>/rules/rollback")
    @access.needs("go back to earlier rules")
    def rollback(site: str) -> Any:
        version = request.form.get("version", "")
        try:
            application.rulebook.rollback(site_id=g.site_id, version=version, by=access.actor(), now=application.now())
        except NotFound:
            abort(404)
        except NoRuleset as error:
            return _page(application, site, said=error.detail), 409
        return redirect(url_for("desk.rules", site=site), 303)

    @desk.post("/<site>/rules/<rule>/release")
    @access.needs("release a paused rule")
    def release_rule(site: str, rule: str) -> Any:
        try:
            application.safety_limit.release(site_id=g.site_id, rule=rule, by=access.actor(), now=application.now())
        except NotFound:
            abort(404)
        except NoRuleset as error:
            return _page(application, site, said=error.detail), 409
        return redirect(url_for("desk.rules", site=site), 303)


def _page(application: "Application", site: str, said: str | None = None) -> str:
    now = application.now()
    shown = application.desk.rules(site_id=g.site_id, now=now)
    return render_template("desk/rules.html", site=site, now=now, said=said, **shown)
