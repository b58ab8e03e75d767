"""Two sites of one service, each with one of everything under the same names, and the ways in of everybody who may ask."""

import copy
import json
import re
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from moderation.storage.models import Block, Comment, ReviewItem, User
from moderation.workflow.incoming import Actor, IncomingDecision
from moderation.workflow.users import ROLES
from tests.web.service import OPERATOR, RULES, Service, Template, pause

PASSWORD = "a long enough password"  # of test accounts
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}  # not this machine
NOWHERE = "http://127.0.0.1:9/"  # nobody listens
OWN_RULE = """rules:
  - id: rule-{mark}
    category: custom
    state: live
    title: Title {mark}
    public: true
    when:
      terms: [term{mark}]
    action: hold
    reason: Reason {mark}.
    message: Message {mark}.
    examples:
      match: ["A term{mark} here."]
      pass: ["A fair point."]
"""


@dataclass
class World:
    """One site: its key, the mark in all its words and names, and the ids of what is there as routes call them."""

    slug: str
    site_id: str
    key: str
    ids: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)  # role -> a decision of that person's own
    secrets: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """What no other site may ever see."""
        return f"zq{self.slug}qz"

    def login(self, role: str) -> str:
        """The account of a role."""
        return f"{role}-{self.mark}"

    def ids_of(self, role: str) -> dict[str, str]:
        """The ids that a person of this role fills addresses with."""
        return {**self.ids, "decision": self.decisions[role if role in ROLES else "admin"]}


class TwoSites:
    """A database with both sites, filled once and copied for each test."""

    def __init__(self, template: Template, folder: Path) -> None:
        made = folder / "made"
        made.mkdir()
        self._rules = shutil.copytree(RULES, folder / "rules")
        service = template.service(made, rules_dir=self._rules)
        sites = {site["slug"]: site["id"] for site in service.application.sites.list()}
        self.main = World("main", sites["main"], service.key)
        self.other = World("other", sites["other"], service.other_key)
        for world in (self.main, self.other):
            self._write_rules(world)
            _Fill(service, world).all()
        service.application.close()
        self._template = copy.copy(template)
        self._template._folder = made

    def service(self, folder: Path) -> Service:
        """A service of its own on a copy."""
        return self._template.service(folder, rules_dir=self._rules)

    def _write_rules(self, world: World) -> None:
        own = self._rules / "sites" / world.slug
        own.mkdir(parents=True)
        (own / "rules.yaml").write_text(OWN_RULE.format(mark=world.mark), "utf-8")
        (own / "guidelines.md").write_text(f"Be kind, {world.mark}.", "utf-8")


class _Fill:
    """Puts one of everything into a site, through the API where there is a way."""

    def __init__(self, service: Service, world: World) -> None:
        self.service, self.world, self.mark = service, world, world.mark
        self.app = service.application

    def all(self) -> None:
        only = f"only-at-{self.world.slug}"
        self.app.rulebook.publish_files(
            site_id=self.world.site_id, message=f"For {self.mark}", by=OPERATOR, now=self.app.now()
        )
        people = self._people()
        for story in ("s1", only):
            self._story(story)
        for id, author in (("c1", "u1"), ("c2", "u1"), ("c3", "u2"), (only, only), *((f"c-{r}", "u3") for r in ROLES)):
            self._comment(id, author, only if id == only else "s1")
        self.service.queue.drain()
        self._decide(people)
        self._flag_appeal_and_hook()
        self._blocks()
        pause(self.app, self.world.site_id, f"rule-{self.mark}", f"stopped {self.mark}")
        self.world.ids |= {"site": self.world.slug, "slug": "not_found", "filename": "docs.css", "only": only,
                           "comment_id": "c1", "story_id": "s1", "author_id": "u1", "rule": f"rule-{self.mark}", "protocol_key": "a" * 12}  # fmt: skip

    def _send(self, method: str, path: str, body: Any) -> dict[str, Any]:
        answer = self.service.send(method, path, key=self.world.key, json=body)
        assert answer.status_code < 300, (path, answer.text)
        found: dict[str, Any] = answer.get_json()
        return found

    def _people(self) -> dict[str, str]:
        for role in ROLES:
            self.app.users.add(
                login=self.world.login(role), site_id=self.world.site_id, role=role, password=PASSWORD,
                by=OPERATOR, now=self.app.now(),
            )  # fmt: skip
        with self.app.database.read() as session:
            ids = {role: session.scalar(select(User.id).where(User.login == self.world.login(role))) for role in ROLES}
        return {role: str(id) for role, id in ids.items()}

    def _story(self, id: str) -> None:
        mark = self.mark
        self._send("PUT", f"/v1/stories/{id}", {
            "title": f"Roads {mark}", "body": f"Long {mark}", "section": f"local {mark}", "url": f"https://{mark}.example/",
            "byline": [{"name": f"Ada {mark}"}], "people": [{"name": f"Jo {mark}", "role": "public"}],
        })  # fmt: skip

    def _comment(self, id: str, author: str, story: str) -> None:
        mark = self.mark
        self._send("POST", "/v1/comments", {
            "id": id, "text": f"You are a numpty, {mark}.", "author": {"id": author, "name": f"Name {mark}"},
            "story": {"id": story}, "metadata": {"from": mark}, "parent": {"id": "p0", "text": f"Said before {mark}"},
        })  # fmt: skip

    def _decide(self, people: dict[str, str]) -> None:
        for role, user in people.items():
            decision = IncomingDecision(
                revision=1, decision="reject", reason="personal_attack", note=f"Seen {self.mark}"
            )
            made = self.app.review.decide(
                site_id=self.world.site_id, comment_id=f"c-{role}", decision=decision,
                by=Actor("user", user, role), now=self.app.now(),
            )  # fmt: skip
            self.world.decisions[role] = made["id"]
        self.app.sweep.tick(now=self.app.now() + timedelta(seconds=6))

    def _flag_appeal_and_hook(self) -> None:
        mark = self.mark
        flag = {"reader": {"id": f"r1{mark}"}, "reason": "spam", "note": f"Note {mark}"}
        self._send("POST", "/v1/comments/c1/flags", flag)
        appeal = {"text": f"Not fair {mark}", "about": {"comment": "c1"}}
        made = self._send("POST", "/v1/authors/u1/appeals", appeal)["id"]
        hook = self._send("POST", "/v1/webhooks", {"url": f"{NOWHERE}{mark}", "types": ["rule.paused"]})
        self.world.ids |= {"appeal_id": made, "appeal": made, "webhook_id": hook["id"]}
        self.world.secrets.append(hook["secret"])

    def _blocks(self) -> None:
        self._send("POST", "/v1/authors/u3/block", {"reason": f"Because {self.mark}"})
        with self.app.database.write() as session:
            of = {id: session.scalars(select(Comment).where(
                      Comment.site_id == self.world.site_id, Comment.external_id == id)).one() for id in ("c1", "c3")}  # fmt: skip
            item = session.scalars(select(ReviewItem).where(ReviewItem.comment_id == of["c1"].id)).one()
            block = Block(
                realm_id=of["c3"].realm_id, site_id=self.world.site_id, author_id=of["c3"].author_id, scope="site", days=3,
                state="proposed", category="spam", reason=f"spam {self.mark}", evidence={}, by_kind="system",
                created_at=self.app.now(),
            )  # fmt: skip
            session.add(block)
            session.flush()
            self.world.ids |= {"item": item.id, "key": of["c3"].author_id, "block": block.id}


class Caller:
    """Somebody at another machine: with a bearer token, with a session of the desk, or with nothing."""

    def __init__(self, service: Service, *, bearer: str = "", login: str = "") -> None:
        self.client: FlaskClient = service.flask.test_client()
        self.headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        self.csrf = ""
        if login:
            app = service.application
            token = app.users.log_in(login=login, password=PASSWORD, address="x", now=app.now())
            user = app.users.session(token=token, now=app.now())
            assert user is not None
            self.client.set_cookie("desk", token)
            self.csrf = user.csrf

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> TestResponse:
        """One request, as the route wants it: JSON to the API, a form to the desk."""
        given: dict[str, Any] = {}
        if method not in ("GET", "DELETE"):
            form = path.startswith("/desk")
            given = {"data": {"csrf": self.csrf, **(body or {})}} if form else _json(path, body or {})
        return self.client.open(
            path, method=method, headers=self.headers, environ_base=ELSEWHERE, buffered=True, **given
        )


def _json(path: str, body: dict[str, Any]) -> dict[str, Any]:
    if path.endswith(":batch"):
        return {"data": json.dumps(body), "content_type": "application/x-ndjson"}
    return {"json": body}


def routes(service: Service) -> list[tuple[str, Rule]]:
    """(method, rule) of every route, what only reads first and what takes away last."""
    order = ("GET", "PUT", "POST", "DELETE")
    found = [
        (method, rule)
        for rule in service.flask.url_map.iter_rules()
        for method in order
        if method in (rule.methods or ())
    ]
    return sorted(found, key=lambda one: (order.index(one[0]), one[1].rule))


def address(rule: Rule, ids: dict[str, str]) -> str:
    """The address of a route with ids in it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: ids[place[1]], rule.rule)


COMMENT = {"text": "A fair point.", "author": {"id": "u9"}, "story": {"id": "s1"}}
BODIES: dict[str, dict[str, Any]] = {
    "api.submitComment": {"id": "new", **COMMENT},
    "api.submitComments": {"id": "new", **COMMENT},
    "api.putStory": {"title": "Roads again"},
    "api.raiseFlag": {"reader": {"id": "r9"}, "reason": "spam"},
    "api.decide": {"revision": 1, "decision": "reject", "reason": "personal_attack"},
    "api.blockAuthor": {"reason": "Advertising."},
    "api.unblockAuthor": {"reason": "Second look."},
    "api.openAppeal": {"text": "Why?", "about": {"comment": "c2"}},
    "api.addWebhook": {"url": NOWHERE},
    "api.judge": {"text": "A fair point."},
    "api.moderations": {"input": "A fair point."},
    "desk.decide": {"revision": "1", "decision": "approve"},
    "desk.decide_found": {"revision": "1", "decision": "approve"},
    "desk.block": {"days": "3", "reason": "Advertising."},
    "desk.answer": {"outcome": "upheld"},
    "desk.confirm": {"days": "3"},
    "desk.erase": {"id": "another"},  # refused: what it did would be missing for the routes behind it
    "desk.hold_comment": {"held": "yes"},
    "desk.hold_commenter": {"held": "yes"},
}
