"""The page for admins: what was published without a check first, then what waits and what failed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from moderation.storage.models import Delivery, Endpoint
from tests.web.console.conftest import PASSWORD, Desk
from tests.web.coral import Coral
from tests.web.service import OPERATOR

PAGE = "/desk/main/service"


def seen(desk: Desk, login: str = "admin") -> str:
    """The page as words."""
    answer = desk.log_in(login).get(PAGE)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


def test_only_admins_see_it(desk: Desk) -> None:
    for login, status in (("admin", 200), ("senior", 403), ("moderator", 403), ("stranger", 404), ("nobody", 303)):
        assert desk.log_in(login).get(PAGE).status_code == status, login
    for login, offered in (("admin", True), ("senior", False)):
        assert (f'href="{PAGE}"' in desk.log_in(login).get("/desk/main/rules").text) == offered


def test_a_quiet_site(desk: Desk) -> None:
    words = seen(desk)
    assert "0 today 0 in 7 days None is known in 90 days." in words
    assert "Being checked 0 Last verdict never Wait for people 0" in words
    assert "This site has no webhooks." in words


def test_what_coral_published_without_a_check_is_seen_by_key(desk: Desk) -> None:
    coral = Coral(desk.service, "")
    made = coral.add_key(profile="coral", label="<b>Coral</b>")
    coral.key = made["key"]
    assert coral.scores(requestedAttributes={"NICE": {}}).status_code == 400
    assert coral.scores().status_code == 200
    assert coral.phase(signature="sha256=00").status_code == 401
    desk.app.keys.revoke(site_id=desk.service.site_id, key_id=made["id"], by=OPERATOR, now=desk.app.now())
    assert coral.scores().status_code == 400
    desk.app.unchecked.write()
    words, other = seen(desk), desk.log_in("stranger").get("/desk/other/service").text
    assert "3 today 3 in 7 days Last just now" in words
    assert re.search(r"revoked \w{8} Coral, for scores answered with an error 2 2 2 ", words)
    assert re.search(r"revoked \w{8} Coral&#39;s moderation phase answered with an error 1 1 1 ", words)
    assert "&lt;b&gt;Coral&lt;/b&gt;" in words and "Coral, for scores" not in other
    assert coral.key not in desk.log_in("admin").get(PAGE).text


def test_an_admin_need_not_open_the_page_to_hear_of_it(desk: Desk) -> None:
    coral = Coral(desk.service, "")
    coral.key = coral.add_key(profile="coral")["key"]
    said = "2 published without a check in 7 days"
    for site_id in (desk.service.site_id, desk.other_id):
        desk.app.users.add(
            login="both", site_id=site_id, role="admin", password=PASSWORD, by=OPERATOR, now=desk.app.now()
        )
    assert "without a check" not in desk.log_in("admin").get("/desk/main/").text
    for _ in range(2):
        coral.scores(requestedAttributes={"NICE": {}})
    desk.app.unchecked.write()
    assert said in desk.log_in("admin").get("/desk/main/").text
    assert said not in desk.log_in("moderator").get("/desk/main/").text
    assert desk.log_in("both").get("/desk/").text.count(said) == 1
    assert said not in desk.log_in("both").get("/desk/other/").text


def test_what_failed_and_is_late_counts_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from moderation.web.api import coral as phase

    coral = Coral(desk.service, "")
    coral.key = coral.add_key()["key"]
    coral.add_key(kind="coral_phase", secret="empsec_" + "a" * 64, on_failure="none", deadline_ms=50)
    monkeypatch.setattr(phase, "_SLACK", -10.0)
    monkeypatch.setattr(phase.Patience, "wait", _too_late)
    assert coral.phase().get_json() == {}
    desk.app.unchecked.write()
    assert "1 today 1 in 7 days" in seen(desk)


def _too_late(*_: object) -> None:
    raise TimeoutError


def test_what_waits_and_what_failed(desk: Desk) -> None:
    app, site_id = desk.app, desk.service.site_id
    hook = desk.service.post("/v1/webhooks", {"url": "https://paper.example/token?x=secret"})
    assert hook.status_code == 201, hook.text
    desk.item()
    desk.service.comment(id="c2")  # no worker takes it
    with app.database.write() as session:
        session.execute(update(Endpoint).values(disabled_at=app.now(), disabled_reason="failing"))
        session.execute(update(Delivery).values(state="dead"))
    words = seen(desk)
    assert "Being checked 1, oldest just now Last verdict just now Wait for people 1" in words
    assert re.search(r"paper.example \w+ switched off since .+ never 0 1 ", words)
    assert "moderation webhook replay ID --site main" in words
    assert "secret" not in words and "token" not in words
    late = app.state.of_site(site_id=site_id, now=app.now() + timedelta(minutes=2))
    assert late["pending"]["is_behind"]
