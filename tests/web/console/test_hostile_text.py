"""Every field that is shown, filled with what breaks into pages, opened in a real Chromium: nothing of it may happen."""

import contextlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jinja2 import nodes

from tests.web.console.chromium import CHROMIUM, Watched, chromium, serving
from tests.web.console.conftest import PASSWORD, Desk
from tests.web.console.payloads import PAYLOADS
from tests.web.service import OPERATOR, RULES, Service, Template

HOSTILE_LOGIN = "\"><img src=x onerror=canary()>' {{7*7}}"
real_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
_NOT_IN_IDS = re.compile(r"[/?#%\\\x00-\x1f\x7f-\x9f\u2028\u2029]")


def as_id(number: int, payload: str) -> str:
    return f"{number} {_NOT_IN_IDS.sub('', payload)}"[:200].strip()


def as_url(payload: str) -> str:
    return "https://paper.example/" + re.sub(r"[\s\\]|[^\x20-\x7e]", "", payload)


def publish(service: Service, payloads: Sequence[str]) -> None:
    """Rules whose every word is hostile."""
    rules = [
        {
            "id": f"rule-{number}",
            "category": "custom",
            "state": "live",
            "title": payload,
            "public": True,
            "when": {"terms": [f"quux{number}"]},
            "action": "review",
            "reason": payload,
            "message": payload,
            "examples": {"match": [f"quux{number} {payload}"], "pass": [f"fine {payload}"]},
        }
        for number, payload in enumerate(payloads)
        if not set(payload) & set("\x85\u2028\u2029\ufeff")  # no characters of a YAML file
    ]
    folder = service.application.settings.rules_dir
    (folder / "20-hostile.yaml").write_text(json.dumps({"rules": rules}, ensure_ascii=False))
    own = folder / "sites" / "main"
    own.mkdir(parents=True)
    (own / "settings.yaml").write_text(json.dumps({"appeals_contact": PAYLOADS[4], "redress": PAYLOADS[0]}))
    now = service.application.now()
    service.application.rulebook.publish_files(site_id=service.site_id, message=PAYLOADS[4], by=OPERATOR, now=now)
    service.application.rulebook.forget(service.site_id)
    service.application.rulebook._saw(service.site_id, "hash", list(payloads), now)


def send(service: Service, number: int, payload: str) -> None:
    """One comment with all that hangs on it, all of it hostile."""
    id, author = as_id(number, payload), as_id(number, payload)
    sent = service.comment(
        id=id,
        text=f"numpty quux{number} {payload}",
        format="html" if number % 2 else "plain",
        author={"id": author, "name": payload},
        story={"id": id, "url": as_url(payload), "title": payload, "section": payload, "body": payload,
               "byline": [{"name": payload, "id": payload.strip()[:200]}] if payload.isprintable() else [],
               "people": [{"name": payload, "role": "public"}], "sensitive": ["death"]},
        parent={"id": f"p{number}", "text": payload, "author_id": author},
        metadata={"agent": payload, payload: payload},
    )  # fmt: skip
    assert sent.status_code == 202, sent.text
    service.queue.drain()
    address = quote(author)
    flag = {"reader": {"id": as_id(number, payload)}, "reason": "spam", "note": payload}
    assert service.post(f"/v1/comments/{quote(id)}/flags", flag).status_code == 201
    block = service.post(f"/v1/authors/{address}/block", {"reason": payload})
    assert block.status_code == 201, block.text
    about = {"block": block.get_json()["id"]}
    assert service.post(f"/v1/authors/{address}/appeals", {"text": payload, "about": about}).status_code == 201


@contextlib.contextmanager
def desk_of(staffed: Template, folder: Path, payloads: Sequence[str]) -> Iterator[Desk]:
    """A desk where everybody writes such things, admins too."""
    shutil.copytree(RULES, folder / "rules")
    service = staffed.service(folder, rules_dir=folder / "rules")
    desk = Desk(service)
    publish(service, payloads)
    for number, payload in enumerate(payloads):
        send(service, number, payload)
    for site in (service.site_id, desk.other_id):
        desk.app.users.add(
            login=HOSTILE_LOGIN, site_id=site, role="admin", password=PASSWORD, by=OPERATOR, now=desk.app.now()
        )
    yield desk
    staffed.end(service)


@pytest.fixture(scope="module")
def sample(staffed: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with every fifth text."""
    with desk_of(staffed, tmp_path_factory.mktemp("sample"), PAYLOADS[::5]) as desk:
        yield desk


@pytest.fixture(scope="module")
def hostile(staffed: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with all of them."""
    with desk_of(staffed, tmp_path_factory.mktemp("hostile"), PAYLOADS) as desk:
        yield desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the module."""
    with chromium() as found:
        yield found


def keys(desk: Desk) -> tuple[list[str], list[str]]:
    """Ids of the open items, and our keys of their commenters."""
    now, site_id = desk.app.now(), desk.service.site_id
    lines = desk.app.desk.queue(site_id=site_id, now=now, user_id="x", limit=200)["items"]
    items = [str(line["item"]["id"]) for line in lines]
    cards = [desk.app.desk.card(site_id=site_id, item_id=item, now=now) for item in items]
    return items, [str(card["commenter"]["key"]) for card in cards]


def pages(desk: Desk, item: str, key: str) -> list[str]:
    """Every page that can be opened, and every way in which an address is wrong, with hostile words in it."""
    now, site_id = desk.app.now(), desk.service.site_id
    comment = desk.app.desk.card(site_id=site_id, item_id=item, now=now)["comment"]["id"]
    fill = {"site": "main", "item": item, "key": key, "comment_id": quote(comment)}
    rules = [rule.rule for rule in desk.service.flask.url_map.iter_rules() if "GET" in (rule.methods or ())]
    shown = [rule for rule in rules if rule.startswith("/desk") and "static" not in rule] + ["/docs", "/v1/events"]
    found = [re.sub(r"<(\w+)>", lambda name: fill[name[1]], rule) for rule in shown]
    found += ["/desk/main/find?words=numpty", "/desk/main/find?status=held&page=2"]
    for payload in (PAYLOADS[4], PAYLOADS[27]):
        word = quote(payload, safe="")
        found += [f"/{word}", f"/desk/{word}/", f"/desk/main/{word}", f"/desk/main/items/{word}"]
        found += [f"/desk/main/?source={word}&upto={word}", f"/desk/main/?source=flags&upto=9{word}"]
        found += [f"/desk/main/items/{item}?taken={word}&upto={word}&source={word}&decided={word}"]
        found += [f"/desk/main/commenters/{key}?item={word}", f"/desk/login?next={word}", f"/docs?{word}"]
        found += [f"/desk/main/find?words={word}&status={word}&page={word}", f"/desk/main/comments/{word}"]
    return found


def looked_at(watched: Watched, paths: list[str]) -> dict[str, str]:
    texts = {path: watched.open(path) for path in paths}
    assert not watched.faults, "\n".join(watched.faults)
    return texts


@real_browser
def test_nothing_that_people_write_happens(sample: Desk, browser: Any) -> None:
    """The policy would hide a fault of escaping: this browser heeds none."""
    items, commenters = keys(sample)
    paths = [path for path in pages(sample, items[0], commenters[0]) if "%" not in path]
    with serving(sample.service.flask) as address:
        visitor = Watched(browser, address, bypass_csp=True)
        visitor.log_in("admin", PASSWORD)
        texts = looked_at(visitor, paths)
    for number, payload in enumerate(PAYLOADS[::5]):
        if payload.isascii() and payload.isprintable():
            assert number % 2 or payload in texts["/desk/main/"], payload
            assert payload in texts["/desk/main/appeals"], payload
            assert number % 2 or payload in texts["/desk/main/find?words=numpty"], payload


@real_browser
@pytest.mark.faults
@pytest.mark.parametrize(("login", "heedless"), [("moderator", False), (HOSTILE_LOGIN, True)])
def test_nothing_happens_on_any_page(hostile: Desk, browser: Any, login: str, heedless: bool) -> None:
    items, commenters = keys(hostile)
    assert len(items) == len(PAYLOADS)
    paths = pages(hostile, items[0], commenters[0])
    if heedless:
        paths += [f"/desk/main/items/{item}" for item in items] + [f"/desk/main/commenters/{key}" for key in commenters]
    with serving(hostile.service.flask) as address:
        visitor = Watched(browser, address, bypass_csp=heedless, user_agent=PAYLOADS[29])
        visitor.log_in(HOSTILE_LOGIN, "wrong")
        visitor.look()
        visitor.log_in(login, PASSWORD)
        looked_at(visitor, paths)


@real_browser
@pytest.mark.parametrize("heedless", [False, True])
def test_the_watch_sees_what_it_is_for_and_the_policy_stops_it(plain: Service, browser: Any, heedless: bool) -> None:
    with serving(plain.flask) as address:
        visitor = Watched(browser, address, bypass_csp=heedless)
        visitor.open("/desk/login")
        assert visitor.faults == []
        for payload in PAYLOADS[:7]:
            visitor.page.evaluate("html => document.write(html)", payload)
        visitor.page.wait_for_timeout(50)
        assert any("script ran" in fault for fault in visitor.faults) is heedless, visitor.faults
        assert any("Content Security Policy" in fault for fault in visitor.faults) is not heedless


def test_no_template_goes_round_the_escaping(plain: Service) -> None:
    """What a search for words would miss: by any spelling, and files whose names make Flask escape nothing."""
    environment = plain.flask.jinja_env
    assert environment.loader is not None
    assert callable(environment.autoescape)
    for name in environment.list_templates():
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        used = {found.name for found in tree.find_all(nodes.Filter)}
        assert environment.autoescape(name), name
        assert not used & {"safe", "urlize", "xmlattr", "striptags", "forceescape", "tojson"}, name
        assert not list(tree.find_all(nodes.ScopedEvalContextModifier)), name
