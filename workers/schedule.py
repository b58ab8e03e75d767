"""The beat of a production set-up: sends `sweep` and `retain` on time. Two of them do no harm, the verbs claim rows."""

from typing import Any

from celery import Celery, signals
from celery.beat import Scheduler

from moderation import telemetry
from moderation.adapters import queue
from moderation.config import Settings


def entries(settings: Settings) -> dict[str, dict[str, Any]]:
    """What is sent when. A message that nobody took before the next one is due expires: they must not pile up."""
    return {
        "sweep": _every(queue.SWEEP, settings.sweep_seconds),
        "retain": _every(queue.RETAIN, settings.retain_seconds),
    }


def serve(settings: Settings) -> None:
    """Send until told to stop. The schedule is kept in memory: nothing is lost with it."""
    signals.setup_logging.connect(lambda **_: telemetry.configure(settings.log_level), weak=False)
    app: Celery = queue.celery(settings)
    app.conf.beat_schedule = entries(settings)
    app.conf.beat_max_loop_interval = max(1.0, settings.sweep_seconds)
    app.Beat(scheduler_cls=Scheduler, loglevel=settings.log_level.upper(), quiet=True).run()


def _every(task: str, seconds: float) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"queue": queue.UPKEEP_QUEUE, "expires": max(seconds, 5.0)}}
