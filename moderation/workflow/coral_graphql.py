"""What is asked of a Coral by its GraphQL, and what its answers mean."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moderation.workflow.jobs import Unreadable

PATH = "/api/graphql"
PUBLISHED_UNSEEN = "NONE"  # the status of a comment that nobody and nothing decided about
_QUERY = (
    "query($id: ID!) { comment(id: $id) { body status author { id } parent { id } story { id url } revision { id } } }"
)
_REJECT = "mutation($input: RejectCommentInput!) { rejectComment(input: $input) { comment { status } } }"
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


def question(coral_id: str) -> bytes:
    """The request for one comment."""
    return _request(_QUERY, {"id": coral_id})


def rejection(comment: PublishedComment, reason: Mapping[str, Any] | None) -> bytes:
    """The request to reject it, for a reason where one is given."""
    return _request(_REJECT, {"input": {**_about(comment), **({"reason": reason} if reason else {})}})


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


def comment(coral_id: str, raw: bytes) -> PublishedComment | None:
    """The comment of an answer; None where it is no longer there, or has no words or no author."""
    found = outcome(raw).get("comment")
    if found is None:
        return None
    try:
        if not found["body"] or not found["author"]:
            return None
        url, parent = found["story"].get("url"), found.get("parent")
        return PublishedComment(
            id=coral_id,
            body=_text(found["body"]).replace("\0", " ").encode("utf-8", "replace").decode(),
            status=_text(found["status"]),
            revision_id=_text(found["revision"]["id"]),
            author_id=_text(found["author"]["id"]),
            story_id=_text(found["story"]["id"]),
            story_url=_text(url) if url else None,
            parent_id=_text(parent["id"]) if parent else None,
        )
    except (KeyError, TypeError, AttributeError):
        raise Unreadable("another_shape") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _about(comment: PublishedComment) -> dict[str, str]:
    return {"commentID": comment.id, "commentRevisionID": comment.revision_id, "clientMutationId": comment.revision_id}


def _request(query: str, variables: Mapping[str, Any]) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()
