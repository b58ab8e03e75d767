"""The other endpoints of the contract: stories, flags, decisions, authors, appeals, events, webhooks, guidelines, judge."""

import time
from typing import Any

import pytest

from moderation.errors import Unavailable
from moderation.storage.models import Flag, Reader
from moderation.web import answers
from moderation.web.routes import Edge
from tests.web.service import COMMENT, Service


def flag(reader: str = "r1", **changes: Any) -> dict[str, Any]:
    return {"reader": {"id": reader}, "reason": "personal_attack", **changes}


def types(service: Service) -> list[str]:
    events = service.get("/v1/events").get_json()["events"]
    return [event["type"] for event in events if not event["type"].startswith("ruleset.")]


class TestStories:
    def test_given_fields_overwrite_absent_ones_stay(self, service: Service) -> None:
        first = service.send("PUT", "/v1/stories/s", json={"title": "One", "section": "local", "sensitive": ["death"]})
        second = service.send("PUT", "/v1/stories/s", json={"title": "Two", "id": "ignored", "unknown": 1})
        assert (first.status_code, second.status_code) == (201, 200)
        found = service.get("/v1/stories/s").get_json()
        assert (found["id"], found["title"], found["section"], found["sensitive"]) == ("s", "Two", "local", ["death"])
        assert first.headers["Location"].endswith("/v1/stories/s")

    def test_all_fields(self, service: Service) -> None:
        given = {
            "url": "https://paper.example/a",
            "title": "T",
            "body": "B",
            "section": "politics",
            "language": "en",
            "published_at": "2026-11-24T10:00:00+01:00",
            "byline": [{"name": "Ada", "id": "ada"}, {"name": "Bo"}],
            "people": [{"name": "Jo", "role": "public"}],
            "sensitive": ["court"],
            "comments": "check_first",
        }
        found = service.send("PUT", "/v1/stories/s", json=given).get_json()
        assert {name: found[name] for name in ("url", "title", "section", "sensitive", "comments", "people")} == {
            name: given[name] for name in ("url", "title", "section", "sensitive", "comments", "people")
        }
        assert found["published_at"] == "2026-11-24T09:00:00.000Z"

    def test_inline_with_a_comment(self, service: Service) -> None:
        service.comment(story={"id": "s9", "title": "Inline"})
        service.comment(id="c2", story={"id": "s9"})
        assert service.get("/v1/stories/s9").get_json()["title"] == "Inline"

    @pytest.mark.parametrize(
        "id", ["/2026/11/libraries", "a//b", "a/../b", "a?b#c%d", "https://paper.example/x", "漢字 é"]
    )
    def test_ids_may_be_addresses(self, service: Service, id: str) -> None:
        link = service.comment(story={"id": id}).get_json()["links"]["story"]
        assert service.get(link).get_json()["id"] == id

    def test_modes(self, service: Service) -> None:
        service.send("PUT", "/v1/stories/s1", json={"comments": "check_first"})
        assert service.decided()["status"] == "held"


class TestFlags:
    def test_one_reader_counts_once_and_the_first_reason_stays(self, service: Service) -> None:
        service.decided()
        first = service.post("/v1/comments/c1/flags", flag())
        again = service.post("/v1/comments/c1/flags", flag(reason="spam"))
        assert (first.status_code, again.status_code) == (201, 200)
        service.post("/v1/comments/c1/flags", flag("r2", reason="disagree"))
        found = service.get("/v1/comments/c1/flags").get_json()
        answers.FlagSummary.model_validate(found)
        assert found["total"] == 2
        assert found["counts"] == {"personal_attack": 1, "disagree": 1}
        assert service.get("/v1/comments/c1").get_json()["flags"]["total"] == 2

    def test_a_comment_that_was_never_sent(self, service: Service) -> None:
        assert service.post("/v1/comments/old/flags", flag()).status_code == 404
        assert service.post("/v1/comments/old/flags", flag(comment={**COMMENT, "id": "old"})).status_code == 201
        found = service.get("/v1/comments/old").get_json()
        assert (found["status"], found["publish"], found["decided_by"]) == ("published", True, "site")

    def test_a_comment_under_another_id_than_the_address(self, service: Service) -> None:
        answer = service.post("/v1/comments/old/flags", flag(comment={**COMMENT, "id": "other"}))
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"] == "#/comment/id"

    def test_enough_readers_hide_it(self, service: Service) -> None:
        service.decided()
        for number in range(5):
            service.post("/v1/comments/c1/flags", flag(f"r{number}"))
        found = service.get("/v1/comments/c1").get_json()
        assert (found["status"], found["publish"]) == ("held", False)

    def test_an_unknown_revision(self, service: Service) -> None:
        service.decided()
        assert service.post("/v1/comments/c1/flags", flag(revision=7)).status_code in (404, 409, 422)

    @pytest.mark.parametrize(("flags", "upheld"), [(2, 2), (5, 5)])
    def test_a_removal_of_both_texts_bears_out_the_flags_on_the_public_one(
        self, service: Service, flags: int, upheld: int
    ) -> None:
        service.decided(text="A fair point.")
        service.decided(text="You are a numpty.")
        for number in range(flags):
            service.post("/v1/comments/c1/flags", flag(f"r{number}"))
        decision = {"revision": 2, "decision": "reject", "reason": "personal_attack"}
        assert service.post("/v1/comments/c1/decisions", decision).status_code == 201
        with service.application.database.read() as session:
            assert session.query(Flag).filter_by(state="upheld").count() == upheld
            assert {(one.flags_decided, one.flags_upheld) for one in session.query(Reader)} == {(1, 1)}

    def test_while_an_edit_is_held_flags_are_about_what_readers_see(self, service: Service) -> None:
        service.decided(text="A fair point.")
        assert service.decided(text="You are a numpty.")["status"] == "held"
        for number in range(5):
            answer = service.post("/v1/comments/c1/flags", flag(f"r{number}"))
            assert answer.get_json()["total"] == number + 1
        shown = service.get("/v1/comments/c1").get_json()
        assert (shown["status"], shown["publish"], shown["published_revision"]) == ("held", False, None)
        assert shown["flags"]["total"] == 0  # of the latest revision
        events = service.get("/v1/events").get_json()["events"]
        status = [one for one in events if one["type"] in ("comment.published", "comment.held")]
        assert [(one["type"], one["data"]["comment"]["publish"]) for one in status] == [
            ("comment.published", True),
            ("comment.held", True),
            ("comment.held", False),
        ]


class TestDecisions:
    def decide(self, service: Service, **changes: Any) -> Any:
        body = {"revision": 1, "decision": "reject", "reason": "personal_attack", "moderator": {"id": "m1"}, **changes}
        return service.post("/v1/comments/c1/decisions", body)

    def test_obeyed_at_once(self, service: Service) -> None:
        service.decided()
        done = self.decide(service)
        assert done.status_code == 201
        answers.Comment.model_validate(done.get_json())
        found = service.get("/v1/comments/c1").get_json()
        assert (found["status"], found["publish"], found["decided_by"]) == ("rejected", False, "person")
        assert "m1" not in service.get("/v1/comments/c1").get_data(as_text=True)
        assert self.decide(service).status_code == 200

    def test_a_removal_is_for_a_reason_that_we_know(self, service: Service) -> None:
        service.decided()
        refused = self.decide(service, reason="rude")
        assert refused.status_code == 422
        [error] = refused.get_json()["errors"]
        assert error["pointer"] == "#/reason"
        assert all(reason in error["detail"] for reason in ("personal_attack", "civility", "illegal", "other"))
        assert service.get("/v1/comments/c1").get_json()["decision"] is None

    def test_another_has_decided(self, service: Service) -> None:
        service.decided()
        self.decide(service)
        answer = self.decide(service, decision="approve", moderator={"id": "m2"})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "decided")

    def test_a_revision_that_is_not_the_latest(self, service: Service) -> None:
        service.decided()
        service.decided(text="Edited.")
        assert self.decide(service).status_code == 409

    def test_approve_publishes(self, service: Service) -> None:
        service.decided(text="You numpty.")
        self.decide(service, decision="approve", reason="fine")
        assert service.get("/v1/comments/c1").get_json()["publish"] is True


class TestAuthors:
    def test_blocked_and_unblocked(self, service: Service) -> None:
        first = service.post("/v1/authors/new/block", {"reason": "x", "until": "2199-01-01T00:00:00Z"})
        again = service.post("/v1/authors/new/block", {"reason": "x", "until": "2199-01-01T00:00:00Z"})
        assert (first.status_code, again.status_code) == (201, 200)
        answers.Block.model_validate(first.get_json())
        standing = service.get("/v1/authors/new").get_json()
        answers.Author.model_validate(standing)
        assert standing["block"]["id"] == first.get_json()["id"]
        rejected = service.decided(author={"id": "new"})
        assert (rejected["status"], rejected["decided_by"]) == ("rejected", "block")
        assert rejected["verdict"]["reasons"][0]["code"] == "author_blocked"
        assert service.post("/v1/authors/new/unblock", {"reason": "y"}).get_json()["block"] is None
        assert service.decided(id="c2", author={"id": "new"})["status"] == "published"
        assert [one for one in types(service) if one.startswith("author.")] == ["author.blocked", "author.unblocked"]

    def test_an_unblock_that_arrives_twice_leaves_a_newer_block_alone(self, service: Service) -> None:
        once = {"Idempotency-Key": "unblock-1"}
        service.post("/v1/authors/late/block", {"reason": "x"})
        assert service.post("/v1/authors/late/unblock", {"reason": "y"}, headers=once).get_json()["block"] is None
        newer = service.post("/v1/authors/late/block", {"reason": "z"}).get_json()
        again = service.post("/v1/authors/late/unblock", {"reason": "y"}, headers=once)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.get_json()["block"]["id"] == newer["id"]

    def test_staff_cannot_be_blocked(self, service: Service) -> None:
        service.comment(author={"id": "boss", "role": "staff"})
        assert service.post("/v1/authors/boss/block", {"reason": "x"}).status_code == 403

    def test_appeals(self, service: Service) -> None:
        block = service.post("/v1/authors/a/block", {"reason": "x"}).get_json()
        body = {"text": "I was quoting.", "about": {"block": block["id"]}}
        first = service.post("/v1/authors/a/appeals", body)
        assert first.status_code == 201
        answers.Appeal.model_validate(first.get_json())
        assert service.get(first.headers["Location"]).get_json()["id"] == first.get_json()["id"]
        assert service.post("/v1/authors/a/appeals", body).status_code == 200
        service.decided()
        published = service.post("/v1/authors/u1/appeals", {"text": "x", "about": {"comment": "c1"}})
        assert (published.status_code, published.get_json()["code"]) == (409, "not_stopped")
        assert service.post("/v1/authors/a/appeals", {"text": "x", "about": {"comment": "none"}}).status_code == 422
        assert service.post("/v1/authors/none/appeals", {"text": "x", "about": {"comment": "c1"}}).status_code == 404
        assert "quoting" not in service.get("/v1/events").get_data(as_text=True)


class TestEvents:
    def test_pages(self, service: Service) -> None:
        for number in range(7):
            service.decided(id=f"c{number}")
        seen, after = [], ""
        while True:
            page = service.get("/v1/events", query_string={"after": after, "limit": 3}).get_json()
            answers.Events.model_validate(page)
            if not page["events"]:
                assert page["next"] == after
                break
            seen += [event["data"]["comment"]["id"] for event in page["events"] if "comment" in event["data"]]
            after = page["next"]
        assert seen == [f"c{number}" for number in range(7)]

    def test_what_an_event_carries(self, service: Service) -> None:
        service.decided(text="You numpty, go away.")
        event = service.get("/v1/events").get_json()["events"][-1]
        assert event["type"] == "comment.held"
        comment = event["data"]["comment"]
        assert set(comment) >= {
            "id",
            "revision",
            "sequence",
            "status",
            "publish",
            "action",
            "categories",
            "reasons",
            "story",
            "author",
        }
        assert (comment["sequence"], comment["publish"]) == (
            service.get("/v1/comments/c1").get_json()["sequence"],
            False,
        )
        assert "numpty" not in service.get("/v1/events").get_data(as_text=True)

    def test_empty_parameters_are_the_beginning(self, service: Service) -> None:
        service.decided()
        assert service.get("/v1/events?after=&limit=").get_json() == service.get("/v1/events").get_json()


class TestWebhooks:
    def test_the_secret_is_shown_once(self, service: Service) -> None:
        given = {"url": "http://127.0.0.1:9/hook", "types": ["comment.held", "comment.held"]}
        made = service.post("/v1/webhooks", given, headers={"Idempotency-Key": "k"})
        assert made.status_code == 201
        secret = made.get_json()["secret"]
        assert secret.startswith("whsec_")
        replay = service.post("/v1/webhooks", given, headers={"Idempotency-Key": "k"})
        assert (replay.status_code, replay.headers["Idempotent-Replayed"]) == (200, "true")
        listed = service.get("/v1/webhooks")
        assert secret not in replay.get_data(as_text=True) + listed.get_data(as_text=True)
        assert listed.get_json()["webhooks"][0]["types"] == ["comment.held"]
        path = f"/v1/webhooks/{made.get_json()['id']}"
        gone = service.send("DELETE", path)
        assert (gone.status_code, gone.get_data()) == (204, b"")
        assert service.send("DELETE", path).status_code == 404

    def test_a_repeat_of_one_that_was_removed_since(self, service: Service) -> None:
        given = {"url": "http://127.0.0.1:9/"}
        made = service.post("/v1/webhooks", given, headers={"Idempotency-Key": "k"}).get_json()
        service.send("DELETE", f"/v1/webhooks/{made['id']}")
        assert service.post("/v1/webhooks", given, headers={"Idempotency-Key": "k"}).status_code == 404

    def test_a_test_tells_what_came_back(self, service: Service) -> None:
        made = service.post("/v1/webhooks", {"url": "http://127.0.0.1:9/hook"}).get_json()
        found = service.send("POST", f"/v1/webhooks/{made['id']}/test").get_json()
        answers.WebhookTest.model_validate(found)
        assert (found["delivered"], found["error"]) == (False, "connect")


def test_guidelines(service: Service) -> None:
    found = service.get("/v1/guidelines").get_json()
    answers.Guidelines.model_validate(found)
    assert [rule["title"] for rule in found["rules"]] == ["Insults another commenter"]


class TestJudge:
    def test_a_verdict_and_nothing_stored(self, service: Service) -> None:
        answer = service.post(
            "/v1/judge", {"text": "You numpty.", "author": {"id": "u5"}, "story": {"id": "s5", "title": "T"}}
        )
        assert answer.status_code == 200
        found = answer.get_json()
        answers.Verdict.model_validate(found)
        assert (found["action"], found["matches"][0]["rule"]) == ("hold", "insult-at-commenter")
        assert service.get("/v1/stories/s5").status_code == 404
        assert service.get("/v1/authors/u5").status_code == 404
        assert types(service) == []

    def test_limited_for_each_key(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        cells = service.flask.view_functions["api.judge"].__closure__ or ()
        [edge] = [cell.cell_contents for cell in cells if isinstance(cell.cell_contents, Edge)]
        stopped = time.monotonic()
        monkeypatch.setattr(edge.judge_limit, "_clock", lambda: stopped)  # a slow machine refills what it spends
        refused = None
        for _ in range(200):
            answer = service.post("/v1/judge", {"text": "x"})
            if answer.status_code != 200:
                refused = answer
                break
        assert refused is not None
        assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_requests")
        assert int(refused.headers["Retry-After"]) >= 1
        assert service.post("/v1/judge", {"text": "x"}, key=service.other_key).status_code == 200

    def test_a_full_place_is_503(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        def judge(self: Any, **_: Any) -> Any:
            raise Unavailable("Too many checks are running.", retry_after=1)

        monkeypatch.setattr(type(service.application.judge), "judge", judge)
        answer = service.post("/v1/judge", {"text": "x"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
