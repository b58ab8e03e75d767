"""The document and its page: valid, complete, and true to what the service does."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

import moderation
from moderation.lifecycle import EVENT_TYPES
from moderation.web import answers
from moderation.web.api import ROUTES
from moderation.web.event_types import EVENTS
from moderation.web.openapi import document, problem_statuses
from moderation.web.reference import PROBLEM_TYPES
from moderation.web.reference_text import page
from tests.web.service import Service

CONTRACT = """
PUT /v1/stories/{story_id}
POST /v1/comments
POST /v1/comments:batch
GET /v1/comments/{comment_id}
DELETE /v1/comments/{comment_id}
POST /v1/comments/{comment_id}/flags
GET /v1/comments/{comment_id}/flags
POST /v1/comments/{comment_id}/decisions
GET /v1/authors/{author_id}
POST /v1/authors/{author_id}/block
POST /v1/authors/{author_id}/unblock
POST /v1/authors/{author_id}/appeals
GET /v1/appeals/{appeal_id}
GET /v1/events
POST /v1/webhooks
GET /v1/webhooks
DELETE /v1/webhooks/{webhook_id}
POST /v1/webhooks/{webhook_id}/test
GET /v1/guidelines
POST /v1/judge
POST /v1/moderations
""".split("\n")[1:-1]
DOCUMENT = document(ROUTES, public_url="https://civil.example")


@pytest.mark.parametrize("endpoint", CONTRACT)
def test_every_endpoint_of_the_contract_is_in_the_table(endpoint: str) -> None:
    method, path = endpoint.split(" ")
    assert method.lower() in DOCUMENT["paths"][path]


def test_every_registered_route_below_v1_is_documented(plain: Service) -> None:
    documented = {(route.method, f"api.{route.name}") for route in ROUTES}
    for rule in plain.flask.url_map.iter_rules():
        if rule.rule.startswith("/v1/") and rule.endpoint.startswith("api."):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert (method, rule.endpoint) in documented


def test_every_schema_is_valid_and_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for name in re.findall(r"'#/components/schemas/(\w+)'", str(DOCUMENT)):
        assert name in schemas


def test_every_example_fits_its_own_schema() -> None:
    for route in ROUTES:
        if route.body is not None:
            assert route.example is not None, route.name
            schema = {"$ref": f"#/components/schemas/{route.body.__name__}", "components": DOCUMENT["components"]}
            jsonschema.validate(route.example, schema)


def test_every_route_documents_the_errors_of_its_shape() -> None:
    for route in ROUTES:
        found = set(problem_statuses(route))
        assert {401, 500, 503} <= found
        assert not route.takes_body or {400, 413, 415, *(() if route.dialect else (422,))} <= found
        assert route.summary
        assert route.answers


def test_unknown_fields_are_not_forbidden() -> None:
    assert "'additionalProperties': False" not in str(DOCUMENT)


def test_every_type_of_event_is_documented() -> None:
    assert tuple(DOCUMENT["webhooks"]) == EVENT_TYPES
    guide = (Path(moderation.__path__[0]).parent / "docs" / "integrate.md").read_text()
    assert [type for type in EVENT_TYPES if f"`{type}`" not in guide] == []


def test_events_have_the_data_that_is_documented(service: Service) -> None:
    service.decided(text="You numpty.")
    service.post("/v1/comments/c1/flags", {"reader": {"id": "r"}, "reason": "threat"})
    service.post("/v1/comments/c1/decisions", {"revision": 1, "decision": "approve", "reason": "fine"})
    service.send("DELETE", "/v1/comments/c1")
    block = service.post("/v1/authors/u1/block", {"reason": "x"}).get_json()
    service.post("/v1/authors/u1/appeals", {"text": "x", "about": {"block": block["id"]}})
    service.post("/v1/authors/u1/unblock", {"reason": "x"})
    seen = set()
    for event in service.get("/v1/events").get_json()["events"]:
        EVENTS[event["type"]][1].model_validate(event["data"])
        seen.add(event["type"])
    assert seen >= {
        "comment.held", "comment.flagged", "comment.urgent", "comment.published", "comment.decided", "comment.withdrawn",
        "author.blocked", "author.unblocked", "appeal.opened", "ruleset.published",
    }  # fmt: skip


def test_the_document_is_served(plain: Service) -> None:
    served = plain.get("/openapi.json", key="")
    assert served.status_code == 200
    assert served.get_json()["openapi"] == "3.1.0"
    assert served.get_json()["paths"] == document(ROUTES, public_url=plain.application.settings.public_url)["paths"]


class Page(HTMLParser):
    """Ids, links and everything that loads, of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids.add(given.get("id") or "")
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "link" or "src" in given:
            self.loads.append(given.get("href") or given.get("src") or "")


def test_the_page_has_every_endpoint_and_loads_nothing_from_elsewhere(plain: Service) -> None:
    answer = plain.get("/docs", key="")
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    page = Page()
    page.feed(answer.get_data(as_text=True))
    assert page.tags.isdisjoint({"script", "iframe", "style", "form"})
    assert {route.name for route in ROUTES} <= page.ids
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))
    assert page.loads == ["/static/docs.css"]
    with plain.get(page.loads[0], key="") as style:
        assert style.status_code == 200


def test_every_type_of_problem_that_a_site_can_get_is_explained(plain: Service) -> None:
    explained = {slug for slug, _, _ in PROBLEM_TYPES}
    desk_only = {
        "claimed",
        "needs_another_person",
        "blocked",
        "last_admin",
        "site_exists",
        "user_exists",
        "examples_fail",
        "invalid_settings",
        "legal_hold",
        "error",
        "conflict",
    }
    raised: set[str] = set()
    for file in Path(moderation.__path__[0]).glob("workflow/*.py"):
        for call in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", "")
            if name in ("Conflict", "NotAllowed", "InvalidFields", "NotFound", "NoLongerKept", "Unavailable"):
                raised |= {
                    word.value.value
                    for word in call.keywords
                    if word.arg == "type" and isinstance(word.value, ast.Constant)
                }
    assert raised - desk_only <= explained
    for slug in explained:
        assert plain.get(f"/problems/{slug}", key="").headers["Location"].endswith(f"/docs#problem-{slug}")


def test_a_problem_is_what_the_document_says(plain: Service) -> None:
    answers.Problem.model_validate(plain.post("/v1/comments", {}).get_json())


def test_the_page_in_the_repository_is_the_one_that_the_code_makes() -> None:
    stored = Path(moderation.__path__[0]).parent / "docs" / "api.md"
    assert stored.read_text(encoding="utf-8") == page(), "run: python -m moderation.web.reference_text > docs/api.md"
