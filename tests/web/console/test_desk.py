"""The desk from the outside: work gets done, and nobody sees or does what they should not."""

import html
from typing import Any

import pytest

from moderation.storage.models import AuditRow, Flag, Match, Publication, Reader, RulesetRow
from moderation.web.console.words import zone_of
from moderation.workflow.incoming import Actor
from moderation.workflow.rulesets import UnreadableRuleset
from tests.web.console.conftest import PASSWORD, Browser, Desk
from tests.web.service import pause

CANARY = "<script>document.title='broken into'</script>\"'><img src=x onerror=alert(1)>"


def test_a_moderator_works_the_queue(desk: Desk) -> None:
    item = desk.item()
    browser = desk.log_in("moderator")
    listed = browser.get("/desk/main/")
    assert "<mark>numpty</mark>" in listed.text
    opened = browser.post(f"/desk/main/items/{item}/open")
    assert opened.status_code == 303
    page = browser.get(opened.location).text
    assert '<option value="personal_attack" selected>' in page
    assert "Attacks a person (&#34;numpty&#34;) instead of the argument." in page
    decided = browser.post(f"/desk/main/items/{item}/decide", revision="1", decision="reject", reason="personal_attack")
    assert decided.status_code == 303
    desk.settle()
    assert desk.service.get("/v1/comments/c1").get_json()["status"] == "rejected"
    assert "Nothing needs you here" in browser.get("/desk/main/").text


def test_an_undo_brings_the_comment_back(desk: Desk) -> None:
    item = desk.item()
    browser = desk.log_in("moderator")
    browser.post(f"/desk/main/items/{item}/decide", revision="1", decision="approve")
    made = desk.app.desk.my_decisions(site_id=desk.service.site_id, user_id=_user(desk, "moderator"))[0]
    assert browser.post(f"/desk/main/decisions/{made['id']}/undo").status_code == 303
    desk.settle()
    assert desk.service.get("/v1/comments/c1").get_json()["status"] == "held"
    assert "numpty" in browser.get("/desk/main/").text


def test_a_card_open_elsewhere_can_be_read_and_not_decided(desk: Desk) -> None:
    item = desk.item()
    desk.log_in("senior").post(f"/desk/main/items/{item}/open")
    browser = desk.log_in("moderator")
    page = browser.get(browser.post(f"/desk/main/items/{item}/open").location).text
    assert "Another moderator has this comment open" in page
    assert 'name="decision"' not in page
    answer = browser.post(f"/desk/main/items/{item}/decide", revision="1", decision="approve")
    assert answer.status_code == 409


def test_a_proposed_block_is_confirmed_on_the_card(desk: Desk) -> None:
    for number in range(5):
        item = desk.item(id=f"c{number}")
        desk.log_in("senior").post(
            f"/desk/main/items/{item}/decide", revision="1", decision="reject", reason="personal_attack"
        )
        desk.settle()
    browser = desk.log_in("moderator")
    proposed = desk.app.desk.blocks(site_id=desk.service.site_id, now=desk.app.now())["proposed"][0]
    assert browser.post(f"/desk/main/blocks/{proposed['id']}/confirm").status_code == 303
    assert desk.service.decided(id="next")["decided_by"] == "block"


def test_comments_under_a_story_are_checked_first_where_somebody_is_attacked(desk: Desk) -> None:
    item = desk.item()
    browser = desk.log_in("moderator")
    assert "Check comments first" not in browser.get(f"/desk/main/items/{item}").text
    with desk.app.database.write() as session:
        session.query(Match).update({"category": "harassment"})
    assert "Check comments first" in browser.get(f"/desk/main/items/{item}").text
    assert browser.post(f"/desk/main/items/{item}/check-first").status_code == 303
    assert "Check comments first" not in browser.get(f"/desk/main/items/{item}").text
    assert desk.service.decided(id="next", text="A fair point.")["status"] == "held"
    with desk.app.database.read() as session:
        done = session.query(AuditRow).filter_by(act="story.check_first").one()
    assert (done.by_kind, done.by_role) == ("user", "moderator")


def test_a_commenter_is_blocked_by_hand_and_let_back(desk: Desk) -> None:
    desk.item()
    key = _commenter(desk)
    browser = desk.log_in("senior")
    assert browser.post(f"/desk/main/commenters/{key}/block", days="3", reason="Threats").status_code == 303
    assert "Threats" in browser.get(f"/desk/main/commenters/{key}").text
    assert desk.service.decided(id="blocked", text="A fair point.")["status"] == "rejected"
    assert browser.post(f"/desk/main/commenters/{key}/unblock").status_code == 303
    assert desk.service.decided(id="free", text="A fair point again.")["status"] == "published"


def test_the_rules_page_shows_what_was_refused(desk: Desk) -> None:
    desk.app.rulebook._saw(desk.service.site_id, "hash", ["10-a.yaml:3:5: unknown key `acton`\n    ^"], desk.app.now())
    page = desk.log_in("moderator").get("/desk/main/rules").text
    assert "10-a.yaml:3:5: unknown key `acton`" in page
    assert "insult-at-commenter" in page


def test_the_rules_page_says_what_to_do_about_rules_that_cannot_be_read(desk: Desk) -> None:
    before = desk.app.rulebook.current(site_id=desk.service.site_id).version
    refused = UnreadableRuleset(before, ("10-a.yaml: unknown condition `yore`",))
    desk.app.rulebook.forget(desk.service.site_id)
    desk.app.rulebook._rulesets._compiled.clear()
    desk.app.rulebook._rulesets._readable[before] = refused
    browser = desk.log_in("admin")
    page = browser.get("/desk/main/rules").text
    for words in ("every comment is held", "moderation rules publish --site main", "unknown condition `yore`"):
        assert words in page
    with desk.app.database.write() as session:
        session.add(RulesetRow(version="f" * 64, body="{}", created_at=desk.app.now()))
        session.query(Publication).filter_by(site_id=desk.service.site_id).update({"version": "f" * 64})
    answer = browser.post("/desk/main/rules/rollback", version="ffff")
    assert (answer.status_code, "Publish the rule files again" in answer.text) == (409, True)


def test_a_paused_rule_is_seen_by_all_and_released_by_an_admin(desk: Desk) -> None:
    pause(desk.app, desk.service.site_id, "insult-at-commenter")
    shown = desk.service.decided(text="You are a numpty.")
    assert (shown["status"], shown["verdict"]["matches"][0]["state"]) == ("published", "paused")
    item = desk.app.desk.queue(site_id=desk.service.site_id, now=desk.app.now(), user_id="x")["items"][0]["item"]["id"]
    for login in ("moderator", "senior", "admin"):
        browser = desk.log_in(login)
        page = browser.get("/desk/main/")
        assert "1 rule paused by safety limit" in page.text and "<mark" in page.text
        page = browser.get("/desk/main/rules")
        assert "acts as review since" in page.text and "stopped 50 of the last 50 comments" in page.text
        assert ("Let it act again" in page.text) == (login == "admin")
    assert (
        "paused by safety limit" in desk.log_in("moderator").get(f"/desk/main/items/{item}").text.partition("<main")[2]
    )
    path = "/desk/main/rules/insult-at-commenter/release"
    assert desk.log_in("senior").post(path).status_code == 403
    browser = desk.log_in("admin")
    assert browser.post(path).status_code == 303
    assert "safety limit" not in browser.get("/desk/main/rules").text
    assert browser.post(path).status_code == 404
    assert desk.service.decided(id="c2", text="You are a numpty.")["status"] == "held"


def test_words_of_people_are_text_and_nothing_else(desk: Desk) -> None:
    hostile = {
        "text": f"numpty {CANARY}",
        "author": {"id": "r1", "name": CANARY},
        "story": {"id": "s1", "title": CANARY, "section": CANARY[:100], "body": CANARY,
                  "byline": [{"name": CANARY}], "people": [{"name": CANARY, "role": "public"}]},
    }  # fmt: skip
    item = desk.item(**hostile)
    desk.service.post("/v1/comments/c1/flags", {"reader": {"id": "f"}, "reason": "spam", "note": CANARY})
    desk.service.post("/v1/authors/r1/appeals", {"text": CANARY, "about": {"comment": "c1"}})
    desk.service.post("/v1/authors/r1/block", {"reason": CANARY})
    browser = desk.log_in("admin")
    pages = [
        "",
        f"items/{item}",
        "blocks",
        "appeals",
        "decisions",
        f"commenters/{_commenter(desk)}",
        "rules",
        "service",
    ]
    for page in pages:
        answer = browser.get(f"/desk/main/{page}")
        assert answer.status_code == 200
        assert "<script" not in answer.text.lower(), page
        assert "<img src=x" not in answer.text.lower(), page
    assert html.escape(CANARY)[:20] in browser.get("/desk/main/").text


def test_another_host_is_not_this_desk(desk: Desk) -> None:
    answer = desk.log_in("moderator").get("/desk/main/", headers={"Host": "evil.example"})
    assert answer.status_code == 421


def _user(desk: Desk, login: str) -> str:
    token = desk.app.users.log_in(login=login, password=PASSWORD, address="x", now=desk.app.now())
    user = desk.app.users.session(token=token, now=desk.app.now())
    assert user is not None
    return user.id


def test_who_blocks_alone_is_offered_what_he_may(desk: Desk) -> None:
    desk.item()
    path = f"/desk/main/commenters/{_commenter(desk)}"
    senior, admin = (desk.log_in(login).get(path).text for login in ("senior", "admin"))
    assert 'value="7"' in senior and 'value="14"' not in senior and "until lifted" not in senior
    assert 'value="14"' in admin and '<option value="">until lifted' in admin


def _commenter(desk: Desk) -> str:
    lines = desk.app.desk.queue(site_id=desk.service.site_id, now=desk.app.now(), user_id="x")["items"]
    card = desk.app.desk.card(site_id=desk.service.site_id, item_id=lines[0]["item"]["id"], now=desk.app.now())
    return str(card["commenter"]["key"])


def test_a_published_comment_that_nobody_flagged_is_found_and_removed(desk: Desk) -> None:
    desk.service.decided(id="calm", text="A fair point about 100 % of the zebras.", author={"id": "z-1", "name": "Zoë"})
    desk.service.decided(id="other", text="Another point.")
    browser = desk.log_in("moderator")
    for words in ("zebras", "100 %", "Zoë point", "z-1", "calm"):
        page = browser.get("/desk/main/find", query_string={"words": words}).text
        assert "/desk/main/comments/calm" in page, words
        assert "/desk/main/comments/other" not in page
    for words in ("zebr_s", "z%", CANARY, "\0", "x" * 500):
        assert "Nothing found" in browser.get("/desk/main/find", query_string={"words": words + "!"}).text
    assert "comments/calm" not in browser.get("/desk/main/find?words=zebras&status=held").text
    card = browser.get("/desk/main/comments/calm").text
    assert "the automatic check let it pass" in card
    answer = browser.post("/desk/main/comments/calm/decide", revision="1", decision="reject", reason="off_topic")
    assert answer.status_code == 303
    desk.settle()
    assert desk.service.get("/v1/comments/calm").get_json()["status"] == "rejected"
    assert browser.get("/desk/main/comments/nobody").status_code == 404


def test_somebody_senior_replaces_a_decision_and_others_do_not(desk: Desk) -> None:
    item = desk.item()
    desk.log_in("moderator").post(f"/desk/main/items/{item}/decide", revision="1", decision="approve")
    desk.settle()
    made = desk.app.desk.comment_card(site_id=desk.service.site_id, comment_id="c1", now=desk.app.now())["waiting"][
        "id"
    ]
    form = {"revision": "1", "decision": "reject", "reason": "personal_attack", "overrules": made}
    desk.app.users.add(
        login="second", site_id=desk.service.site_id, role="moderator", password=PASSWORD, by=Actor("operator"),
        now=desk.app.now(),
    )  # fmt: skip
    other = desk.log_in("second")
    assert 'name="decision"' not in other.get("/desk/main/comments/c1").text
    assert other.post("/desk/main/comments/c1/decide", **form).status_code == 409
    senior = desk.log_in("senior")
    assert f'name="overrules" value="{made}"' in senior.get("/desk/main/comments/c1").text
    assert senior.post("/desk/main/comments/c1/decide", **form | {"overrules": "x"}).status_code == 409
    assert senior.post("/desk/main/comments/c1/decide", **form).status_code == 303
    desk.settle()
    assert desk.service.get("/v1/comments/c1").get_json()["status"] == "rejected"
    with desk.app.database.read() as session:
        assert session.query(AuditRow).filter_by(act="decision.overrule").one().by_role == "senior"


def test_an_approved_comment_that_is_flagged_anew_can_be_decided_by_any_moderator(desk: Desk) -> None:
    item = desk.item()
    desk.log_in("senior").post(f"/desk/main/items/{item}/decide", revision="1", decision="approve")
    desk.settle()
    desk.service.post("/v1/comments/c1/flags", {"reader": {"id": "r1"}, "reason": "threat"})
    browser = desk.log_in("moderator")
    again = desk.app.desk.queue(site_id=desk.service.site_id, now=desk.app.now(), user_id="x")["items"][0]["item"]["id"]
    page = browser.get(f"/desk/main/items/{again}").text
    made = page.split('name="overrules" value="')[1].split('"')[0]
    answer = browser.post(
        f"/desk/main/items/{again}/decide", revision="1", decision="reject", reason="threat", overrules=made
    )
    assert answer.status_code == 303
    desk.settle()
    assert desk.service.get("/v1/comments/c1").get_json()["status"] == "rejected"


def test_an_edit_is_refused_and_what_readers_saw_stays(desk: Desk) -> None:
    desk.service.decided(text="A fair point.")
    item = desk.item()
    browser = desk.log_in("moderator")
    page = browser.get(f"/desk/main/items/{item}").text
    assert "what readers see now" in page
    assert "A fair point." in page
    browser.post(f"/desk/main/items/{item}/decide", revision="2", decision="reject_edit", reason="personal_attack")
    desk.settle()
    shown = desk.service.get("/v1/comments/c1").get_json()
    assert (shown["status"], shown["publish"], shown["published_revision"]) == ("rejected", True, 1)
    assert "What you wrote before stays as it is." in shown["message"]["text"]
    desk.service.decided(id="c2", text="Another fair point.")
    desk.service.post("/v1/comments/c2/flags", {"reader": {"id": "r1"}, "reason": "uncivil"})
    item = desk.item(id="c2")
    _refuse_and_undo(desk, browser, item)
    browser.post(f"/desk/main/items/{item}/decide", revision="2", decision="reject", reason="personal_attack")
    desk.settle()
    assert desk.service.get("/v1/comments/c2").get_json()["publish"] is False


def _proposed(desk: Desk) -> dict[str, Any]:
    """A block that five removals by a senior led to."""
    for number in range(5):
        item = desk.item(id=f"c{number}", text=f"You are a numpty, number {number}.")
        form = {"revision": "1", "decision": "reject", "reason": "personal_attack"}
        desk.log_in("senior").post(f"/desk/main/items/{item}/decide", **form)
        desk.settle()
    proposed: list[dict[str, Any]] = desk.app.desk.blocks(site_id=desk.service.site_id, now=desk.app.now())["proposed"]
    return proposed[0]


def test_a_proposal_shows_what_led_to_it_and_the_end_of_a_block_who_ended_it(desk: Desk) -> None:
    block = _proposed(desk)
    browser = desk.log_in("senior")
    page = browser.get("/desk/main/blocks").text
    for number in range(5):
        assert f'href="/desk/main/comments/c{number}"' in page
        assert f"number {number}." in page
    browser.post(f"/desk/main/blocks/{block['id']}/confirm", days="3")
    page = browser.get("/desk/main/blocks").text
    assert '<td data-label="By"><bdi>senior</bdi></td>' in page
    browser.post(f"/desk/main/commenters/{block['author']['key']}/unblock")
    assert "lifted by <bdi>senior</bdi>" in browser.get("/desk/main/blocks").text


def test_an_appeal_shows_comment_decision_and_record_beside_it(desk: Desk) -> None:
    item = desk.item()
    form = {"revision": "1", "decision": "reject", "reason": "personal_attack", "note": "Twice today."}
    desk.log_in("moderator").post(f"/desk/main/items/{item}/decide", **form)
    desk.settle()
    desk.service.post("/v1/authors/u1/appeals", {"text": "It was a joke.", "about": {"comment": "c1"}})
    page = desk.log_in("senior").get("/desk/main/appeals").text
    for words in (
        "It was a joke.", "<mark>numpty</mark>", "Removed: Attacks a person</strong>, by <bdi>moderator</bdi>",
        "“Twice today.”", "<dt>Earlier removals</dt><dd>1</dd>", "The whole record",
    ):  # fmt: skip
        assert words in page, words


def test_pages_say_the_zone_of_their_times_once(desk: Desk) -> None:
    browser = desk.log_in("moderator")
    assert browser.get("/desk/main/rules").text.count("UTC") == 1


@pytest.mark.parametrize(
    ("staffed", "zone"),
    [
        (None, None),
        ({"zone": "Europe/Paris"}, "Europe/Paris"),
        ([{"zone": "America/Lima"}], "America/Lima"),
        ([], None),
        ({"zone": "../etc"}, None),
        ({"zone": "Nowhere/Atall"}, None),
    ],
)
def test_the_clock_of_the_pages_is_that_of_the_working_hours(staffed: Any, zone: str | None) -> None:
    found = zone_of({"staffed": staffed})
    assert (str(found) if found else None) == zone


def _refuse_and_undo(desk: Desk, browser: Browser, item: str) -> None:
    """Refusing the edit says that the flagged public text was fine; the undo takes that back."""
    for decision, state in (("reject_edit", "declined"), ("hold_edit", "declined"), ("reject", "upheld")):
        browser.post(f"/desk/main/items/{item}/decide", revision="2", decision=decision, reason="personal_attack")
        desk.settle()
        with desk.app.database.read() as session:
            assert [flag.state for flag in session.query(Flag)] == [state]
        made = desk.app.desk.my_decisions(site_id=desk.service.site_id, user_id=_user(desk, "moderator"))[0]
        browser.post(f"/desk/main/decisions/{made['id']}/undo")
        with desk.app.database.read() as session:
            assert [flag.state for flag in session.query(Flag)] == ["open"]
            assert [(one.flags_decided, one.flags_upheld) for one in session.query(Reader)] == [(0, 0)]
        item = desk.app.desk.queue(site_id=desk.service.site_id, now=desk.app.now(), user_id="x")["items"][0]["item"][
            "id"
        ]
