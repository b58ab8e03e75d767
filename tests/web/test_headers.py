"""Idempotency-Key, Prefer, and the bounds of synchronous asks."""

import threading
from typing import Any

import pytest
from flask import Flask, request

from moderation.errors import MalformedRequest, TooManyRequests, Unavailable
from moderation.web import idempotency, prefer
from moderation.web.bounded import Place, RateLimit
from moderation.web.prefer import Preferences, Slots, wait_until
from tests.web.service import COMMENT, Service


@pytest.mark.parametrize(
    ("header", "key"), [("abc", "abc"), ('"abc"', "abc"), (" a-1 ", "a-1"), ("x" * 255, "x" * 255), ('"', '"')]
)
def test_keys_that_are_read(header: str, key: str) -> None:
    assert idempotency.parse(header) == key


@pytest.mark.parametrize("header", ["", '""', "a b", "é", "x" * 256, "a\x7f", '"a b"'])
def test_keys_that_are_refused(header: str) -> None:
    with pytest.raises(MalformedRequest):
        idempotency.parse(header)


def test_a_key_covers_route_path_and_body() -> None:
    def read(path: str, raw: bytes) -> str:
        with Flask("test").test_request_context(path, method="POST", headers={"Idempotency-Key": "k"}):
            found = idempotency.read_key(request, route="POST /x", raw=raw)
        assert found is not None
        assert (found.key, found.route) == ("k", "POST /x")
        return found.body_hash

    assert read("/a", b"1") == read("/a", b"1")
    assert len({read("/a", b"1"), read("/a", b"2"), read("/b", b"1")}) == 3


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", Preferences()),
        ("wait=5", Preferences(5)),
        ("wait=500", Preferences(10)),
        ('wait="3"; x=1, ask-first', Preferences(3, True)),
        ("respond-async, WAIT = 2", Preferences(2)),
        ("wait=-1", Preferences()),
        ("wait=½", Preferences()),
        ("wait=1e3, , ;", Preferences()),
        ("Ask-First", Preferences(0, True)),
    ],
)
def test_preferences(header: str, expected: Preferences) -> None:
    assert prefer.parse(header) == expected


def test_no_more_wait_than_there_are_slots() -> None:
    slots = Slots(1)
    with slots.take() as first, slots.take() as second:
        assert (first, second) == (True, False)
    with slots.take() as again:
        assert again
    with Slots(0).take() as none:
        assert not none


def test_waiting_ends_with_the_answer_or_the_time() -> None:
    answers = iter([False, False, True])
    assert wait_until(lambda: next(answers), seconds=5)
    assert not wait_until(lambda: False, seconds=0.02)


def test_a_full_place_sheds_and_forgets_nobody() -> None:
    place = Place(slots=1, queue=0, patience=0.01)
    with place.enter():
        with pytest.raises(Unavailable) as shed, place.enter():
            pass
        with place.enter_soon() as room:
            assert not room
    assert shed.value.retry_after == 1
    with place.enter() as waited, place.enter_soon() as room:
        assert waited >= 0
        assert not room


def test_a_queue_waits_for_its_turn() -> None:
    place, entered = Place(slots=1, queue=1, patience=10), threading.Event()

    def second() -> None:
        with place.enter():
            entered.set()

    with place.enter():
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.05)
    thread.join(10)
    assert entered.is_set()


def test_each_key_has_a_bucket_of_its_own() -> None:
    limit = RateLimit(per_second=0.001, burst=2)
    limit.spend("a")
    limit.spend("a")
    with pytest.raises(TooManyRequests) as refused:
        limit.spend("a")
    assert refused.value.retry_after is not None
    assert 900 <= refused.value.retry_after <= 1000
    limit.spend("b")


def test_a_bucket_fills_again() -> None:
    times = [0.0]
    limit = RateLimit(per_second=1, burst=1, clock=lambda: times[0])
    limit.spend("a")
    with pytest.raises(TooManyRequests):
        limit.spend("a")
    times[0] = 1.0
    limit.spend("a")


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({}, None),
        ({"metadata": {"anything": 1}}, None),
        ({"autor": {"id": "x"}, "metadata": {"a": 1}}, "#/autor"),
        ({"author": {"id": "u1", "nmae": "Bo"}, "storry": 1}, "#/author/nmae, #/storry"),
        ({"story": {"id": "s1", "people": [{"name": "A", "role": "public"}, {"name": "B", "role": "public", "röle\r\nX: 1": 1}]}},
         "#/story/people/1/r%C3%B6le%0D%0AX%3A%201"),
        ({"x" * 500: 1}, "#/" + "x" * 58),
        ({f"n{number:02}": 1 for number in range(50)}, ", ".join(f"#/n{number:02}" for number in range(10))),
    ],
)  # fmt: skip
def test_fields_that_nobody_knows_are_named(service: Service, more: dict[str, Any], named: str | None) -> None:
    answer = service.post("/v1/comments", {**COMMENT, **more})
    assert (answer.status_code, answer.headers.get("Ignored-Fields")) == (202, named)
