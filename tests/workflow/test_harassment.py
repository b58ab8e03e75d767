"""Attacks on the same person: what moderators confirmed is found again, and many against one are told of."""

import shutil
from dataclasses import replace
from typing import Any

import pytest

from moderation.config import Settings, shipped_rules
from moderation.engine import facts as engine
from moderation.engine.evaluate import evaluate
from moderation.storage.models import Strike, Verdict
from moderation.workflow.incoming import Actor, IncomingParent
from tests.factories import NOW, Newsroom, later
from tests.workflow.conftest import ENFORCEMENT

TERMS = {
    "insults": "terms: [clodpole, clown, {term: stupid, use: adjective}]",
    "insults_direct": "use: address\nterms: [blatherskite]",
    "slurs": "terms: [slurword]",
    "threats": "terms: [threatword]",
}
DIRECT = """
rules:
  - id: direct
    category: personal_attack
    state: live
    when: {terms: insults_direct}
    action: review
    examples:
      match: ["Blatherskite.", "Oh, blatherskite!", "blatherskite"]
      pass: ["A civil remark.", "Well said.", "I disagree."]
"""
AGAIN = "answers-a-person-attacked-before"
ELSEWHERE = "follows-a-person-to-another-story"
GRAVE = "writes-on-after-a-grave-message"
MANY = "many-against-one"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The tests' rules with the shipped ones about harassment, and short lists under the names that these use."""
    folder = settings.rules_dir
    assert folder is not None
    for name in ("75-harassment.yaml", "fixtures.yaml"):
        shutil.copy(shipped_rules() / name, folder / name)
    (folder / "direct.yaml").write_text(DIRECT)
    (folder / "lists").mkdir()
    shutil.copy(shipped_rules() / "lists" / "contempt.yaml", folder / "lists")
    for name, terms in TERMS.items():
        (folder / "lists" / f"{name}.yaml").write_text(terms)
    ladder = "harassment: [{at: 1, block_days: 7}]"
    (folder / "enforcement.yaml").write_text(ENFORCEMENT.replace("ladder:", f"ladder:\n  {ladder}"))
    return settings


@pytest.fixture
def thread(newsroom: Newsroom) -> Newsroom:
    """A newsroom in which `target` and `bystander` wrote something under two stories."""
    for author in ("target", "bystander"):
        for story in ("story-1", "story-2"):
            newsroom.judged(f"{author}-{story}", text="A civil remark.", author=author, story=story)
    return newsroom


def answer(thread: Newsroom, id: str, text: str, *, to: str = "target", story: str = "story-1", **given: Any) -> Any:
    """A checked answer of `reader-1`."""
    return thread.judged(id, text=text, parent=IncomingParent(id=f"{to}-{story}"), story=story, **given)


def attack(thread: Newsroom, moderator: Actor, id: str, *, reason: str = "personal_attack", **given: Any) -> str:
    """An insult that a moderator removes; the decision."""
    answer(thread, id, given.pop("text", f"What a clodpole, {id}."), **given)
    return thread.decide(id, by=moderator, reason=reason, now=given.get("now", NOW))


def rules(comment: dict[str, Any]) -> set[str]:
    """The rules about harassment that matched."""
    return {match["rule"] for match in comment["verdict"]["matches"] if match["category"] == "harassment"}


def test_the_whole_road_from_three_removals_to_a_proposed_block(thread: Newsroom, moderator: Actor) -> None:
    for number in range(3):
        assert rules(answer(thread, f"to-{number}", "Good morning.")) == set()
        attack(thread, moderator, f"a{number}")
    fourth = answer(thread, "fourth", "Good morning.", now=later(minutes=5))
    assert (fourth["status"], rules(fourth)) == ("held", {AGAIN})
    assert {"code": "rule", "rule": AGAIN} in [
        {key: one.get(key) for key in ("code", "rule")} for one in fourth["verdict"]["reasons"]
    ]
    assert rules(answer(thread, "other", "Good morning.", to="bystander")) == set()
    assert blocks(thread) == []
    thread.decide("fourth", by=moderator, reason="harassment", now=later(minutes=6))
    assert [(block["category"], block["days"]) for block in blocks(thread)] == [("harassment", 7)]


def blocks(thread: Newsroom) -> list[dict[str, Any]]:
    return list(thread.app.desk.blocks(site_id=thread.site_id, now=NOW)["proposed"])


@pytest.mark.faults
def test_only_what_a_moderator_confirmed_counts(thread: Newsroom, moderator: Actor) -> None:
    for number in range(4):
        answer(thread, f"unconfirmed-{number}", "What a clodpole.")
    attack(thread, moderator, "a1")
    last = [attack(thread, moderator, f"a{number}") for number in (2, 3)][-1]
    attack(thread, moderator, "bystander", to="bystander")
    attack(thread, moderator, "of-another", author="reader-2")
    attack(thread, moderator, "not-an-attack", reason="spam")
    assert rules(answer(thread, "then", "Good morning.")) == {AGAIN}
    thread.app.review.undo(site_id=thread.site_id, decision_id=last, by=moderator, now=later(minutes=1))
    assert rules(answer(thread, "after", "Good morning.", now=later(minutes=2))) == set()


@pytest.mark.faults
def test_removals_are_forgotten_after_thirty_days(thread: Newsroom, moderator: Actor) -> None:
    for number in range(3):
        attack(thread, moderator, f"a{number}", now=later(hours=number))
    assert rules(answer(thread, "in time", "Good morning.", now=later(days=29))) == {AGAIN}
    assert rules(answer(thread, "late", "Good morning.", now=later(days=31))) == set()


def test_an_insult_under_a_second_story_after_a_removal(thread: Newsroom, moderator: Actor) -> None:
    attack(thread, moderator, "a1")
    assert rules(answer(thread, "same", "You are clueless.")) == set()
    assert rules(answer(thread, "civil", "I see it otherwise.", story="story-2")) == set()
    second = answer(thread, "second", "You are clueless.", story="story-2")
    assert (second["status"], rules(second)) == ("held", {ELSEWHERE})


@pytest.mark.faults
def test_one_grave_message_is_enough(thread: Newsroom, moderator: Actor) -> None:
    cases = [
        ("threat", "I will find you.", {GRAVE}),
        ("personal_information", "12 Mill Road, is it not?", {GRAVE}),
        ("personal_attack", "What a clodpole.", set()),
        ("vulgarity", "What bloody nonsense.", set()),  # a coarse word that no rule saw aimed at the person
    ]
    for reason, text, found in cases:
        answer(thread, f"{reason}-1", text, author=reason)
        thread.decide(f"{reason}-1", by=moderator, reason=reason)
        assert rules(answer(thread, f"{reason}-2", "Hello again.", author=reason)) == found, reason


@pytest.mark.faults
def test_whom_the_rules_saw_aimed_at_goes_before_whom_it_answers(thread: Newsroom, moderator: Actor) -> None:
    for number in range(3):
        attack(thread, moderator, f"a{number}", text=f"The mayor is a clodpole, {number}.")
    assert rules(answer(thread, "next", "Good morning.")) == set()


def test_many_against_one_is_an_alert_and_no_punishment(thread: Newsroom, moderator: Actor) -> None:
    for number in range(4):
        text = (
            f"There is no other word for it than blatherskite, {number}."
            if number == 3
            else f"What a clodpole, {number}."
        )
        answer(thread, f"m{number}", text, author=f"mob-{number}")
    thread.decide("m0", by=moderator, decision="approve", reason="other")
    assert rules(answer(thread, "m4", "What a clodpole.", author="mob-4")) == set()
    told = thread.event_types()
    assert rules(answer(thread, "elsewhere", "You are stupid.", author="x", story="story-2")) == set()
    assert rules(answer(thread, "friend", "Well said.", author="x")) == set()
    assert "comment.urgent" not in told
    alert = answer(thread, "alert", "You are stupid.", author="x")
    assert rules(alert) == {MANY}
    assert (alert["status"], thread.event_types()[-1]) == ("published", "comment.urgent")
    first = thread.app.desk.queue(site_id=thread.site_id, now=NOW, user_id="u")["items"][0]
    assert (first["comment"]["id"], first["item"]["urgent"]) == ("alert", True)
    with thread.app.database.read() as session:
        assert session.query(Strike).filter_by(category="harassment").count() == 0


@pytest.mark.faults
def test_a_replay_gives_the_same_verdict_and_the_facts_name_nobody_else(thread: Newsroom, moderator: Actor) -> None:
    for number in range(3):
        attack(thread, moderator, f"a{number}", to="bystander" if number == 2 else "target")
    attack(thread, moderator, "a3")
    answer(thread, "fourth", "Good morning.")
    with thread.app.database.read() as session:
        verdict = session.query(Verdict).order_by(Verdict.id.desc()).first()
        assert verdict is not None
    assert len(verdict.facts["attacks"]) == 3
    given = engine.Submission("Good morning.", parent=engine.Parent("A civil remark."))
    ruleset = thread.app.rulebook.ruleset(verdict.ruleset or "")
    again = evaluate(engine.from_record(verdict.facts, given), ruleset)
    assert (str(again.action), [match.rule for match in again.matches]) == ("hold", [AGAIN])
    unknown = replace(engine.from_record(verdict.facts, given), attacks=None)
    assert AGAIN in {one.rule for one in evaluate(unknown, ruleset).unknown}
