"""One analysis: the languages that a request may ask in, the scores of the text and of its sentences, the answer."""

import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from moderation.engine.facts import Parent, Story, Submission
from moderation.engine.text.folding import fold
from moderation.engine.text.language import language_of
from moderation.engine.text.words import Passage
from moderation.errors import Unavailable
from moderation.web import auth
from moderation.web.perspective_attributes import EVERY_LANGUAGE, NAMES
from moderation.web.perspective_errors import language_unsupported, wrong
from moderation.web.perspective_request import Given
from moderation.web.routes import Edge
from moderation.workflow.judge import BODY_JUDGED
from moderation.workflow.rule_scores import Scored

SECONDS = 2.0  # the most patient of the impatient clients waits for three
MOST_SPANS = 32  # sentences that are scored by themselves; of a longer text several go together
_LEAST = 0.1
_TITLE = 300
LEARNED_LANGUAGES = ("en",)


@dataclass(frozen=True, slots=True)
class Languages:
    """What was asked for and what was found."""

    requested: Sequence[str]
    detected: Sequence[str]

    def answer(self) -> list[str]:
        """Those of the request, else the likeliest found."""
        return list(self.requested) or list(self.detected[:1])


def site_language(edge: Edge, holder: auth.KeyHolder) -> str:
    """The one that the site's rules are written for."""
    rules = edge.application.rulebook.current(site_id=holder.site_id).ruleset
    return primary(str(rules.settings.get("language", "en")))


def languages(given: Given, own: str) -> Languages:
    """A text with nothing to read in it has no language."""
    if not any(map(str.isalpha, given.text)):
        return Languages(given.languages, ())
    return Languages(given.languages, (language_of(fold(given.text).text, given=None, site=own).code,))


def check_languages(names: Sequence[str], found: Languages, own: str) -> None:
    """Refuses what is not scored in the language, as Google's API does: scripts drop the attribute named and ask again."""
    known = {*LEARNED_LANGUAGES, own}
    asked = found.requested or found.detected
    names = [name for name in names if name not in EVERY_LANGUAGE]
    if names and not asked:
        raise wrong("LANGUAGE_DETECTION_FAILED", "Unable to detect language")
    unknown = [one for one in asked if primary(one) not in known]
    if names and unknown:
        raise language_unsupported(names[0], unknown, requested=bool(found.requested))


def primary(tag: str) -> str:
    """The language of a tag such as `en-US`."""
    return tag.replace("_", "-").partition("-")[0].lower()


@dataclass(frozen=True, slots=True)
class Analysis:
    """One request with a key that is valid."""

    edge: Edge
    holder: auth.KeyHolder
    given: Given
    ends: float
    model_seconds: float | None = None  # the most that the models may take; then rules alone
    detect: bool = False  # whatever language the request names
    missed: set[str] = field(default_factory=set)  # why scores of models are missing

    def submission(self) -> Submission:
        """The comment with its article and the comment that it answers."""
        article, parent = self.given.context("article"), self.given.context("parentComment")
        asked = self.given.languages
        return Submission(
            text=self.given.text,
            story=Story(title=article.lstrip()[:_TITLE].partition("\n")[0], body=article[:BODY_JUDGED])
            if article
            else None,
            parent=Parent(text=parent[:BODY_JUDGED]) if parent else None,
            language=primary(asked[0]) if asked and not self.detect else None,
        )

    def answer(self, found: Languages) -> tuple[dict[str, Any], dict[str, str]]:
        """The body of the answer, and for each attribute who scored it."""
        whole = self.submission()
        scored = self._scored(whole)
        parts = [(span, text, self._scored(replace(whole, text=text))) for span, text in self._sentences()]
        parts = parts or [((0, units(whole.text)), whole.text, scored)]
        scores: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for name, asked in self.given.fields["requestedAttributes"].items():
            value, sources[name] = NAMES[name].score(scored, whole.text)
            if value >= asked.get("scoreThreshold", 0.0):
                spans = [_span(span, NAMES[name].score(one, text)[0]) for span, text, one in parts]
                scores[name] = {"spanScores": spans, "summaryScore": _score(value)}
        return _body(scores, self.given, found), sources

    @property
    def is_late(self) -> bool:
        """Did a model not answer in time?"""
        return "deadline" in self.missed

    def _scored(self, submission: Submission) -> Scored:
        left = self.ends - time.monotonic()
        if left < _LEAST:
            raise Unavailable("The text could not be scored in time; try again in a second.", retry_after=1)
        app = self.edge.application
        scored = app.judge.scores(
            site_id=self.holder.site_id,
            submission=submission,
            now=app.now(),
            seconds=left,
            model_seconds=None if self.model_seconds is None else min(self.model_seconds, left),
        )
        self.missed.update(scored.not_assessed.values())
        return scored

    def _sentences(self) -> list[tuple[tuple[int, int], str]]:
        if not self.given.fields.get("spanAnnotations"):
            return []
        return list(sentences(self.given.text))


def one_for_all(given: Given, found: Languages, value: float) -> dict[str, Any]:
    """An answer with the same score for every attribute that was asked for, unless it is under its threshold."""
    span = _span((0, units(given.text)), value)
    scores = {
        name: {"spanScores": [span], "summaryScore": _score(value)}
        for name, asked in given.fields["requestedAttributes"].items()
        if value >= asked.get("scoreThreshold", 0.0)
    }
    return _body(scores, given, found)


def _body(scores: Mapping[str, Any], given: Given, found: Languages) -> dict[str, Any]:
    body = {"attributeScores": scores} if scores else {}
    known = {"languages": found.answer(), "detectedLanguages": list(found.detected)}
    return {**body, **known, **given.echo()}


def sentences(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The sentences of a text, each with its range in UTF-16 code units; of a long text several make one."""
    ranges = _ranges(text)
    together = -(-len(ranges) // MOST_SPANS) or 1
    at = place = 0
    for index in range(0, len(ranges), together):
        start, end = ranges[index][0], ranges[min(index + together, len(ranges)) - 1][1]
        begin = place + units(text[at:start])
        at, place = end, begin + units(text[start:end])
        yield (begin, place), text[start:end]


def _ranges(text: str) -> list[tuple[int, int]]:
    """The sentences in code points, without the blanks around them."""
    view = fold(text)
    passage = Passage(view)
    found: list[tuple[int, int]] = []
    at = last = 0
    while at < len(view.text):
        _, end = passage.sentence(at)
        stop = len(text) if end >= len(view.text) else view.span(end - 1, end)[1]
        inner = text[last:stop]
        start = last + len(inner) - len(inner.lstrip())
        if inner.strip():
            found.append((start, start + len(inner.strip())))
        at, last = end, max(last, stop)
    return found


def units(text: str) -> int:
    """How long a text is in UTF-16 code units, in which the protocol counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def _span(span: tuple[int, int], value: float) -> Mapping[str, Any]:
    return {"begin": span[0], "end": span[1], "score": _score(value)}


def _score(value: float) -> Mapping[str, Any]:
    """With the fewest digits that name the same 32-bit number."""
    narrow = struct.pack("f", value)
    (exact,) = struct.unpack("f", narrow)
    shown = (float(f"{exact:.{digits}g}") for digits in range(6, 10))
    return {"value": next(one for one in shown if struct.pack("f", one) == narrow), "type": "PROBABILITY"}
