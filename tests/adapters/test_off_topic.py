"""The score of `off_topic`, by the real model: what it says, and why it is missing."""

import math
from itertools import count
from pathlib import Path

import pytest

from moderation.adapters.classifiers import minilm
from moderation.adapters.classifiers.off_topic import ATTRIBUTE, SOURCE, OffTopic
from moderation.adapters.classifiers.words import content_words, shared, stem
from moderation.engine.facts import Parent, Story, Submission
from moderation.engine.verdict import ATTRIBUTES

TITLE = "Council votes to close the harbour bridge for a year of repairs"
BODY = "Drivers will have to take the ferry or the motorway while the bridge is strengthened. Shops on the quay fear losses."
STORY = Story(id="bridge", title=TITLE, body=BODY)
TITLED = Story(id="bridge", title=TITLE)
OF_IT = "The ferry cannot carry that many cars. A second bridge over the harbour was promised ten years ago."
OF_ANOTHER = "Simmer the tomatoes with basil and garlic, then fold in the ricotta and bake until golden."
GERMAN = "Die Brücke am Hafen wird für ein ganzes Jahr gesperrt, und niemand hat die Anwohner vorher gefragt."


@pytest.fixture(scope="module")
def encoder() -> minilm.Encoder:
    """Loaded once for this module."""
    return minilm.Encoder()


@pytest.fixture
def off_topic(encoder: minilm.Encoder) -> OffTopic:
    """With nothing remembered yet."""
    return OffTopic(encoder)


def score_of(model: OffTopic, text: str, story: Story | None = STORY, *, parent: str | None = None) -> float:
    """The score, which must be there."""
    given = Submission(text, story=story, parent=Parent(parent) if parent else None)
    found = model.score(given, language="en", seconds=60)
    assert found.scored_by == {ATTRIBUTE: SOURCE}
    assert ATTRIBUTE not in found.not_assessed
    return found.scores[ATTRIBUTE]


def why_not(model: OffTopic, given: Submission, *, language: str = "en", seconds: float = 60) -> str:
    """The reason, where there is no score."""
    found = model.score(given, language=language, seconds=seconds)
    assert (found.scores, found.scored_by) == ({}, {})
    return found.not_assessed[ATTRIBUTE]


@pytest.mark.parametrize("story", [STORY, TITLED, Story(body=BODY)])
def test_a_comment_of_another_thread_scores_higher(off_topic: OffTopic, story: Story) -> None:
    own, other = score_of(off_topic, OF_IT, story), score_of(off_topic, OF_ANOTHER, story)
    assert 0 <= own < 0.5 < other <= 1


def test_the_same_comment_has_the_same_score(off_topic: OffTopic) -> None:
    assert score_of(off_topic, OF_IT) == score_of(off_topic, OF_IT) == score_of(OffTopic(), OF_IT)


@pytest.mark.parametrize(
    "text", ["\ud800 " + OF_IT, OF_IT + "\x00\x1f", "é" * 10_240, "ha " * 6_800, "你" * 6_826, "$" * 9]
)
def test_odd_texts_break_nothing(off_topic: OffTopic, text: str) -> None:
    found = off_topic.score(Submission(text, story=STORY), language="en", seconds=60)
    assert all(math.isfinite(each) and 0 <= each <= 1 for each in found.scores.values())
    assert {*found.scores, *found.not_assessed} == set(ATTRIBUTES)


def test_markup_is_not_read(off_topic: OffTopic) -> None:
    html = Submission(f"<p><b>{OF_IT}</b></p>", format="html", story=STORY)
    found = off_topic.score(html, language="en", seconds=60)
    assert found.scores[ATTRIBUTE] == pytest.approx(score_of(off_topic, OF_IT), abs=0.05)


def test_a_short_reply_is_judged_by_what_it_answers(off_topic: OffTopic) -> None:
    reply = "Basil and garlic, never oregano."
    assert score_of(off_topic, reply, parent=OF_ANOTHER) < score_of(off_topic, reply, parent=OF_IT)


def test_a_reply_that_fits_what_it_answers_is_in_its_place(off_topic: OffTopic) -> None:
    assert score_of(off_topic, OF_ANOTHER, parent=OF_ANOTHER + " Serves four.") < 0.5 < score_of(off_topic, OF_ANOTHER)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (Submission(OF_IT), "no_story"),
        (Submission(OF_IT, parent=Parent(OF_IT)), "no_story"),
        (Submission(OF_IT, story=Story(id="s", title="  ", section="news")), "no_story"),
        (Submission("I agree.", story=STORY), "too_short"),
        (Submission("Nonsense about the ferry.", story=STORY), "too_short"),
        (Submission("Nonsense about the ferry.", story=STORY, parent=Parent(None, "r-1")), "too_short"),
        (Submission("Nonsense about the ferry.", story=STORY, parent=Parent("And so it is.")), "too_short"),
        (Submission("It is what it is.", story=STORY, parent=Parent(OF_IT)), "too_short"),
        (Submission("", story=STORY), "too_short"),
        (Submission(GERMAN, story=STORY), "language"),
        (Submission(OF_IT, story=STORY, language="fr-CA"), "language"),
        (Submission(OF_IT, story=Story(title=GERMAN)), "language"),
    ],
)
def test_why_there_is_no_score(off_topic: OffTopic, given: Submission, reason: str) -> None:
    assert why_not(off_topic, given) == reason


def test_a_site_in_another_language_has_no_scores_on_short_texts(off_topic: OffTopic) -> None:
    assert (
        why_not(off_topic, Submission("Die Brücke am Hafen, gesperrt ein Jahr", story=STORY), language="de")
        == "language"
    )


def test_time_that_is_over_is_told(encoder: minilm.Encoder) -> None:
    ticks = count()
    late = OffTopic(encoder, clock=lambda: float(next(ticks)))
    assert why_not(late, Submission(OF_IT, story=STORY), seconds=1.0) == "deadline"


def test_every_other_attribute_is_not_assessed(off_topic: OffTopic) -> None:
    found = off_topic.score(Submission(OF_IT, story=STORY), language="en", seconds=60)
    assert set(found.not_assessed) == set(ATTRIBUTES) - {ATTRIBUTE}
    assert set(found.not_assessed.values()) == {"model_off"}


class Counting(minilm.Encoder):
    """The real one, and how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def encode(self, text: str) -> minilm.Vector:
        self.asked += 1
        return super().encode(text)


def test_a_further_comment_under_a_story_costs_one_encoding() -> None:
    encoder = Counting()
    model = OffTopic(encoder)
    asked = []
    for text in (OF_IT, OF_ANOTHER, OF_IT):
        score_of(model, text)
        asked.append(encoder.asked)
    assert asked == [2, 3, 4]


def test_a_process_has_one_encoder() -> None:
    assert OffTopic()._encoder is OffTopic()._encoder


def test_nothing_is_loaded_before_the_first_score_is_wanted(tmp_path: Path) -> None:
    model = OffTopic(minilm.Encoder(tmp_path / "missing.onnx"))
    assert why_not(model, Submission(OF_IT)) == "no_story"


@pytest.mark.parametrize(("content", "why"), [(b"another model", "expected 8199be6f"), (None, "cannot be read")])
def test_another_model_is_refused(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    encoder = minilm.Encoder(path)
    with pytest.raises(minilm.UnusableModel, match=why) as refused:
        encoder.load()
    with pytest.raises(minilm.UnusableModel) as again:
        encoder.load()
    assert again.value is refused.value
    assert why_not(OffTopic(encoder), Submission(OF_IT, story=STORY)) == "failed"


def test_the_installed_model_is_the_one_that_was_fitted_to() -> None:
    minilm.Encoder(minilm.model_file()).load()


def test_words_of_a_subject() -> None:
    assert content_words("It's what the Mayor’s voters said, isn't it? In 1974!") == ("mayor", "voters", "1974")
    assert stem("policies") == stem("policy")
    assert stem("voters") == stem("votes") == stem("voting")
    assert shared(("ferry", "quux"), frozenset({stem("ferry")}), {"ferry": 6_000}) == pytest.approx(0.35, abs=0.1)
    assert shared((), frozenset(), {}) == 0
