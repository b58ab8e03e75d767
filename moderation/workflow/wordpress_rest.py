"""What is asked of a WordPress by its REST API, and what its answers mean."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from moderation.workflow.jobs import Unreadable
from moderation.workflow.ports import Reply

STATUSES: Mapping[str, str] = {"published": "approved", "held": "hold", "rejected": "trash"}  # ours → theirs
SPAM = "spam"
GONE = "rest_comment_invalid_id"
REFUSED_CHANGE = "rest_comment_failed_edit"  # with 500: also where the comment has that status already
_ID = re.compile(r"[1-9][0-9]{0,19}")


def is_id(external_id: str) -> bool:
    """Can a comment of WordPress have this id?"""
    return _ID.fullmatch(external_id) is not None


def address(site: str, external_id: str) -> str:
    """Where the comment is changed, at the site with this address."""
    return f"{site.rstrip('/')}/wp-json/wp/v2/comments/{external_id}"


def address_to_read(site: str, external_id: str) -> str:
    """Where its status is read by a POST: WordPress takes the method from the address."""
    return f"{address(site, external_id)}?_method=GET&context=edit&_fields=id,status"


def authorization(token: str) -> str:
    """Basic, of `user:application password`."""
    return "Basic " + base64.b64encode(token.encode()).decode()


def change(status: str) -> bytes:
    """The request for a status."""
    return json.dumps({"status": status}).encode()


def outcome(reply: Reply) -> str:
    """told, gone, or refused (it may have that status already: read it); Unreadable for all that is tried again."""
    status = reply.answer.status
    if status is None:
        raise Unreadable(reply.answer.error or "no_answer")
    if status in (200, 201):
        if not reply.body.lstrip().startswith(b"{"):  # a page of the site: the API is switched off or elsewhere
            raise Unreadable("no_json")
        return "told"
    code = _object(reply.body).get("code")
    if status == 404 and code == GONE:
        return "gone"
    if status == 500 and code == REFUSED_CHANGE:
        return "refused"
    raise Unreadable(f"status_{status}")


def status_of(reply: Reply) -> str | None:
    """The status that the comment has there, as far as the answer tells."""
    found = _object(reply.body).get("status") if reply.answer.status == 200 else None
    return found if isinstance(found, str) else None


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
