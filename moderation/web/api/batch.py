"""Many comments in one request: NDJSON in, one answer line for each, in order, as they are done."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, stream_with_context

from moderation.errors import InvalidFields, ModerationError, TooLarge, Unavailable
from moderation.web import answers, fields, json_body
from moderation.web.errors import problem, unexpected
from moderation.web.links import with_links
from moderation.web.routes import REPLAYED, Answer, Call, Route, Says
from moderation.web.submissions import COMMENT_EXAMPLE, CommentFields

GIVE_UP_AFTER = 3  # lines in a row that found the service away; the rest is answered at once


def submit(call: Call) -> Answer | Response:
    """Take in every line on its own; a bad one does not stop the others."""
    lines = [(number, line) for number, line in enumerate(call.raw.split(b"\n"), 1) if line.strip()]
    if len(lines) > json_body.BATCH_LINES:
        raise TooLarge(f"A batch may have at most {json_body.BATCH_LINES} lines; this one has {len(lines)}.")
    if not lines:
        raise InvalidFields("The batch is empty: send one comment as JSON on each line.")
    repeat = call.application.intake.open_batch(site_id=call.site_id, key=call.key, now=call.now)
    headers = REPLAYED if repeat else {}
    return Response(stream_with_context(_answers(call, lines)), headers=headers, content_type="application/x-ndjson")


def _answers(call: Call, lines: list[tuple[int, bytes]]) -> Iterator[str]:
    away: list[Unavailable] = []
    for number, line in lines:
        given_up = len(away) >= GIVE_UP_AFTER
        found = _problem(number, away[-1]) if given_up else _answer(call, number, line, away)
        yield json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"


def _answer(call: Call, number: int, line: bytes, away: list[Unavailable]) -> dict[str, Any]:
    try:
        comment, status = _take(call, line)
        away.clear()
        return {"line": number, "status": status, "comment": with_links(comment, call.edge.public_url)}
    except Unavailable as error:
        away.append(error)
        return _problem(number, error)
    except ModerationError as error:
        return _problem(number, error)
    except Exception as error:  # one line must not end the others; logged with an id
        return _problem(number, unexpected(error))


def _take(call: Call, line: bytes) -> tuple[dict[str, Any], int]:
    if len(line) > json_body.REQUEST_BYTES:
        raise TooLarge(f"A line may have at most {json_body.REQUEST_BYTES} bytes.")
    body = fields.validate(CommentFields, json_body.parse_object(line), now=call.now)
    done = call.application.intake.submit(
        site_id=call.site_id, comment=body.incoming(), by=call.by, now=call.now, bulk=True
    )
    return done.comment, 200 if done.outcome == "same" or done.comment["status"] != "pending" else 202


def _problem(number: int, error: ModerationError) -> dict[str, Any]:
    found = problem(error)
    return {"line": number, "status": found["status"], "problem": found}


ROUTES = (
    Route(
        method="POST",
        path="/v1/comments:batch",
        name="submitComments",
        tag="Comments",
        summary="Submit many comments",
        text="One comment as JSON on each line, at most 1,000 lines and 8 MB; the answer has one line for each, in order, "
        "with the status that the comment would have got on its own. The ids of the comments make a repeat safe. "
        "They are checked after comments that were sent one by one.",
        act="submit, edit and withdraw comments",
        view=submit,
        body=CommentFields,
        media=json_body.NDJSON_TYPES,
        limit=json_body.BATCH_BYTES,
        parse=False,
        answers={
            200: Says(
                "One line for each line.", answers.BatchLine, ("Idempotent-Replayed",), media="application/x-ndjson"
            )
        },
        headers=("Idempotency-Key",),
        example=COMMENT_EXAMPLE,
    ),
)
