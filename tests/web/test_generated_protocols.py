"""Requests that the schemas of the other protocols allow, and such that they do not, against the real application.

Perspective's is its discovery document; Coral's and Akismet's are written down here, as their programs send.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core import NotSet
from schemathesis.generation import GenerationMode
from werkzeug.test import TestResponse

from moderation.web import bounded
from moderation.web.api.akismet import THANKS
from moderation.web.perspective_attributes import NAMES
from moderation.web.perspective_discovery import document
from tests.web.coral import HOOK_SECRET, PHASE_SECRET, Coral
from tests.web.service import OPERATOR, Template
from tests.web.test_coral import CODES, FLAGS, STATUSES

TEXT = {"type": "string"}
ID = {"type": "string", "minLength": 1, "maxLength": 40}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _ours(schema: Any) -> Any:
    """Google's dialect in, JSON Schema out: $ref to components, and objects closed, since what is unknown is refused."""
    if isinstance(schema, list):
        return [_ours(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": f"#/components/schemas/{schema['$ref']}"}
    made = {key: _ours(value) for key, value in schema.items() if key not in ("id", "format", "description")}
    return {**made, "additionalProperties": False} if "properties" in made else made


DISCOVERY = document("https://moderation.example/")["schemas"]
SCHEMAS = {name: _ours(schema) for name, schema in DISCOVERY.items()}
for request, field in (
    ("AnalyzeCommentRequest", "requestedAttributes"),
    ("SuggestCommentScoreRequest", "attributeScores"),
):
    SCHEMAS[request]["properties"][field]["propertyNames"] = {"enum": list(NAMES)}
PHASE = _object(
    ("action", "comment", "author", "story"),
    action={"enum": ["NEW", "EDIT"]},
    comment=_object(("body",), body=TEXT, parentID={**ID, "nullable": True}),
    author=_object(("id", "role"), id=ID, role={"enum": ["COMMENTER", "STAFF", "MODERATOR", "ADMIN"]}),
    story=_object(("id",), id=ID, url=TEXT),
    site=_object(("id",), id=ID),
    tenantID=ID,
)
EVENT = _object(
    ("id", "type", "data"), id=ID, type=TEXT, data=_object(storyID=ID, storyURL=TEXT, commentID=ID, siteID=ID)
)
PHASE_ANSWER = {
    **_object(
        status={"enum": list(STATUSES)},
        actions={"type": "array", "items": _object(actionType={"const": "FLAG"}, reason={"enum": list(FLAGS)})},
        tags={"type": "array", "items": {"enum": ["STAFF", "FEATURED"]}},
        moderationAction=_object(
            status={"enum": list(STATUSES)}, rejectionReason=_object(("code",), code={"enum": list(CODES)})
        ),
    ),
    "additionalProperties": False,
}
COMMENT = _object(
    ("blog", "user_ip"),
    blog={"type": "string", "pattern": r"^https://[a-z]{1,20}\.example/$"},
    user_ip={"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$"},
    comment_content=TEXT,
    comment_author=TEXT,
    comment_author_email=TEXT,
    comment_author_url=TEXT,
    comment_type=TEXT,
    permalink=TEXT,
    user_role=TEXT,
    blog_lang=TEXT,
    is_test=TEXT,
)


def _operation(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    body = {"required": True, "content": {kind: {"schema": schema}}}
    return {"requestBody": body, "responses": {"200": {"description": "An answer."}}}


FORM = "application/x-www-form-urlencoded"
OPERATIONS = {
    "analyze": _operation({"$ref": "#/components/schemas/AnalyzeCommentRequest"}),
    "suggestscore": _operation({"$ref": "#/components/schemas/SuggestCommentScoreRequest"}),
    "phase": _operation(PHASE),
    "webhooks": _operation(EVENT),
    "comment-check": _operation(COMMENT, FORM),
    "submit-spam": _operation(COMMENT, FORM),
    "submit-ham": _operation(COMMENT, FORM),
}


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    """Name → operation."""
    schema = schemathesis.openapi.from_dict(
        {
            "openapi": "3.0.3",
            "info": {"title": "Protocols", "version": "1"},
            "paths": {f"/{name}": {"post": operation} for name, operation in OPERATIONS.items()},
            "components": {"schemas": SCHEMAS},
        }
    )
    found: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    return {operation.path.removeprefix("/"): operation for operation in found}


@pytest.fixture(scope="module")
def coral(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coral]:
    made = template.service(tmp_path_factory.mktemp("protocols"), learned_scores=False, off_topic=False)
    app = made.application
    app.rulebook.publish_files(site_id=made.site_id, message="For the tests", by=OPERATOR, now=app.now())
    one = Coral(made, "")
    one.key = one.add_key()["key"]
    one.add_key("coral_phase", secret=PHASE_SECRET, deadline_ms=5000)
    one.add_key("coral_webhook", secret=HOOK_SECRET)
    yield one
    template.end(made)


def _perspective(coral: Coral, name: str, body: Any) -> TestResponse:
    return coral.service.client.post(
        f"/v1alpha1/comments:{name}",
        data=_bytes(body),
        query_string={"key": coral.key},
        content_type="application/json",
    )


def _akismet(coral: Coral, name: str, body: Any) -> TestResponse:
    form = body if isinstance(body, dict) else {"comment_content": _bytes(body).decode("latin-1")}
    written = {key: value if isinstance(value, str) else json.dumps(value) for key, value in form.items()}
    return coral.service.client.post(f"/1.1/{name}", data={**written, "api_key": coral.key})


def _bytes(body: Any) -> bytes:
    """JSON, or what is none."""
    if isinstance(body, NotSet):
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _is_perspective(schema: str) -> Callable[[TestResponse, GenerationMode], None]:
    shape = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": SCHEMAS}}

    def check(answer: TestResponse, mode: GenerationMode) -> None:
        if answer.status_code == 200:
            jsonschema.validate(answer.get_json(), shape)
            return
        error = answer.get_json()["error"]
        assert (answer.status_code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
        assert error["message"]
        assert error["details"]

    return check


def _is_phase(answer: TestResponse, mode: GenerationMode) -> None:
    assert answer.status_code == 200
    jsonschema.validate(answer.get_json(), PHASE_ANSWER)


def _is_event(answer: TestResponse, mode: GenerationMode) -> None:
    assert (answer.status_code, answer.get_json()) == (200, {})


def _is_checked(answer: TestResponse, mode: GenerationMode) -> None:
    assert answer.status_code == 200
    assert answer.text in (("true", "false") if mode is GenerationMode.POSITIVE else ("true", "false", "invalid"))


def _is_thanked(answer: TestResponse, mode: GenerationMode) -> None:
    assert answer.status_code == 200
    assert answer.text == THANKS or mode is GenerationMode.NEGATIVE


SENT: dict[str, tuple[Callable[[Coral, Any], TestResponse], Callable[[TestResponse, GenerationMode], None]]] = {
    "analyze": (lambda coral, body: _perspective(coral, "analyze", body), _is_perspective("AnalyzeCommentResponse")),
    "suggestscore": (
        lambda coral, body: _perspective(coral, "suggestscore", body),
        _is_perspective("SuggestCommentScoreResponse"),
    ),
    "phase": (lambda coral, body: coral.signed_post("moderation", _bytes(body), secrets=(PHASE_SECRET,)), _is_phase),
    "webhooks": (lambda coral, body: coral.signed_post("webhooks", _bytes(body), secrets=(HOOK_SECRET,)), _is_event),
    "comment-check": (lambda coral, body: _akismet(coral, "comment-check", body), _is_checked),
    "submit-spam": (lambda coral, body: _akismet(coral, "submit-spam", body), _is_thanked),
    "submit-ham": (lambda coral, body: _akismet(coral, "submit-ham", body), _is_thanked),
}


@pytest.mark.faults
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_is_sent(
    operations: dict[str, Any], coral: Coral, monkeypatch: pytest.MonkeyPatch, name: str, mode: GenerationMode
) -> None:
    monkeypatch.setattr(bounded.RateLimit, "spend", lambda self, key, count=1: None)
    send, check = SENT[name]

    @given(case=operations[name].as_strategy(generation_mode=mode))
    @settings(max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def sent(case: Any) -> None:
        check(send(coral, case.body), mode)

    sent()


def test_every_protocol_has_its_schema() -> None:
    assert set(SENT) == set(OPERATIONS)
