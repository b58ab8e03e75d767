"""How likely a comment stands under the wrong story: nearness of meaning and shared words, weighed by a fitted formula.

It tells comments of another thread from those of this one. What a person calls irrelevant within a thread it seldom
finds: that shares the subject's words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log1p

from moderation import telemetry
from moderation.adapters.classifiers import minilm
from moderation.adapters.classifiers.sessions import UnusableModel
from moderation.adapters.classifiers.words import content_words, shared, stem
from moderation.engine.facts import Story, Submission
from moderation.engine.text import fold
from moderation.engine.text.language import language_of
from moderation.engine.verdict import ATTRIBUTES
from moderation.workflow.ports import Scores

log = telemetry.logger(__name__)

ATTRIBUTE = "off_topic"
LANGUAGE = "en"  # the only one that the encoder knows well
START = 600  # characters of a story or parent: about what the encoder takes in, and what one may call its subject
FEWEST_WORDS = 6  # with fewer words of substance a comment is judged by what it answers, or not at all
KEPT = 512  # stories and parents whose meaning is remembered
SOURCE = {"source": minilm.NAME, "version": "1"}
_OTHERS = {name: "model_off" for name in ATTRIBUTES if name != ATTRIBUTE}


@dataclass(frozen=True, slots=True)
class Formula:
    """Logistic regression; docs/data.md says on what it was fitted."""

    nearness: float
    words: float
    length: float
    start: float

    def of(self, near: float, share: float, length: float) -> float:
        """What is seen of a comment beside another text in, the chance that they are of two threads out."""
        weighed = self.start + self.nearness * near + self.words * share + self.length * length
        return 1 / (1 + exp(-weighed))


# By `make train`. It takes both as likely: among real comments, most of which are in the right place, the chance is lower.
BY_STORY = Formula(nearness=-10.57, words=-6.8, length=0.0, start=2.23)
BY_PARENT = Formula(nearness=-10.12, words=-5.92, length=0.41, start=1.2)


@dataclass(frozen=True, slots=True)
class Context:
    """What is remembered of a story or of a comment that is answered."""

    meaning: minilm.Vector
    stems: frozenset[str]
    language: str


class OffTopic:
    """Scores `off_topic`; every other attribute is not assessed."""

    version = f"{ATTRIBUTE}-{SOURCE['version']}"

    def __init__(self, encoder: minilm.Encoder | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._encoder = encoder or minilm.of_this_process()
        self._clock = clock
        self._told: UnusableModel | None = None
        self._context = lru_cache(maxsize=KEPT)(self._read)

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        """The score, or why there is none; raises nothing that is the model's fault."""
        ends = self._clock() + seconds
        try:
            found = self._assessed(submission, language, ends)
        except UnusableModel as error:
            if error is not self._told:  # once a process: the encoder raises the same one again
                log.error("classifier.unusable", model=self.version, why=str(error))
                self._told = error
            found = "failed"
        if isinstance(found, str):
            return Scores({}, {}, {**_OTHERS, ATTRIBUTE: found})
        return Scores({ATTRIBUTE: found}, {ATTRIBUTE: SOURCE}, _OTHERS)

    def _assessed(self, submission: Submission, language: str, ends: float) -> float | str:
        about = story_text(submission.story)
        if about is None:
            return "no_story"
        text = fold(submission.text, submission.format).text
        site = (submission.story and submission.story.language) or language
        if language_of(text, given=submission.language, site=site).code != LANGUAGE:
            return "language"
        parent = parent_text(submission)
        words = content_words(text)
        if not words or (len(words) < FEWEST_WORDS and parent is None):
            return "too_short"
        beside = [(BY_STORY, about)] if len(words) >= FEWEST_WORDS else []
        return self._beside(text, words, beside + ([(BY_PARENT, parent)] if parent else []), ends)

    def _beside(self, text: str, words: tuple[str, ...], beside: list[tuple[Formula, str]], ends: float) -> float | str:
        """The lowest of the scores: what belongs to the story or to what it answers is in the right place."""
        self._encoder.load()
        contexts = []
        for formula, other in beside:
            if self._clock() >= ends:
                return "deadline"
            contexts.append((formula, self._context(other)))
        if any(context.language != LANGUAGE for _, context in contexts):
            return "language"
        if self._clock() >= ends:
            return "deadline"
        meaning = self._encoder.encode(text)
        return min(self._weighed(formula, context, meaning, words) for formula, context in contexts)

    def _weighed(self, formula: Formula, context: Context, meaning: minilm.Vector, words: tuple[str, ...]) -> float:
        near, share, length = seen(meaning, words, context, self._encoder.vocabulary)
        return formula.of(near, share, length)

    def _read(self, text: str) -> Context:
        stems = frozenset(map(stem, content_words(text)))
        return Context(self._encoder.encode(text), stems, language_of(text, given=None, site=LANGUAGE).code)


def seen(
    meaning: minilm.Vector, words: tuple[str, ...], context: Context, vocabulary: Mapping[str, int]
) -> tuple[float, float, float]:
    """What the formula weighs: how near in meaning, what share of the words, and the length on a slow scale."""
    return minilm.cosine(meaning, context.meaning), shared(words, context.stems, vocabulary), log1p(len(words))


def story_text(story: Story | None) -> str | None:
    """What a story is about, in the words of its title and beginning; None where neither is known."""
    given = (story.title, (story.body or "")[:START]) if story else ()
    return fold(". ".join(filter(None, given))).text[:START].strip(" .") or None


def parent_text(submission: Submission) -> str | None:
    """The beginning of the comment that is answered, where it is known and says something."""
    text = (submission.parent.text if submission.parent else None) or ""
    start = fold(text[: 4 * START], submission.format).text[:START].strip()
    return start if content_words(start) else None
