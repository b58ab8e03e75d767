"""Judges a comment: the one path on which scores are fetched and rules applied. Reads only."""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.engine import explain
from moderation.engine import facts as engine
from moderation.engine.evaluate import evaluate
from moderation.engine.ruleset import Ruleset
from moderation.engine.verdict import ATTRIBUTES, Verdict
from moderation.storage.models import Author, Comment, Revision, Story
from moderation.storage.queries import attacks, history
from moderation.storage.unit_of_work import Database
from moderation.workflow import rule_scores, tuning
from moderation.workflow.patience import Patience
from moderation.workflow.ports import Classifier, Scores
from moderation.workflow.rule_scores import Scored
from moderation.workflow.rulebook import Published, Rulebook

log = telemetry.logger(__name__)

BODY_JUDGED = 20_000  # characters of a story's body that rules look at
HISTORY = timedelta(hours=24)
ATTACKS_KNOWN = timedelta(days=90)
PREVIOUS_KEPT = 200
_BROKEN = ("(failed)", "(deadline)")  # why a score is missing, other than that there was nothing to assess


@dataclass(frozen=True, slots=True)
class Past:
    """What came before a comment, as the engine's facts take it; None = not known."""

    previous: tuple[engine.Previous, ...] | None = None
    attacks: tuple[engine.Attack, ...] | None = None
    attackers: int | None = None


UNKNOWN = Past()


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with the facts that it rests on; `failed` names what could not be asked (a classifier)."""

    verdict: Verdict
    facts: engine.Facts
    rules: Published
    milliseconds: float
    model: str | None = None
    failed: tuple[str, ...] = ()


@dataclass(slots=True)
class Judge:
    """Facts and rules in, verdict out; keeps nothing."""

    database: Database
    rulebook: Rulebook
    classifier: Classifier | None = None
    clock: Callable[[], float] = field(default=time.perf_counter)
    patience: Patience = field(default_factory=Patience)

    def judge(self, *, site_id: str, submission: engine.Submission, now: datetime, seconds: float) -> dict[str, Any]:
        """A verdict in the contract's shape on a text that is not stored; conditions on history are not assessed."""
        judged = self.assess(site_id=site_id, submission=submission, now=now, seconds=seconds)
        return given_verdict(judged)

    def scores(
        self,
        *,
        site_id: str,
        submission: engine.Submission,
        now: datetime,
        seconds: float,
        model_seconds: float | None = None,
    ) -> Scored:
        """A score of every attribute of a text that is not stored: the learned one, else what the rules stand for."""
        judged = self.assess(
            site_id=site_id, submission=submission, now=now, seconds=seconds, model_seconds=model_seconds
        )
        return rule_scores.complete(judged.facts, judged.verdict, judged.rules.ruleset)

    def assess(
        self,
        *,
        site_id: str,
        submission: engine.Submission,
        now: datetime,
        seconds: float,
        past: Past = UNKNOWN,
        model_seconds: float | None = None,
    ) -> Judged:
        """The verdict of the site's rules within `seconds`; what takes longer counts as failed, never as clean.

        With `model_seconds` the models are not waited for any longer: the rules go on without their scores.
        """
        started = self.clock()
        rules = self.rulebook.current(site_id=site_id)
        scores, failed = self._scores(submission, rules.ruleset.settings, seconds, model_seconds)
        scores = tuning.applied(scores, rules.ruleset.settings)
        facts = engine.Facts(
            submission=submission,
            now=now,
            previous=past.previous,
            attacks=past.attacks,
            attackers=past.attackers,
            scores=scores.scores,
            scored_by=scores.scored_by,
            not_assessed=scores.not_assessed,
            score_spans=scores.spans,
            site_language=str(rules.ruleset.settings.get("language", "en")),
            paused=rules.paused,
        )
        verdict = evaluate(facts, rules.ruleset, deadline=lambda: self.clock() - started > seconds)
        failed = failed or _missed(verdict, rules.ruleset)
        took = (self.clock() - started) * 1000
        model = self.classifier.version if self.classifier else None
        return Judged(verdict, facts, rules, took, model, (*failed, *verdict.failed))

    def _scores(
        self, submission: engine.Submission, settings: Mapping[str, Any], seconds: float, most: float | None
    ) -> tuple[Scores, tuple[str, ...]]:
        classifier = self.classifier
        if classifier is None:
            return Scores({}, {}, dict.fromkeys(ATTRIBUTES, "model_off")), ()
        language = submission.language or str(settings.get("language", "en"))
        try:
            if most is None:
                scores = classifier.score(submission, language=language, seconds=seconds)
            else:
                ask = partial(classifier.score, submission, language=language, seconds=most)
                scores = self.patience.wait(ask, most)
            if _is_usable(scores):
                return scores, ()
            log.error("classifier.out_of_range", model=classifier.version)
        except TimeoutError:
            return Scores({}, {}, dict.fromkeys(ATTRIBUTES, "deadline")), ("classifier",)
        except Exception as error:
            log.error("classifier.failed", model=classifier.version, error=type(error).__name__)
        return Scores({}, {}, dict.fromkeys(ATTRIBUTES, "failed")), ("classifier",)


def _missed(verdict: Verdict, ruleset: Ruleset) -> tuple[str, ...]:
    """A live rule that turned on a score which failed or came too late: a person looks. One in trial acts on nothing."""
    unsure = (one for one in verdict.unknown if one.what.endswith(_BROKEN))
    rules = (ruleset.rule(one.rule) for one in unsure)
    return ("classifier",) if any(rule is not None and rule.state == "live" for rule in rules) else ()


def _is_usable(scores: Scores) -> bool:
    """Numbers in range, and names and sources that can be stored: another shape would crash the check further on."""
    return (
        all(math.isfinite(value) and 0 <= value <= 1 for value in scores.scores.values())
        and _are(str, scores.scores, scores.scored_by, scores.not_assessed, scores.not_assessed.values())
        and _are(Mapping, scores.scored_by.values())
    )


def _are(kind: type, *groups: Iterable[object]) -> bool:
    return all(isinstance(each, kind) for group in groups for each in group)


def stored_submission(
    session: Session, comment: Comment, revision: Revision, author: Author, story: Story
) -> engine.Submission:
    """A stored revision as the engine takes it."""
    return engine.Submission(
        text=revision.text or "",
        format=revision.format,
        author=engine.Author(
            key=author.key,
            name=revision.author_name or author.name,
            role=author.role,
            trusted=author.trusted,
            published=history.published_by(session, author.id),
            joined_at=author.joined_at,
        ),
        story=story_facts(story),
        parent=_parent(session, comment, revision),
        language=revision.language,
        created_at=revision.written_at or revision.received_at,
    )


def past_of(
    session: Session, comment: Comment, revision: Revision, author: Author, answered: engine.Parent | None
) -> Past:
    """What the author wrote in the last day, who else sent the same words, and who attacked the person answered."""
    previous = _previous_of(session, revision)
    target = answered.author_key if answered else None
    if target is None:
        return Past(previous)
    if target == author.key:
        return Past(previous, (), 0)
    about = {"site_id": comment.site_id, "author_id": author.id, "target_key": target}
    received = revision.received_at
    return Past(
        previous,
        attacks.confirmed(session, **about, comment_id=comment.id, since=received - ATTACKS_KNOWN),
        attacks.attackers(session, **about, story_id=comment.story_id, since=received - HISTORY),
    )


def _previous_of(session: Session, revision: Revision) -> tuple[engine.Previous, ...]:
    rows = history.recent(session, revision, since=revision.received_at - HISTORY, limit=PREVIOUS_KEPT)
    return tuple(engine.Previous(*row) for row in rows)


def story_facts(story: Story) -> engine.Story:
    """A stored story as the engine takes it."""
    return engine.Story(
        id=story.external_id,
        url=story.url,
        title=story.title,
        body=(story.body or "")[:BODY_JUDGED] or None,
        section=story.section,
        language=story.language,
        byline=tuple(engine.Byline(one["name"], one.get("id")) for one in story.byline),
        people=tuple(engine.Person(one["name"], one.get("role") or "private") for one in story.people),
        sensitive=tuple(story.sensitive),
    )


def _parent(session: Session, comment: Comment, revision: Revision) -> engine.Parent | None:
    if comment.parent_external_id is None:
        return None
    known = session.execute(
        select(Revision.text, Author.key)
        .join(Comment, Comment.id == Revision.comment_id)
        .join(Author, Author.id == Comment.author_id)
        .where(Comment.site_id == comment.site_id, Comment.external_id == comment.parent_external_id)
        .order_by(Revision.number.desc())
        .limit(1)
    ).one_or_none()
    text, key = known if known is not None else (revision.parent_text, revision.parent_author_key)
    return engine.Parent(text=text, author_key=key)


def given_verdict(judged: Judged) -> dict[str, Any]:
    """A verdict that is not stored, in the contract's shape."""
    return explain.as_document(judged.verdict, judged.rules.ruleset, judged.facts)
