"""The desk: pages for moderators and admins. Denies by default, rendered on the server, needs no script."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from moderation.web.console import admin, blocks, find, login, privacy, queue, service, words
from moderation.web.console.access import Access

if TYPE_CHECKING:
    from moderation.bootstrap import Application

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def blueprint(application: "Application") -> Blueprint:
    """All pages of the desk around the verbs of `application`."""
    desk = Blueprint(
        "desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    access = Access(application)
    desk.before_request(access.check)
    desk.after_request(_policy)
    desk.after_request(access.headers)
    desk.context_processor(lambda: {"words": words, "access": access})
    words.register(desk)
    for part in (login, queue, find, blocks, privacy, admin, service):
        part.register(desk, application, access)
    return desk


def _policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
