"""Logins and sessions of people at the desk: rows on the server, ends that come at once, guesses that are slowed down."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from moderation.errors import Conflict, InvalidFields, NotAuthenticated, TooManyRequests
from moderation.storage.models import DeskSession, LoginAttempt, User
from moderation.workflow import guessing, passwords
from tests.web.console.conftest import PASSWORD, Desk
from tests.web.service import OPERATOR, Service, Template

HTTPS = "https://desk.paper.example"


def log_in(client: FlaskClient, login: str = "moderator", password: str = PASSWORD, **rest: str) -> TestResponse:
    return client.post("/desk/login", data={"login": login, "password": password, **rest})


def cookies(answer: TestResponse) -> dict[str, str]:
    return {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def sessions(desk: Desk) -> list[str]:
    with desk.app.database.read() as session:
        return list(session.scalars(select(DeskSession.id)))


def is_in(client: FlaskClient) -> bool:
    return client.get("/desk/main/").status_code == 200


@pytest.fixture
def secure(staffed: Template, tmp_path: Path) -> Iterator[Service]:
    """A service that people reach over https."""
    made = staffed.service(tmp_path, public_url=HTTPS)
    yield made
    staffed.end(made)


def test_the_session_is_a_row_and_the_cookie_is_only_hashed_there(desk: Desk) -> None:
    client = desk.service.flask.test_client()
    line = cookies(log_in(client))["desk"]
    token = line.split(";")[0].removeprefix("desk=")
    assert len(token) >= 43  # 256 bits
    assert sessions(desk) == [hashlib.sha256(token.encode()).hexdigest()]
    with desk.app.database.read() as session:
        assert token not in repr(
            [session.execute(select(*model.__table__.columns)).all() for model in (DeskSession, User)]
        )
    assert [one.strip() for one in line.split(";")[1:]] == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_over_https_cookies_are_secure_and_of_this_host_only(secure: Service) -> None:
    desk = Desk(secure)
    client = secure.flask.test_client()
    answer = client.post("/desk/login", base_url=HTTPS, data={"login": "moderator", "password": PASSWORD})
    given = {**cookies(client.get("/desk/login", base_url=HTTPS)), **cookies(answer)}
    assert set(given) == {"__Host-desk", "__Host-desk-browser"}
    given |= cookies(secure.flask.test_client().get("/desk/login", base_url=HTTPS))
    assert set(given) == {"__Host-desk", "__Host-desk-browser", "__Host-desk-login"}
    token = desk.app.users.session(token=given["__Host-desk"].split(";")[0].split("=", 1)[1], now=desk.app.now())
    assert token is not None
    out = client.post("/desk/logout", base_url=HTTPS, data={"csrf": token.csrf})
    given["gone"] = cookies(out)["__Host-desk"]
    for line in given.values():
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {one.strip() for one in line.split(";")}, line
        assert "Domain" not in line
    assert "__Host-desk=;" in given["gone"]


def test_each_login_is_a_new_session_and_ends_the_one_before(desk: Desk) -> None:
    client = desk.service.flask.test_client()
    client.set_cookie("desk", "a-token-that-somebody-else-knows")
    log_in(client)
    first = sessions(desk)
    log_in(client)
    second = sessions(desk)
    assert (len(first), len(second)) == (1, 1)
    assert first != second
    assert hashlib.sha256(b"a-token-that-somebody-else-knows").hexdigest() not in first + second


def test_a_logout_ends_the_row(desk: Desk) -> None:
    browser = desk.log_in("moderator")
    stolen = browser.client.get_cookie("desk")
    assert stolen
    asked = browser.get("/desk/logout")
    assert (asked.status_code, asked.text.count('action="/desk/logout"')) == (200, 2)  # on top of each page too
    assert browser.post("/desk/logout").status_code == 303
    thief = desk.service.flask.test_client()
    thief.set_cookie("desk", stolen.value)
    assert (sessions(desk), is_in(browser.client), is_in(thief)) == ([], False, False)


def test_sessions_end_when_nobody_is_there_and_after_a_working_day(desk: Desk) -> None:
    start, users = desk.app.now(), desk.app.users
    token = users.log_in(login="admin", password=PASSWORD, address="x", now=start)
    at = start
    for _ in range(24):
        at += timedelta(minutes=29)
        assert users.session(token=token, now=at) is not None
    assert users.session(token=token, now=at + timedelta(minutes=31)) is None
    assert users.session(token=token, now=start + timedelta(hours=12, seconds=1)) is None


@pytest.mark.parametrize("end", ["role", "password", "disable", "remove"])
def test_sessions_end_at_once_with_what_they_stand_on(desk: Desk, end: str) -> None:
    client, other = desk.log_in("moderator").client, desk.log_in("senior").client
    users, now, site_id = desk.app.users, desk.app.now(), desk.service.site_id
    assert is_in(client)
    if end == "role":
        users.add(login="moderator", site_id=site_id, role="senior", by=OPERATOR, now=now)
    elif end == "password":
        changed = users.set_password(login="moderator", by=OPERATOR, now=now)["password"]
    elif end == "disable":
        users.disable(login="moderator", by=OPERATOR, now=now)
    else:
        users.remove(login="moderator", site_id=site_id, by=OPERATOR, now=now)
    assert (is_in(client), is_in(other), len(sessions(desk))) == (False, True, 1)
    again = log_in(client, password=changed if end == "password" else PASSWORD)
    assert again.status_code == (401 if end == "disable" else 303)
    assert is_in(client) is (end in ("role", "password"))
    if end == "password":
        assert log_in(desk.service.flask.test_client()).status_code == 401
    if end == "disable":
        users.enable(login="moderator", by=OPERATOR, now=now)
        assert log_in(client).status_code == 303


def test_the_last_admin_is_not_disabled(desk: Desk) -> None:
    with pytest.raises(Conflict):
        desk.app.users.disable(login="admin", by=OPERATOR, now=desk.app.now())


def test_a_login_leads_to_the_desk_and_nowhere_else(desk: Desk) -> None:
    for to in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = desk.service.flask.test_client().post(
            f"/desk/login?next={to}&url={to}", headers={"Referer": to, "X-Forwarded-Host": "evil.example"},
            data={"login": "moderator", "password": PASSWORD, "next": to, "redirect": to},
        )  # fmt: skip
        assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")


def test_passwords_are_kept_as_argon2id(desk: Desk) -> None:
    with desk.app.database.read() as session:
        for hash in session.scalars(select(User.password_hash)):
            kind, _, costs = hash.split("$")[1:4]
            assert kind == "argon2id"
            memory, rounds, _ = (int(cost.split("=")[1]) for cost in costs.split(","))
            assert memory >= 19 * 1024
            assert rounds >= 2


COMMON = """password1234567 Password1234567! p4ssw0rdp4ssw0rd 123456789012345 1234567890qwertyuiop qwertyuiopasdfgh
    aaaaaaaaaaaaaaaa abcabcabcabcabcabc letmeinletmein1 moderator2026!! keepitcivil2026 iloveyouforever
    correcthorsebatterystaple abcdefghijklmnop welcomewelcome1 administrator123 thisismypassword Summer2026Summer2026
    111111111111111a hollyhollyholly1 adalovelace12345""".split()


@pytest.mark.parametrize("password", ["x" * 14, "short", "", "k9 " * 400, *COMMON])
def test_passwords_that_are_guessed_first_are_not_taken(password: str) -> None:
    login = "holly" if password.startswith("holly") else "adalovelace"
    assert passwords.why_refused(password, login=login)


def test_no_verb_takes_a_password_that_is_guessed_first(desk: Desk) -> None:
    now, site_id, users = desk.app.now(), desk.service.site_id, desk.app.users
    with pytest.raises(InvalidFields):
        users.add(login="ada", site_id=site_id, role="admin", password=COMMON[0], by=OPERATOR, now=now)
    with pytest.raises(InvalidFields):
        users.set_password(login="moderator", password=COMMON[0], by=OPERATOR, now=now)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "tangerine ladder quilt", "Xq7-vv2k-9fTz-bb1", "die Katze schläft im Regal", "лошадь батарея скоба"],
)  # fmt: skip
def test_other_long_passwords_are_taken(password: str) -> None:
    assert passwords.why_refused(password, login="ada") is None


def test_wrong_logins_read_alike_and_cost_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.app.users.disable(login="senior", by=OPERATOR, now=desk.app.now())
    verified: list[str] = []
    real = passwords.is_right

    def verify(hash: str, password: str) -> bool:
        verified.append(hash)
        return real(hash, password)

    monkeypatch.setattr(passwords, "is_right", verify)
    answers = {}
    for login, password in [("moderator", "wrong"), ("nobody", "wrong"), ("senior", PASSWORD), ("a\0zzb", "x")]:
        client = desk.service.flask.test_client()
        client.get("/desk/login")
        client.set_cookie("desk-login", "t")
        answer = log_in(client, login, password)
        answers[login] = (answer.status_code, answer.text.replace(login.replace("\0", ""), "LOGIN"))
    assert len(set(answers.values())) == 1
    assert answers["nobody"][0] == 401
    assert len(verified) == len(answers)
    assert {hash.split("$")[3] for hash in verified} == {verified[0].split("$")[3]}, "the same work"


def tries(desk: Desk, login: str, address: str, number: int, browser: str | None = None) -> list[bool]:
    """Wrong passwords; which of them were looked at."""
    found = []
    for _ in range(number):
        try:
            desk.app.users.log_in(login=login, password="wrong", address=address, now=desk.app.now(), browser=browser)
        except TooManyRequests:
            found.append(False)
        except NotAuthenticated:
            found.append(True)
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are compared without the work."""
    monkeypatch.setattr(passwords, "is_right", lambda _, password: password == PASSWORD)


@pytest.mark.usefixtures("quick")
def test_an_account_is_guessed_at_ten_times_wherever_from(desk: Desk) -> None:
    spread = [tries(desk, "Admin" if number % 2 else "admin", f"192.0.2.{number}", 1)[0] for number in range(14)]
    assert spread == [True] * 10 + [False] * 4
    assert tries(desk, "moderator", "192.0.2.1", 1) == [True]


@pytest.mark.usefixtures("quick")
def test_an_address_guesses_fifty_times_whatever_accounts(desk: Desk) -> None:
    assert [tries(desk, f"somebody-{number}", "192.0.2.9", 1)[0] for number in range(53)] == [True] * 50 + [False] * 3
    assert tries(desk, "somebody-99", "192.0.2.10", 1) == [True]


@pytest.mark.usefixtures("quick")
def test_nobody_is_locked_out_of_a_browser_of_his_own(desk: Desk) -> None:
    browser = desk.log_in("admin").client
    tries(desk, "admin", "192.0.2.66", 20)
    stranger = desk.service.flask.test_client()
    refused = log_in(stranger, "admin")
    assert (refused.status_code, "wait ten minutes" in refused.text) == (429, True)
    assert log_in(browser, "admin").status_code == 303
    mark = browser.get_cookie("desk-browser")
    assert mark
    assert tries(desk, "admin", "192.0.2.67", 12, browser=mark.value) == [True] * 10 + [False] * 2
    for forged in ("", "x", ".", mark.value + "0", "x" + mark.value, mark.value.split(".")[0] + "."):
        assert tries(desk, "admin", "192.0.2.68", 1, browser=forged) == [False], forged
    assert tries(desk, "senior", "192.0.2.68", 11, browser=mark.value)[-1] is False, "a mark is one account's"


@pytest.mark.usefixtures("quick")
def test_the_wait_ends_and_right_passwords_count_for_nothing(desk: Desk) -> None:
    for _ in range(15):
        desk.app.users.log_in(login="admin", password=PASSWORD, address="a", now=desk.app.now())
    with desk.app.database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 0
    assert tries(desk, "admin", "a", 11)[-1] is False
    later = desk.app.now() + guessing.WINDOW + timedelta(seconds=1)
    assert desk.app.users.log_in(login="admin", password=PASSWORD, address="a", now=later)


def test_a_session_that_begins_while_the_password_changes_does_not_begin(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(hash: str, password: str) -> bool:
        desk.app.users.set_password(login="admin", by=OPERATOR, now=desk.app.now())
        return True

    monkeypatch.setattr(passwords, "is_right", verify)
    with pytest.raises(NotAuthenticated):
        desk.app.users.log_in(login="admin", password=PASSWORD, address="a", now=desk.app.now())
    assert sessions(desk) == []


def test_attempts_hold_no_name_and_no_address(desk: Desk) -> None:
    tries(desk, "somebody", "192.0.2.5", 1)
    with desk.app.database.read() as session:
        kept = list(session.scalars(select(LoginAttempt.subject)))
    assert len(kept) == 2
    assert all(len(one) == 64 and "somebody" not in one for one in kept)
