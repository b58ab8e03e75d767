"""Log in, log out, choose a site."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from moderation.errors import NotAuthenticated, TooManyRequests
from moderation.web.console.access import Access
from moderation.web.roles import may, open_to_all
from moderation.workflow.passwords import LONGEST

if TYPE_CHECKING:
    from moderation.bootstrap import Application


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""

    @desk.get("/login")
    @open_to_all("log in")
    def log_in() -> Any:
        return _page(access) if g.user is None else redirect(url_for("desk.home"), 303)

    @desk.post("/login")
    @open_to_all("log in")
    def send_login() -> Any:
        return _let_in(application, access)

    @desk.get("/logout")
    @access.needs_login("choose one of the own sites, log out")
    def ask_log_out() -> Any:
        return render_template("desk/logout.html")

    @desk.post("/logout")
    @access.needs_login("choose one of the own sites, log out")
    def log_out() -> Any:
        application.users.log_out(token=g.token)
        return access.let_out(redirect(url_for("desk.log_in"), 303))

    @desk.get("/")
    @access.needs_login("choose one of the own sites, log out")
    def home() -> Any:
        if len(g.user.sites) == 1:
            return redirect(url_for("desk.queue", site=next(iter(g.user.sites))), 303)
        now = application.now()
        counts = {
            slug: application.desk.summary(site_id=site_id, now=now) for slug, (site_id, _) in g.user.sites.items()
        }
        unchecked = {
            slug: application.state.unchecked_in_week(site_id=site_id, now=now)
            for slug, (site_id, role) in g.user.sites.items()
            if may(role, "see what slipped through, waits or failed")
        }
        return render_template("desk/home.html", counts=counts, unchecked=unchecked)


def _page(access: Access, status: int = 200, **shown: str) -> Response:
    return access.give_login_token(make_response(render_template("desk/login.html", **shown), status))


def _let_in(application: "Application", access: Access) -> BaseResponse:
    name = request.form.get("login", "")[:200].replace("\0", "")
    try:
        token = application.users.log_in(
            login=name,
            password=request.form.get("password", "")[: LONGEST + 1],
            address=request.remote_addr or "",
            browser=access.browser_mark(),
            now=application.now(),
        )
    except (TooManyRequests, NotAuthenticated) as error:
        return _page(access, 429 if isinstance(error, TooManyRequests) else 401, wrong=error.detail, name=name)
    if g.user is not None:
        application.users.log_out(token=g.token)
    return access.let_in(redirect(url_for("desk.home"), 303), token, mark=application.users.browser_mark(login=name))
