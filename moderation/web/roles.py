"""Who may do what: the one table behind every route, the pages of the desk and docs/roles.md.

What is not in the table is nobody's: a route that names no act of it answers as if it were not there.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask

from moderation.workflow.keys import SCOPES
from moderation.workflow.users import ROLES

ANYONE, PROTOCOL, OPERATOR = "anyone", "protocol", "operator"
CALLERS = (ANYONE, PROTOCOL, *reversed(SCOPES), *ROLES, OPERATOR)
View = TypeVar("View", bound=Callable[..., Any])

_FULL = {"full": "yes"}
_KEYS = {"read": "yes", "full": "yes"}
_PEOPLE = dict.fromkeys(ROLES, "yes")
_SENIOR = {"senior": "yes", "admin": "yes"}
_OPERATOR = {OPERATOR: "yes"}
_ALONE = "up to 7 days"
_OTHERS = "yes, in the place of another's decision too"
_HERE = "who has commented at this site alone"
_SECOND = "up to 7 days, longer with a second person"

# act -> who may, each with "yes" or how far. Limits are kept by the verbs, which know the role of the one who acts.
ACTS: dict[str, Mapping[str, str]] = {
    "see that the service is alive and ready": {ANYONE: "yes"},
    "read the documentation of the API": {ANYONE: "yes"},
    "load styles and pictures of pages": {ANYONE: "yes"},
    "log in": {ANYONE: "yes"},
    "submit, edit and withdraw comments": _FULL,
    "read comments and their flags": _KEYS,
    "store stories": _FULL,
    "read stories": _KEYS,
    "pass on flags of readers": _FULL,
    "pass on decisions taken elsewhere": _FULL,
    "read a commenter's standing and appeals": _KEYS,
    "block and unblock commenters for the site": _FULL,
    "pass on appeals": _FULL,
    "read events": _KEYS,
    "keep webhooks": _FULL | _OPERATOR,
    "read the guidelines": _KEYS,
    "judge a text without storing it": _FULL | _OPERATOR,
    "have a text scored by another protocol": _FULL | {PROTOCOL: "yes"},
    "pass on comments of a Coral, signed with its secret": {PROTOCOL: "yes"},
    "choose one of the own sites, log out": _PEOPLE,
    "read the queue": _PEOPLE,
    "find comments": _PEOPLE,
    "claim, decide, release": {"moderator": "yes", "senior": _OTHERS, "admin": _OTHERS},
    "check comments under a story first": _PEOPLE,
    "undo own decisions": _PEOPLE,
    "read a commenter's record": _PEOPLE,
    "confirm or decline a proposed block": {"moderator": _SECOND, "senior": _SECOND, "admin": "yes"},
    "block by hand": {"senior": _ALONE, "admin": "yes"},
    "lift a block": _SENIOR,
    "answer appeals": _PEOPLE,
    "keep for legal proceedings, and lift that": {"admin": "yes"} | _OPERATOR,
    "erase a commenter": {"admin": _HERE} | _OPERATOR,
    "export a site's comments, or a person's data": _OPERATOR,
    "read the rules in force": _PEOPLE | _OPERATOR,
    "go back to earlier rules": _SENIOR | _OPERATOR,
    "release a paused rule": {"admin": "yes"} | _OPERATOR,
    "see what slipped through, waits or failed": {"admin": "yes"} | _OPERATOR,
    "read the metrics": _OPERATOR,
    "publish rules": _OPERATOR,
    "make and revoke keys": _OPERATOR,
    "add and remove accounts, change their roles": _OPERATOR,
    "add and remove sites": _OPERATOR,
    "back up, restore, change settings, upgrade": _OPERATOR,
}
_FILES = frozenset({"static", "desk.static"})  # Flask's own views, which take no mark


def may(caller: str | None, act: str) -> bool:
    """May this caller (a role at the desk, a scope of a key, the operator) do this?"""
    allowed = ACTS.get(act, {})
    return ANYONE in allowed or caller in allowed


def mark(view: View, act: str) -> View:
    """Names the act that a view asks the right for. Only for code that asks for it."""
    if act not in ACTS:
        raise ValueError(f"{act!r} is not in the table of roles")
    view.act = act  # type: ignore[attr-defined]  # `act_of` reads it
    return view


def open_to_all(act: str) -> Callable[[View], View]:
    """Decorator of a view that asks for no right."""
    if not may(None, act):
        raise ValueError(f"{act!r} is not for everybody")
    return lambda view: mark(view, act)


def act_of(app: Flask, endpoint: str | None) -> str | None:
    """The act that an endpoint of `app` asks the right for; None for one that nobody put into the table."""
    if endpoint in _FILES:
        return "load styles and pictures of pages"
    return getattr(app.view_functions.get(endpoint or ""), "act", None)
