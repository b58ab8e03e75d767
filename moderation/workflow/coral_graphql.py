"""What is asked of a Coral by its GraphQL, and what its answers mean. The names are those of its schema.

Production servers take questions of one's own from administrators only; `createToken` asks for the same.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.workflow.jobs import Unreadable

PATH = "/api/graphql"
PUBLISHED_UNSEEN = "NONE"  # the status of a comment that nobody and nothing decided about
APPROVED, REJECTED = "APPROVED", "REJECTED"
_HISTORY = "statusHistory(first: 10) { edges { node { createdAt moderator { id } } } }"
_FIELDS = f"body status author {{ id }} parent {{ id }} story {{ id url }} revision {{ id }} {_HISTORY}"
_QUERY = f"query($id: ID!) {{ viewer {{ id }} comment(id: $id) {{ {_FIELDS} }} }}"
_LATEST = (  # without their texts: an answer is read up to 64 KiB
    "query($id: ID!) { user(id: $id) { allComments(first: 50) "
    "{ edges { node { id createdAt parent { id } story { id } } } } } }"
)
_REJECT = "mutation($input: RejectCommentInput!) { rejectComment(input: $input) { comment { status } } }"
_APPROVE = "mutation($input: ApproveCommentInput!) { approveComment(input: $input) { comment { status } } }"
_FLAG = "mutation($input: CreateCommentFlagInput!) { createCommentFlag(input: $input) { comment { id } } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedComment:
    """A comment as it stands in Coral."""

    id: str
    body: str
    status: str
    revision_id: str
    author_id: str
    story_id: str
    story_url: str | None
    parent_id: str | None
    decided_by: str | None = None  # who set the status last, where that was a person and not we
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenComment:
    """One of an author's comments, by what can be told of it without its text."""

    id: str
    created_at: datetime
    story_id: str
    parent_id: str | None


def question(coral_id: str) -> bytes:
    """The request for one comment."""
    return _request(_QUERY, {"id": coral_id})


def question_of_author(author_id: str) -> bytes:
    """The request for the newest comments of one author, whatever their status."""
    return _request(_LATEST, {"id": author_id})


def rejection(comment: PublishedComment, reason: Mapping[str, Any] | None) -> bytes:
    """The request to reject it, for a reason where one is given."""
    return _request(_REJECT, {"input": {**_about(comment), **({"reason": reason} if reason else {})}})


def approval(comment: PublishedComment) -> bytes:
    """The request to approve it."""
    return _request(_APPROVE, {"input": _about(comment)})


def report(comment: PublishedComment, *, spam: bool, details: str) -> bytes:
    """The request to put it on the list of reported comments."""
    reason = "COMMENT_REPORTED_SPAM" if spam else "COMMENT_REPORTED_OFFENSIVE"
    return _request(_FLAG, {"input": {**_about(comment), "reason": reason, "additionalDetails": details}})


def outcome(raw: bytes) -> Mapping[str, Any]:
    """The `data` of an answer; Unreadable where there is none, or errors beside it."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unreadable("no_json") from None
    if not isinstance(found, dict) or found.get("errors") or not isinstance(found.get("data"), dict):
        raise Unreadable("graphql_errors")
    data: Mapping[str, Any] = found["data"]
    return data


def changed_to(raw: bytes) -> str | None:
    """The status that a comment has after a mutation; an edit meanwhile leaves it as it was."""
    try:
        (payload,) = outcome(raw).values()
        return _text(payload["comment"]["status"])
    except (KeyError, TypeError, ValueError):
        return None


def comment(coral_id: str, raw: bytes) -> PublishedComment | None:
    """The comment of an answer; None where it is no longer there, or has no words or no author."""
    data = outcome(raw)
    found = data.get("comment")
    if found is None:
        return None
    try:
        if not found["body"] or not found["author"]:
            return None
        url, parent = found["story"].get("url"), found.get("parent")
        decided_by, decided_at = _last_person(found.get("statusHistory"), data.get("viewer"))
        return PublishedComment(
            id=coral_id,
            body=_text(found["body"]).replace("\0", " ").encode("utf-8", "replace").decode(),
            status=_text(found["status"]),
            revision_id=_text(found["revision"]["id"]),
            author_id=_text(found["author"]["id"]),
            story_id=_text(found["story"]["id"]),
            story_url=_text(url) if url else None,
            parent_id=_text(parent["id"]) if parent else None,
            decided_by=decided_by,
            decided_at=decided_at,
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unreadable("another_shape") from None


def comments_of_author(raw: bytes) -> Sequence[WrittenComment]:
    """The newest comments of an answer; none where the author is gone."""
    user = outcome(raw).get("user")
    if user is None:
        return ()
    try:
        return [_written(edge["node"]) for edge in user["allComments"]["edges"]]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unreadable("another_shape") from None


def _written(node: Any) -> WrittenComment:
    return WrittenComment(
        id=_text(node["id"]),
        created_at=_time(node["createdAt"]),
        story_id=_text(node["story"]["id"]),
        parent_id=_text(node["parent"]["id"]) if node.get("parent") else None,
    )


def _last_person(history: Any, viewer: Any) -> tuple[str | None, datetime | None]:
    """Who changed the status last and when; nobody where that was Coral itself, or the account of our token."""
    changes = [edge["node"] for edge in history["edges"]] if history else []
    last = max(changes, key=lambda one: _time(one["createdAt"]), default=None)
    if last is None or not last["moderator"] or last["moderator"]["id"] == (viewer or {}).get("id"):
        return None, None
    return _text(last["moderator"]["id"]), _time(last["createdAt"])


def _time(value: Any) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _about(comment: PublishedComment) -> dict[str, str]:
    return {"commentID": comment.id, "commentRevisionID": comment.revision_id, "clientMutationId": comment.revision_id}


def _request(query: str, variables: Mapping[str, Any]) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()
