"""Log in, log out, choose a site."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from moderation.errors import NotAuthenticated, TooManyRequests
from moderation.web.console.access import Access
from moderation.web.roles import open_to_all

if TYPE_CHECKING:
    from moderation.bootstrap import Application


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""

    @desk.get("/login")
    @open_to_all("log in")
    def log_in() -> Any:
        if g.user is not None:
            return redirect(url_for("desk.home"), 303)
        return render_template("desk/login.html")

    @desk.post("/login")
    @open_to_all("log in")
    def send_login() -> Any:
        name, password = request.form.get("login", "")[:200], request.form.get("password", "")[:1000]
        try:
            token = application.users.log_in(
                login=name, password=password, address=request.remote_addr or "", now=application.now()
            )
        except TooManyRequests as error:
            return render_template("desk/login.html", wrong=error.detail, name=name), 429
        except NotAuthenticated as error:
            return render_template("desk/login.html", wrong=error.detail, name=name), 401
        return access.let_in(redirect(url_for("desk.home"), 303), token)

    @desk.post("/logout")
    @access.needs_login("choose one of the own sites, log out")
    def log_out() -> Any:
        application.users.log_out(token=g.token)
        response = redirect(url_for("desk.log_in"), 303)
        response.delete_cookie(access.cookie, path="/")
        return response

    @desk.get("/")
    @access.needs_login("choose one of the own sites, log out")
    def home() -> Any:
        if len(g.user.sites) == 1:
            return redirect(url_for("desk.queue", site=next(iter(g.user.sites))), 303)
        now = application.now()
        counts = {
            slug: application.desk.summary(site_id=site_id, now=now) for slug, (site_id, _) in g.user.sites.items()
        }
        return render_template("desk/home.html", counts=counts)
