"""From a posted comment to a stored score, by the real model and the rule that ships."""

from pathlib import Path
from typing import Any

import pytest

from moderation import bootstrap
from moderation.adapters.classifiers.minilm import Encoder
from moderation.adapters.classifiers.off_topic import SOURCE, OffTopic
from moderation.config import Settings
from moderation.workflow.incoming import Actor, IncomingStory
from moderation.workflow.judge import Judge
from tests.factories import NOW, Newsroom
from tests.fakes import FakeQueue, FakeSender

TITLE = "Council votes to close the harbour bridge for a year of repairs"
STORY = IncomingStory(
    id="bridge", title=TITLE, body="Drivers will have to take the ferry or the motorway.", language="en"
)
OF_IT = "The ferry cannot carry that many cars. A second bridge over the harbour was promised ten years ago."
OF_ANOTHER = "Simmer the tomatoes with basil and garlic, then fold in the ricotta and bake until golden."
RULE = """
  - id: off-topic
    category: off_topic
    state: STATE
    title: Has nothing to do with the story
    when: {score: {off_topic: {at_least: 0.8}}}
    action: review
    reason: Seems to have nothing to do with the story.
    examples:
      match: [{text: a, scores: {off_topic: 0.9}}, {text: b, scores: {off_topic: 0.8}}, {text: c, scores: {off_topic: 1}}]
      pass: [{text: a, scores: {off_topic: 0.1}}, b, c]
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the model."""
    return settings.model_copy(update={"off_topic": True, "learned_scores": True})


@pytest.fixture(params=["live", "trial"])
def state(request: pytest.FixtureRequest) -> str:
    """What the rule that asks for the score does."""
    return str(request.param)


@pytest.fixture
def asking(settings: Settings, state: str, newsroom: Newsroom) -> Newsroom:
    """A newsroom whose rules ask for the score."""
    file = Path(settings.rules_dir) / "10-test.yaml"
    file.write_text(file.read_text() + RULE.replace("STATE", state))
    newsroom.app.rulebook.publish_files(site_id=newsroom.site_id, message="on topic", by=Actor("operator"), now=NOW)
    return newsroom


def verdict_on(newsroom: Newsroom, text: str, **given: Any) -> dict[str, Any]:
    """A comment posted under the story and checked."""
    shown: dict[str, Any] = newsroom.judged(text=text, story=STORY, **given)
    return shown


def test_a_comment_of_another_thread_is_told_from_one_of_this(asking: Newsroom, state: str) -> None:
    own = verdict_on(asking, OF_IT, id="own")["verdict"]
    other = verdict_on(asking, OF_ANOTHER, id="other")["verdict"]
    assert own["scores"]["off_topic"] < 0.5 < 0.8 < other["scores"]["off_topic"]
    assert other["scored_by"]["off_topic"] == SOURCE
    assert own["matches"] == []
    assert [(one["rule"], one["state"]) for one in other["matches"]] == [("off-topic", state)]
    assert other["matches"][0]["scores"] == {"off_topic": {"score": other["scores"]["off_topic"], **SOURCE}}
    assert other["action"] == ("review" if state == "live" else "allow")


def test_without_a_title_it_is_not_assessed(asking: Newsroom) -> None:
    verdict = asking.judged(text=OF_ANOTHER)["verdict"]
    assert "off_topic" not in verdict["scores"]
    assert verdict["not_assessed"]["off_topic"] == "no_story"
    assert verdict["action"] == "allow"


def test_a_model_that_cannot_be_used_means_people_only_where_a_live_rule_turns_on_it(
    asking: Newsroom, state: str, tmp_path: Path
) -> None:
    app = asking.app
    broken = Judge(app.database, app.rulebook, OffTopic(Encoder(tmp_path / "missing.onnx")))
    object.__setattr__(app.moderate, "judge", broken)
    shown = verdict_on(asking, OF_ANOTHER)
    assert shown["verdict"]["not_assessed"]["off_topic"] == "failed"
    assert shown["status"] == ("held" if state == "live" else "published")


def test_it_can_be_switched_off(settings: Settings) -> None:
    alone = settings.model_copy(update={"off_topic": False})
    built = bootstrap.build(alone, queue=FakeQueue(), sender=FakeSender()).judge.classifier
    assert built is not None
    assert built.version == "keepitcivil-3"
    off = alone.model_copy(update={"learned_scores": False})
    assert bootstrap.build(off, queue=FakeQueue(), sender=FakeSender()).judge.classifier is None
    assert bootstrap.build(settings, queue=FakeQueue(), sender=FakeSender(), model=False).judge.classifier is None
