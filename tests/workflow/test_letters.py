"""What writers are told, step by step as it happens to them."""

from pathlib import Path

import pytest

from moderation.config import Settings
from moderation.workflow.incoming import Actor, IncomingStory
from tests.factories import NOW, SITE, Newsroom, comment, decision, later

MORE = """
rules:
  - id: danger
    category: self_harm
    state: live
    title: Writes about harming himself
    public: true
    when: {terms: [darkwish]}
    action: hold
    urgent: true
    reason: 'May be in danger ("{match}").'
    message: Please talk to somebody, at any hour 116 123.
    examples:
      match: [darkwish, darkwish again, "oh, darkwish"]
      pass: [A civil remark., Well said., I disagree.]
  - id: hate
    category: slur
    state: live
    title: Uses a slur
    public: true
    when: {terms: [vrelk]}
    action: hold
    reason: 'Slur ("{match}").'
    message: 'It uses a slur ("{match}").'
    strike: slur
    examples:
      match: [vrelk, vrelk again, "oh, vrelk"]
      pass: [A civil remark., Well said., I disagree.]
"""
ADDRESS = "https://daily.example/second-look"


@pytest.fixture(autouse=True)
def more_rules(newsroom: Newsroom, settings: Settings) -> None:
    """A rule of care, a slur, and a site that says where to turn to."""
    folder = Path(settings.rules_dir or "")
    (folder / "20-more.yaml").write_text(MORE)
    own = folder / "sites" / newsroom.slug
    own.mkdir(parents=True)
    (own / "settings.yaml").write_text(f"redress: 'Turn to {ADDRESS}.'\nhours: from 7 to 23 h\n")
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="letters", by=Actor("operator"), now=NOW)


def told(newsroom: Newsroom, id: str = "c1") -> str:
    message = newsroom.get(id)["message"]
    return str(message["text"])


@pytest.mark.parametrize("text", ["oh, darkwish", "darkwish, you clodpole"])
def test_a_writer_in_danger_gets_help_and_no_reproach(newsroom: Newsroom, moderator: Actor, text: str) -> None:
    newsroom.judged(text=text)
    held = told(newsroom)
    assert held.startswith("Please talk to somebody, at any hour 116 123. A moderator will read")
    newsroom.decide(by=moderator, reason="self_harm")
    stopped = told(newsroom)
    for letter in (held, stopped):
        assert "Please talk to somebody" in letter
        assert "guideline" not in letter
        assert "harming" not in letter


def test_a_person_who_sees_the_danger_sends_help_too(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="A civil remark.")
    newsroom.decide(by=moderator, reason="self_harm")
    assert told(newsroom).startswith("Please talk to somebody")
    assert "guideline" not in told(newsroom)


def test_care_is_no_guideline_even_where_its_rule_is_marked_public(newsroom: Newsroom) -> None:
    page = newsroom.app.rulebook.guidelines(site_id=newsroom.site_id)
    assert "hate" in [rule["id"] for rule in page["rules"]]
    assert "danger" not in [rule["id"] for rule in page["rules"]]


def test_a_removal_names_the_guideline_of_the_chosen_reason(newsroom: Newsroom, moderator: Actor) -> None:
    story = IncomingStory(id="s9", title="The bridge")
    newsroom.judged("a", text="You clodpole, vrelk pshaw.", story=story)
    newsroom.decide("a", by=moderator, reason="personal_attack")
    assert told(newsroom, "a") == (
        'Your comment of 23 November 2026 under "The bridge" was not published. It breaks our guideline about attacks on people. '
        "It attacks a person. An automatic check found it, and a moderator decided. This concerns only this comment. "
        f"You can ask for a second look until 25 May 2027. Turn to {ADDRESS}."
    )
    assert newsroom.get("a")["message"]["appeal_url"] == ADDRESS
    newsroom.judged("b", text="You clodpole, vrelk pshaw.", story=story)
    newsroom.decide("b", by=moderator, reason="legal_risk")
    assert "our guideline about claims that may be against the law. An automatic" in told(newsroom, "b")


def test_a_slur_is_not_given_back_in_the_letter(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="You vrelk.")
    newsroom.decide(by=moderator, reason="slur")
    assert "our guideline about hate and slurs. It uses a slur." in told(newsroom)
    assert "vrelk" not in told(newsroom)


def test_a_letter_says_who_found_it(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged("seen")
    newsroom.decide("seen", by=moderator, reason="other")
    assert "was removed. A moderator found that it does not fit our guidelines. A moderator found it and" in told(
        newsroom, "seen"
    )
    newsroom.judged("flagged")
    newsroom.flag("flagged")
    newsroom.decide("flagged", by=moderator, reason="civility")
    assert "our guideline about uncivil remarks. Readers flagged it, and a moderator decided." in told(
        newsroom, "flagged"
    )
    newsroom.judged("advert", text="cheappills")
    assert "guideline about advertising and spam. An automatic check found it and decided." in told(newsroom, "advert")
    assert "until 25 May 2027" in told(newsroom, "advert")


def test_something_else_is_told_in_the_moderators_words(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged("desk")
    newsroom.decide("desk", by=moderator, reason="other", note="It belongs to a reader's letter.")
    assert "was removed. The moderator's reason: It belongs to a reader's letter. A moderator found it" in told(
        newsroom, "desk"
    )
    newsroom.judged("spam")
    newsroom.decide("spam", by=moderator, reason="spam", note="For colleagues.")
    assert "colleagues" not in told(newsroom, "spam")
    newsroom.judged("outside")
    made = decision(reason="other", note="For colleagues.")
    newsroom.app.review.decide_outside(
        site_id=newsroom.site_id, comment_id="outside", decision=made, by=SITE, now=later(minutes=1)
    )
    assert "colleagues" not in told(newsroom, "outside")


def test_the_gravest_of_what_stops_a_comment_is_named(newsroom: Newsroom) -> None:
    newsroom.judged(text="You vrelk, cheappills.")
    assert newsroom.get()["status"] == "rejected"
    assert "our guideline about hate and slurs." in told(newsroom)


def test_without_words_of_the_site_a_letter_says_how_to_ask(
    newsroom: Newsroom, settings: Settings, moderator: Actor
) -> None:
    (Path(settings.rules_dir or "") / "sites" / newsroom.slug / "settings.yaml").unlink()
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="none", by=Actor("operator"), now=NOW)
    newsroom.judged()
    newsroom.decide(by=moderator, reason="spam")
    assert "second look until 25 May 2027. To ask for it, use the way that this site offers, or write to" in told(
        newsroom
    )
    assert "appeal_url" not in newsroom.get()["message"]


def test_a_comment_held_by_flags_is_not_laid_to_the_check(newsroom: Newsroom, moderator: Actor) -> None:
    newsroom.judged(text="pshaw")
    for number in range(5):
        newsroom.flag(reader=f"r{number}")
    assert newsroom.get()["decided_by"] == "rules"
    wanted = "Readers flagged your comment. It is not shown until a moderator has looked at it. Moderators work"
    assert told(newsroom).startswith(wanted)
    made = newsroom.decide(by=moderator, decision="hold", reason="civility")
    assert told(newsroom).startswith("A moderator has read your comment.")
    newsroom.app.review.undo(site_id=newsroom.site_id, decision_id=made, by=moderator, now=later(minutes=1))
    assert told(newsroom).startswith(wanted)


def test_a_blocked_writer_learns_until_when_why_and_for_what(newsroom: Newsroom, moderator: Actor) -> None:
    for number in range(5):
        newsroom.judged(f"a{number}", text="You clodpole.")
        newsroom.decide(f"a{number}", by=moderator)
    proposed = newsroom.app.desk.blocks(site_id=newsroom.site_id, now=NOW)["proposed"][0]
    newsroom.app.authors.confirm_block(
        site_id=newsroom.site_id, block_id=proposed["id"], by=moderator, now=later(minutes=2)
    )
    newsroom.judged("stopped", now=later(minutes=3))
    assert told(newsroom, "stopped") == (
        "You are blocked from commenting until 30 November 2026. It rests on our guideline about attacks on people. "
        "It follows from your comments of 23 November 2026. A moderator decided this. "
        f"You can still read, withdraw your comments, and ask for a second look. Turn to {ADDRESS}."
    )
    assert newsroom.get("stopped")["message"]["appeal_url"] == ADDRESS


def test_a_block_by_hand_says_the_reason_given(newsroom: Newsroom) -> None:
    newsroom.app.authors.block(
        site_id=newsroom.site_id, author_id="reader-1", reason="Threats to staff.", by=SITE, now=NOW
    )
    newsroom.judged(now=later(minutes=1))
    assert told(newsroom).startswith(
        "You are blocked from commenting until a moderator lifts it. The reason given: Threats to staff. A moderator"
    )


def test_nobody_in_danger_is_asked_to_mind_a_guideline(newsroom: Newsroom, settings: Settings) -> None:
    path = Path(settings.rules_dir or "") / "20-more.yaml"
    path.write_text(MORE.replace("    urgent: true\n", "    urgent: true\n    ask_first: true\n"))
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="ask", by=Actor("operator"), now=NOW)
    once = newsroom.app.intake._ask_first.once
    assert once(site_id=newsroom.site_id, comment=comment(text="oh, darkwish"), now=NOW) is None
    asked = once(site_id=newsroom.site_id, comment=comment(text="darkwish, you clodpole"), now=NOW)
    assert asked is not None
    assert "harming" not in asked["message"]["text"]
