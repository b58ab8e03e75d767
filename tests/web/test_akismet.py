"""Akismet 1.1: bare answers to the letter, the key wherever clients put it, and what is stopped."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation.errors import Unavailable
from moderation.storage.models import AuditRow, FeedbackRow
from moderation.web import bounded, form_body
from moderation.web.api.akismet import CALLS, METHODS
from tests.web.service import OPERATOR, RULES, Service, Template

BLOG = "https://paper.example/"
WHO = {"blog": BLOG, "user_ip": "203.0.113.7", "user_agent": "Browser/1"}
BYTES = [b"%", b"%0", b"%00", b"%ff", b"%F0%9F%98%80", b"&", b"=", b"+", b"<!--", b"<style>", b"&amp;", b"\xf0\x9f", b"numpty",
         b"&user_role=", b"administrator", b"&honeypot_field_name=", b"&comment_author_url=", b"http://", b"&blog_lang=", b";"]  # fmt: skip
HOSTS = """rules:
  - id: bad-host
    category: spam
    state: live
    title: Links to a host of spammers
    when: {links: {count: {at_least: 1}, hosts: [spam.example]}}
    action: reject
    reason: Links to a host of spammers.
    examples: {match: ["See https://spam.example/x"], pass: ["See https://paper.example/x"]}
  - id: elsewhere
    category: spam
    state: live
    title: Links elsewhere
    when: {links: {count: {at_least: 1}, not_hosts: [spam.example]}}
    action: hold
    reason: Links elsewhere.
    examples: {match: ["See https://other.example/x"], pass: ["See there."]}
  - id: newcomer
    category: civility
    state: live
    title: A newcomer says hm
    when: {all: [{terms: [hmword]}, {author: {published: {under: 3}}}]}
    action: hold
    reason: A newcomer says hm.
    examples: {match: [{text: "hmword", author: {published: 0}}], pass: ["hm"]}
"""


@dataclass
class Akismet:
    """The service with a protocol key."""

    service: Service
    key: str

    def call(self, path: str, form: Any = None, *, host: str = "moderation.example", **given: Any) -> TestResponse:
        """A request without any header of ours."""
        method = METHODS.get(path, "POST")
        where = {"query_string": form} if method == "GET" else {"data": form}
        return self.service.client.open(path, method=method, base_url=f"http://{host}", **where, **given)

    def check(self, text: str = "A fair point.", **form: Any) -> TestResponse:
        """A comment, with the key in the form."""
        return self.call("/1.1/comment-check", {"api_key": self.key, **WHO, "comment_content": text, **form})


@pytest.fixture(scope="module")
def akismet(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Akismet]:
    folder = tmp_path_factory.mktemp("akismet")
    rules = folder / "rules"
    rules.mkdir()
    for file in RULES.glob("*.yaml"):
        (rules / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (rules / "hosts.yaml").write_text(HOSTS)
    made = template.service(folder, rules_dir=rules)
    app = made.application
    app.rulebook.publish_files(site_id=made.site_id, message="For the tests", by=OPERATOR, now=app.now())
    key = app.keys.add(site_id=made.site_id, kind="protocol", by=OPERATOR, now=app.now())["key"]
    yield Akismet(made, key)
    template.end(made)


def said(answer: TestResponse) -> str:
    """The body of a plain answer with status 200, byte for byte."""
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    return answer.get_data(as_text=True)


def test_the_key_is_one_that_wordpress_takes(akismet: Akismet) -> None:
    """Its form takes everything out of a key that is no hexadecimal digit, and refuses any other length."""
    assert re.fullmatch(r"[a-f][a-f0-9]{11}", akismet.key)


def test_the_key_is_verified(akismet: Akismet) -> None:
    assert said(akismet.call("/1.1/verify-key", {"key": akismet.key, "blog": BLOG})) == "valid"
    assert said(akismet.call("/1.1/verify-key", {"key": "abcdefghijkl", "blog": BLOG})) == "invalid"
    assert said(akismet.call("/1.1/verify-key", {"blog": BLOG})) == "invalid"
    without = akismet.call("/1.1/verify-key", {"key": akismet.key})
    assert (said(without), without.headers["X-akismet-debug-help"]) == ("invalid", "Missing required field: blog.")


@pytest.mark.parametrize(
    ("field", "host"),
    [
        ("api_key", "moderation.example"),
        ("key", "moderation.example"),
        ("", "{key}.rest.akismet.com"),
        ("", "{KEY}.localhost:8000"),
        ("api_key", "wrong.rest.akismet.com"),
    ],
)
def test_the_key_is_found_wherever_clients_put_it(akismet: Akismet, field: str, host: str) -> None:
    form = {**WHO, "comment_content": "You numpty.", **({field: akismet.key} if field else {})}
    where = host.format(key=akismet.key, KEY=akismet.key.upper())
    assert said(akismet.call("/1.1/comment-check", form, host=where)) == "true"


@pytest.mark.parametrize("path", CALLS)
def test_every_call_needs_a_protocol_key(akismet: Akismet, path: str) -> None:
    revoked = akismet.service.application.keys.add(
        site_id=akismet.service.site_id, kind="protocol", by=OPERATOR, now=akismet.service.application.now()
    )
    akismet.service.application.keys.revoke(
        site_id=akismet.service.site_id, key_id=revoked["id"], by=OPERATOR, now=akismet.service.application.now()
    )
    for key in ("", "x", "é" * 12, akismet.service.key, revoked["key"]):
        answer = akismet.call(path, {"api_key": key, **WHO})
        assert said(answer) == "invalid"
        assert answer.headers["X-akismet-debug-help"]


def test_what_the_rules_hold_or_reject_is_true_and_the_rest_false(akismet: Akismet) -> None:
    fair, held, rejected = akismet.check(), akismet.check("You numpty."), akismet.check("Get your casinobonus.")
    assert [said(one) for one in (fair, held, rejected)] == ["false", "true", "true"]
    assert [one.headers["X-Moderation-Action"] for one in (fair, held, rejected)] == ["allow", "hold", "reject"]
    assert held.headers["X-Moderation-Categories"] == "personal_attack"
    tips = [one.headers.get("X-akismet-pro-tip") for one in (fair, held, rejected)]
    assert tips == [None, None, "discard"]  # delete unseen: only what the rules reject as spam


def test_markup_hides_nothing_in_either_reading(akismet: Akismet) -> None:
    assert said(akismet.check("You num<b></b>pty.")) == "true"
    assert said(akismet.check("You num&#112;ty.")) == "true"
    assert said(akismet.check("<style> You numpty.")) == "true"
    assert said(akismet.check("<!-- You numpty.")) == "true"
    assert said(akismet.check("<p>A fair point &amp; well made.</p>")) == "false"


def test_an_address_of_the_writer_counts_where_it_is_rejected(akismet: Akismet) -> None:
    assert said(akismet.check(comment_author_url="https://own.example/")) == "false"
    spam = akismet.check(comment_author_url="https://spam.example/pills")
    assert (said(spam), spam.headers["X-akismet-pro-tip"]) == ("true", "discard")
    assert said(akismet.check("See https://own.example/", permalink="https://own.example/story")) == "false"
    assert said(akismet.check("See https://own.example/", permalink="https://paper.example/story")) == "true"


@pytest.mark.parametrize("field", ["comment_author", "comment_author_email"])
@pytest.mark.parametrize("name", ["viagra-test-123", "akismet-guaranteed-spam"])
def test_test_authors_are_spam(akismet: Akismet, field: str, name: str) -> None:
    suffix = "@example.com" if field.endswith("email") else ""
    assert said(akismet.check(is_test="1", **{field: name + suffix})) == "true"


def test_an_administrator_is_never_stopped(akismet: Akismet) -> None:
    assert said(akismet.check("You numpty.", user_role="administrator")) == "false"
    assert said(akismet.check("You numpty.", user_role="editor, administrator")) == "false"
    assert said(akismet.check("You numpty.", user_role="subscriber")) == "true"


def test_a_guest_is_a_newcomer_and_somebody_with_an_account_is_not_known(akismet: Akismet) -> None:
    assert said(akismet.check("hmword")) == "true"
    assert said(akismet.check("hmword", user_id="0", user_role="")) == "true"
    for account in ({"user_role": "subscriber"}, {"user_ID": "5"}, {"user_id": "5"}):
        assert said(akismet.check("hmword", **account)) == "false"


def test_rules_that_are_new_are_compiled_before_the_clock_runs(
    akismet: Akismet, monkeypatch: pytest.MonkeyPatch
) -> None:
    application, known = akismet.service.application, []
    current = type(application.rulebook).current

    def slowly(self: Any, **given: Any) -> Any:
        if not known:
            known.append(time.sleep(1))  # longer than a comment may take
        return current(self, **given)

    monkeypatch.setattr(type(application.rulebook), "current", slowly)
    assert said(akismet.check()) == "false"


def test_a_honeypot_that_is_filled_is_spam_and_an_empty_one_is_not(akismet: Akismet) -> None:
    assert said(akismet.check(honeypot_field_name="nickname", nickname="")) == "false"
    filled = akismet.check(honeypot_field_name="nickname", nickname="me")
    assert (said(filled), "X-akismet-pro-tip" in filled.headers) == ("true", False)


def test_what_cannot_be_judged_goes_to_a_person(akismet: Akismet, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(akismet.check("x" * 20_481)) == "true"
    assert said(akismet.check("")) == "false"
    monkeypatch.setattr("moderation.web.api.akismet.SECONDS", -1.0)
    monkeypatch.setattr("moderation.web.api.akismet._LEAST", -1.0)
    late = akismet.check()
    assert (said(late), late.headers["X-Moderation-Action"]) == ("true", "hold")


@pytest.mark.parametrize("name", ["blog", "user_ip"])
@pytest.mark.parametrize("path", ["/1.1/comment-check", "/1.1/submit-spam", "/1.1/submit-ham"])
def test_a_required_field_that_is_missing_is_named(akismet: Akismet, path: str, name: str) -> None:
    answer = akismet.call(path, {"api_key": akismet.key, **WHO, name: ""})
    assert (said(answer), answer.headers["X-akismet-debug-help"]) == ("invalid", f"Missing required field: {name}.")


def told(akismet: Akismet) -> list[tuple[str, dict[str, float]]]:
    """The rows of feedback, and that no words are among them."""
    with akismet.service.application.database.read() as session:
        rows = session.scalars(select(FeedbackRow).order_by(FeedbackRow.created_at, FeedbackRow.id)).all()
        assert "pills" not in str([vars(row) for row in rows])
        assert "pills" not in str([vars(row) for row in session.scalars(select(AuditRow))])
        return [(row.protocol, row.told) for row in rows]


def test_what_is_submitted_is_feedback_and_the_last_word_on_a_text_counts(akismet: Akismet) -> None:
    def submit(call: str, text: str, **form: str) -> None:
        answer = akismet.call(f"/1.1/{call}", {"api_key": akismet.key, **WHO, "comment_content": text, **form})
        assert said(answer) == "Thanks for making the web a better place."

    submit("submit-spam", "Buy pills.", is_test="true")
    assert told(akismet) == []  # a rehearsal
    submit("submit-spam", "Buy pills.")
    submit("submit-ham", "No pills here.")
    assert told(akismet) == [("akismet", {"spam": 1.0}), ("akismet", {"spam": 0.0})]
    submit("submit-ham", "Buy pills.")
    submit("submit-ham", "Buy pills.")
    assert [values for _, values in told(akismet)] == [{"spam": 0.0}, {"spam": 0.0}]


def test_forms_as_clients_send_them(akismet: Akismet) -> None:
    def check(body: bytes, type: str | None) -> str:
        headers = {"Content-Type": type} if type else {}
        return said(akismet.call("/1.1/comment-check", body, headers=headers))

    start = f"api_key={akismet.key}&blog={quote_plus(BLOG)}&user_ip=1&"
    for type in ("application/x-www-form-urlencoded; charset=UTF-8", "charset=utf-8", "text/plain", None):
        assert check(f"{start}bare&&comment_content=You+numpty%21".encode(), type) == "true"
    assert check(f"{start}comment_content=You n\xfcmpty, numpty".encode(), "x/y") == "true"  # bare UTF-8
    assert check(f"{start}comment_content=caf%E9+numpty".encode(), None) == "true"  # Latin letters of old
    assert check(f"{start}comment_content=You+num%00pty".encode(), None) == "true"
    parts = {"api_key": akismet.key, **WHO, "comment_content": "You numpty."}
    assert said(akismet.call("/1.1/comment-check", parts, content_type="multipart/form-data")) == "true"


def test_an_answer_has_an_id_of_its_own_be_it_a_verdict_or_a_fault(
    akismet: Akismet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WordPress's plugin (5.3.7 and later) takes no notice of one without."""

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError

    answers = [
        akismet.check(),
        akismet.check("You numpty."),
        akismet.call("/1.1/comment-check", {}),
        akismet.check("x" * 300_000),
    ]
    monkeypatch.setattr(type(akismet.service.application.judge), "assess", crash)
    answers.append(akismet.check())
    assert [one.text for one in answers] == ["false", "true", "invalid", "too_large", "internal_error"]
    ids = [one.headers["X-akismet-guid"] for one in answers]
    assert len(set(ids)) == 5 and all(re.fullmatch("[0-9a-f]{32}", id) for id in ids)


def test_the_key_that_is_asked_about_is_verified_and_not_the_one_that_wordpress_has(akismet: Akismet) -> None:
    asked = {"blog": BLOG, "key": "abcdefabcdef", "api_key": akismet.key}
    assert said(akismet.call("/1.1/verify-key", asked)) == "invalid"
    assert said(akismet.call("/1.1/verify-key", {**asked, "key": akismet.key, "api_key": "abcdefabcdef"})) == "valid"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [(r"You\'re a \"fool\".", "You're a \"fool\"."), (r"C:\\x it\'s", r"C:\x it's"), (r"a\'b 'c'", r"a\'b 'c'"),
     (r"C:\x", r"C:\x"), (r"x\\\'y", r"x\'y"), ("plain", "plain"), ("\\", "\\"), ("it's", "it's")],
)  # fmt: skip
def test_backslashes_that_wordpress_puts_before_quotation_marks_go(sent: str, meant: str) -> None:
    assert form_body.unslashed(sent) == meant


def test_a_text_with_such_backslashes_is_judged_as_it_was_written(akismet: Akismet) -> None:
    written = 'See <a href="https://spam.example/x">this</a>, it\'s cheap.'
    sent = written.replace('"', '\\"').replace("'", "\\'")
    assert [akismet.check(text).headers["X-Moderation-Action"] for text in (written, sent)] == ["reject", "reject"]


def test_whatever_bytes_come_the_answer_is_one_of_three_words(
    akismet: Akismet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded.RateLimit, "spend", lambda self, key, count=1: None)
    start = f"api_key={akismet.key}&blog=b&user_ip=1&comment_content=".encode()

    @given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(BYTES), max_size=40).map(b"".join)))
    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    def send(raw: bytes) -> None:
        for body in (raw, start + raw):
            assert said(akismet.call("/1.1/comment-check", body)) in ("true", "false", "invalid")

    send()


def test_a_form_too_large_and_a_full_place_are_no_answer(akismet: Akismet, monkeypatch: pytest.MonkeyPatch) -> None:
    large = akismet.check("x" * 300_000)
    assert (large.status_code, large.get_data(as_text=True)) == (413, "too_large")

    def full(*_: Any, **__: Any) -> None:
        raise Unavailable("Too many checks are running.", retry_after=1)

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(type(akismet.service.application.judge), "assess", full)
    busy = akismet.check()
    assert (busy.status_code, busy.get_data(as_text=True)) == (503, "unavailable")
    assert (busy.headers["Retry-After"], busy.headers["X-akismet-debug-help"]) == ("1", "Too many checks are running.")
    monkeypatch.setattr(type(akismet.service.application.judge), "assess", crash)
    broken = akismet.check()
    assert (broken.status_code, broken.get_data(as_text=True)) == (500, "internal_error")
    assert "secret" not in str(broken.headers)


def test_what_wordpress_asks_beside(akismet: Akismet) -> None:
    assert said(akismet.service.client.get("/1.1/test")) == "connected"
    form = {"key": akismet.key, "blog": BLOG}
    account = akismet.call("/1.1/get-subscription", form).get_json()
    assert (account["status"], account["account_name"]) == ("active", "main")
    assert (account["next_billing_date"], account["limit_reached"]) == (False, False)
    assert json.loads(akismet.call("/1.1/get-stats", {**form, "from": "all"}).data) is None
    assert said(akismet.call("/1.1/deactivate", form)) == "deactivated"
    assert said(akismet.call("/1.1/verify-key", form)) == "valid"
    assert akismet.service.client.get("/1.2/compatible-plugins").get_json() == []


def test_version_1_2(akismet: Akismet) -> None:
    key = {"api_key": akismet.key}
    akismet.check()
    limit = akismet.call("/1.2/usage-limit", key).get_json()
    assert limit == {"limit": "none", "usage": 0, "percentage": 0, "throttled": False}
    assert akismet.call("/1.2/key-sites", {**key, "month": "2026-11"}).get_json()["2026-11"] == []
    assert akismet.call("/1.2/key-sites", {**key, "format": "csv"}).text.startswith("Site,")
    assert akismet.call("/1.2/usage-limit", host=f"{akismet.key}.rest.akismet.com").get_json()["usage"] == 0


def test_keys_are_in_no_log(akismet: Akismet, capfd: pytest.CaptureFixture[str]) -> None:
    akismet.call("/1.2/usage-limit", {"api_key": akismet.key})
    akismet.call("/1.1/comment-check", WHO, host=f"{akismet.key}.rest.akismet.com")
    written = capfd.readouterr()
    assert akismet.key not in written.out + written.err
