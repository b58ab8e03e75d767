"""OpenAI's moderation endpoint, which Mistral's client asks as well: the site's rules under their names."""

import json
import secrets
import time
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field, WithJsonSchema

from moderation.engine.facts import Submission
from moderation.engine.verdict import Action
from moderation.errors import InvalidFields, ModerationError, NotAuthenticated, TooManyRequests
from moderation.web import answers, errors
from moderation.web.fields import TEXT_BYTES, Fields, is_blank, wrong
from moderation.web.openai_categories import STOPS, findings, names_for
from moderation.web.routes import Answer, Call, Dialect, Route, Says
from moderation.workflow.judge import Judged, given_verdict

MOST_TEXTS = 32
SECONDS = 10.0  # for all texts of a request
_LEAST = 0.2
_RULES_SHOWN = 12
_PART = {
    "type": "object",
    "required": ["type", "text"],
    "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
}
_INPUT = {
    "description": f"One text, up to {MOST_TEXTS} texts, or up to {MOST_TEXTS} parts of one text. A text has at most "
    f"{TEXT_BYTES:,} bytes of UTF-8. Pictures are refused: nobody looks at them here.",
    "anyOf": [
        {"type": "string", "maxLength": TEXT_BYTES},
        {"type": "array", "minItems": 1, "maxItems": MOST_TEXTS, "items": {"type": "string", "maxLength": TEXT_BYTES}},
        {"type": "array", "minItems": 1, "maxItems": MOST_TEXTS, "items": _PART},
    ],
}


def _texts(value: Any) -> tuple[str, ...]:
    """The texts to judge: one result for each."""
    if isinstance(value, str):
        return (_checked(value),)
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_TEXTS:
        raise wrong("input", f"Must be a string, or a list of 1 to {MOST_TEXTS} strings or text parts.")
    if all(isinstance(one, str) for one in value):
        return tuple(map(_checked, value))
    return (_checked("\n".join(map(_part, value))),)


def _part(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "image_url":
        raise wrong("input", "Pictures are not looked at here; send text only, and let a person see the picture.")
    if kind != "text" or not isinstance(value.get("text"), str):
        raise wrong("input", 'Must hold strings only, or parts such as {"type": "text", "text": "…"} only.')
    return str(value["text"])


def _checked(text: str) -> str:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > TEXT_BYTES:
        raise wrong("too_long", f"Too long: {size} bytes of UTF-8, at most {TEXT_BYTES} for one text.")
    return text


class ModerationFields(Fields):
    """What OpenAI's and Mistral's clients send."""

    input: Annotated[tuple[str, ...], BeforeValidator(_texts), WithJsonSchema(_INPUT)]
    model: str | None = Field(
        None, max_length=200, description="A name that begins with `mistral` is answered in Mistral's names."
    )


class ModerationResult(answers.Given):
    """One text. Beside the names of the protocol the maps hold our own categories."""

    flagged: bool = Field(description="The site's rules hold or reject the text, or it could not be judged.")
    categories: dict[str, bool] = Field(description="True where a live rule of that kind holds or rejects.")
    category_scores: dict[str, float]
    category_applied_input_types: dict[str, list[str]] = Field(description="Empty for what is not assessed.")
    action: answers.Action = Field(description="Ours: what the rules would do with a comment.")
    reasons: list[answers.ReasonAnswer] = Field(description="Ours: why, in words for a moderator.")


class Moderation(answers.Given):
    """The answer to a request."""

    id: str
    model: str
    results: list[ModerationResult]


class OpenAIErrorBody(answers.Given):
    """What went wrong."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class OpenAIError(answers.Given):
    """An error in OpenAI's shape."""

    error: OpenAIErrorBody


def moderations(call: Call) -> Answer:
    """The verdicts on the texts of one request; nothing is stored."""
    fields: ModerationFields = call.body
    call.edge.judge_limit.spend(call.holder.key_id, len(fields.input))
    call.application.rulebook.current(site_id=call.site_id)  # new rules are compiled before the clock runs
    ends = time.monotonic() + SECONDS
    judged = [_judge(call, text, ends) for text in fields.input]
    return Answer(
        {
            "id": f"modr-{secrets.token_hex(16)}",
            "model": f"keepitcivil-{judged[0].rules.version[:_RULES_SHOWN]}",
            "results": [_result(one, fields.model or "") for one in judged],
        }
    )


def _judge(call: Call, text: str, ends: float) -> Judged:
    with call.edge.judging.enter():
        seconds = max(_LEAST, ends - time.monotonic())
        return call.application.judge.assess(
            site_id=call.site_id, submission=Submission(text=text), now=call.now, seconds=seconds
        )


def _result(judged: Judged, model: str) -> dict[str, Any]:
    found = findings(judged, names_for(model))
    is_read = not is_blank(judged.facts.submission.text)
    return {
        "flagged": judged.verdict.action in STOPS,
        "categories": found.flagged,
        "category_scores": found.scores,
        "category_applied_input_types": {
            name: ["text"] if assessed and is_read else [] for name, assessed in found.assessed.items()
        },
        "action": Action(judged.verdict.action).value,
        "reasons": given_verdict(judged)["reasons"],
    }


def refuse(error: ModerationError) -> Response:
    """An error in OpenAI's shape: its clients decide by status and `code`, and obey Retry-After."""
    response = errors.respond(error)  # logs, status and headers are the same as everywhere
    status = 400 if isinstance(error, InvalidFields) else response.status_code
    code, kind = error.type, "server_error" if status >= 500 else "invalid_request_error"
    if isinstance(error, NotAuthenticated):
        code = "invalid_api_key"
    if isinstance(error, TooManyRequests):
        code, kind = "rate_limit_exceeded", "requests"
    first = error.errors[0] if error.errors else None
    body = {
        "message": f"{first.pointer}: {first.detail}" if first else error.detail or f"{error.title}.",
        "type": kind,
        "param": first.pointer.removeprefix("#/") or None if first else None,
        "code": code,
    }
    response.status_code, response.content_type = status, "application/json"
    response.set_data(json.dumps({"error": body}, ensure_ascii=False) + "\n")
    return response


ROUTES = (
    Route(
        method="POST",
        path="/v1/moderations",
        name="moderations",
        tag="Other protocols",
        summary="OpenAI's moderation endpoint, for OpenAI's and Mistral's clients",
        text="Takes either kind of key. The booleans say what the rules of your site do, under OpenAI's names and under ours; "
        "nothing is stored. Errors have OpenAI's shape.",
        act="have a text scored by another protocol",
        view=moderations,
        body=ModerationFields,
        answers={200: Says("One result for each text, in order.", Moderation)},
        example={"model": "omni-moderation-latest", "input": ["Well said.", "What a clown."]},
        dialect=Dialect(
            refuse,
            OpenAIError,
            {
                400: "The body is not JSON, or a field is missing or wrong; `param` says which.",
                401: "The key is missing or not valid: `invalid_api_key`.",
                403: "The key may only read.",
                413: "The body is too large.",
                415: "Send UTF-8 JSON, not compressed.",
                429: "Too many texts with this key: `rate_limit_exceeded`. Clients repeat it by themselves.",
                500: "Something went wrong on our side; the message has an id to quote.",
                503: "Not available just now. Clients repeat it by themselves.",
            },
        ),
    ),
)
