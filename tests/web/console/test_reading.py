"""What a moderator reads is what was written: hidden characters, masked words, reasons, flags, records."""

import re
from pathlib import Path
from typing import Any

import pytest

from moderation.engine import explain
from moderation.engine.verdict import Match
from moderation.web.console import signs, words
from moderation.workflow.desk_views import prefilled_reason
from moderation.workflow.incoming import Actor
from tests.web.console.conftest import Browser, Desk

HIDDEN = {
    "\u202e": "RLO", "\u202a": "LRE", "\u202c": "PDF", "\u2066": "LRI", "\u2069": "PDI", "\u200e": "LRM",
    "\u200f": "RLM", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u2060": "WJ", "\ufeff": "BOM",
    "\u00ad": "SHY", "\U000e0041": "TAG", "\x07": "U+0007", "\u3164": "U+3164",
}  # fmt: skip


@pytest.mark.parametrize(("sign", "label"), HIDDEN.items())
def test_what_cannot_be_seen_is_a_box(sign: str, label: str) -> None:
    found = signs.runs(f"ab{sign}cd")
    assert [(run.text, run.label) for run in found] == [("ab", ""), ("", label), ("cd", "")]


@pytest.mark.parametrize("text", ["Fine — ça va, naïve?\n“Yes”", "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥", "הוא אמר", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"])  # fmt: skip
def test_ordinary_writing_has_no_boxes(text: str) -> None:
    assert "".join(run.text for run in signs.runs(text)) == text
    assert not any(run.label for run in signs.runs(text))


def test_a_hidden_message_is_spelled_out_and_many_boxes_are_one() -> None:
    tags = "".join(chr(0xE0000 + ord(sign)) for sign in "kill")
    assert signs.runs("hi" + tags)[1] == ("", "TAG ×4", "hidden tag: kill")
    assert signs.runs("a" + "\u200b" * 5000)[1].label == "ZWSP ×5000"


def test_marks_are_capped() -> None:
    found = signs.runs("z" + "\u0301" * 900 + "a")
    assert [len(run.text) for run in found] == [5, 0, 1]
    assert found[1].label == "+896 marks"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p\u0430yp\u0430l", True),
        ("numpty \u043c\u0438\u0440", False),
        ("caf\u00e9", False),
        ("\u03bcm", True),
        ("", False),
    ],
)
def test_a_word_of_several_alphabets_is_noticed(text: str, expected: bool) -> None:
    assert signs.mixed(text) is expected


def test_list_and_card_show_the_boxes_and_the_marks_stay_in_place(desk: Desk) -> None:
    item = desk.item(text="Go\u202e you numpty\u202c, p\u0430yp\u0430l.", author={"id": "r1", "name": "Bo\u200bb"})
    browser = desk.log_in("moderator")
    for page in (browser.get("/desk/main/").text, browser.get(f"/desk/main/items/{item}").text):
        assert not set("\u202e\u202c\u200b") & set(page)
        assert ">RLO</span> you <mark" in page and ">numpty</mark><span" in page
        assert ">ZWSP</span>b</bdi>" in page
        assert "Mixed alphabets" in page
    css = (Path(words.__file__).parent / "static" / "desk.css").read_text()
    assert re.search(r"bdi \{[^}]*unicode-bidi: isolate;[^}]*overflow-wrap: anywhere", css)


def _seen(action: str, category: str, spans: Any = ((0, 5),), **more: Any) -> dict[str, Any]:
    return {"rule": f"{category}-rule", "category": category, "action": action, "state": "live",
            "spans": [list(span) for span in spans], "reason": category, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("matches", "flags", "expected"),
    [
        ([], {"uncivil": 1}, "civility"),
        ([], {"spam": 2, "uncivil": 1}, "spam"),
        ([], {"disagree": 3, "other": 1}, None),
        ([], {}, None),
        ([("hold", "personal_attack"), ("hold", "slur")], {}, "slur"),
        ([("review", "slur"), ("hold", "profanity")], {}, "profanity"),
        ([("reject", "spam"), ("hold", "personal_attack")], {}, "personal_attack"),
        ([("hold", "personal_attack"), ("hold", "self_harm")], {}, "self_harm"),
        ([("allow", "slur")], {"illegal": 1}, "illegal"),
    ],
)
def test_the_reason_is_filled_in_from_what_weighs_most(
    matches: list[tuple[str, str]], flags: dict[str, int], expected: str | None
) -> None:
    comment = {"verdict": {"matches": [_seen(*one) for one in matches]}, "flags": {"counts": flags}}
    assert prefilled_reason(comment) == expected


def _flagged(desk: Desk, *reasons: str, text: str = "A fair point.", id: str = "f1", **more: Any) -> str:
    desk.service.decided(id=id, text=text, **more)
    for number, reason in enumerate(reasons):
        desk.service.post(f"/v1/comments/{id}/flags", {"reader": {"id": f"r{number}"}, "reason": reason})
    lines = desk.app.desk.queue(site_id=desk.service.site_id, now=desk.app.now(), user_id="x")["items"]
    return next(str(line["item"]["id"]) for line in lines if line["comment"]["id"] == id)


def test_an_uncivil_comment_is_no_attack_by_one_click(desk: Desk) -> None:
    browser = desk.log_in("moderator")
    assert '<option value="civility" selected>' in browser.get(f"/desk/main/items/{_flagged(desk, 'uncivil')}").text
    item = _flagged(desk, "other", id="f2")
    assert '<option value="" selected>Choose a reason</option>' in browser.get(f"/desk/main/items/{item}").text
    refused = browser.post(f"/desk/main/items/{item}/decide", revision="1", decision="reject", reason="", note="Hm")
    assert refused.status_code == 422
    assert "Choose a reason: the commenter is told it" in refused.text
    assert 'value="Hm"' in refused.text
    silent = browser.post(f"/desk/main/items/{item}/decide", revision="1", decision="reject", reason="other", note=" ")
    assert silent.status_code == 422
    assert "with “Something else” the commenter is told it" in silent.text
    assert '<option value="other" selected>' in silent.text
    assert (
        browser.post(f"/desk/main/items/{item}/decide", revision="1", decision="approve", reason="").status_code == 303
    )


def test_flags_that_hold_are_said_to_hold(desk: Desk) -> None:
    item = _flagged(desk, *["uncivil"] * 6)
    page = desk.log_in("moderator").get(f"/desk/main/items/{item}").text
    assert desk.service.get("/v1/comments/f1").get_json()["decided_by"] == "rules"
    assert "Held by flags" in page
    assert "held by readers&#39; flags <small>" in page or "held by readers' flags <small>" in page
    assert page.count("6 × Uncivil") == 1
    assert "off-topic" not in page, "a rule in trial lacked its model: that changes nothing"


def test_a_word_masked_in_the_text_is_masked_in_every_reason() -> None:
    matches = [
        _seen("hold", "slur", [(4, 9)]),
        _seen("hold", "personal_attack", [(0, 9)], reason='Attacks ("You vrelk").'),
    ]
    assert words.folded("You vrelk", matches) == "You ****"
    assert words.reason(matches[1], "You vrelk", matches) == 'Attacks ("You ****").'
    phrase = [_seen("hold", "slur", [(4, 16)]), _seen("hold", "slur", [(0, 28)])]
    assert words.folded("You filthy vrelk go home now", phrase) == "You **** go home now"
    spaced = [_seen("hold", "slur", [(4, 13)], hidden_as="spaced", reason='Slur ("v r e l k").')]
    assert "v r e l k" not in (words.folded("You v r e l k", spaced) or "v r e l k")
    assert "v r e l k" not in words.reason(spaced[0], "You v r e l k", spaced)


def test_the_same_words_seen_twice_are_one_line() -> None:
    twice = [
        _seen("hold", "slur"),
        _seen("hold", "slur", [(2, 8)]),
        _seen("hold", "slur", [(20, 25)]),
        _seen("hold", "spam"),
    ]
    assert [[one["spans"] for one in line] for line in words.merged(twice)] == [
        [[[0, 5]], [[2, 8]]],
        [[[20, 25]]],
        [[[0, 5]]],
    ]


def test_overlapping_words_are_quoted_once() -> None:
    match = Match("r", "h", "slur", "hold", "live", ((0, 9), (4, 9), (12, 14)))
    assert explain.matched_text(match, "you idiot x oh") == "you idiot … oh"


def _record(browser: Browser, item: str) -> str:
    card = browser.get(f"/desk/main/items/{item}").text
    found = re.search(r'href="(/desk/main/commenters/[^"]+)"', card)
    assert found
    return browser.get(found.group(1)).text


def test_the_record_masks_links_back_and_calls_removed_only_what_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "FOLDED", frozenset({"personal_attack"}))  # the tests' rules know no slur
    first, second = desk.item(id="a", text="You nincompoop."), desk.item(id="b", text="You numpty.")
    browser = desk.log_in("moderator")
    browser.post(f"/desk/main/items/{first}/decide", revision="1", decision="reject", reason="personal_attack")
    desk.settle()
    page = _record(browser, second)
    assert "You ****." in page
    assert "nincompoop" not in page + browser.get("/desk/main/decisions").text
    removals, undecided = page.split("Earlier removals</h3>")[1].split("not decided</h3>")
    assert (f"/items/{first}" in removals, f"/items/{second}" in removals) == (True, False)
    assert f"/items/{second}" in undecided.split("</section>")[0]
    assert f'href="/desk/main/items/{second}">← To the comment' in page
    assert f'href="/desk/main/items/{first}">Look at it' in page


def test_after_a_decision_the_next_comment_is_open_and_undo_is_offered(desk: Desk) -> None:
    first, second = desk.item(id="a"), desk.item(id="b", text="You are a numpty too.")
    browser = desk.log_in("moderator")
    answer = browser.post(f"/desk/main/items/{first}/decide", revision="1", decision="approve", upto="9999")
    assert answer.location.startswith(f"/desk/main/items/{second}")
    assert "upto=9999" in answer.location
    page = browser.get(answer.location).text
    assert re.search(r'action="/desk/main/decisions/\w+/undo"', page)
    assert not desk.app.review.claim(
        site_id=desk.service.site_id, item_id=second, by=Actor("user", "another", "moderator"), now=desk.app.now()
    )
    last = browser.post(f"/desk/main/items/{second}/decide", revision="1", decision="approve")
    assert last.location == "/desk/main/"


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://paper.example/bridge", True),
        ("http://paper.example/bridge", False),
        ("https://evil.example/bridge", False),
    ],
)
def test_the_story_is_linked_at_the_sites_own_host_only(desk: Desk, url: str, linked: bool) -> None:
    for number in range(2):
        desk.service.decided(
            id=f"s{number}", text="Fine.", story={"id": f"s{number}", "url": f"https://paper.example/{number}"}
        )
    item = desk.item(story={"id": "bridge", "title": "The bridge", "url": url})
    page = desk.log_in("moderator").get(f"/desk/main/items/{item}").text
    assert (f'<a href="{url}" rel="noopener noreferrer nofollow">' in page) is linked
    assert url in page if linked else url not in page


def test_what_is_not_there_speaks_of_the_desk(desk: Desk) -> None:
    browser = desk.log_in("moderator")
    for path in ("/desk/main/items/none", "/desk/elsewhere/", "/desk/main/no/such/page"):
        answer = browser.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "listed at /docs" not in answer.text
        assert 'href="/desk/"' in answer.text


def test_who_decided_has_no_buttons_for_the_appeal(desk: Desk) -> None:
    for login, id in (("moderator", "a"), ("senior", "b")):
        item = desk.item(id=id)
        desk.log_in(login).post(
            f"/desk/main/items/{item}/decide", revision="1", decision="reject", reason="personal_attack"
        )
    desk.settle()
    asked = desk.service.post("/v1/authors/u1/appeals", {"text": "Why?", "about": {"comment": "a"}})
    assert asked.status_code == 201
    first, other = (desk.log_in(login).get("/desk/main/appeals").text for login in ("moderator", "senior"))
    assert "Another moderator, senior moderator or admin answers it." in first
    assert 'name="outcome"' not in first
    assert 'name="outcome"' in other
    assert "You decided this first" not in other


def test_signs_without_room_push_no_word_out_of_sight() -> None:
    for padding in ("\u0301" * 900, "\u200b" * 900, "\U000e0041" * 900):
        text = f"Z{padding} you numpty, {'x' * 900}"
        at = text.index("numpty")
        shown = words.excerpt(text, [_seen("hold", "personal_attack", [(at, at + 6)])])
        assert [piece.text for piece in shown if piece.notes] == ["numpty"]
        assert signs.visible("".join(piece.text for piece in shown)) <= 301


def test_the_gravest_flags_are_told_first_and_the_rest_counted() -> None:
    counts = {
        "off_topic": 9,
        "uncivil": 5,
        "disagree": 50,
        "spam": 4,
        "profanity": 3,
        "threat": 1,
        "slur": 1,
        "other": 1,
    }
    told, more = words.flag_chips(counts)
    assert {"threat", "slur"} <= {reason for reason, _ in told}
    assert (len(told), more, "disagree" in dict(told)) == (5, 2, False)
    assert words.flag_chips({"spam": 1}) == ([("spam", 1)], 0)
