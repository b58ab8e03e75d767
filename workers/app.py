"""The Celery application of a worker, and the one Application of each of its processes."""

import os
import threading
from collections.abc import Callable

from celery import Celery, signals

from moderation import bootstrap, telemetry
from moderation.adapters import queue
from moderation.config import Settings
from workers import tasks
from workers.ears import Ears
from workers.pulse import Pulse

log = telemetry.logger(__name__)


class Process:
    """The verbs of this process: built on first use and again after a fork, so that no connection is shared over one."""

    def __init__(
        self, settings: Settings, build: Callable[[Settings], bootstrap.Application] = bootstrap.build
    ) -> None:
        self._settings = settings
        self._build = build
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._application: bootstrap.Application | None = None

    @property
    def application(self) -> bootstrap.Application:
        """The verbs, over connections of this very process."""
        with self._lock:
            if self._application is None or self._pid != os.getpid():
                self._application, self._pid = self._build(self._settings), os.getpid()
            return self._application

    def warm(self) -> None:
        """Build now, rules compiled."""
        self.application.settle()

    def close(self) -> None:
        """Send what waits, and let go of the connections of this process."""
        if self._application is not None and self._pid == os.getpid():
            self._application.close()
            self._application = None


def make(settings: Settings, process: Process) -> Celery:
    """A Celery application that knows our queues and tasks. Connects when it runs."""
    app = queue.celery(settings)
    tasks.register(app, lambda: process.application)
    return app


def serve(settings: Settings, *, queues: str, name: str) -> None:
    """Work on `queues` (named in order of precedence) until told to stop; a running task is finished first."""
    process = Process(settings)
    app = make(settings, process)
    _connect(settings, process)
    _listen(settings, queues.split(","))
    app.worker_main(
        ["worker", "--queues", queues, "--pool", settings.worker_pool, "--concurrency", str(settings.worker_concurrency),
         "--hostname", f"{name}@%h", "--loglevel", settings.log_level,
         # None of the three is needed with one broker and rows as truth, and each has stopped workers in the field.
         "--without-gossip", "--without-mingle", "--without-heartbeat"]
    )  # fmt: skip


def _listen(settings: Settings, queues: list[str]) -> None:
    """In the process that takes the messages. The longest task and a little more is what a busy worker may need."""
    lengths = queue.Lengths(settings.broker_url)
    ears = Ears(lambda: any(map(lengths.of, queues)), seconds=settings.task_hard_seconds + 15)
    signals.task_received.connect(lambda **_: ears.heard(), weak=False)
    signals.worker_ready.connect(lambda **_: ears.start(), weak=False)


def _connect(settings: Settings, process: Process) -> None:
    def logging_ready(**_: object) -> None:
        telemetry.configure(settings.log_level)

    def forked(**_: object) -> None:
        process.warm()  # a broken setting shows at the start of a child, not with its first comment

    def ended(**_: object) -> None:
        process.close()

    signals.setup_logging.connect(logging_ready, weak=False)
    if settings.worker_pool == "threads":
        process.warm()
    signals.worker_process_init.connect(forked, weak=False)
    signals.worker_process_shutdown.connect(ended, weak=False)
    signals.worker_shutdown.connect(ended, weak=False)
    if settings.run_dir is not None and settings.worker_pool == "threads":
        pulse = Pulse(settings.run_dir, lease_seconds=settings.lease_seconds)
        signals.worker_ready.connect(lambda **_: pulse.start(), weak=False)
        signals.task_prerun.connect(lambda task_id, **_: pulse.took(task_id), weak=False)
        signals.task_postrun.connect(lambda task_id, **_: pulse.gave_back(task_id), weak=False)
