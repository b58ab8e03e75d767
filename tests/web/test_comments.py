"""Comments over HTTP: taken in, waited for, sent again, edited, withdrawn, in batches."""

import dataclasses
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from moderation.errors import Unavailable
from moderation.web import create_app
from moderation.web.answers import Comment, Problem
from tests.web.service import COMMENT, Service, Template, working


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_taken_in_then_decided(service: Service) -> None:
    answer = service.comment(metadata={"thread": [1, 2]})
    assert answer.status_code == 202
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Location"].endswith("/v1/comments/c1")
    pending = answer.get_json()
    Comment.model_validate(pending)
    assert (pending["status"], pending["publish"], pending["revision"], pending["verdict"]) == (
        "pending",
        False,
        1,
        None,
    )
    service.queue.drain()
    found = service.get("/v1/comments/c1").get_json()
    Comment.model_validate(found)
    assert (found["status"], found["publish"], found["decided_by"]) == ("published", True, "rules")
    assert found["sequence"] > pending["sequence"]
    assert found["verdict"]["action"] == "allow"
    assert found["links"]["self"].endswith("/v1/comments/c1")


def test_what_a_rule_saw(service: Service) -> None:
    found = service.decided(text="Déjà vu \U0001f600: you numpty.")
    assert (found["status"], found["publish"]) == ("held", False)
    match = found["verdict"]["matches"][0]
    begin, end = match["spans"][0]
    assert found["text"][begin:end] == "numpty"
    assert match["rule"] == "insult-at-commenter"
    assert found["message"]["text"]
    assert service.decided(id="c2", text="Get your casinobonus today!")["status"] == "rejected"


def test_ids_with_odd_letters_have_links_that_work(service: Service) -> None:
    given = service.comment(id="é b+c&d:e", story={"id": "/2026/a?b#c%d"}, author={"id": "ü @"}).get_json()
    for name in ("self", "story", "author"):
        assert service.get(given["links"][name]).status_code == 200


class TestWaiting:
    def test_a_verdict_in_time(self, eager: Service) -> None:
        answer = eager.post("/v1/comments", COMMENT, headers={"Prefer": "wait=5"})
        assert answer.status_code == 200
        assert answer.get_json()["status"] == "published"

    def test_a_verdict_that_comes_while_it_waits(self, service: Service) -> None:
        with working(service, late=0.1):
            answer = service.post("/v1/comments", COMMENT, headers={"Prefer": "wait=9"})
        assert answer.status_code == 200
        assert answer.headers["Preference-Applied"] == "wait=9"
        assert answer.get_json()["verdict"]["action"] == "allow"

    def test_not_in_time(self, service: Service) -> None:
        answer = service.post("/v1/comments", COMMENT, headers={"Prefer": "wait=1"})
        assert answer.status_code == 202
        assert "Preference-Applied" not in answer.headers

    def test_at_most_a_quarter_of_the_threads_wait(self, template: Template, tmp_path: Path) -> None:
        service = template.service(tmp_path, web_threads=8)  # so two may wait
        arrived, release = threading.Semaphore(0), threading.Event()

        class Watched:
            def __getattr__(self, name: str) -> Any:
                return getattr(service.application.queries, name)

            def is_decided(self, **given: Any) -> bool:
                arrived.release()
                return release.wait(20)

        watched = dataclasses.replace(service.application, queries=Watched())  # type: ignore[arg-type]
        app = create_app(watched)

        def send(number: int) -> int:
            body = {**COMMENT, "id": f"w{number}"}
            headers = {"Authorization": f"Bearer {service.key}", "Prefer": "wait=10"}
            return app.test_client().post("/v1/comments", json=body, headers=headers).status_code

        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(send, number) for number in range(2)]
            assert all(arrived.acquire(timeout=10) for _ in waiting)
            assert pool.submit(send, 2).result(10) == 202  # turned away at once: nobody decided anything yet
            release.set()
            assert {one.result(10) for one in waiting} <= {200, 202}
        template.end(service)

    def test_the_database_is_free_while_it_waits(self, template: Template, tmp_path: Path) -> None:
        service = template.service(tmp_path, database_pool=1)
        with working(service, late=0.2):  # it needs the one connection
            assert service.post("/v1/comments", COMMENT, headers={"Prefer": "wait=9"}).status_code == 200
        template.end(service)


def test_the_same_again_changes_nothing(service: Service) -> None:
    first = service.comment()
    again = service.comment()
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.get_json()["revision"] == 1
    service.queue.drain()
    assert service.comment().get_json()["status"] == "published"
    events = service.get("/v1/events").get_json()["events"]
    assert [event["type"] for event in events if event["type"].startswith("comment.")] == ["comment.published"]


def test_fifty_at_once_are_one(service: Service) -> None:
    def send(_: int) -> int:
        headers = {"Authorization": f"Bearer {service.key}"}
        return service.flask.test_client().post("/v1/comments", json=COMMENT, headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(50)))
    assert sorted(set(statuses)) == [200, 202]
    assert statuses.count(202) == 1
    assert len(service.queue.revisions) == 1


def test_revisions(service: Service) -> None:
    service.decided()
    edited = service.comment(text="A fairer point.")
    assert edited.status_code == 202
    assert (edited.get_json()["revision"], edited.get_json()["publish"]) == (2, True)
    assert code(service.comment()) == (409, "stale_revision")
    assert code(service.comment(text="Third.", revision=1)) == (409, "stale_revision")
    assert code(service.comment(text="Third.", revision=2)) == (409, "revision_conflict")
    assert service.comment(text="Fourth.", revision=4).get_json()["revision"] == 4
    assert code(service.comment(text="Fifth.", author={"id": "u2"})) == (409, "comment_conflict")
    assert code(service.comment(text="Fifth.", story={"id": "s2"})) == (409, "comment_conflict")


def test_while_an_edit_is_held_the_published_text_stays(service: Service) -> None:
    service.decided()
    found = service.decided(text="You numpty.")
    assert (found["status"], found["publish"], found["revision"]) == ("held", True, 2)


def test_withdrawn(service: Service) -> None:
    service.decided()
    gone = service.send("DELETE", "/v1/comments/c1")
    assert gone.status_code == 200
    assert (gone.get_json()["status"], gone.get_json()["publish"]) == ("withdrawn", False)
    assert service.send("DELETE", "/v1/comments/c1").status_code == 200
    assert code(service.comment(text="Again.")) == (409, "withdrawn")


def test_asked_first_once(service: Service) -> None:
    rude = {**COMMENT, "text": "What a numpty."}
    asked = service.post("/v1/comments", rude, headers={"Prefer": "ask-first"})
    assert asked.status_code == 200
    answer = asked.get_json()
    assert answer["status"] == "not_submitted"
    assert answer["message"]
    assert [rude["text"][begin:end] for begin, end in answer["spans"]] == ["numpty"]
    assert asked.headers["Preference-Applied"] == "ask-first"
    assert service.get("/v1/comments/c1").status_code == 404
    assert service.post("/v1/comments", rude, headers={"Prefer": "ask-first"}).status_code == 202
    assert service.post("/v1/comments", {**COMMENT, "id": "c2"}, headers={"Prefer": "ask-first"}).status_code == 202


class TestIdempotencyKey:
    def test_a_repeat_shows_it_as_it_is_now(self, service: Service) -> None:
        first = service.post("/v1/comments", COMMENT, headers={"Idempotency-Key": "k1"})
        assert "Idempotent-Replayed" not in first.headers
        service.queue.drain()
        again = service.post("/v1/comments", COMMENT, headers={"Idempotency-Key": '"k1"'})
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.get_json()["status"] == "published"

    def test_another_body_or_another_address_is_refused(self, service: Service) -> None:
        service.post("/v1/comments", COMMENT, headers={"Idempotency-Key": "k1"})
        other = service.post("/v1/comments", {**COMMENT, "id": "c2"}, headers={"Idempotency-Key": "k1"})
        assert code(other) == (422, "idempotency_mismatch")
        flag = {"reader": {"id": "r"}, "reason": "spam"}
        assert service.post("/v1/comments/c1/flags", flag, headers={"Idempotency-Key": "k2"}).status_code == 201
        service.comment(id="c2")
        assert code(service.post("/v1/comments/c2/flags", flag, headers={"Idempotency-Key": "k2"}))[0] == 422

    def test_keys_of_two_sites_do_not_meet(self, service: Service) -> None:
        service.post("/v1/comments", COMMENT, headers={"Idempotency-Key": "k1"})
        other = service.post("/v1/comments", COMMENT, key=service.other_key, headers={"Idempotency-Key": "k1"})
        assert other.status_code == 202

    def test_a_failed_request_may_be_sent_again_under_its_key(self, service: Service) -> None:
        flag = {"reader": {"id": "r"}, "reason": "spam"}
        headers = {"Idempotency-Key": "k1"}
        assert service.post("/v1/comments/c1/flags", flag, headers=headers).status_code == 404
        service.comment()
        assert service.post("/v1/comments/c1/flags", flag, headers=headers).status_code == 201

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/v1/comments/c1/flags", {"reader": {"id": "r"}, "reason": "spam"}),
            ("/v1/comments/c1/decisions", {"revision": 1, "decision": "reject", "reason": "spam"}),
            ("/v1/authors/u1/block", {"reason": "x"}),
            ("/v1/comments:batch", None),
            ("/v1/webhooks", {"url": "http://127.0.0.1:9/"}),
        ],
    )
    def test_every_post_once(self, service: Service, path: str, body: Any) -> None:
        service.decided()
        rest = {"json": body} if body else {"data": json.dumps(COMMENT), "content_type": "application/x-ndjson"}
        answers, told = [], []
        for _ in range(2):
            answers.append(service.send("POST", path, headers={"Idempotency-Key": "k"}, **rest))
            told.append(service.get("/v1/events").get_json()["next"])
        assert answers[0].status_code in (200, 201)
        assert answers[1].status_code == 200
        if body:
            assert answers[1].headers["Idempotent-Replayed"] == "true"
        else:
            assert answers[1].get_json(force=True)["status"] == 200
        assert told[0] == told[1]
        assert len(service.get("/v1/webhooks").get_json()["webhooks"]) <= 1


class TestBatch:
    def send(self, service: Service, *lines: Any) -> list[dict[str, Any]]:
        raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        answer = service.send("POST", "/v1/comments:batch", data=raw, content_type="application/x-ndjson")
        assert answer.status_code == 200
        assert answer.content_type == "application/x-ndjson"
        return [json.loads(line) for line in answer.get_data().splitlines()]

    def test_one_line_for_each_in_order(self, service: Service) -> None:
        service.decided(id="known")
        lines = self.send(
            service,
            {**COMMENT, "id": "b1"},
            b"{oops",
            {**COMMENT, "id": "a/b", "text": " "},
            b"",
            {**COMMENT, "id": "known"},
            {**COMMENT, "id": "known", "author": {"id": "u9"}, "text": "x"},
            b"x" * 300_000,
        )
        assert [(one["line"], one["status"]) for one in lines] == [
            (1, 202),
            (2, 400),
            (3, 422),
            (5, 200),
            (6, 409),
            (7, 413),
        ]
        Comment.model_validate(lines[0]["comment"])
        for one in lines[1:3]:
            Problem.model_validate(one["problem"])
        assert {one["pointer"] for one in lines[2]["problem"]["errors"]} == {"#/id", "#/text"}
        service.queue.drain()
        assert service.get("/v1/comments/b1").get_json()["status"] == "published"

    def test_a_batch_sent_twice_is_one_and_its_key_belongs_to_it(self, service: Service) -> None:
        headers = {"Idempotency-Key": "batch-1", "Content-Type": "application/x-ndjson"}
        line = json.dumps({**COMMENT, "id": "b1"}).encode()
        first = service.send("POST", "/v1/comments:batch", data=line, headers=headers)
        assert json.loads(first.data)["comment"]["revision"] == 1
        again = service.send("POST", "/v1/comments:batch", data=line, headers=headers)
        assert json.loads(again.data)["comment"]["revision"] == 1
        assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
        assert service.send("POST", "/v1/comments:batch", data=line + b" ", headers=headers).status_code == 422

    def test_limits(self, service: Service) -> None:
        headers = {"Content-Type": "application/x-ndjson"}
        many = b"{}\n" * 1_001
        assert service.send("POST", "/v1/comments:batch", data=many, headers=headers).status_code == 413
        large = b" " * (8 * 1024 * 1024 + 1)
        assert service.send("POST", "/v1/comments:batch", data=large, headers=headers).status_code == 413
        assert service.send("POST", "/v1/comments:batch", data=b"\n \n", headers=headers).status_code == 422
        assert (
            service.send("POST", "/v1/comments:batch", data=b"{}", headers={"Content-Type": "text/csv"}).status_code
            == 415
        )
        assert len(self.send(service, *[b"{}"] * 1_000)) == 1_000

    def test_one_that_fails_does_not_stop_the_others(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        real = service.application.intake.submit

        def submit(**given: Any) -> Any:
            if given["comment"].id == "bad":
                raise RuntimeError("a text that must not get out")
            return real(**given)

        monkeypatch.setattr(type(service.application.intake), "submit", lambda self, **given: submit(**given))
        lines = self.send(service, {**COMMENT, "id": "bad"}, {**COMMENT, "id": "good"})
        assert [one["status"] for one in lines] == [500, 202]
        assert "must not get out" not in json.dumps(lines)

    def test_it_gives_up_on_a_service_that_is_away(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        calls = []

        def submit(self: Any, **given: Any) -> Any:
            calls.append(given)
            raise Unavailable("The database does not answer.")

        monkeypatch.setattr(type(service.application.intake), "submit", submit)
        lines = self.send(service, *({**COMMENT, "id": f"b{number}"} for number in range(20)))
        assert [one["status"] for one in lines] == [503] * 20
        assert len(calls) == 3


def test_an_unforeseen_error_tells_an_id_and_nothing_else(
    service: Service, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def submit(self: Any, **given: Any) -> Any:
        raise RuntimeError(given["comment"].text)

    monkeypatch.setattr(type(service.application.intake), "submit", submit)
    answer = service.comment(text="words that must stay inside")
    assert code(answer) == (500, "internal_error")
    output = capfd.readouterr()
    assert "must stay inside" not in answer.get_data(as_text=True) + output.out + output.err


def test_a_database_that_is_away_is_503(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(service.application.database.engine.pool, "connect", gone)
    for answer in (service.comment(), service.get("/v1/events")):
        assert code(answer) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) >= 1


def test_a_text_with_too_much_in_it_waits_and_says_why(service: Service) -> None:
    shown = service.decided(text='"numpty," he said. ' * 300 + "You numpty in Hawaii.")
    assert (shown["status"], shown["publish"]) == ("held", False)
    assert shown["verdict"]["reasons"][-1]["code"] == "not_judged"
    assert "more listed or disguised words" in shown["verdict"]["reasons"][-1]["text"]
