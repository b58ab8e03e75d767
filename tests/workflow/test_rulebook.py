"""Rules of a site: published by hash, watched, refused, gone back from; without any, people decide."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete

from moderation import bootstrap
from moderation.engine.ruleset import InvalidRuleset, Ruleset
from moderation.errors import NotFound
from moderation.storage.models import RulesetPointer, RulesetRow
from moderation.workflow import rulesets
from moderation.workflow.incoming import Actor
from moderation.workflow.judge import Judge
from moderation.workflow.ports import Scores
from moderation.workflow.rulebook import ExamplesFail
from moderation.workflow.rulesets import Rulesets, UnreadableRuleset
from tests.factories import NOW, Newsroom, later
from tests.fakes import FakeClassifier

OPERATOR = Actor("operator")


def rules_file(newsroom: Newsroom) -> Path:
    return newsroom.app.settings.rules_dir / "10-test.yaml"


def change(newsroom: Newsroom, before: str, after: str) -> None:
    file = rules_file(newsroom)
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after))


def watch(newsroom: Newsroom) -> str:
    return newsroom.app.rulebook.watch(site_id=newsroom.site_id, by=OPERATOR, now=NOW).outcome


def test_a_saved_file_goes_live_and_a_verdict_names_its_version(newsroom: Newsroom) -> None:
    watch(newsroom)
    before = newsroom.judged("a", text="A numskull wrote this.")
    change(newsroom, "terms: [clodpole]", "terms: [clodpole, numskull]")
    assert watch(newsroom) == "published"
    after = newsroom.judged("b", text="A numskull wrote this.")
    assert (before["status"], after["status"]) == ("published", "held")
    assert before["verdict"]["ruleset"] != after["verdict"]["ruleset"]
    assert newsroom.get("a")["status"] == "published"


def test_a_bad_file_never_replaces_a_good_one(newsroom: Newsroom) -> None:
    watch(newsroom)
    change(newsroom, "action: review", "acton: review")
    assert watch(newsroom) == "refused"
    assert "10-test.yaml:" in newsroom.app.rulebook.refused(site_id=newsroom.site_id)[0]
    assert newsroom.judged(text="You clodpole.")["status"] == "held"
    change(newsroom, "acton: review", "action: hold")
    assert watch(newsroom) == "published"
    assert newsroom.app.rulebook.refused(site_id=newsroom.site_id) == ()


def test_a_rule_that_fails_its_examples_is_refused(newsroom: Newsroom) -> None:
    change(
        newsroom, 'pass: ["A civil remark.", "Well said.", "I disagree."]', 'pass: ["pshaw", "clodpole", "lolcrash"]'
    )
    with pytest.raises(ExamplesFail):
        newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="x", by=OPERATOR, now=NOW)


def test_an_unreadable_file_is_named(newsroom: Newsroom) -> None:
    (rules_file(newsroom).parent / "20-bytes.yaml").write_bytes(b"\xff\xfe rules")
    with pytest.raises(InvalidRuleset) as error:
        newsroom.app.rulebook.check(site="daily")
    assert "20-bytes.yaml" in str(error.value)


def test_a_rollback_stays_until_somebody_saves(newsroom: Newsroom) -> None:
    watch(newsroom)
    change(newsroom, "terms: [clodpole]", "terms: [clodpole, numskull]")
    watch(newsroom)
    newsroom.app.rulebook.rollback(site_id=newsroom.site_id, version=None, by=OPERATOR, now=NOW)
    assert newsroom.judged("a", text="numskull")["status"] == "published"
    assert watch(newsroom) == "unchanged"
    change(newsroom, "numskull", "numskull, dolt")
    assert watch(newsroom) == "published"
    versions = newsroom.app.rulebook.versions(site_id=newsroom.site_id)
    assert [row["kind"] for row in versions] == ["publish", "rollback", "publish", "publish"]
    assert [row["in_force"] for row in versions] == [True, False, False, False]
    with pytest.raises(NotFound):
        newsroom.app.rulebook.rollback(site_id=newsroom.site_id, version="ffff", by=OPERATOR, now=NOW)


def test_the_same_rules_again_are_no_news(newsroom: Newsroom) -> None:
    for _ in range(3):
        newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="again", by=OPERATOR, now=NOW)
    assert [event["type"] for event in newsroom.events()] == ["ruleset.published"]


def test_many_who_ask_at_once_wait_for_one_compilation(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    version = newsroom.app.rulebook.current(site_id=newsroom.site_id).version
    compiled, from_body = [], Ruleset.from_body

    def slowly(body: str) -> Ruleset:
        compiled.append(body)
        time.sleep(0.2)
        return from_body(body)

    monkeypatch.setattr(Ruleset, "from_body", slowly)
    fresh = Rulesets(newsroom.app.database)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: fresh.get(version), range(8)))
    assert len(compiled) == 1 and len({id(one) for one in found}) == 1


def test_without_rules_people_decide(newsroom: Newsroom) -> None:
    with newsroom.app.database.write() as session:
        session.execute(delete(RulesetPointer))
    newsroom.app.rulebook.forget(newsroom.site_id)
    shown = newsroom.judged()
    assert (shown["status"], shown["verdict"]["reasons"][0]["code"]) == ("held", "not_judged")


def spoil(newsroom: Newsroom, version: str | None = None) -> Newsroom:
    """The stored rules as an older version wrote them, and a newer service that refuses them."""
    with newsroom.app.database.write() as session:
        for row in session.query(RulesetRow).filter_by(**({"version": version} if version else {})):
            row.body = row.body.replace('"terms"', '"a_word_of_yore"')
    app = bootstrap.build(newsroom.app.settings, queue=newsroom.queue, sender=newsroom.sender, now=lambda: NOW)
    return Newsroom(app, newsroom.queue, newsroom.sender, {"id": newsroom.site_id, "slug": newsroom.slug})


def test_published_rules_that_a_newer_version_refuses_hold_everything(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = newsroom.judged("old", text="You clodpole.")["verdict"]["ruleset"]
    logged: list[str] = []
    monkeypatch.setattr(
        rulesets.log, "error", lambda event, **fields: logged.append(f"{event} {fields}"), raising=False
    )
    newer = spoil(newsroom)
    newer.app.warm()
    shown = newer.judged("new")
    assert (shown["status"], shown["verdict"]["reasons"]) == (
        "held",
        [{"code": "not_judged", "why": "unreadable_rules", "text": "The automatic check could not be completed."}],
    )
    assert newer.get("old")["verdict"]["action"] == "hold"
    ready = newer.app.ready(now=NOW)
    assert (ready["status"], ready["checks"]["ruleset"]) == ("degraded", f"unreadable: {old[:8]}")
    assert newer.app.desk.rules(site_id=newer.site_id, now=NOW)["unreadable"][0] == old
    assert len(logged) == 1 and "moderation rules publish" in logged[0] and "a_word_of_yore" in logged[0]
    change(newer, "[clodpole]", "[clodpole, numskull]")
    newer.app.rulebook.publish_files(site_id=newer.site_id, message="again", by=OPERATOR, now=NOW)
    assert newer.judged("after")["status"] == "published"
    assert newer.app.ready(now=NOW)["checks"]["ruleset"] == "ok"
    newer.app.close()


def test_what_moderators_decide_holds_while_the_rules_cannot_be_read(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You clodpole.")
    newer = spoil(newsroom)
    newer.flag(reason="uncivil")
    newer.decide(by=moderator)
    assert newer.get()["status"] == "rejected"
    newer.app.close()


def test_nobody_goes_back_to_rules_that_cannot_be_read(newsroom: Newsroom) -> None:
    first = newsroom.app.rulebook.current(site_id=newsroom.site_id).version
    change(newsroom, "[clodpole]", "[clodpole, numskull]")
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="more", by=OPERATOR, now=NOW)
    newer = spoil(newsroom, first)
    with pytest.raises(UnreadableRuleset, match="rules publish"):
        newer.app.rulebook.rollback(site_id=newer.site_id, version=None, by=OPERATOR, now=NOW)
    assert newer.judged(text="A numskull wrote this.")["status"] == "held"
    assert newer.app.rulebook.guidelines(site_id=newer.site_id)["changed"] == []
    newer.app.close()


def test_a_stored_verdict_can_be_reached_again_from_its_facts(newsroom: Newsroom) -> None:
    from moderation.engine import facts as engine
    from moderation.engine.evaluate import evaluate
    from moderation.storage.models import Author, Comment, Revision, Story, Verdict
    from moderation.workflow.judge import stored_submission

    newsroom.judged(text="You clodpole.", now=later(minutes=3))
    with newsroom.app.database.read() as session:
        verdict, revision = session.query(Verdict).one(), session.query(Revision).one()
        row = session.query(Comment).one()
        author, story = session.query(Author).one(), session.query(Story).one()
        submission = stored_submission(session, row, revision, author, story)
    assert "clodpole" not in str(verdict.facts)
    facts = engine.from_record(verdict.facts, submission)
    again = evaluate(facts, newsroom.app.rulebook.ruleset(verdict.ruleset or ""))
    assert (str(again.action), list(again.categories)) == (verdict.action, verdict.categories)
    assert [match.spans for match in again.matches] == [((4, 12),)]


@pytest.mark.parametrize(
    "fault", [RuntimeError("boom"), Scores({"toxicity": float("nan")}, {}, {}), Scores({"toxicity": 7.0}, {}, {})]
)
def test_a_classifier_that_fails_means_people(newsroom: Newsroom, fault: Scores | Exception) -> None:
    app = newsroom.app
    broken = Judge(app.database, app.rulebook, FakeClassifier(fault))
    object.__setattr__(app.moderate, "judge", broken)
    shown = newsroom.judged()
    assert (shown["status"], shown["verdict"]["reasons"][0]["code"]) == ("held", "not_judged")
    assert shown["verdict"]["not_assessed"]["toxicity"] == "failed"


def test_scores_are_stored_with_their_source(newsroom: Newsroom) -> None:
    app = newsroom.app
    given = Scores({"toxicity": 0.25}, {"toxicity": {"source": "fake", "version": "1"}}, {"threat": "language"})
    object.__setattr__(app.moderate, "judge", Judge(app.database, app.rulebook, FakeClassifier(given)))
    verdict = newsroom.judged()["verdict"]
    assert verdict["scores"] == {"toxicity": 0.25}
    assert verdict["scored_by"] == {"toxicity": {"source": "fake", "version": "1"}}
    assert verdict["not_assessed"] == {"threat": "language"}


def test_the_guidelines_page_lists_public_rules(newsroom: Newsroom) -> None:
    (rules_file(newsroom).parent / "sites" / "daily").mkdir(parents=True)
    (rules_file(newsroom).parent / "sites" / "daily" / "guidelines.md").write_text(
        "Be kind.\n{{rules:personal_attack}}\n"
    )
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="guidelines", by=OPERATOR, now=NOW)
    page = newsroom.app.rulebook.guidelines(site_id=newsroom.site_id)
    assert page["guidelines"] == "Be kind.\n- Insults somebody\n"
    assert "advert" not in [rule["id"] for rule in page["rules"]]
