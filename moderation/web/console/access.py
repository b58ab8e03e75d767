"""Who is asking: host, session, CSRF token and role, all checked before a page's own code runs."""

import hmac
import secrets
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from moderation.web import roles
from moderation.web.console import words
from moderation.workflow.incoming import Actor
from moderation.workflow.users import ROLES

if TYPE_CHECKING:
    from moderation.bootstrap import Application
    from moderation.workflow.users import DeskUser

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
FORM_BYTES = 64 * 1024  # of a form; the longest field has 2,000 characters
_YEAR = 365 * 24 * 3600
View = Callable[..., Any]


class Access:
    """The door of the desk. Rights are read from the database on each request."""

    def __init__(self, application: "Application") -> None:
        self._application = application
        self._secure = application.settings.secure
        self._host = urlsplit(application.settings.public_url).hostname or ""
        # A __Host- cookie needs https; over plain http (one machine) an ordinary HttpOnly one has to do.
        prefix = "__Host-" if self._secure else ""
        self.cookie, self._mark, self._token = f"{prefix}desk", f"{prefix}desk-browser", f"{prefix}desk-login"

    def check(self) -> BaseResponse | str | tuple[str, int] | None:
        """Refuses a foreign host, a write from another page, and anybody who is not logged in."""
        request.max_content_length = FORM_BYTES
        host = urlsplit(f"//{request.host}").hostname or ""
        if host != self._host and host not in _LOOPBACK:
            return _refused("This desk has another address.", 421)
        if any("\0" in str(value) for value in (request.view_args or {}).values()):
            abort(404)  # a database that cannot store it would not look for it either
        token = request.cookies.get(self.cookie)
        g.token = token
        g.user = self._application.users.session(token=token, now=self._application.now()) if token else None
        if request.method not in ("GET", "HEAD", "OPTIONS") and not self._is_own_form():
            return _refused(
                "This form came from another page, or the login is over. Go back, load the page again.", 403
            )
        if g.user is None and not roles.may(None, roles.act_of(current_app, request.endpoint) or ""):
            return redirect(url_for("desk.log_in"), 303)
        return None

    def needs(self, act: str) -> Callable[[View], View]:
        """Decorator of a page of one site: 404 for a site that is not the user's, 403 without the right."""

        def decorate(view: View) -> View:
            @wraps(view)
            def checked(*args: Any, site: str, **rest: Any) -> Any:
                if site not in g.user.sites:
                    abort(404)
                g.site = site
                g.site_id, g.role = g.user.sites[site]
                if not roles.may(g.role, act):
                    return _refused("Your role may not do this.", 403)
                g.paused = self._application.safety_limit.paused(site_id=g.site_id)
                g.zone = words.zone_of(self._application.rulebook.settings(site_id=g.site_id))
                return view(*args, site=site, **rest)

            return roles.mark(checked, act)

        return decorate

    def needs_login(self, act: str) -> Callable[[View], View]:
        """Decorator of a page of no site in particular: whoever is logged in may; `check` sends others to log in."""
        if not all(roles.may(role, act) for role in ROLES):
            raise ValueError(f"{act!r} is not for every role")
        return lambda view: roles.mark(view, act)

    def may(self, act: str) -> bool:
        """May the user of this request do this at this site?"""
        return roles.may(getattr(g, "role", None), act)

    def actor(self) -> Actor:
        """The user of this request as the one who acts."""
        user: DeskUser = g.user
        return user.actor(g.site)

    def let_in(self, response: BaseResponse, token: str, *, mark: str) -> BaseResponse:
        """Gives the browser its session, and the mark of a browser that was logged in before."""
        self._set(response, self.cookie, token)
        self._set(response, self._mark, mark, max_age=_YEAR)
        return response

    def let_out(self, response: BaseResponse) -> BaseResponse:
        """Takes the session from the browser."""
        response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
        return response

    def browser_mark(self) -> str | None:
        """The mark of an earlier login in this browser."""
        return request.cookies.get(self._mark)

    def login_token(self) -> str:
        """What stands for the CSRF token while there is no session: the form repeats the cookie."""
        if "login_token" not in g:
            g.login_token = request.cookies.get(self._token) or secrets.token_urlsafe(32)
        return str(g.login_token)

    def give_login_token(self, response: Response) -> Response:
        """Gives the browser the token that its login form repeats."""
        self._set(response, self._token, self.login_token())
        return response

    def _set(self, response: BaseResponse, name: str, value: str, max_age: int | None = None) -> None:
        response.set_cookie(name, value, max_age=max_age, httponly=True, secure=self._secure, samesite="Lax", path="/")

    def headers(self, response: Response) -> Response:
        """What pages need beside the headers of every answer."""
        response.headers.add("Vary", "Cookie")
        if request.endpoint == "desk.static" and response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    def _is_own_form(self) -> bool:
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        own = origin in (None, "null") or urlsplit(origin or "").netloc == request.host
        if site not in (None, "same-origin", "none") or not own:
            return False
        given = request.form.get("csrf", "").encode()
        if request.endpoint != "desk.send_login":
            return g.user is not None and hmac.compare_digest(given, g.user.csrf.encode())
        # Our pages send no referrer and so the origin "null", as hidden frames elsewhere do. Where the browser does not
        # say more (over plain http), only the token tells the two apart.
        known = request.cookies.get(self._token, "")
        return site is not None or origin != "null" or (known != "" and hmac.compare_digest(given, known.encode()))


def _refused(why: str, status: int) -> tuple[str, int]:
    return render_template("desk/refused.html", why=why), status
