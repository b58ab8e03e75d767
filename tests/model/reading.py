"""What a site can read of the service, held against the model."""

from dataclasses import dataclass, field
from typing import Any

from tests.chaos import invariants
from tests.model import rules
from tests.model.service import Service
from tests.model.site import UNLISTED, Comment, Site

# Zero only when everything has drained.
IN_THE_END = ("Q2 revisions without a verdict", "Q9 leases past their end")
# Compares times of different acts, which a clock that is set back makes meaningless.
BY_THE_CLOCK = ("Q4 flags that reached no person",)
STATUSES = ("comment.published", "comment.held", "comment.rejected", "comment.withdrawn")
MOST, PAGE = 200, 7


@dataclass
class Seen:
    """A reader of the feed: where it is, what it saw, and the sequence of each comment's last change of status."""

    after: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)
    skipped: int = 0

    def skip(self, service: Service) -> None:
        """What the site's making told."""
        self._read(service)
        self.skipped = len(self.events)

    def compare(self, service: Service, site: Site) -> None:
        """The new events are those that the model told, each change with a higher sequence."""
        before = len(self.events)
        self._read(service)
        new = [told(event) for event in self.events[before:]]
        expected = site.told[before - self.skipped :]
        assert sorted(new, key=str) == sorted(expected, key=str)
        assert [one for one in new if one[0] in STATUSES] == [one for one in expected if one[0] in STATUSES]
        for event in self.events[before:]:
            if event["type"] in STATUSES:
                comment = event["data"]["comment"]
                assert comment["sequence"] > self.sequences.get(comment["id"], 0)
                self.sequences[comment["id"]] = comment["sequence"]

    def compare_whole(self, service: Service) -> None:
        """Read from the beginning the feed is what was read on the way; the receiver has all of it, and obeys to the same."""
        whole = Seen()
        whole._read(service, PAGE)
        assert whole.events == self.events
        by_id = {event["id"]: event for event in whole.events[self.skipped :]}
        assert set(service.receiver.posts) >= set(by_id)
        for id, publish in _obeyed(service.receiver.posts, by_id).items():
            assert service.send("GET", f"/v1/comments/{id}").get_json()["publish"] == publish

    def _read(self, service: Service, limit: int = MOST) -> None:
        while True:
            page = service.send("GET", "/v1/events", after=self.after, limit=str(limit)).get_json()
            self.events += page["events"]
            self.after = page["next"]
            if len(page["events"]) < limit:
                return


def _obeyed(posts: list[str], by_id: dict[str, dict[str, Any]]) -> dict[str, bool]:
    """What a site shows that ignores each event whose sequence is not higher than the last one that it applied."""
    shown: dict[str, tuple[int, bool]] = {}
    for id in posts:
        comment = by_id[id]["data"].get("comment") if id in by_id else None
        if comment and "sequence" in comment and comment["sequence"] > shown.get(comment["id"], (-1, False))[0]:
            shown[comment["id"]] = (comment["sequence"], comment["publish"])
    return {id: publish for id, (_, publish) in shown.items()}


def told(event: dict[str, Any]) -> tuple[Any, ...]:
    """An event as the model writes it down."""
    type, data = event["type"], event["data"]
    if type == "ruleset.published":
        return (type,)
    if type.startswith("author."):
        return type, data["author"]["id"]
    if type.startswith("appeal."):
        return type, data["author"]["id"], data["appeal"]["state"]
    comment = data["comment"]
    more: tuple[Any, ...] = ()
    if type == "comment.flagged":
        more = (data["flag"]["reason"],)
    if type == "comment.decided":
        more = (data["decision"]["decision"], data["decision"]["undone"])
    return type, comment["id"], comment["revision"], comment["status"], comment["publish"], *more


def compare_comments(service: Service, site: Site, sequences: dict[str, int]) -> None:
    """Every comment reads as the model has it."""
    for id in ("c1", "c2"):
        answer = service.send("GET", f"/v1/comments/{id}")
        comment = site.comments.get(id)
        if comment is None:
            assert answer.status_code == 404
            continue
        assert _shown(answer.get_json()) == {**_expected(comment), "sequence": sequences.get(id, 0)}
        if comment.latest.flags:
            _compare_flags(service, site, comment)


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    names = ("revision", "status", "publish", "published_revision", "decided_by", "sequence", "text")
    decision = body["decision"]
    return {
        **{name: body[name] for name in names},
        "flags": body["flags"]["total"],
        "action": body["verdict"]["action"] if body["verdict"] else None,
        "decision": (decision["decision"], decision["reason"]) if decision else None,
    }


def _expected(comment: Comment) -> dict[str, Any]:
    latest = comment.latest
    decision = latest.decision if latest.decision and latest.decision.state == "in_force" else None
    return {
        "revision": latest.number,
        "status": comment.status,
        "publish": comment.public is not None,
        "published_revision": comment.public,
        "decided_by": comment.decided_by,
        "text": rules.TEXTS[latest.text],
        "flags": len(latest.flags),
        "action": latest.action,
        "decision": (decision.decision, decision.reason) if decision else None,
    }


def _compare_flags(service: Service, site: Site, comment: Comment) -> None:
    flags = comment.latest.flags.values()
    body = service.send("GET", f"/v1/comments/{comment.id}/flags").get_json()
    states = {flag.state for flag in flags if flag.reason != UNLISTED}
    outcome = next((state for state in ("open", "upheld", "declined") if state in states), None)
    assert body["outcome"] == outcome
    assert body["weight"] == round(site.weight(comment.latest)[0], 3)
    assert body["counts"] == {
        reason: sum(one.reason == reason for one in flags) for reason in {f.reason for f in flags}
    }


def compare_authors(service: Service, site: Site) -> None:
    """Every author stands as the model has him."""
    for id in ("ann", "bob"):
        answer = service.send("GET", f"/v1/authors/{id}")
        author = site.authors.get(id)
        if author is None:
            assert answer.status_code == 404
            continue
        body = answer.get_json()
        block = author.block(service.now)
        assert (body["block"] is None) == (block is None), body["block"]
        if block is not None:
            assert body["block"]["until"] == _time(block.until)
        checked = author.checked_until if author.checked_until and author.checked_until > service.now else None
        assert body["check_first_until"] == _time(checked)
        strikes = [(one["category"], one["comment"]["id"]) for one in body["strikes"]]
        assert sorted(strikes) == sorted((category, comment) for category, comment, _ in site.strikes(id))


def _time(at: Any) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z") if at else None


def ask(service: Service, *, finished: bool) -> None:
    """The questions to the database answer zero."""
    with service.application.database.read() as session:
        found = invariants.answers(session)
    left_out = BY_THE_CLOCK if finished else (*BY_THE_CLOCK, *IN_THE_END)
    wrong = {name: count for name, count in found.items() if count and name not in left_out}
    assert not wrong, wrong
