"""Admins keep comments for legal proceedings and erase commenters; texts that are gone leave every page readable."""

from datetime import timedelta

import pytest

from tests.web.console.conftest import Desk
from tests.web.service import OPERATOR


def commenter(desk: Desk, item: str) -> str:
    card = desk.app.desk.card(site_id=desk.service.site_id, item_id=item, now=desk.app.now())
    return str(card["commenter"]["key"])


def test_an_admin_erases_after_typing_the_id(desk: Desk) -> None:
    item = desk.item(author={"id": "u7", "name": "Ada"})
    page = f"/desk/main/commenters/{commenter(desk, item)}"
    browser = desk.log_in("admin")
    assert "Erase this commenter" in browser.get(page).text
    assert "Erase this commenter" not in desk.log_in("senior").get(page).text
    wrong = browser.post(f"{page}/erase", id="u8")
    assert wrong.status_code == 422 and "Nothing was erased" in wrong.text
    assert [browser.post(f"{page}/erase", id="u7").status_code for _ in range(2)] == [303, 303]
    shown = browser.get(page).text
    assert "Erased" in shown and "Ada" not in shown and "u7" not in shown
    assert browser.get(f"/desk/main/items/{item}").status_code == 410
    assert browser.get("/desk/main/comments/c1").status_code == 410
    assert "numpty" not in browser.get("/desk/main/").text


def test_a_legal_hold_refuses_and_says_so(desk: Desk) -> None:
    item = desk.item(author={"id": "u7", "name": "Ada"})
    page, browser = f"/desk/main/commenters/{commenter(desk, item)}", desk.log_in("admin")
    assert browser.post("/desk/main/comments/c1/legal-hold", held="yes").status_code == 303
    assert "Kept since" in browser.get(f"/desk/main/items/{item}").text
    refused = browser.post(f"{page}/erase", id="u7")
    assert refused.status_code == 409 and "legal proceedings" in refused.text
    browser.post("/desk/main/comments/c1/legal-hold")
    assert browser.post(f"{page}/legal-hold", held="yes").status_code == 303
    assert browser.post(f"{page}/erase", id="u7").status_code == 409
    browser.post(f"{page}/legal-hold")
    assert browser.post(f"{page}/erase", id="u7").status_code == 303


def test_a_commenter_of_several_sites_is_left_to_an_operator(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"/desk/main/commenters/{commenter(desk, desk.item(author={'id': 'u7'}))}"
    several = {"comments": 2, "sites": 2, "appeals": 0, "flags": 0, "open_blocks": 0}
    monkeypatch.setattr(type(desk.app.erasure), "preview", lambda *_, **__: several)
    refused = desk.log_in("admin").post(f"{page}/erase", id="u7")
    assert refused.status_code == 409 and "operator" in refused.text
    assert desk.service.get("/v1/comments/c1").status_code == 200


def test_the_block_of_somebody_erased_can_be_lifted(desk: Desk) -> None:
    page = f"/desk/main/commenters/{commenter(desk, desk.item(author={'id': 'u7'}))}"
    browser = desk.log_in("admin")
    browser.post(f"{page}/block", days="3", reason="Threats")
    browser.post(f"{page}/erase", id="u7")
    assert "Blocked until" in browser.get(page).text
    assert browser.post(f"{page}/unblock").status_code == 303
    assert "Blocked until" not in browser.get(page).text


def test_pages_are_readable_where_the_texts_are_gone(desk: Desk) -> None:
    item = desk.item(author={"id": "u7", "name": "Ada"})
    browser = desk.log_in("admin")
    browser.post(
        f"/desk/main/items/{item}/decide", revision="1", decision="reject", reason="personal_attack", note="rude"
    )
    desk.settle()
    desk.app.sweep.retain(now=desk.app.now() + timedelta(days=400))
    browser = desk.log_in("admin")  # the session went as well
    pages = [
        f"items/{item}",
        "comments/c1",
        f"commenters/{commenter(desk, item)}",
        "find?words=c1",
        "decisions",
        "blocks",
    ]
    for page in pages:
        answer = browser.get(f"/desk/main/{page}")
        assert answer.status_code == 200 and "numpty" not in answer.text, page
    assert "no longer kept" in browser.get(f"/desk/main/items/{item}").text
    kept = desk.service.get("/v1/comments/c1").get_json()
    assert kept["text"] is None and kept["message"]["text"]
    assert len(list(desk.app.exports.comments(site_id=desk.service.site_id))) == 1
    desk.app.appeals.open(
        site_id=desk.service.site_id,
        author_id="u7",
        text="Why?",
        about={"comment": "c1"},
        by=OPERATOR,
        now=desk.app.now(),
    )
    assert "Why?" in browser.get("/desk/main/appeals").text
