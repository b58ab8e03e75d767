"""What is asked of a WordPress by its REST API, and what its answers mean."""

import base64
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import Reply

STATUSES: Mapping[str, str] = {"published": "approved", "held": "hold", "rejected": "trash"}  # ours → theirs
SPAM = "spam"
GONE = ("rest_comment_invalid_id", "rest_post_invalid_id")  # the comment, or the post that it stood under
POST_IN_TRASH = "post-trashed"
NO_ADDRESS = "0.0.0.0"  # noqa: S104 # nothing is bound: WordPress's own word for an address that is not known
NO_AGENT = "-"
_ID = re.compile(r"[1-9][0-9]{0,19}")


@dataclass(frozen=True, slots=True)
class Standing:
    """A comment as it is there: its status, and from where and with what it was written."""

    status: str
    address: str
    agent: str


def is_id(external_id: str) -> bool:
    """Can a comment of WordPress have this id?"""
    return _ID.fullmatch(external_id) is not None


def address_to_read(site: str, external_id: str) -> str:
    """Where the comment is read by a POST: WordPress takes the method from the address."""
    return f"{_address(site, external_id)}?_method=GET&context=edit&_fields=id,status,author_ip,author_user_agent"


def address_to_change(site: str, external_id: str) -> str:
    """Where its status is changed, at the site with this address; no text comes back."""
    return f"{_address(site, external_id)}?_fields=id,status"


def authorization(token: str) -> str:
    """Basic, of `user:application password`."""
    return "Basic " + base64.b64encode(token.encode()).decode()


def change(status: str, found: Standing) -> bytes:
    """The request for a status.

    With each change WordPress notes the caller's address and program as those of the comment's writer, unless it is told
    others; a blank counts as not told.
    """
    known = {"author_ip": found.address or NO_ADDRESS, "author_user_agent": found.agent or NO_AGENT}
    return json.dumps({"status": status, **known}).encode()


def standing(reply: Reply) -> Standing | None:
    """The comment as an answer tells it, None where there is none any more; Unreadable for all that is tried again."""
    status, found = reply.answer.status, _object(reply.body)
    if status is None:
        raise Unreadable(reply.answer.error or "no_answer")
    if status == 404 and found.get("code") in GONE:
        return None
    if status not in (200, 201):
        raise Unreadable(f"status_{status}")
    if not isinstance(found.get("status"), str):  # a page of the site: the API is switched off or elsewhere
        raise Unreadable("no_json")
    return Standing(found["status"], _ip(found.get("author_ip")), str(found.get("author_user_agent") or ""))


def _address(site: str, external_id: str) -> str:
    return f"{site.rstrip('/')}/wp-json/wp/v2/comments/{external_id}"


def _ip(found: object) -> str:
    """An address that WordPress takes back as it is, or nothing."""
    text = str(found)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return ""
    return "" if "%" in text else text  # it knows no zones


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
