"""The one route table's shape: what an endpoint takes and gives, its documentation, and the way to its view."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Flask, Response, request
from pydantic import BaseModel
from werkzeug.routing import BaseConverter

from moderation.errors import FieldError, InvalidFields, ModerationError, NotFound
from moderation.web import auth, errors, fields, idempotency, json_body, prefer, roles
from moderation.web.bounded import Place, RateLimit
from moderation.workflow.incoming import Actor, IdempotencyKey

if TYPE_CHECKING:
    from moderation.bootstrap import Application


@dataclass(frozen=True, slots=True)
class Edge:
    """What the views of one Flask application share: the verbs, and the bounds of this process."""

    application: "Application"
    public_url: str
    waiting: prefer.Slots
    judging: Place
    judge_limit: RateLimit


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated, parsed request."""

    edge: Edge
    holder: auth.KeyHolder
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    raw: bytes
    key: IdempotencyKey | None
    preferences: prefer.Preferences
    ignored: str = ""  # pointers of fields that nobody knows, for a header

    @property
    def application(self) -> "Application":
        """The verbs."""
        return self.edge.application

    @property
    def site_id(self) -> str:
        """The site of the key."""
        return self.holder.site_id

    @property
    def by(self) -> Actor:
        """The site as the one who acts."""
        return auth.actor(self.holder)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view gives back; `body` None sends no body."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Says:
    """Documentation of one status of an endpoint."""

    text: str
    model: type[BaseModel] | None = None
    headers: tuple[str, ...] = ()
    media: str = "application/json"
    or_model: type[BaseModel] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Documentation of one query parameter."""

    name: str
    text: str
    schema: Mapping[str, Any]


REPLAYED = {"Idempotent-Replayed": "true"}
View = Callable[[Call], "Answer | Response"]
Refuse = Callable[[ModerationError], Response]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Another protocol's way with keys of either kind and with errors, at a path of the table."""

    refuse: Refuse
    error: type[BaseModel]
    statuses: Mapping[int, str]  # of its errors, with what each means


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint: where, what it takes, what it can answer, and the view."""

    method: str
    path: str  # as in OpenAPI: /v1/comments/{comment_id}
    name: str  # operationId
    tag: str
    summary: str
    act: str  # of the table of roles
    view: View
    text: str = ""
    body: type[BaseModel] | None = None
    media: tuple[str, ...] = json_body.JSON_TYPES
    limit: int = json_body.REQUEST_BYTES
    parse: bool = True  # False: the view reads the raw bytes itself
    answers: Mapping[int, Says]
    problems: tuple[int, ...] = ()  # beside those that follow from the shape
    queries: tuple[Query, ...] = ()
    headers: tuple[str, ...] = ()
    example: Any = None
    dialect: Dialect | None = None

    @property
    def takes_body(self) -> bool:
        """Does the endpoint read a body?"""
        return self.body is not None or not self.parse

    @property
    def creates(self) -> bool:
        """May the id in the path be new? Then a bad one is a bad field, else simply not there."""
        return self.method == "PUT" or self.path.endswith("/block")


class _Segment(BaseConverter):
    """One step of the path, whatever it contains."""

    regex = r"[^/]+"


class _Rest(BaseConverter):
    """The rest of the path, slashes included: ids of stories may be paths."""

    regex = r"(?s:.+)"
    part_isolating = False


_NAME_SHOWN = 60
_NAMES_SHOWN = 10
CONVERTERS = {"story_id": "rest"}
_OWN_IDS = ("webhook_id", "appeal_id")


def bind(app: Flask, edge: Edge, routes: tuple[Route, ...]) -> None:
    """Register every route of the table in `app`."""
    app.url_map.converters.update(segment=_Segment, rest=_Rest)
    for route in routes:
        app.add_url_rule(
            _rule(route.path), endpoint=f"api.{route.name}", view_func=_endpoint(edge, route), methods=[route.method]
        )


def _rule(path: str) -> str:
    steps = []
    for step in path.split("/"):
        name = step[1:-1]
        steps.append(f"<{CONVERTERS.get(name, 'segment')}:{name}>" if step.startswith("{") else step)
    return "/".join(steps)


def _endpoint(edge: Edge, route: Route) -> Callable[..., Response]:
    def endpoint(**path: str) -> Response:
        now = edge.application.now()
        authorise = auth.authorise_either if route.dialect else auth.authorise
        holder = authorise(edge.application, request, route.act, now=now)
        _check_path(route, path)
        call = _call(edge, route, holder, path, now)
        answer = route.view(call)
        response = answer if isinstance(answer, Response) else render(answer)
        if call.ignored:
            response.headers["Ignored-Fields"] = call.ignored
        return response

    return roles.mark(_in_dialect(endpoint, route.dialect.refuse) if route.dialect else endpoint, route.act)


def _in_dialect(endpoint: Callable[..., Response], refuse: Refuse) -> Callable[..., Response]:
    def translated(**path: str) -> Response:
        try:
            return endpoint(**path)
        except ModerationError as error:
            return refuse(error)
        except Exception as error:  # what was not foreseen is told in the caller's protocol too
            return refuse(errors.unexpected(error))

    return translated


def _call(edge: Edge, route: Route, holder: auth.KeyHolder, path: Mapping[str, str], now: datetime) -> Call:
    raw = json_body.read_body(request, limit=route.limit, types=route.media) if route.takes_body else b""
    name = f"{route.method} {route.path}"
    key = idempotency.read_key(request, route=name, raw=raw) if route.method == "POST" else None
    given = json_body.parse_object(raw) if route.body and route.parse else {}
    body = fields.validate(route.body, given, now=now) if route.body and route.parse else None
    return Call(
        edge=edge,
        holder=holder,
        now=now,
        path=path,
        query=request.args,
        body=body,
        raw=raw,
        key=key,
        preferences=prefer.parse(", ".join(request.headers.getlist("Prefer"))),
        ignored=_named(fields.ignored(given, body)) if body else "",
    )


def _named(pointers: Iterator[str]) -> str:
    """The first few, percent-encoded, for a header."""
    return ", ".join(quote(one[:_NAME_SHOWN], safe="#/~", errors="replace") for one in islice(pointers, _NAMES_SHOWN))


def _check_path(route: Route, path: Mapping[str, str]) -> None:
    for name, value in path.items():
        wrong = _path_error(name, value)
        if wrong and route.creates:
            raise InvalidFields(f"The id in the address: {wrong}", errors=[FieldError("#/id", wrong)])
        if wrong:
            raise NotFound("There is nothing with this id.")


def _path_error(name: str, value: str) -> str | None:
    if name in _OWN_IDS:
        own = len(value) <= 64 and value.isascii() and value.replace("_", "").replace("-", "").isalnum()
        return None if own else "Is not an id of ours."
    return fields.identifier_error(value, forbidden="" if name == "story_id" else fields.URL_UNSAFE)


def render(answer: Answer) -> Response:
    """The answer as JSON."""
    if answer.body is None:
        return Response(status=answer.status, headers=dict(answer.headers))
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(text + "\n", status=answer.status, headers=dict(answer.headers), content_type="application/json")
