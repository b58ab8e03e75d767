"""One task for each kind of message, one line each: ids in, one verb called. Rows hold state, attempts and lease."""

from collections.abc import Callable
from datetime import UTC, datetime

from celery import Celery

from moderation.adapters import queue
from moderation.bootstrap import Application


def register(app: Celery, application: Callable[[], Application]) -> None:
    """Declare our tasks on `app`. They accept unknown arguments, so that a newer sender can talk to an older worker."""

    @app.task(name=queue.MODERATE, shared=False)
    def moderate(revision_id: str, **_: object) -> None:
        application().moderate.run(revision_id=revision_id, now=datetime.now(UTC))

    @app.task(name=queue.DELIVER, shared=False)
    def deliver(delivery_id: str, **_: object) -> None:
        application().webhooks.deliver(delivery_id=delivery_id, now=datetime.now(UTC))

    @app.task(name=queue.REPAIR, shared=False)
    def repair(row_id: str, **_: object) -> None:
        application().coral_repair.run(row_id=row_id, now=datetime.now(UTC))

    @app.task(name=queue.WRITE_BACK, shared=False)
    def write_back(row_id: str, **_: object) -> None:
        application().write_backs.run(row_id=row_id, now=datetime.now(UTC))

    @app.task(name=queue.SWEEP, shared=False)
    def sweep(**_: object) -> None:
        application().sweep.tick(now=datetime.now(UTC))

    @app.task(name=queue.RETAIN, shared=False)
    def retain(**_: object) -> None:
        application().sweep.retain(now=datetime.now(UTC))
