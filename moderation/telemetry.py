"""Logs and metrics. A log line is a constant event name plus ids; text, names, keys and passwords are dropped here."""

import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

Line = MutableMapping[str, Any]

# Fields that could hold what a person wrote, or what opens a door. Dropped whoever logs them.
_DROPPED = frozenset(
    "text body html title name byline people note message reason_text reader author_name email ip remote_addr user_agent "
    "key site_key protocol_key secret secret_key password token cookie cookies session authorization headers args kwargs "
    "params parameters statement query form json data payload environ settings".split()
)
_SECRETS = (
    (re.compile(r"(\w+://[^:/\s@]*:)[^@\s/]+@"), r"\1***@"),  # the password of a DSN
    (re.compile(r"([?&](?:key|token|secret|password)=)[^&\s\"']+", re.IGNORECASE), r"\1***"),
    (re.compile(r"\bkic_(live|test)_[0-9A-Za-z_]+"), r"kic_\1_***"),
    (re.compile(r"\bwhsec_[0-9A-Za-z+/=]+"), "whsec_***"),
    (re.compile(r"\b(Bearer|Basic) [^\s\"',]+", re.IGNORECASE), r"\1 ***"),
)
_LONGEST = 300
# Libraries that say something for each message or request, which we count and log ourselves.
_NOISY = (
    "httpx",
    "httpcore",
    "alembic",
    "waitress.queue",
    "kombu",
    "amqp",
    "celery.app.trace",
    "celery.worker.strategy",
)


def scrub(value: str) -> str:
    """A string without what opens a door, cut to a length at which no text hides."""
    for pattern, instead in _SECRETS:
        value = pattern.sub(instead, value)
    return value[:_LONGEST]


def _drop(_: object, __: str, line: Line) -> Line:
    kept = {name: value for name, value in line.items() if name.startswith("_") or name.lower() not in _DROPPED}
    return {name: scrub(value) if isinstance(value, str) else value for name, value in kept.items()}


def _failure(_: object, __: str, line: Line) -> Line:
    """An exception as its type and where it was raised. Its message may quote a comment, so it is not written."""
    given = line.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else sys.exc_info()[1]
    if not given or error is None:
        return line
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    line["error"] = getattr(error, "exc_cls_name", type(error).__name__)  # Celery wraps what it cannot pickle
    line["at"] = [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        line["cause"] = type(cause).__name__
    return line


def _foreign(_: object, __: str, line: Line) -> Line:
    """Libraries' own lines: their template only where they report a failure, since the arguments may quote anything."""
    record: logging.LogRecord | None = line.get("_record")
    if record is None:
        return line
    failed = record.exc_info or record.levelno >= logging.ERROR or record.name.startswith("celery.app.trace")
    line["said"] = str(record.msg) if failed else line["event"]
    line["event"] = f"library.{record.name}"
    arguments = getattr(record, "given", None)
    if failed and isinstance(arguments, Mapping):  # Celery's: which task it was
        line.update({field: str(arguments[field]) for field in ("id", "task") if field in arguments})
    return line


def _keep_arguments(record: logging.LogRecord) -> bool:
    """The formatter empties `args` before our processors see the record."""
    record.given = record.args
    return True


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _failure,
    _drop,
]


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """JSON lines to `stream` (standard error), from us and from every library, for this process."""
    number = getattr(logging, level.upper())
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_foreign, *_SHARED],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    sink = logging.StreamHandler(stream or sys.stderr)
    sink.setFormatter(formatter)
    sink.addFilter(_keep_arguments)
    root = logging.getLogger()
    root.handlers[:] = [sink]
    root.setLevel(number)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for one module: `log.info("comment.moderated", comment=id)`."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound


REGISTRY = CollectorRegistry()

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

requests = Counter("moderation_requests", "HTTP answers.", ("route", "status"), registry=REGISTRY)
request_seconds = Histogram(
    "moderation_request_seconds", "Time to an answer.", ("route",), buckets=_FAST, registry=REGISTRY
)
accepted = Counter("moderation_accepted", "Revisions taken in.", ("queue",), registry=REGISTRY)
verdicts = Counter("moderation_verdicts", "Verdicts recorded.", ("action",), registry=REGISTRY)
judge_seconds = Histogram("moderation_judge_seconds", "Time of one verdict.", buckets=_FAST, registry=REGISTRY)
wait_seconds = Histogram(
    "moderation_wait_seconds", "From accepted to a worker that took it up.", buckets=_SLOW, registry=REGISTRY
)
failures = Counter(
    "moderation_failures", "What failed and was left to a person or to the sweep.", ("what",), registry=REGISTRY
)
swept = Counter("moderation_swept", "Rows that the sweep queued again.", ("what",), registry=REGISTRY)
deliveries = Counter("moderation_deliveries", "Webhook attempts.", ("outcome",), registry=REGISTRY)
hints = Counter("moderation_hints", "Messages to the workers.", ("outcome",), registry=REGISTRY)
decisions = Counter("moderation_decisions", "Decisions of moderators.", ("decision",), registry=REGISTRY)
flags = Counter("moderation_flags", "Flags of readers.", ("reason",), registry=REGISTRY)
unchecked = Counter(
    "moderation_unchecked",
    "Answers in error or too late, to programs that then publish the comment without a check.",
    ("protocol", "why"),
    registry=REGISTRY,
)
repairs = Counter(
    "moderation_repairs", "Comments of a Coral that were looked at again.", ("outcome",), registry=REGISTRY
)
write_backs = Counter(
    "moderation_write_backs",
    "Comments whose state a WordPress or a Coral was to be told.",
    ("outcome",),
    registry=REGISTRY,
)
rules_paused = Counter(
    "moderation_rules_paused", "Pauses of rules by the safety limit.", ("acts_as",), registry=REGISTRY
)
rules_reloaded = Gauge(
    "moderation_rules_last_publish_successful", "0 when the last publishing of rules was refused.",
    registry=REGISTRY, multiprocess_mode="mostrecent",
)  # fmt: skip


rules_reloaded.set(1)


def exposition() -> bytes:
    """What /metrics answers: this process, or all processes where PROMETHEUS_MULTIPROC_DIR names their folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return generate_latest(together)
