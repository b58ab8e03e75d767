"""Akismet 1.1: the site's rules as a bare `true` or `false`, for WordPress and for whoever else asks in this way."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import Blueprint, Response, request

from moderation.engine.facts import Author, Story, Submission
from moderation.engine.verdict import RANK
from moderation.errors import InvalidFields, ModerationError, NotAllowed, NotAuthenticated
from moderation.web import auth, errors, form_body, roles
from moderation.web.fields import TEXT_BYTES, URL_LENGTH
from moderation.web.routes import Edge
from moderation.workflow.feedback import Remark
from moderation.workflow.judge import Judged

ACT = "have a text scored by another protocol"
THANKS = "Thanks for making the web a better place."  # clients compare the whole line
SECONDS = 0.8  # the most impatient client waits for one second
_LEAST = 0.1
TEST_SPAM = ("viagra-test-123", "akismet-guaranteed-spam")
ADMINISTRATOR = "administrator"
_ROLES = {"editor": "staff", "author": "staff", "moderator": "moderator", "bbp_moderator": "moderator"}
_STOPS = ("hold", "reject")
_NAME_LENGTH = 1_000
_CSV_HEAD = "Site,API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with a valid key."""

    edge: Edge
    holder: auth.KeyHolder
    form: Mapping[str, str]
    now: datetime

    def given(self, name: str) -> str:
        """A field of the form, or nothing."""
        return self.form.get(name, "")

    @property
    def is_test(self) -> bool:
        """A rehearsal: nothing is learnt from it."""
        return self.given("is_test").lower() in ("1", "true")


View = Callable[[Asked], Response]


def blueprint(edge: Edge) -> Blueprint:
    """The calls of version 1.1, and the two of 1.2 that clients make."""
    akismet = Blueprint("akismet", __name__)
    akismet.register_error_handler(ModerationError, _refuse)
    akismet.register_error_handler(Exception, lambda error: _refuse(errors.unexpected(error)))
    for path, view in CALLS.items():
        akismet.add_url_rule(path, path.rpartition("/")[2], _opened(edge, view), methods=[METHODS.get(path, "POST")])
    open_to_all = roles.open_to_all("see that the service is alive and ready")
    akismet.add_url_rule("/1.1/test", "test", open_to_all(lambda: _bare("connected")))
    akismet.add_url_rule("/1.2/compatible-plugins", "compatible-plugins", open_to_all(compatible_plugins))
    return akismet


def _opened(edge: Edge, view: View) -> Callable[[], Response]:
    # WordPress asks about a new key beside the one that it has.
    names = ("key", "api_key") if view is verify_key else ("api_key", "key")

    def opened() -> Response:
        form, now = form_body.read(), edge.application.now()
        holder = auth.authorise_protocol(edge.application, _key(form, *names), ACT, now=now)
        return view(Asked(edge, holder, form, now))

    return roles.mark(opened, ACT)


def _key(form: Mapping[str, str], *names: str) -> str:
    """In the form, else the first label of the host name."""
    label, dot, _ = request.headers.get("Host", "").partition(".")
    return next((form[name] for name in names if form.get(name)), label if dot else "")


def _need(asked: Asked, *names: str) -> None:
    for name in names:
        if not asked.given(name):
            raise InvalidFields(f"Missing required field: {name}.")


def verify_key(asked: Asked) -> Response:
    """The key opens: else there would be no view."""
    _need(asked, "blog")
    return _bare("valid")


def comment_check(asked: Asked) -> Response:
    """`true` where the site's rules hold or reject the comment, or where nobody could judge it."""
    _need(asked, "blog", "user_ip")
    asked.edge.judge_limit.spend(asked.holder.key_id)
    if ADMINISTRATOR in _user_roles(asked):
        return _bare("false")
    known = _known(asked)
    if known:
        return _bare("true", {"X-akismet-debug-help": known})
    asked.edge.application.rulebook.current(
        site_id=asked.holder.site_id
    )  # new rules are compiled before the clock runs
    ends = time.monotonic() + SECONDS
    with asked.edge.judging.enter():
        return _told(_strictest(asked, ends))


def _strictest(asked: Asked, ends: float) -> Judged:
    """The text under each reading; the writer's address counts only where the rules reject it."""
    judged = [_judge(asked, one, ends) for one in _readings(asked)]
    address = asked.given("comment_author_url")[:URL_LENGTH]
    if address:
        about = _judge(asked, Submission(text=address), ends)
        judged += [about] if about.verdict.action == "reject" else []
    return max(judged, key=lambda one: RANK[one.verdict.action])


def _known(asked: Asked) -> str | None:
    """Why a comment is stopped without a look at its text."""
    email = asked.given("comment_author_email").partition("@")[0]
    if asked.given("comment_author") in TEST_SPAM or email in TEST_SPAM:
        return "A test author."
    field = asked.given("honeypot_field_name")
    if field and asked.given(field):
        return "The field that people do not see was filled in."
    if len(asked.given("comment_content").encode("utf-8", "replace")) > TEXT_BYTES:
        return f"Longer than {TEXT_BYTES} bytes: a person has to look."
    return None


def _readings(asked: Asked) -> Iterator[Submission]:
    """The text as it stands and, where it may be markup, as a page shows it: no client says which of them it is."""
    language = asked.given("blog_lang")[:3].partition("_")[0].lower()  # en_US, de, "en, fr_CA"
    role = next((_ROLES[one] for one in _user_roles(asked) if one in _ROLES), "reader")
    text = asked.given("comment_content")
    for format in ("plain", "html") if "<" in text or "&" in text else ("plain",):
        yield Submission(
            text=text,
            format=format,
            author=Author(
                name=asked.given("comment_author")[:_NAME_LENGTH] or None,
                role=role,
                published=0 if _is_guest(asked) else None,
            ),
            story=Story(
                url=asked.given("permalink")[:URL_LENGTH] or None,
                language=language.strip(", -") or None,
            ),
        )


def _is_guest(asked: Asked) -> bool:
    """Somebody without an account has no record: the rules about newcomers act, above all on links."""
    accounts = {asked.given("user_ID"), asked.given("user_id")} - {"", "0"}
    return not asked.given("user_role") and not accounts


def _user_roles(asked: Asked) -> list[str]:
    return [one.strip().lower() for one in asked.given("user_role").split(",")]


def _judge(asked: Asked, submission: Submission, ends: float) -> Judged:
    seconds = max(_LEAST, ends - time.monotonic())
    return asked.edge.application.judge.assess(
        site_id=asked.holder.site_id, submission=submission, now=asked.now, seconds=seconds
    )


def _told(judged: Judged) -> Response:
    action, live = str(judged.verdict.action), [one for one in judged.verdict.matches if one.state == "live"]
    headers = {"X-Moderation-Action": action}
    if judged.verdict.categories:
        headers["X-Moderation-Categories"] = ", ".join(judged.verdict.categories)
    if any(one.category == "spam" and one.action == "reject" for one in live):
        headers["X-akismet-pro-tip"] = "discard"
    return _bare("true" if action in _STOPS else "false", headers)


def submit_spam(asked: Asked) -> Response:
    """A person says that a comment which passed should not have."""
    return _submitted(asked, spam=1.0)


def submit_ham(asked: Asked) -> Response:
    """A person says that a comment which was stopped should have passed."""
    return _submitted(asked, spam=0.0)


def _submitted(asked: Asked, *, spam: float) -> Response:
    _need(asked, "blog", "user_ip")
    asked.edge.judge_limit.spend(asked.holder.key_id)
    if not asked.is_test:
        asked.edge.application.feedback.tell(
            site_id=asked.holder.site_id,
            protocol="akismet",
            remark=Remark(asked.given("comment_content"), {"spam": spam}),
            by=auth.actor(asked.holder),
            now=asked.now,
        )
    return _bare(THANKS)


def get_subscription(asked: Asked) -> Response:
    """What WordPress asks before it saves a key; its page of settings and Akismet's PHP library read every field."""
    account = {"account_id": 0, "account_name": asked.holder.site_slug, "account_type": "self-hosted"}
    return _json({**account, "status": "active", "next_billing_date": False, "limit_reached": False})


def get_stats(_asked: Asked) -> Response:
    """None are kept by this road; WordPress then goes on with its own count."""
    return _json(None)


def deactivate(_asked: Asked) -> Response:
    """WordPress takes its leave; the key stays until the operator revokes it."""
    return _bare("deactivated")


def usage_limit(_asked: Asked) -> Response:
    """There is none. A check leaves no row, so nothing can be counted; without a number clients break off."""
    return _json({"limit": "none", "usage": 0, "percentage": 0, "throttled": False})


def compatible_plugins() -> Response:
    """None: and the settings page of the plugin breaks off at any JSON but a list."""
    return _json([])


def key_sites(asked: Asked) -> Response:
    """Nothing is counted by site address."""
    if asked.given("format") == "csv":
        return Response(_CSV_HEAD, content_type="text/csv; charset=utf-8")
    month = asked.given("month")[:7] or f"{asked.now:%Y-%m}"
    return _json({month: [], "limit": 500, "offset": 0, "total": 0})


CALLS: dict[str, View] = {
    "/1.1/verify-key": verify_key,
    "/1.1/comment-check": comment_check,
    "/1.1/submit-spam": submit_spam,
    "/1.1/submit-ham": submit_ham,
    "/1.1/get-subscription": get_subscription,
    "/1.1/get-stats": get_stats,
    "/1.1/deactivate": deactivate,
    "/1.2/usage-limit": usage_limit,
    "/1.2/key-sites": key_sites,
}
METHODS = {"/1.2/usage-limit": "GET", "/1.2/key-sites": "GET"}


def _bare(text: str, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """Bare text without a line end: clients compare all of it.

    From 5.3.7 on WordPress's plugin takes no notice of an answer without an id, be it a verdict or a fault.
    """
    named = {**(headers or {}), "X-akismet-guid": uuid4().hex}
    return Response(text, status=status, headers=named, content_type="text/plain; charset=utf-8")


def _json(value: object) -> Response:
    return Response(json.dumps(value), content_type="application/json")


def _refuse(error: ModerationError) -> Response:
    """`invalid` with 200 where the caller is wrong, as clients expect; a status where it is us: they ask again."""
    help = (error.detail or error.title).encode("ascii", "replace").decode()
    if isinstance(error, NotAuthenticated | NotAllowed | InvalidFields):
        return _bare("invalid", {"X-akismet-debug-help": help})
    like = errors.respond(error)
    headers = {name: value for name, value in like.headers.items() if name == "Retry-After"}
    return _bare(error.type, {**headers, "X-akismet-debug-help": help}, like.status_code)
