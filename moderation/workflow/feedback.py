"""What people at a site say of texts that left no comment here: the answer was wrong, and what it should have been."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update

from moderation import telemetry
from moderation.engine.facts import Submission
from moderation.storage.models import FeedbackRow, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_once
from moderation.workflow.incoming import Actor
from moderation.workflow.ports import Classifier, Scores
from moderation.workflow.recording import Recorder

log = telemetry.logger(__name__)
_SECONDS = 1.0
_NONE = Scores({}, {}, {})


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody says of a text: the values by the protocol's names, and by our attributes where they mean the same."""

    text: str
    told: Mapping[str, float]
    attributes: Mapping[str, float] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """The verb behind suggested scores, and behind spam and ham that are submitted."""

    record: Recorder
    classifier: Classifier | None = None

    def tell(self, *, site_id: str, protocol: str, remark: Remark, by: Actor, now: datetime) -> None:
        """Notes the values (0 to 1) that a text should have had; of the same text the last word counts.

        The text itself is not kept: its keyed hash recognises it when it is told of again. Where the values are of our
        attributes, its learned scores are kept beside them, since `model tune` has no text to ask about later.
        """
        scores = self._scores(remark)
        with self.record(site_id, now) as ledger:
            session = ledger.session
            _, realm = lookup.site_and_realm(session, site_id)
            key = {"site_id": site_id, "protocol": protocol, "text_mac": lookup.text_mac(realm, remark.text)}
            said = {
                "told": dict(remark.told),
                "attributes": dict(remark.attributes),
                "scores": dict(scores.scores),
                "scored_by": dict(scores.scored_by),
                "by_key": by.id,
                "created_at": now,
            }
            id = new_id()
            if not insert_once(session, FeedbackRow, id=id, **key, **said):
                again = update(FeedbackRow).filter_by(**key).values(**said).returning(FeedbackRow.id)
                id = session.execute(again.execution_options(synchronize_session=False)).scalar_one()
            ledger.audit(
                by=by, act="feedback.told", subject=("feedback", id), protocol=protocol, told=dict(remark.told)
            )

    def _scores(self, remark: Remark) -> Scores:
        """Untuned; none where no model is at hand or it fails, which loses nothing of what was told."""
        if self.classifier is None or not remark.attributes:
            return _NONE
        language = remark.language or "en"
        try:
            return self.classifier.score(
                Submission(remark.text, language=language), language=language, seconds=_SECONDS
            )
        except Exception as error:  # of a model: its message may hold words of the text
            log.error("classifier.failed", model=self.classifier.version, error=type(error).__name__)
            return _NONE
