"""Comments of a set judged by a ruleset, as `moderation judge` would, without history; with or without the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from moderation.engine.evaluate import evaluate
from moderation.engine.facts import Author, Facts, Parent, Story, Submission
from moderation.engine.ruleset import Ruleset
from moderation.engine.verdict import ATTRIBUTES, Verdict
from moderation.evaluation.sets import Comment
from moderation.workflow.ports import Classifier, Scores

NOW = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that a run can be repeated
STOPPED = ("hold", "reject")
KNOWN = Author(key="reader", published=20)  # who is new is another question than what is written
_UNSCORED = Scores({}, {}, dict.fromkeys(ATTRIBUTES, "model_off"))
_PATIENCE = 60.0  # seconds: figures do not hang on how busy the machine is


@dataclass(frozen=True, slots=True)
class Judge:
    """A ruleset and what every comment is given with; without a model it goes by words alone."""

    ruleset: Ruleset
    model: Classifier | None = None

    def verdict(self, comment: Comment, story: Story | None = None) -> Verdict:
        """What the rules say of one comment."""
        under = story or (Story(id="s", title=comment.title) if comment.title else None)
        parent = Parent(text=comment.parent) if comment.parent else None
        submission = Submission(comment.text, author=KNOWN, story=under, parent=parent)
        given = self.model.score(submission, language="en", seconds=_PATIENCE) if self.model else _UNSCORED
        facts = Facts(submission, NOW, (), given.scores, given.scored_by, given.not_assessed, score_spans=given.spans)
        return evaluate(facts, self.ruleset)

    def text(self, text: str, story: Story | None = None) -> Verdict:
        """What the rules say of words alone."""
        return self.verdict(Comment("-", text, "-"), story)

    def stops(self, texts: Iterable[str], *, listed: bool = False) -> list[bool]:
        """Which of some texts would be held or rejected; `listed`: or listed for review."""
        verdicts = (self.text(text) for text in texts)
        return [stopped(verdict) or (listed and str(verdict.action) == "review") for verdict in verdicts]


def stopped(verdict: Verdict) -> bool:
    """Would it not be published at once?"""
    return str(verdict.action) in STOPPED


def found(verdict: Verdict, categories: Iterable[str]) -> bool:
    """Did a live rule of one of these categories hold or reject it, or list it for review?"""
    wanted = set(categories)
    return any(
        match.category in wanted and match.state == "live" and str(match.action) != "allow" for match in verdict.matches
    )


def held_as(verdict: Verdict, categories: Iterable[str]) -> bool:
    """Did a live rule of one of these categories hold or reject it?"""
    wanted = set(categories)
    return any(m.category in wanted and m.state == "live" and str(m.action) in STOPPED for m in verdict.matches)


def with_text(comment: Comment, text: str) -> Comment:
    """The same comment in other words."""
    return replace(comment, text=text)
