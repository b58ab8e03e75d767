"""Comments: submit, read, withdraw."""

from typing import Any

from moderation.web import answers
from moderation.web.links import comment_path, with_links
from moderation.web.prefer import wait_until
from moderation.web.routes import REPLAYED, Answer, Call, Route, Says
from moderation.web.submissions import COMMENT_EXAMPLE, CommentFields


def submit(call: Call) -> Answer:
    """Take a comment in; the verdict follows, at once where the caller prefers to wait and one is ready in time."""
    if not call.preferences.ask_first:
        return _submitted(call, ask_first=False)
    with call.edge.judging.enter_soon() as room:  # no room to ask: it goes on, and is checked as ever
        return _submitted(call, ask_first=room)


def _submitted(call: Call, *, ask_first: bool) -> Answer:
    done = call.application.intake.submit(
        site_id=call.site_id, comment=call.body.incoming(), by=call.by, now=call.now, key=call.key, ask_first=ask_first
    )
    headers = dict(REPLAYED) if done.replayed else {}
    if ask_first:
        headers["Preference-Applied"] = "ask-first"
    if done.outcome == "not_submitted":
        return Answer({"status": "not_submitted", **(done.ask or {})}, 200, headers)
    return _with_verdict(call, done.comment, done.outcome, headers)


def _with_verdict(call: Call, comment: dict[str, Any], outcome: str, headers: dict[str, str]) -> Answer:
    headers["Location"] = call.edge.public_url + comment_path(comment["id"])
    if comment["status"] == "pending" and call.preferences.wait and _waited(call, comment["id"]):
        comment = call.application.queries.comment(site_id=call.site_id, comment_id=comment["id"])
        applied = [headers.get("Preference-Applied"), f"wait={call.preferences.wait}"]
        headers["Preference-Applied"] = ", ".join(filter(None, applied))
    if comment["status"] != "pending" or outcome == "same":
        return Answer(with_links(comment, call.edge.public_url), 200, headers)
    headers["Retry-After"] = "1"
    return Answer(with_links(comment, call.edge.public_url), 202, headers)


def _waited(call: Call, comment_id: str) -> bool:
    is_decided = call.application.queries.is_decided
    with call.edge.waiting.take() as free:
        return free and wait_until(
            lambda: is_decided(site_id=call.site_id, comment_id=comment_id), seconds=call.preferences.wait
        )


def get(call: Call) -> Answer:
    """A comment and where it stands."""
    comment = call.application.queries.comment(site_id=call.site_id, comment_id=call.path["comment_id"])
    return Answer(with_links(comment, call.edge.public_url))


def withdraw(call: Call) -> Answer:
    """The site takes a comment back."""
    comment = call.application.intake.withdraw(
        site_id=call.site_id, comment_id=call.path["comment_id"], by=call.by, now=call.now
    )
    return Answer(with_links(comment, call.edge.public_url))


ROUTES = (
    Route(
        method="POST",
        path="/v1/comments",
        name="submitComment",
        tag="Comments",
        summary="Submit a comment, or a new revision of it",
        text="The answer is 202 with a pending comment; the verdict follows within a moment as an event and a webhook. "
        "`Prefer: wait=N` (at most 10) waits for it. `Prefer: ask-first` asks the writer once where a rule says so: the "
        "answer is then 200 with `status: not_submitted`, nothing is stored, and the second send goes on. "
        "Sending the same id and text again is safe and answers 200. Another text is a new revision; while it is checked, "
        "the last published one stays public.",
        act="submit, edit and withdraw comments",
        view=submit,
        body=CommentFields,
        answers={
            200: Says(
                "Already known, decided in time, or (with `Prefer: ask-first`) not submitted.",
                answers.Comment,
                ("Location", "Preference-Applied", "Idempotent-Replayed"),
                or_model=answers.NotSubmitted,
            ),
            202: Says(
                "Taken in, pending.",
                answers.Comment,
                ("Location", "Retry-After", "Preference-Applied", "Idempotent-Replayed"),
            ),
        },
        problems=(409, 410),
        headers=("Prefer", "Idempotency-Key"),
        example=COMMENT_EXAMPLE,
    ),
    Route(
        method="GET",
        path="/v1/comments/{comment_id}",
        name="getComment",
        tag="Comments",
        summary="Read a comment",
        act="read comments and their flags",
        view=get,
        answers={200: Says("The comment.", answers.Comment)},
        problems=(404, 410),
    ),
    Route(
        method="DELETE",
        path="/v1/comments/{comment_id}",
        name="withdrawComment",
        tag="Comments",
        summary="Withdraw a comment",
        text="Nothing of it is public any more, and it cannot be sent again under the same id.",
        act="submit, edit and withdraw comments",
        view=withdraw,
        answers={200: Says("Withdrawn.", answers.Comment)},
        problems=(404, 409, 410),
    ),
)
