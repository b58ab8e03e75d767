"""A real WordPress and its Akismet plugin: what they ask us, and what we set there."""

import contextlib
import re
from collections.abc import Iterator

import httpx
import pytest

from moderation.adapters.webhook_client import WebhookClient
from moderation.workflow import wordpress_rest as rest
from moderation.workflow.jobs import Unreadable
from tests.clients import wordpress
from tests.clients.wordpress import WordPress
from tests.embedded.up import Up
from tests.servers.processes import free_port, wait_until

FAIR, RUDE, ADVERT, QUOTED = "A fair point.", "You are a numpty.", "Get your casinobonus.", "You're daft."
ADDRESS, AGENT = "203.0.113.9", "Mozilla/5.0 (X11; Linux x86_64) Reader/1"
SETTINGS = {
    "MODERATION_OFF_TOPIC": "false",
    "MODERATION_LEARNED_SCORES": "false",
    "MODERATION_ALLOW_PRIVATE_URLS": "true",
}
HOLD = b'{"status": "hold"}'
DAFT = """rules:
  - id: daft
    category: personal_attack
    state: live
    title: Calls the reader daft
    when: {terms: ["you're daft"]}
    action: hold
    reason: Calls the reader daft.
    examples: {match: ["You're daft."], pass: ["They're daft."]}
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    why = wordpress.install()
    if why is not None:
        pytest.skip(why)
    made = Up(tmp_path_factory.mktemp("service"))
    (made.rules / "daft.yaml").write_text(DAFT)
    own = made.rules / "sites" / "main"
    own.mkdir(parents=True)
    (own / "settings.yaml").write_text("undo_seconds: 0\n")
    made.begin(**SETTINGS)
    yield made
    made.stop()
    made.kill()


@pytest.fixture(scope="module")
def site(service: Up, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """It and the service start beside each other."""
    made = WordPress(tmp_path_factory.mktemp("wordpress"), f"http://127.0.0.1:{service.port}")
    try:
        made.ready()
        service.says("Ready: http://", seconds=wordpress.START_SECONDS)
        yield made
    finally:
        made.end()


def test_what_is_decided_at_the_desk_is_set_in_wordpress(
    service: Up, site: WordPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODERATION_ALLOW_PRIVATE_URLS", "true")  # for the command
    token = f"desk:{site.passwords['desk']}"
    service.verb("key", "add", "--site", "main", "--kind", "wordpress", "--url", site.url, "--token", token)
    wanted = {"approve": "approved", "spam": "spam", "personal_attack": "trash"}
    ids = {site.post(f"{RUDE} {word}"): word for word in wanted}
    site.does("writer", ids=",".join(ids), address=ADDRESS, agent=AGENT)
    with service.client() as sender, contextlib.closing(_desk(service)) as desk:
        for id, word in ids.items():
            body = {"id": id, "text": f"{RUDE} {word}", "author": {"id": word}, "story": {"id": "1"}}
            assert sender.post("/v1/comments", json=body, headers={"Prefer": "wait=10"}).json()["status"] == "held"
            decision, reason = (word, "other") if word == "approve" else ("reject", word)
            form = {"revision": "1", "decision": decision, "reason": reason, "csrf": desk.headers["csrf"]}
            assert desk.post(f"/desk/main/comments/{id}/decide", data=form).status_code == 303
    expected = {id: wanted[word] for id, word in ids.items()}
    wait_until(lambda: site.statuses(*ids) == expected, seconds=40, what="WordPress has each status", pause=2)
    written_with = {(one["author_ip"], one["author_user_agent"]) for one in site.comments(*ids).values()}
    assert written_with == {(ADDRESS, AGENT)}  # WordPress had put the caller's in their place


def test_the_rest_api_is_as_we_take_it(site: WordPress) -> None:
    id = site.post('It\'s "so" & <b>that</b>: <a href="https://paper.example/">x</a> C:\\x')
    before = site.comments(id)[id]["content"]["raw"]
    found = _asked(site, rest.address_to_read(site.url, id))
    assert found is not None and found.status == "approved"
    for _ in range(2):  # the status that it has is no fault
        told = _asked(site, rest.address_to_change(site.url, id), rest.change("hold", found))
        assert told is not None and told.status == "hold"
    after = site.comments(id)[id]
    assert (after["content"]["raw"], after["author_ip"], after["author_user_agent"]) == (
        before,
        found.address,
        found.agent,
    )
    unknown = rest.change("approved", rest.Standing("hold", "", ""))
    assert _asked(site, rest.address_to_change(site.url, id), unknown) is not None
    assert _asked(site, rest.address_to_read(site.url, id)) == rest.Standing("approved", rest.NO_ADDRESS, rest.NO_AGENT)


def test_the_akismet_plugin_does_what_our_rules_say(service: Up, site: WordPress, akismet: None) -> None:
    site.ask(f"http://127.0.0.1:{service.port}", earlier=True)  # newsrooms have the file that they once took
    texts = {FAIR: "approved", RUDE: "spam", ADVERT: "spam", QUOTED: "spam"}
    ids = {site.post(text): wanted for text, wanted in texts.items()}
    assert site.statuses(*ids) == ids
    page = site.page("options-general.php?page=akismet-key-config")
    assert "akismet_strictness" in page and "critical error" not in page


def test_the_akismet_plugin_holds_comments_while_we_are_away(service: Up, site: WordPress, akismet: None) -> None:
    site.ask(f"http://127.0.0.1:{free_port()}")
    fair, rude = site.post(f"{FAIR} Again."), site.post(f"{RUDE} Again.")
    site.ask(f"http://127.0.0.1:{service.port}")
    assert site.statuses(fair, rude) == {fair: "hold", rude: "hold"}
    site.does("ask_again")
    assert site.statuses(fair, rude) == {fair: "approved", rude: "spam"}


def test_what_goes_wrong_there_is_told_apart(site: WordPress) -> None:
    """The last one: the post is in the trash afterwards, and the API is not at the usual address."""
    gone, lost = site.post("One more."), site.post("And one.")
    for by, why in (("desk:wrong", "status_401"), (f"reader:{site.passwords['reader']}", "status_403")):
        with pytest.raises(Unreadable, match=why):
            _asked(site, rest.address_to_read(site.url, "1"), token=by)
    site.does("lose", comment=gone, without_post=lost)
    for id in (gone, lost):
        assert _asked(site, rest.address_to_read(site.url, id)) is None
        assert _asked(site, rest.address_to_change(site.url, id), HOLD) is None
    found = _asked(site, rest.address_to_read(site.url, "1"))
    assert found is not None and found.status == rest.POST_IN_TRASH
    site.does("plain_addresses")
    with pytest.raises(Unreadable, match="no_json"):
        _asked(site, rest.address_to_read(site.url, "1"))


@pytest.fixture(scope="module")
def akismet(service: Up, site: WordPress) -> None:
    """The plugin, with our protocol key."""
    if not (wordpress.FOLDER / "akismet").exists():
        pytest.skip("the Akismet plugin could not be had")
    active = site.rest("PUT", "wp/v2/plugins/akismet/akismet", {"status": "active"})
    assert active.status_code == 200, active.text
    key = service.credentials()["protocol_key"]
    assert site.rest("POST", "akismet/v1/key", {"key": key}).json() == key
    assert site.rest("POST", "akismet/v1/key", {"key": "abcdefabcdef"}).status_code == 400


def _desk(service: Up) -> httpx.Client:
    """Logged in at the desk, with the token of its forms."""
    client = httpx.Client(base_url=f"http://127.0.0.1:{service.port}", timeout=20, trust_env=False)
    keys = service.credentials()
    form = {"login": keys["admin_user"], "password": keys["admin_password"]}
    assert client.post("/desk/login", data=form).status_code == 303
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/main/decisions").text)
    assert found is not None
    client.headers["csrf"] = found[1]
    return client


def _asked(site: WordPress, url: str, body: bytes = b"{}", *, token: str | None = None) -> rest.Standing | None:
    """What the worker reads from an answer."""
    authorization = rest.authorization(token or f"desk:{site.passwords['desk']}")
    door = WebhookClient(allow_private=True, seconds=wordpress.ANSWER_SECONDS)
    return rest.standing(door.post(url=url, authorization=authorization, body=body))
