"""The bad-input table of the API as one test against the real application: each line a request, a status, a reason.

Where the plan's table and the contract differ, the contract counts: unknown fields are ignored; a character that cannot
be stored is a bad value (422) that is named like the others; 256 kB a request; 20,480 bytes a text; ids of 200 characters.
What else that table asks for stands elsewhere, or nowhere yet:
- signatures that come in (wrong, old, replayed): Coral's protocol is not there yet;
- an erased comment (410): tests/workflow/test_privacy.py and tests/cli/test_privacy.py;
- an Idempotency-Key whose first request still runs (409): the second waits for the first in the database, and is its repeat;
- a signed cursor: it is a position, and one that we never gave is refused;
- more than one request at a time (429) is bounded at /v1/judge alone: tests/web/test_resources.py;
- database away, unforeseen errors, revisions in conflict: tests/web/test_comments.py; keys that end or only read:
  tests/web/test_roles.py; webhooks to private hosts by name: tests/adapters/test_webhook_client.py;
- the desk's Host and its forms (CSRF, Origin, GET, sent twice): tests/web/console/test_desk.py and test_forms.py.
"""

import gzip
import json
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from moderation.web import prefer
from tests.web.service import COMMENT, OPERATOR, Service

JSON = "application/json"
OK = json.dumps(COMMENT).encode()


def body(**changes: Any) -> bytes:
    return json.dumps({**COMMENT, **changes}).encode()


def sized(bytes: int) -> bytes:
    """The usual comment, with an unknown field that makes it exactly so large."""
    return body(unknown="x" * (bytes - len(body(unknown=""))))


BODIES: list[tuple[str, bytes, dict[str, str], int, str]] = [
    ("malformed", b'{"id": }', {}, 400, "line 1 column 8"),
    ("empty", b"", {}, 400, "not valid JSON"),
    ("trailing garbage", OK + b" x", {}, 400, "not valid JSON"),
    ("invalid UTF-8", b'{"id": "\xff"}', {}, 400, "not valid UTF-8"),
    ("array at the top", b"[]", {}, 400, "JSON object"),
    ("null at the top", b"null", {}, 400, "JSON object"),
    ("string at the top", b'"text"', {}, 400, "JSON object"),
    ("number at the top", b"5", {}, 400, "JSON object"),
    ("a mark of byte order", b"\xef\xbb\xbf" + OK, {}, 400, "line 1 column 1"),
    ("surrogates as bytes", b'{"id": "\xed\xa0\x80"}', {}, 400, "not valid UTF-8: byte 9"),
    ("overlong UTF-8", b'{"id": "\xc0\xaf"}', {}, 400, "not valid UTF-8: byte 9"),
    ("UTF-16", OK.decode().encode("utf-16"), {"Content-Type": "application/json; charset=utf-16"}, 415, "UTF-8"),
    ("Latin-1", OK, {"Content-Type": "application/json; charset=iso-8859-1"}, 415, "UTF-8"),
    ("NaN", b'{"id": NaN}', {}, 400, "finite"),
    ("infinity", b'{"id": Infinity}', {}, 400, "finite"),
    ("too large to be finite", b'{"revision": 1e5000}', {}, 400, "finite"),
    ("duplicate field deep inside", b'{"story": {"id": "a", "id": "b"}}', {}, 400, '"id" is given twice'),
    ("duplicate field", b'{"id": "a", "id": "b"}', {}, 400, '"id" is given twice'),
    ("33 deep", b'{"metadata":' + b"[" * 33 + b"]" * 33 + b"}", {}, 400, "deeper than 32"),
    ("100,000 deep", b"[" * 100_000, {}, 400, "deeper than 32"),
    ("5,000 digits", b'{"revision": ' + b"1" * 5000 + b"}", {}, 400, "too long"),
    ("lone surrogate", b'{"text": "\\ud800"}', {}, 422, "position 1"),
    ("NUL", b'{"text": "ab\\u0000"}', {}, 422, "position 3"),
    ("lone surrogate in a name", b'{"\\udfff": 1}', {}, 422, "name of a field"),
    ("NUL in metadata", body(metadata={"a": "\x00"}), {}, 422, "cannot be stored"),
    ("over 256 kB", body(metadata={"a": "x" * 262_144}), {}, 413, "262144"),
    ("one byte over 256 kB", sized(262_145), {}, 413, "262144"),
    ("deflate", OK, {"Content-Encoding": "deflate"}, 415, "not accepted"),
    ("gzip and nothing", OK, {"Content-Encoding": "gzip, identity"}, 415, "not accepted"),
    ("gzip", gzip.compress(OK), {"Content-Encoding": "gzip"}, 415, "not accepted"),
    ("no type", OK, {"Content-Type": ""}, 415, "application/json"),
    ("form", b"id=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "application/json"),
    ("multipart", b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 415, "application/json"),
    ("two types", OK, {"Content-Type": "application/json, text/plain"}, 415, "application/json"),
    ("another JSON", OK, {"Content-Type": "application/merge-patch+json"}, 415, "application/json"),
    ("text/plain", OK, {"Content-Type": "text/plain"}, 415, "application/json"),
    ("missing fields", b"{}", {}, 422, "#/id"),
    ("true for a string", body(text=True), {}, 422, "Must be a string"),
    ("null for a string", body(text=None), {}, 422, "Must be a string"),
    ("object for a string", body(id={}), {}, 422, "Must be a string"),
    ("list for an object", body(author=[]), {}, 422, "Must be an object"),
    ("fraction for a number", body(revision=1.5), {}, 422, "whole number"),
    ("number beyond the column", body(revision=2**31), {}, 422, "at most 2147483647"),
    ("number of 20 digits", body(revision=10**20), {}, 422, "at most 2147483647"),
    ("string for a number", body(revision="5"), {}, 422, "whole number"),
    ("empty text", body(text=""), {}, 422, "text is empty"),
    ("white text", body(text=" \n\t "), {}, 422, "text is empty"),
    ("zero-width text", body(text="\u200b\u200d\ufeff"), {}, 422, "text is empty"),
    ("text of marks that show nothing", body(text="\u202e\U000e0041\u2060"), {}, 422, "text is empty"),
    ("long text of wide letters", body(text="é" * 10_241), {}, 422, "20482"),
    ("long text", body(text="x" * 20_481), {}, 422, "20481"),
    ("time without zone", body(created_at="2026-01-01T00:00:00"), {}, 422, "zone"),
    ("zone that is none", body(created_at="2026-01-01T00:00:00+25:00"), {}, 422, "no such time"),
    ("time as a number", body(created_at=1_764_000_000), {}, 422, "a string with a time"),
    ("future", body(created_at="2199-01-01T00:00:00Z"), {}, 422, "future"),
    ("year 1", body(created_at="0001-01-01T00:00:00Z"), {}, 422, "years"),
    ("year 9999", body(created_at="9999-01-01T00:00:00Z"), {}, 422, "years"),
    ("javascript address", body(story={"id": "s", "url": "javascript:alert(1)"}), {}, 422, "https://"),
    ("user in address", body(story={"id": "s", "url": "https://a:b@paper.example"}), {}, 422, "user name"),
    ("address without a host", body(story={"id": "s", "url": "https:///a"}), {}, 422, "https://"),
    ("address without a scheme", body(story={"id": "s", "url": "//paper.example"}), {}, 422, "https://"),
    ("port that is none", body(story={"id": "s", "url": "https://paper.example:99999/"}), {}, 422, "valid"),
    (
        "text that runs backwards in an address",
        body(story={"id": "s", "url": "https://a.example/\u202e"}),
        {},
        422,
        "control",
    ),
    ("empty id", body(id=""), {}, 422, "200"),
    ("dot as an id", body(id="."), {}, 422, "on its own"),
    ("control character of Latin-1 in id", body(id="a\x9fb"), {}, 422, "control"),
    ("blank around an id", body(author={"id": "a\u3000"}), {}, 422, "blank"),
    ("long id", body(id="x" * 201), {}, 422, "200"),
    ("CR LF in id", body(id="a\r\nb"), {}, 422, "control"),
    ("slash in id", body(id="a/b"), {}, 422, "any of"),
    ("malformed idempotency key", OK, {"Idempotency-Key": "a b"}, 400, "visible ASCII"),
    ("idempotency key beyond ASCII", OK, {"Idempotency-Key": "\xe9"}, 400, "visible ASCII"),
    ("idempotency key with a tab", OK, {"Idempotency-Key": "a\tb"}, 400, "visible ASCII"),
    ("quotes around nothing", OK, {"Idempotency-Key": '""'}, 400, "visible ASCII"),
    ("long quoted idempotency key", OK, {"Idempotency-Key": '"' + "x" * 256 + '"'}, 400, "255"),
    ("empty idempotency key", OK, {"Idempotency-Key": ""}, 400, "visible ASCII"),
    ("long idempotency key", OK, {"Idempotency-Key": "x" * 256}, 400, "255"),
]


# What looks odd and is allowed.
ACCEPTED: list[tuple[str, bytes, dict[str, str]]] = [
    ("an unknown field", body(unknown={"anything": [1]}), {}),
    ("exactly 256 kB", sized(262_144), {}),
    ("charset in capitals and quotes", OK, {"Content-Type": 'Application/JSON; charset="UTF-8"'}),
    ("not encoded, and said so", OK, {"Content-Encoding": "identity"}),
    ("full-width digit and twenty digits as ids", body(id="１" + "9" * 19), {}),
    ("text of 20,480 bytes", body(id="long", text="x" * 20_480), {}),
    ("leap second, small letters", body(id="leap", created_at="2016-12-31t23:59:60z"), {}),
    (
        "a pair of surrogates",
        b'{"id": "pair", "text": "\\ud83d\\ude00", "author": {"id": "u"}, "story": {"id": "s1"}}',
        {},
    ),
    ("idempotency key of 255", OK, {"Idempotency-Key": "x" * 255}),
    ("the same in quotes", OK, {"Idempotency-Key": '"' + "x" * 255 + '"'}),
]


@pytest.mark.parametrize(("raw", "headers"), [line[1:] for line in ACCEPTED], ids=[line[0] for line in ACCEPTED])
def test_odd_and_allowed(shared: Service, raw: bytes, headers: dict[str, str]) -> None:
    answer = shared.send("POST", "/v1/comments", data=raw, headers={"Content-Type": JSON, **headers})
    assert answer.status_code in (200, 202), answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("wait=10", 10),
        ("wait=11", 10),
        ("wait=" + "9" * 20, 10),
        ("wait=" + "9" * 5_000, 10),
        ('WAIT = "007" ; x=y', 7),
        ("ask-first, wait=3, wait=9", 3),
        ("wait=" + "0" * 400, 0),
        ("wait=-1", 0),
        ("wait=1.5", 0),
        ("wait=１", 0),
        ("wait", 0),
        ("respond-async", 0),
        ("", 0),
    ],
)
def test_how_long_a_caller_waits(header: str, wait: int) -> None:
    assert prefer.parse(header).wait == wait


def test_whoever_would_wait_for_ever_waits_ten_seconds(shared: Service) -> None:
    answer = shared.post("/v1/comments", {**COMMENT, "id": "patient"}, headers={"Prefer": "wait=" + "9" * 20})
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=10")


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    found: dict[str, Any] = answer.get_json()
    assert found["status"] == status
    assert found["type"] == f"/problems/{found['code']}"
    assert found["title"]
    assert found["detail"]
    return found


@pytest.mark.parametrize(
    ("raw", "headers", "status", "sentence"), [line[1:] for line in BODIES], ids=[line[0] for line in BODIES]
)
def test_bodies(shared: Service, raw: bytes, headers: dict[str, str], status: int, sentence: str) -> None:
    answer = shared.send("POST", "/v1/comments", data=raw, headers={"Content-Type": JSON, **headers})
    assert sentence in json.dumps(problem(answer, status), ensure_ascii=False).replace('\\"', '"')


def test_every_wrong_field_is_named_at_once(shared: Service) -> None:
    wrong = {
        "id": "a/b",
        "text": " ",
        "author": {"id": 5},
        "story": {"id": "s", "people": [{"name": "x"}]},
        "format": "x",
    }
    found = problem(shared.post("/v1/comments", wrong), 422)
    pointers = {one["pointer"] for one in found["errors"]}
    assert pointers == {"#/id", "#/text", "#/author/id", "#/story/people/0/role", "#/format"}


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (None, 'Bearer realm="moderation"'),
        ("", 'Bearer realm="moderation", error="invalid_token"'),
        ("Bearer", 'Bearer realm="moderation", error="invalid_token"'),
        ("Bearer kic_live_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_000000", 'Bearer realm="moderation", error="invalid_token"'),
        ("Bearer " + "x" * 9000, 'Bearer realm="moderation", error="invalid_token"'),
        ("Basic a2ljOmtpYw==", 'Bearer realm="moderation", error="invalid_token"'),
        ("Bearer kic_live_é", 'Bearer realm="moderation", error="invalid_token"'),
    ],
)  # fmt: skip
def test_keys(shared: Service, header: str | None, challenge: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/v1/comments/c1", "/v1/events", "/v1/guidelines"):
        answer = shared.send("GET", path, key="", headers=headers)
        found = problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == challenge
        assert ("missing" in found["detail"]) is (header is None)


def test_what_is_wrong_with_a_key_is_not_told(shared: Service) -> None:
    flipped = shared.key[:20] + ("a" if shared.key[20] != "a" else "b") + shared.key[21:]
    answers = [shared.get("/v1/events", key=key) for key in ("nonsense", flipped, shared.key[:-1], shared.key + "x")]
    assert len({problem(answer, 401)["detail"] for answer in answers}) == 1


def test_a_revoked_key_opens_nothing(service: Service) -> None:
    listed = service.application.keys.list(site_id=service.site_id)
    service.application.keys.revoke(
        site_id=service.site_id, key_id=listed[0]["id"], by=OPERATOR,
        now=service.application.now(),
    )  # fmt: skip
    problem(service.get("/v1/events"), 401)


PATHS: list[tuple[str, str, int]] = [
    ("GET", "/v1/comments/none", 404),
    ("GET", "/v1/comments/none/", 404),
    ("GET", "/v1/comments/a%2Fb", 404),
    ("GET", "/v1/comments/%00", 404),
    ("GET", "/v1/comments/" + "9" * 20, 404),
    ("GET", "/v1/comments/" + "x" * 201, 404),
    ("GET", "/v1/comments/１", 404),
    ("GET", "/v1/comments/%20a", 404),
    ("DELETE", "/v1/comments/none", 404),
    ("GET", "/v1/comments/none/flags", 404),
    ("GET", "/v1/stories/none", 404),
    ("GET", "/v1/stories/%00", 404),
    ("PUT", "/v1/stories/%00", 422),
    ("PUT", "/v1/stories/" + "x" * 201, 422),
    ("PUT", "/v1/stories/%20", 422),
    ("GET", "/v1/authors/none", 404),
    ("GET", "/v1/appeals/none", 404),
    ("GET", "/v1/appeals/%00", 404),
    ("DELETE", "/v1/webhooks/none", 404),
    ("DELETE", "/v1/webhooks/%00", 404),
    ("POST", "/v1/webhooks/none/test", 404),
    ("GET", "/v1/comments/..", 404),
    ("GET", "/v1/comments/c1/", 404),
    ("GET", "/v1/comments/c1%0A", 404),
    ("GET", "/v1/comments/c1//flags", 404),
    ("GET", "/v1/comments/c1/flags/", 404),
    ("GET", "/v1/comments/..%2Fevents", 404),
    ("GET", "/v1/events%00", 404),
    ("GET", "/v1/events;x", 404),
    ("GET", "/v1/nothing", 404),
    ("GET", "/v2/comments", 404),
    ("GET", "/V1/comments/c1", 404),
    ("GET", "/v1/events/", 404),
    ("GET", "/v1//events", 404),
    ("GET", "/v1/events?limit=0", 400),
    ("GET", "/v1/events?limit=-1", 400),
    ("GET", "/v1/events?limit=1000000000", 400),
    ("GET", "/v1/events?limit=abc", 400),
    ("GET", "/v1/events?limit=201", 400),
    ("GET", "/v1/events?limit=%2B5", 400),
    ("GET", "/v1/events?limit=05", 400),
    ("GET", "/v1/events?after=1e3", 400),
    ("GET", "/v1/events?after=999999999999", 400),
    ("GET", "/v1/events?after=%EF%BC%91", 400),
    ("GET", "/v1/events?limit=１", 400),
    ("GET", "/v1/events?limit=1.5", 400),
    ("GET", "/v1/events?after=abc", 400),
    ("GET", "/v1/events?after=-5", 400),
    ("GET", "/v1/events?after=%00", 400),
    ("GET", "/v1/events?after=" + "9" * 40, 400),
    ("GET", "/problems/nothing", 404),
    ("PATCH", "/v1/comments/c1", 405),
    ("PUT", "/v1/comments", 405),
    ("GET", "/v1/comments", 405),
    ("GET", "/v1/comments:batch", 405),
    ("POST", "/v1/events", 405),
    ("DELETE", "/v1/stories/s", 405),
    ("POST", "/healthz", 405),
    ("TRACE", "/v1/events", 405),
    ("BREW", "/v1/comments", 405),
    ("put", "/v1/comments", 405),
    ("GET", "/v1/comments/c1/decisions", 405),
    ("GET", "/v1/authors/a/block", 405),
    ("GET", "/v1/authors/a/unblock", 405),
    ("GET", "/v1/authors/a/appeals", 405),
    ("GET", "/v1/webhooks/w/test", 405),
    ("GET", "/v1/judge", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), PATHS)
def test_addresses(shared: Service, method: str, path: str, status: int) -> None:
    answer = shared.send(method, path, **({"json": {}} if method in ("PUT", "POST") else {}))
    problem(answer, status)
    if status == 405:
        assert answer.headers["Allow"]
        assert method not in answer.headers["Allow"]


def test_a_path_that_is_not_utf_8(shared: Service) -> None:
    environ = EnvironBuilder(
        "/v1/stories/x", method="GET", headers={"Authorization": f"Bearer {shared.key}"}
    ).get_environ()
    environ["PATH_INFO"] = "/v1/stories/\xff"
    problem(shared.client.open(environ), 404)


def test_a_body_without_a_length_is_limited_as_well(shared: Service) -> None:
    environ = EnvironBuilder(
        "/v1/comments", method="POST", data=body(metadata={"a": "x" * 300_000}), content_type=JSON,
        headers={"Authorization": f"Bearer {shared.key}"},
    ).get_environ()  # fmt: skip
    del environ["CONTENT_LENGTH"]
    environ["wsgi.input_terminated"] = True
    environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    chunks, status, _ = run_wsgi_app(shared.flask, environ)
    assert status.startswith("413")
    assert json.loads(b"".join(chunks))["code"] == "too_large"


def test_any_host_is_served_and_what_a_proxy_might_say_is_not_believed(shared: Service) -> None:
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "127.0.0.1"}
    assert shared.get("/healthz", headers=forged).status_code == 200
    answer = shared.post("/v1/comments", {**COMMENT, "id": "any-host"}, headers=forged)
    assert answer.status_code == 202
    assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers)


def test_a_compressed_body_without_a_length_is_refused_unread(shared: Service) -> None:
    headers = {"Authorization": f"Bearer {shared.key}", "Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
    environ = EnvironBuilder(
        "/v1/comments", method="POST", data=gzip.compress(b"x" * 10_000_000), content_type=JSON, headers=headers
    ).get_environ()
    del environ["CONTENT_LENGTH"]
    environ["wsgi.input_terminated"] = True
    _, status, _ = run_wsgi_app(shared.flask, environ)
    assert status.startswith("415")
    assert environ["wsgi.input"].tell() == 0


def test_a_method_that_only_asks_has_no_body_and_needs_no_key(shared: Service) -> None:
    asked = shared.send("OPTIONS", "/v1/comments", key="")
    assert (asked.status_code, set(asked.headers["Allow"].split(", "))) == (200, {"OPTIONS", "POST"})
    assert shared.send("HEAD", "/v1/events").get_data() == b""


@pytest.mark.parametrize(
    ("path", "value", "pointers"),
    [
        ("/v1/comments/c/flags", {}, {"#/reader", "#/reason"}),
        ("/v1/comments/c/flags", {"reader": {"id": ""}, "reason": "dislike"}, {"#/reader/id", "#/reason"}),
        ("/v1/comments/c/flags", {"reader": {"id": "r"}, "reason": "spam", "comment": {"id": "c"}},
         {"#/comment/text", "#/comment/author", "#/comment/story"}),
        ("/v1/comments/c/flags", {"reader": {"id": "r"}, "reason": "spam", "note": "x" * 5000}, {"#/note"}),
        ("/v1/comments/c/decisions", {}, {"#/revision", "#/decision", "#/reason"}),
        ("/v1/comments/c/decisions", {"revision": 0, "decision": "hold", "reason": " "}, {"#/revision", "#/decision", "#/reason"}),
        ("/v1/authors/a/block", {"scope": "world", "until": "2020-01-01T00:00:00Z"}, {"#/reason", "#/scope", "#/until"}),
        ("/v1/authors/a/unblock", {"reason": 5}, {"#/reason"}),
        ("/v1/authors/a/appeals", {"text": "", "about": {}}, {"#/text", "#/about"}),
        ("/v1/authors/a/appeals", {"text": "x", "about": {"block": "b", "comment": "c"}}, {"#/about"}),
        ("/v1/webhooks", {}, {"#/url"}),
        ("/v1/webhooks", {"url": "ftp://x", "types": ["comment.liked"]}, {"#/url", "#/types/0"}),
        ("/v1/webhooks", {"url": "https://paper.example", "types": []}, {"#/types"}),
        ("/v1/judge", {"text": None, "story": {"people": [{}]}}, {"#/text", "#/story/people/0/name", "#/story/people/0/role"}),
    ],
)  # fmt: skip
def test_bodies_of_the_other_endpoints(shared: Service, path: str, value: dict[str, Any], pointers: set[str]) -> None:
    assert {one["pointer"] for one in problem(shared.post(path, value), 422)["errors"]} == pointers


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://224.0.0.1/",
        "https://0.0.0.0/",
        "http://[fe80::1]/",
        "https://me:pw@paper.example/",
    ],
)
def test_webhooks_to_where_nobody_should_call(shared: Service, url: str) -> None:
    assert problem(shared.post("/v1/webhooks", {"url": url}), 422)["errors"][0]["pointer"] == "#/url"


def test_ids_of_another_site_are_not_there(service: Service) -> None:
    service.decided()
    hook = service.post("/v1/webhooks", {"url": "http://127.0.0.1:9/"}).get_json()
    block = service.post("/v1/authors/u9/block", {"reason": "x"}).get_json()
    appeal = service.post("/v1/authors/u9/appeals", {"text": "x", "about": {"block": block["id"]}}).get_json()
    other = service.other_key
    flag = {"reader": {"id": "r"}, "reason": "spam"}
    decision = {"revision": 1, "decision": "reject", "reason": "spam"}
    assert service.get("/v1/comments/c1").status_code == 200
    problem(service.get("/v1/comments/c1", key=other), 404)
    problem(service.send("DELETE", "/v1/comments/c1", key=other), 404)
    problem(service.post("/v1/comments/c1/flags", flag, key=other), 404)
    problem(service.get("/v1/comments/c1/flags", key=other), 404)
    problem(service.post("/v1/comments/c1/decisions", decision, key=other), 404)
    problem(service.get("/v1/stories/s1", key=other), 404)
    problem(service.get("/v1/authors/u1", key=other), 404)
    problem(service.post("/v1/authors/u1/unblock", {"reason": "x"}, key=other), 404)
    problem(service.get(f"/v1/appeals/{appeal['id']}", key=other), 404)
    problem(service.send("DELETE", f"/v1/webhooks/{hook['id']}", key=other), 404)
    problem(service.post(f"/v1/webhooks/{hook['id']}/test", {}, key=other), 404)
    assert service.get("/v1/webhooks", key=other).get_json() == {"webhooks": []}
    assert {event["type"] for event in service.get("/v1/events", key=other).get_json()["events"]} <= {
        "ruleset.published"
    }
