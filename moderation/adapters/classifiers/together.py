"""The classifier of this service: each model with the attributes that it scores, asked one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from moderation.adapters.classifiers import minilm
from moderation.adapters.classifiers.learned import Learned
from moderation.adapters.classifiers.off_topic import OffTopic
from moderation.engine.facts import Submission
from moderation.engine.verdict import ATTRIBUTES
from moderation.workflow.ports import Classifier, Scores

_NOBODY = "model_off"  # why an attribute has no score that no model is asked for


class Together:
    """Several classifiers as one; an attribute has the score of the first that gives one, else the first real reason."""

    def __init__(self, several: Sequence[Classifier], clock: Callable[[], float] = time.monotonic) -> None:
        self._several = several
        self._clock = clock
        self.version = "+".join(one.version for one in several)

    def score(self, submission: Submission, *, language: str, seconds: float) -> Scores:
        """All their scores within the seconds, which the later ones get what is left of."""
        ends = self._clock() + seconds
        scores: dict[str, float] = {}
        scored_by: dict[str, Mapping[str, str]] = {}
        spans: dict[str, tuple[tuple[int, int], ...]] = {}
        missing = dict.fromkeys(ATTRIBUTES, _NOBODY)
        for one in self._several:
            given = one.score(submission, language=language, seconds=ends - self._clock())
            scores |= {name: score for name, score in given.scores.items() if name not in scores}
            scored_by |= {name: source for name, source in given.scored_by.items() if name not in scored_by}
            spans |= given.spans
            missing |= {name: why for name, why in given.not_assessed.items() if why != _NOBODY}
        return Scores(scores, scored_by, {name: why for name, why in missing.items() if name not in scores}, spans)


def classifier(*, learned: bool, off_topic: bool) -> Classifier | None:
    """The models that are wanted as one; raises UnusableModel where the file of one is missing or another one."""
    several: list[Classifier] = []
    if learned:
        several.append(Learned())
    if off_topic:
        minilm.check()
        several.append(OffTopic())
    return Together(several) if several else None
