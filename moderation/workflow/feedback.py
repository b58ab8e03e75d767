"""What people at a site say of texts that left no comment here: the answer was wrong, and what it should have been."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from moderation.storage.models import FeedbackRow, new_id
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_once
from moderation.workflow.incoming import Actor
from moderation.workflow.recording import Recorder


@dataclass(frozen=True, slots=True)
class Feedback:
    """The verb behind suggested scores, and behind spam and ham that are submitted."""

    record: Recorder

    def tell(
        self, *, site_id: str, protocol: str, text: str, values: Mapping[str, float], by: Actor, now: datetime
    ) -> None:
        """Notes the values (0 to 1) that a text should have had; of the same text the last word counts.

        The text itself is not kept: its keyed hash recognises it when it is told of again.
        """
        with self.record(site_id, now) as ledger:
            session = ledger.session
            _, realm = lookup.site_and_realm(session, site_id)
            key = {"site_id": site_id, "protocol": protocol, "text_mac": lookup.text_mac(realm, text)}
            said = {"told": dict(values), "by_key": by.id, "created_at": now}
            id = new_id()
            if not insert_once(session, FeedbackRow, id=id, **key, **said):
                again = update(FeedbackRow).filter_by(**key).values(**said).returning(FeedbackRow.id)
                id = session.execute(again.execution_options(synchronize_session=False)).scalar_one()
            ledger.audit(by=by, act="feedback.told", subject=("feedback", id), protocol=protocol, told=dict(values))
