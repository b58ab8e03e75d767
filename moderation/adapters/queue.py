"""The queue as the verbs see it, over Celery on Valkey or Redis. Queue and task names are declared here, once."""

import os
import queue
import threading
import time
from typing import Any

import redis
from celery import Celery
from kombu.entity import Exchange
from kombu.entity import Queue as Declared
from redis.backoff import NoBackoff
from redis.retry import Retry

from moderation import telemetry
from moderation.config import Settings

MODERATE_QUEUE, BULK_QUEUE, DELIVER_QUEUE, UPKEEP_QUEUE = QUEUES = ("moderate", "bulk", "deliver", "upkeep")
MODERATE = "moderation.moderate"
DELIVER = "moderation.deliver"
SWEEP = "moderation.sweep"
RETAIN = "moderation.retain"
REPAIR = "moderation.repair"
WRITE_BACK = "moderation.write_back"
TASKS = (MODERATE, DELIVER, SWEEP, RETAIN, REPAIR, WRITE_BACK)

_PAUSE_SECONDS = 1.0  # after a failed send, hints are left to the sweep this long: a dead broker costs one try a second
_ANSWER_SECONDS = 1.0  # how long the broker has to answer a question about itself

log = telemetry.logger(__name__)


def celery_options(settings: Settings) -> dict[str, Any]:
    """Celery's configuration, the same for those who send and those who work."""
    return {
        "broker_url": settings.broker_url,
        "result_backend": None,  # nothing that grows, one thing less that can fail
        "task_ignore_result": True,  # the row is the result
        "task_serializer": "json",
        "result_serializer": "json",
        "accept_content": ["json"],  # ids only; nothing that could be executed
        "task_queues": [Declared(name, Exchange(name, type="direct"), routing_key=name) for name in QUEUES],
        "task_default_queue": MODERATE_QUEUE,
        "task_create_missing_queues": False,  # a mistyped name must fail, not fill a queue that nobody reads
        "task_acks_late": False,  # the row has a lease; a late ack would loop a task that kills its process
        "task_publish_retry": False,  # the sweep repairs, nobody waits
        # 1 and worker_disable_prefetch leave less in flight, but a threads pool then takes two messages a second
        # (measured, Celery 5.7). What is in flight has a lease in its row; the sweep repairs it.
        "worker_prefetch_multiplier": 4,
        "broker_connection_retry_on_startup": True,  # workers may start before the broker
        "broker_connection_max_retries": None,  # and outlive it for any time
        "broker_transport_options": {
            "visibility_timeout": 600,  # never reached: tasks are short, due times live in rows
            "socket_timeout": 10,  # without it one half-open connection stops a process for good
            "socket_connect_timeout": 3,  # a broker behind a dead address is tried again soon
            "socket_keepalive": True,  # firewalls forget silent connections
            "health_check_interval": 15,  # a connection that died unseen is found before the next message needs it
            "unacked_restore_interval": 10,  # without both, what a killed worker held comes back after 91 s,
            "unacked_restore_throttle": 1,  # with them after 11 s (measured)
            "queue_order_strategy": "priority",  # moderate before bulk, deliver before upkeep, as a worker names them
        },
        # The four act on prefork only: soft raises in Python, hard kills, and the lease outlasts both (config.py);
        # children are renewed because long-lived ones grow.
        "task_soft_time_limit": settings.task_soft_seconds,
        "task_time_limit": settings.task_hard_seconds,
        "worker_max_tasks_per_child": 1000,
        "worker_max_memory_per_child": settings.worker_memory_kb,
        "worker_soft_shutdown_timeout": 20,  # SIGQUIT lets what runs finish; SIGTERM waits without a limit
        "worker_cancel_long_running_tasks_on_connection_loss": False,  # a verdict needs no broker to be stored
        "worker_hijack_root_logger": False,  # telemetry.py is the one place that sets logging up,
        "worker_redirect_stdouts": False,  # and no print of a library becomes a log line
        "worker_send_task_events": False,  # nobody listens
        "worker_enable_remote_control": False,  # one open door less; queues are asked through the broker
        "timezone": "UTC",
    }


def celery(settings: Settings) -> Celery:
    """A Celery application with our queues and no tasks: enough to send by name. Connects on first use."""
    return Celery("moderation", config_source=celery_options(settings), set_as_current=False, fixups=[])


class Lengths:
    """How many messages wait in a queue; asks the broker, for at most a second."""

    def __init__(self, broker_url: str) -> None:
        self.redis = _client(broker_url)

    def of(self, queue: str) -> int | None:
        """None where the broker does not answer."""
        try:
            return int(self.redis.llen(queue))
        except (redis.RedisError, OSError):
            return None


class CeleryQueue:
    """Hints to the workers: never raises, never blocks the caller. What is lost here, the sweep queues again."""

    def __init__(self, settings: Settings) -> None:
        self._celery = celery(settings)
        self._lengths = Lengths(settings.broker_url)
        self._backlog = settings.send_backlog
        self._start = threading.Lock()
        self._sender: _Sender | None = None

    def moderate(self, revision_id: str, *, bulk: bool = False) -> None:
        """Ask for a verdict on a revision."""
        self._send(MODERATE, BULK_QUEUE if bulk else MODERATE_QUEUE, revision_id=revision_id)

    def deliver(self, delivery_id: str) -> None:
        """Ask for one webhook delivery."""
        self._send(DELIVER, DELIVER_QUEUE, delivery_id=delivery_id)

    def repair(self, row_id: str) -> None:
        """Ask for another look at a comment that a Coral told of."""
        self._send(REPAIR, DELIVER_QUEUE, row_id=row_id)

    def write_back(self, row_id: str) -> None:
        """Ask for a WordPress or a Coral to be told of a decision."""
        self._send(WRITE_BACK, DELIVER_QUEUE, row_id=row_id)

    def length(self, queue: str) -> int | None:
        """Messages waiting in `queue`; None where the broker does not answer."""
        return self._lengths.of(queue)

    def alive(self) -> bool:
        """Does the broker answer within a second?"""
        try:
            return bool(self._lengths.redis.ping())
        except (redis.RedisError, OSError):
            return False

    def flush(self, seconds: float) -> bool:
        """Wait until all that was said has been sent or given up; for verbs that end right after."""
        return self._sender is None or self._sender.flush(seconds)

    def close(self) -> None:
        """Send what waits for at most a second, then let go of the connections."""
        if self._sender is not None:
            self._sender.stop(1.0)
        self._lengths.redis.close()
        self._celery.close()

    def _send(self, task: str, queue: str, **ids: str) -> None:
        self._own_sender().put(task, queue, ids)

    def _own_sender(self) -> "_Sender":
        sender = self._sender
        if sender is not None and sender.pid == os.getpid():
            return sender
        with self._start:  # a thread does not survive a fork, so each process starts its own
            if self._sender is None or self._sender.pid != os.getpid():
                self._sender = _Sender(self._celery, self._backlog)
            return self._sender


class _Sender:
    """One thread that publishes, and the bounded line in front of it."""

    def __init__(self, app: Celery, backlog: int) -> None:
        self.pid = os.getpid()
        self._app = app
        self._line: queue.Queue[tuple[str, str, dict[str, str]] | None] = queue.Queue(maxsize=backlog)
        self._quiet_until = 0.0
        self._producer: Any = None  # kombu's, over a connection of this thread's own
        self._thread = threading.Thread(target=self._run, name="queue-sender", daemon=True)
        self._thread.start()

    def put(self, task: str, queue_name: str, ids: dict[str, str]) -> None:
        """Into the line, or, when it is full, left to the sweep."""
        try:
            self._line.put_nowait((task, queue_name, ids))
        except queue.Full:
            telemetry.hints.labels(outcome="full").inc()

    def flush(self, seconds: float) -> bool:
        """True when the line ran empty in time."""
        end = time.monotonic() + seconds
        while self._line.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.005)
        return not self._line.unfinished_tasks

    def stop(self, seconds: float) -> None:
        """Let the line run empty for a while, then end the thread."""
        if self.pid != os.getpid() or not self.flush(seconds):
            return
        self._line.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (message := self._line.get()) is not None:
            try:
                self._publish(*message)
            finally:
                self._line.task_done()
        self._let_go()
        self._line.task_done()

    def _publish(self, task: str, queue_name: str, ids: dict[str, str]) -> None:
        if time.monotonic() < self._quiet_until:
            telemetry.hints.labels(outcome="skipped").inc()
            return
        try:
            self._producer = self._producer or self._connect()
            self._app.send_task(
                task, kwargs=ids, queue=queue_name, producer=self._producer, retry=False, ignore_result=True
            )
        except Exception as error:  # whatever the transport raises: the row is there, the sweep will queue it
            self._quiet_until = time.monotonic() + _PAUSE_SECONDS
            self._let_go()
            telemetry.hints.labels(outcome="failed").inc()
            log.warning("queue.send_failed", task=task, queue=queue_name, error=type(error).__name__, **ids)
        else:
            telemetry.hints.labels(outcome="sent").inc()

    def _connect(self) -> Any:
        """A connection that gives up soon: what it cannot send now is sent by the sweep."""
        connection = self._app.connection_for_write(transport_options={"socket_timeout": _ANSWER_SECONDS})
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=_ANSWER_SECONDS)
        except Exception:
            connection.release()
            raise
        return self._app.amqp.Producer(connection)

    def _let_go(self) -> None:
        """Close the connection; the next message opens another."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            producer.connection.release()
        except Exception as error:  # a broken connection may not close cleanly, and must not end the thread
            log.debug("queue.close_failed", error=type(error).__name__)


def _client(broker_url: str) -> redis.Redis:
    url = "unix" + broker_url.removeprefix("redis+socket") if broker_url.startswith("redis+socket://") else broker_url
    limits: dict[str, Any] = {"socket_timeout": _ANSWER_SECONDS, "retry": Retry(NoBackoff(), 0)}
    return redis.Redis.from_url(url.replace("virtual_host=", "db="), socket_connect_timeout=_ANSWER_SECONDS, **limits)
