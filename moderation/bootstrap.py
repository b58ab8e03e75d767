"""The composition root: Settings in, the verbs of the service out. The only place that knows all rooms."""

import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moderation import telemetry
from moderation.adapters.classifiers.together import classifier
from moderation.adapters.queue import CeleryQueue
from moderation.adapters.rule_files import RuleFolder
from moderation.adapters.webhook_client import WebhookClient
from moderation.config import Settings
from moderation.errors import ModerationError
from moderation.storage import migrations
from moderation.storage.unit_of_work import Database
from moderation.workflow.appeals import Appeals
from moderation.workflow.asking import AskFirst
from moderation.workflow.authors import Authors
from moderation.workflow.consequences import Consequences
from moderation.workflow.coral import CoralPhase
from moderation.workflow.coral_events import CoralEvents
from moderation.workflow.coral_repair import CoralRepair
from moderation.workflow.desk import Desk
from moderation.workflow.erasure import Erasure
from moderation.workflow.events import Events
from moderation.workflow.exports import Exports
from moderation.workflow.feedback import Feedback
from moderation.workflow.flags import Flags
from moderation.workflow.imports import Imports
from moderation.workflow.intake import Intake
from moderation.workflow.judge import Judge
from moderation.workflow.keys import Keys
from moderation.workflow.legal_holds import LegalHolds
from moderation.workflow.moderate import Moderate
from moderation.workflow.ports import Queue, WebhookSender
from moderation.workflow.present import Presenter
from moderation.workflow.queries import Health, Queries
from moderation.workflow.recording import Recorder
from moderation.workflow.retention import Retention
from moderation.workflow.review import Review
from moderation.workflow.rulebook import Rulebook
from moderation.workflow.rulesets import NoRuleset
from moderation.workflow.safety_limit import SafetyLimit
from moderation.workflow.service_state import ServiceState
from moderation.workflow.sites import Sites
from moderation.workflow.stories import Stories
from moderation.workflow.sweep import Sweep
from moderation.workflow.tuning import Tuning
from moderation.workflow.unchecked import UncheckedCounts
from moderation.workflow.users import Users
from moderation.workflow.webhooks import Webhooks
from moderation.workflow.write_backs import WriteBacks

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class Application:
    """The verbs of one process."""

    settings: Settings
    database: Database
    queue: Queue
    now: Callable[[], datetime]
    sites: Sites
    keys: Keys
    users: Users
    stories: Stories
    intake: Intake
    moderate: Moderate
    coral_phase: CoralPhase
    coral_events: CoralEvents
    coral_repair: CoralRepair
    write_backs: WriteBacks
    judge: Judge
    tuning: Tuning
    flags: Flags
    review: Review
    authors: Authors
    appeals: Appeals
    erasure: Erasure
    legal_holds: LegalHolds
    events: Events
    exports: Exports
    imports: Imports
    feedback: Feedback
    webhooks: Webhooks
    rulebook: Rulebook
    safety_limit: SafetyLimit
    sweep: Sweep
    queries: Queries
    desk: Desk
    health: Health
    unchecked: UncheckedCounts
    state: ServiceState

    def ready(self, *, now: datetime) -> dict[str, Any]:
        """What /readyz answers."""
        return self.health.ready(now=now)

    def upgrade(self) -> str:
        """Brings the tables up to this version and gives its name."""
        return migrations.upgrade(self.database)

    def warm(self) -> None:
        """Compiles the rules in force at every site, so that the first comment does not wait; looks at the database."""
        try:
            for setting in self.database.unsafe():
                log.error("database.unsafe", setting=setting)
            for site in self.sites.list():
                with suppress(NoRuleset):  # its comments are held; the other sites' rules are wanted all the same
                    self.rulebook.current(site_id=site["id"])
        except ModerationError:
            return  # no database yet: whoever needs it says so

    def settle(self) -> None:
        """Warms, for a process that serves. What stands by then stays as long as the process: the collector of garbage
        need not walk it again and again, which took a sixth of the time that judging takes."""
        self.warm()
        gc.collect()
        gc.freeze()

    def close(self) -> None:
        """Gives connections and threads back."""
        self.unchecked.write()
        closing = getattr(self.queue, "close", None)
        if closing is not None:
            closing()
        self.database.close()


def clock() -> datetime:
    """The time now, with its zone."""
    return datetime.now(UTC)


def build(
    settings: Settings,
    *,
    queue: Queue | None = None,
    sender: WebhookSender | None = None,
    now: Callable[[], datetime] = clock,
    model: bool = True,
) -> Application:
    """Puts the verbs together; connects to nothing yet, loads no model. `queue`, `sender` and `now` are for tests."""
    database = Database(settings.database_url, pool_size=settings.database_pool)
    hints = queue or CeleryQueue(settings)
    door = WebhookClient(allow_private=settings.allow_private_urls, seconds=settings.delivery_seconds)
    record = Recorder(database, hints)
    rulebook = Rulebook(database, record, RuleFolder(settings.rules_dir))
    presenter = Presenter(rulebook)
    models = classifier(learned=settings.learned_scores, off_topic=settings.off_topic) if model else None
    judge = Judge(database, rulebook, models)
    review = Review(record, rulebook, presenter, Consequences(rulebook))
    intake = Intake(record, hints, presenter, AskFirst(database, judge))
    moderate = _moderate(settings, record, judge, SafetyLimit(record, rulebook))
    coral_phase = CoralPhase(database, intake, moderate, presenter)
    authors = Authors(record)
    health = Health(database, hints, rulebook)
    return Application(
        settings=settings,
        database=database,
        queue=hints,
        now=now,
        sites=Sites(database, rulebook),
        keys=Keys(record, settings.secret_key),
        users=Users(database, settings.secret_key),
        stories=Stories(record),
        intake=intake,
        moderate=moderate,
        coral_phase=coral_phase,
        coral_events=CoralEvents(record),
        coral_repair=CoralRepair(record, coral_phase, door, review),
        write_backs=WriteBacks(record, door),
        judge=judge,
        tuning=Tuning(database, models),
        flags=Flags(record, rulebook),
        review=review,
        authors=authors,
        appeals=Appeals(record, review.consequences),
        erasure=Erasure(record),
        legal_holds=LegalHolds(record),
        events=Events(database),
        exports=Exports(database),
        imports=Imports(record),
        feedback=Feedback(record, models),
        webhooks=Webhooks(record, hints, sender or door),
        rulebook=rulebook,
        safety_limit=moderate.limit,
        sweep=_sweep(settings, record, review, authors, rulebook),
        queries=Queries(database, presenter),
        desk=Desk(database, rulebook, presenter),
        health=health,
        unchecked=UncheckedCounts(database, settings.secret_key, now),
        state=ServiceState(database, health),
    )


def _sweep(settings: Settings, record: Recorder, review: Review, authors: Authors, rulebook: Rulebook) -> Sweep:
    return Sweep(
        record.database,
        record.queue,
        review,
        authors,
        rulebook,
        Retention(record.database, rulebook),
        Erasure(record),
        pending_seconds=settings.pending_seconds,
        batch=settings.sweep_batch,
        events_days=settings.events_days,
    )


def _moderate(settings: Settings, record: Recorder, judge: Judge, limit: SafetyLimit) -> Moderate:
    return Moderate(
        record.database,
        record,
        judge,
        limit,
        lease_seconds=settings.lease_seconds,
        judge_seconds=settings.judge_seconds,
        attempts=settings.attempts,
    )
