"""The one frozen Settings. Entrypoints read it from the environment; nothing else looks there."""

import difflib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

PREFIX = "MODERATION_"
SECRET = ("SECRET_KEY", "METRICS_TOKEN", "DATABASE_URL", "BROKER_URL")  # each also as …_FILE
FOLDER_FILE = "service.json"  # in the data folder of an embedded service: the settings that it gave its own parts
_PACKAGE = Path(__file__).resolve().parent


class InvalidSettings(ValueError):
    """Unknown or malformed settings: all of them, one line each. No value is repeated, it may be a secret."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def shipped_rules() -> Path:
    """The folder of the rules that ship: inside the wheel, or beside the package in a checkout."""
    inside = _PACKAGE / "_rules"
    return inside if inside.is_dir() else _PACKAGE.parent / "rules"


class Settings(BaseModel):
    """Everything that a deployment can choose. Site policy is not here: it is in rules/sites/<slug>/settings.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: str = Field(
        repr=False, description="Where everything is stored: `postgresql+psycopg://…` or `sqlite:////path/file.sqlite`."
    )
    broker_url: str = Field(
        repr=False, description="Valkey or Redis for the queues: `redis://host:6379/0` or `redis+socket:///path`."
    )
    secret_key: str = Field(
        repr=False,
        min_length=32,
        description="At least 32 random characters. Sessions, protocol keys and people's keyed hashes hang on it: "
        "keep it as long as the database.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="The address under which people and sites reach the service."
    )
    rules_dir: Path = Field(default_factory=shipped_rules, description="Folder of the rule files and word lists.")
    learned_scores: bool = Field(
        default=True,
        description="Whether the learned model that scores toxicity, insults, threats and the like is used. `false` saves "
        "its memory and time: these scores are then not assessed, and rules that ask for them go by words alone.",
    )
    off_topic: bool = Field(
        default=True,
        description="Whether the learned model that scores `off_topic` is used. `false` saves its memory and time: the "
        "score is then not assessed, and rules that ask for it do not act.",
    )
    web_model: bool = Field(
        default=True,
        description="Whether web processes load the learned models as well, for asks that are answered at once.",
    )
    metrics_token: str | None = Field(
        default=None, repr=False, min_length=16, description="Opens /metrics to others than loopback, as Bearer token."
    )
    allow_private_urls: bool = Field(
        default=False, description="Webhooks may go to loopback and private addresses: single hosts and tests only."
    )
    keep_feedback: bool = Field(
        default=False, description="Keep the text of suggested scores, where the site's own settings allow it as well."
    )

    web_host: str = Field(default="127.0.0.1", min_length=1, description="Address that the web server listens on.")
    web_port: int = Field(default=8000, ge=0, le=65535, description="Port that the web server listens on.")
    web_processes: int = Field(default=2, ge=1, le=64, description="Web processes of `moderation web`.")
    web_threads: int = Field(
        default=32,
        ge=4,
        le=256,
        description="Threads of one web process. Half of them may check texts for callers who wait, or wait for their turn; "
        "a quarter may wait for workers; the rest is always there for what takes no time. What comes beyond is told to come back.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=8, description="How many proxies in front set X-Forwarded-For, -Proto and -Host."
    )
    worker_pool: Literal["prefork", "threads"] = Field(
        default="prefork", description="prefork keeps time and memory limits; threads keeps one small process."
    )
    worker_concurrency: int = Field(default=2, ge=1, le=64, description="Tasks that one worker runs side by side.")
    worker_memory_kb: int = Field(
        default=600_000, ge=100_000, description="A prefork worker child above this is replaced after its task."
    )
    database_pool: int = Field(default=10, ge=1, le=200, description="Database connections that one process may hold.")
    send_backlog: int = Field(
        default=2000, ge=1, description="Hints to the workers that wait in a web process; more are left to the sweep."
    )

    judge_seconds: float = Field(default=10.0, gt=0, description="Time one verdict may take; what is late is held.")
    task_soft_seconds: int = Field(default=30, ge=1, description="A task is asked to end after this long (prefork).")
    task_hard_seconds: int = Field(
        default=45, ge=2, description="A task's process is killed after this long (prefork)."
    )
    lease_seconds: int = Field(
        default=60, ge=1, description="How long a worker owns a row that it took; then others may."
    )
    attempts: int = Field(default=5, ge=1, le=50, description="Tries at one comment; then it is held for a person.")
    pending_seconds: float = Field(
        default=10.0, gt=0, description="Age at which a waiting comment is queued again; doubles up to 40 s."
    )
    sweep_seconds: float = Field(default=1.0, gt=0, le=60, description="How often what was left behind is looked for.")
    sweep_batch: int = Field(default=200, ge=1, le=5000, description="Rows that one sweep queues again at most.")
    retain_seconds: float = Field(default=3600.0, gt=0, description="How often what is past its retention is removed.")
    delivery_seconds: float = Field(default=10.0, gt=0, le=60, description="Time a webhook receiver has to answer.")
    events_days: int = Field(default=90, ge=1, description="How long events can be read.")

    run_dir: Path | None = Field(
        default=None, description="Folder in which workers write their beat, for a supervisor that watches them."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Log lines below this level are not written."
    )

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value.startswith(("postgresql://", "postgres://")):
            value = "postgresql+psycopg://" + value.split("://", 1)[1]
        if not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return value

    @field_validator("broker_url")
    @classmethod
    def _broker(cls, value: str) -> str:
        if not value.startswith(("redis://", "rediss://", "redis+socket://")):
            raise ValueError("must begin with redis://, rediss:// or redis+socket://")
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an http or https address without ? and #")
        return value.rstrip("/")

    @field_validator("rules_dir")
    @classmethod
    def _rules(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError("is not a folder")
        return value.resolve()

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        if not self.task_soft_seconds < self.task_hard_seconds <= self.lease_seconds:
            raise ValueError("TASK_SOFT_SECONDS must be under TASK_HARD_SECONDS, and that at most LEASE_SECONDS")
        return self

    @property
    def secure(self) -> bool:
        """People come over https: secure cookies and HSTS."""
        return self.public_url.startswith("https://")


def names() -> tuple[str, ...]:
    """Every environment variable that is read, without the …_FILE forms."""
    return tuple(PREFIX + field.upper() for field in Settings.model_fields)


def read(environ: Mapping[str, str] | None = None, **chosen: object) -> Settings:
    """Environment in, Settings out; `chosen` (a verb's own options) wins. Raises InvalidSettings with all problems."""
    environ = os.environ if environ is None else environ
    given, problems = _given(environ)
    given.update({name: value for name, value in chosen.items() if value is not None})
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        problems.extend(_sentence(item["loc"], item["msg"], item["type"]) for item in error.errors())
    if problems:
        raise InvalidSettings(problems)
    return settings


def is_folder(folder: Path) -> bool:
    """Is this the data folder of an embedded service?"""
    return (folder / FOLDER_FILE).is_file()


def read_folder(folder: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of the embedded service whose data folder this is; raises InvalidSettings where there is none."""
    environ = os.environ if environ is None else environ
    try:
        own = json.loads((folder / FOLDER_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InvalidSettings(
            [f"{folder} is not the data folder of a service: it has no readable {FOLDER_FILE}"]
        ) from None
    return read({**environ, **own})


def _given(environ: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
    given: dict[str, object] = {}
    problems: list[str] = []
    known = {*names(), *(f"{PREFIX}{name}_FILE" for name in SECRET)}
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            problems.append(_unknown(name, known))
        elif name.endswith("_FILE"):
            _from_file(name, environ, given, problems)
        elif environ[name] != "":  # an empty variable is how compose files say "not set"
            given[name.removeprefix(PREFIX).lower()] = environ[name]
    return given, problems


def _from_file(name: str, environ: Mapping[str, str], given: dict[str, object], problems: list[str]) -> None:
    plain = name.removesuffix("_FILE")
    if environ.get(plain):
        problems.append(f"{plain} and {name} are both set: keep one")
        return
    try:
        given[plain.removeprefix(PREFIX).lower()] = Path(environ[name]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{name}: its file cannot be read ({type(error).__name__})")


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"{name} is not a setting" + (f": did you mean {near[0]}?" if near else "; docs/settings.md lists them all")


def _sentence(where: tuple[int | str, ...], message: str, kind: str) -> str:
    if not where:
        return message.removeprefix("Value error, ")
    name = PREFIX + str(where[0]).upper()
    if kind == "missing":
        also = f" (or {name}_FILE)" if str(where[0]).upper() in SECRET else ""
        return f"{name}{also} is not set"
    return f"{name}: {message.removeprefix('Value error, ')}"


def documentation() -> str:
    """docs/settings.md, made from the fields above."""
    rows = [_row(name, field.description or "", _default(name)) for name, field in Settings.model_fields.items()]
    return _PAGE + "\n".join(rows) + "\n"


def _row(name: str, description: str, default: str) -> str:
    also = " (also `…_FILE`)" if name.upper() in SECRET else ""
    return f"| `{PREFIX}{name.upper()}`{also} | {default} | {description} |"


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    if field.is_required():
        return "must be set"
    if name == "rules_dir":
        return "the rules that ship"
    value = field.default
    return "not set" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


_PAGE = """# Settings

Read from the environment when a process starts, never later. One that is unknown or malformed stops the start with its
name. Secrets can be given as a file, with `_FILE` behind the name. `moderation up` needs none of them: it makes its own
and passes on those that you set. What one site decides for itself is in `rules/sites/<slug>/settings.yaml`.

| setting | default | what it does |
| --- | --- | --- |
"""
