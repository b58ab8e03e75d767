"""The desk in a real Chromium, with script switched off and a canary for script that should not run."""

import pytest

from tests.web.console.chromium import CHROMIUM, chromium, serving
from tests.web.console.conftest import PASSWORD, Desk

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.mark.parametrize("script", [False, True])
def test_a_shift_at_the_desk(desk: Desk, script: bool) -> None:
    desk.item(
        text="You numpty. <script>document.title='broken into'</script>", author={"id": "r1", "name": "<b>Bo</b>"}
    )
    said: list[str] = []
    with serving(desk.service.flask) as address, chromium() as browser:
        page = browser.new_context(java_script_enabled=script).new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(address + "/desk/login")
        page.fill("input[name=login]", "moderator")
        page.fill("input[name=password]", PASSWORD)
        page.click("text=Log in >> nth=-1")
        assert page.inner_text("mark") == "numpty"
        page.click("button.row")
        assert "broken into" not in page.title()
        assert page.inner_text(".comment .name") == "<b>Bo</b>"
        page.click("button.reject")
        assert "Nothing needs you here" in page.inner_text("main")
        page.click("text=Undo")
        page.click("button.row")
        page.click("button.approve")
        desk.settle()
    assert desk.service.get("/v1/comments/c1").get_json()["status"] == "published"
    assert not [line for line in said if "Content Security Policy" in line or "Refused" in line], said


@pytest.mark.faults
def test_no_page_is_wider_than_a_telephone(desk: Desk) -> None:
    long = "Rindfleischetikettierung" * 20
    story = {"id": "s1", "title": long, "section": long, "byline": [{"name": long}], "body": long}
    item = desk.item(text=f"You numpty. {long}", author={"id": "x" * 200, "name": long}, story=story)
    desk.service.post("/v1/comments/c1/flags", {"reader": {"id": "r"}, "reason": "spam", "note": long})
    key = desk.app.desk.card(site_id=desk.service.site_id, item_id=item, now=desk.app.now())["commenter"]["key"]
    desk.service.post(f"/v1/authors/{'x' * 200}/block", {"reason": long})
    with serving(desk.service.flask) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.goto(address + "/desk/login")
        page.fill("input[name=login]", "admin")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button")
        for path in ("", f"items/{item}", f"commenters/{key}", "blocks", "appeals", "decisions", "rules", "service"):
            page.goto(f"{address}/desk/main/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
