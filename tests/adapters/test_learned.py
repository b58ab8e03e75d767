"""The learned scores as they ship: real files, real encoder."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from moderation.adapters.classifiers import artifact, sessions
from moderation.adapters.classifiers.learned import Learned
from moderation.adapters.classifiers.sessions import UnusableModel
from moderation.adapters.classifiers.together import classifier
from moderation.engine.facts import Story, Submission
from moderation.engine.text import fold
from moderation.engine.verdict import ATTRIBUTES
from moderation.workflow.ports import Scores

CIVIL = "I read the whole report and I think the council should have asked the shop owners first."
RUDE = "You are a pathetic moron and everybody here knows it, so shut your mouth."


@pytest.fixture(scope="module")
def learned() -> Learned:
    return Learned()


def scored(learned: Learned, text: str, *, seconds: float = 60, **more: object) -> Scores:
    return learned.score(Submission(text, **more), language="en", seconds=seconds)  # type: ignore[arg-type]


def test_every_score_is_a_chance_and_says_who_gave_it(learned: Learned) -> None:
    found = scored(learned, RUDE)
    assert set(found.scores) == set(learned.attributes) == set(ATTRIBUTES) - {"off_topic", "spam"}
    assert all(0 <= score <= 1 for score in found.scores.values())
    assert found.scored_by["toxicity"] == {"source": "keepitcivil", "version": "3"}
    assert found.not_assessed == {}


@pytest.mark.parametrize("attribute", ["toxicity", "insult", "personal_attack", "incivility"])
def test_rude_scores_higher_than_civil(learned: Learned, attribute: str) -> None:
    assert scored(learned, CIVIL).scores[attribute] < 0.2 < 0.8 < scored(learned, RUDE).scores[attribute]


def test_a_threat_is_told_from_a_figure_of_speech(learned: Learned) -> None:
    threat = scored(learned, "I know where you live and I am going to kill you.").scores["threat"]
    assert threat > 0.5 > scored(learned, "This heat is going to kill me.").scores["threat"]


def test_it_tells_which_words_a_high_score_rests_on(learned: Learned) -> None:
    text = "Thank you for the report.  But you, Tom, are a path\u0435tic m0ron."
    view, spans = fold(text), scored(learned, text).spans
    words = {text[slice(*view.span(*span))] for span in spans["insult"]}
    assert any("m0ron" in one for one in words), words
    assert not any("report" in one for one in words)
    assert scored(learned, CIVIL).spans == {}


def test_with_no_time_left_the_first_stage_answers(learned: Learned) -> None:
    found = scored(learned, RUDE, seconds=0.01)
    assert found.scored_by["insult"]["source"] == "keepitcivil-first-stage"
    assert found.scores["insult"] > 0.5


def test_without_an_onnxruntime_the_first_stage_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "find_spec", lambda _name: None)
    found = scored(Learned(), RUDE)
    assert found.scored_by["insult"]["source"] == "keepitcivil-first-stage"
    assert set(found.not_assessed.values()) == set()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Das ist eine völlig andere Sprache, und deshalb gibt es hier keine Zahl, sondern den Grund dafür.",
            "language",
        ),
        ("12 !! 34", "too_short"),
        ("\U0001f600", ""),
    ],
)
def test_a_score_that_cannot_be_given_is_absent_with_its_reason(learned: Learned, text: str, why: str) -> None:
    found = scored(learned, text)
    assert set(found.not_assessed.values()) == ({why} if why else set())
    assert bool(found.scores) is not bool(why)


def test_a_given_language_wins(learned: Learned) -> None:
    assert set(scored(learned, RUDE, language="fr").not_assessed.values()) == {"language"}
    assert scored(learned, RUDE, story=Story(language="en")).scores


@pytest.mark.parametrize("text", ["\ud800 you", "é" * 10_240, "ha " * 6_800, "x" * 20_480, "a\u0301" * 5_000, "$" * 99])
def test_odd_texts_break_nothing(learned: Learned, text: str) -> None:
    found = scored(learned, text)
    assert set(found.scores) | set(found.not_assessed) == set(learned.attributes)
    length = len(fold(text).text)
    assert all(0 <= start < end <= length for spans in found.spans.values() for start, end in spans)


def test_the_same_text_has_the_same_scores_in_many_threads(learned: Learned) -> None:
    with ThreadPoolExecutor(8) as several:
        found = list(several.map(lambda text: dict(scored(learned, text).scores), [RUDE, CIVIL] * 20))
    assert found[::2] == [found[0]] * 20
    assert found[1::2] == [found[1]] * 20


@pytest.mark.parametrize("name", [artifact.ENCODER, artifact.NGRAMS, artifact.MANIFEST])
@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_another_model_stops_the_start(tmp_path: Path, name: str, harm: str) -> None:
    folder = shutil.copytree(artifact.FOLDER, tmp_path / "model")
    if harm == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:-100])
    with pytest.raises(UnusableModel, match=name.partition(".")[0]):
        Learned(folder)


def test_another_format_stops_the_start(tmp_path: Path) -> None:
    folder = shutil.copytree(artifact.FOLDER, tmp_path / "model")
    manifest = json.loads((folder / artifact.MANIFEST).read_text())
    (folder / artifact.MANIFEST).write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(UnusableModel, match="format 99"):
        Learned(folder)


def test_together_every_attribute_has_a_score_or_a_reason() -> None:
    several = classifier(learned=True, off_topic=True)
    assert several is not None
    text = f"{CIVIL} The bridge and the harbour ferry would both need money that nobody has promised yet."
    found = several.score(Submission(text, story=Story(title="Council approves bike lane")), language="en", seconds=60)
    assert set(found.scores) | set(found.not_assessed) == set(ATTRIBUTES)
    assert not set(found.scores) & set(found.not_assessed)
    assert found.not_assessed == {"spam": "model_off"}
    assert several.version == "keepitcivil-3+off_topic-1"
    assert classifier(learned=False, off_topic=False) is None
