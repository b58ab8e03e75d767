"""`moderation doctor`: does a running service keep its promise to a site, seen from here."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from ruamel.yaml import YAML

from moderation.cli import service
from moderation.cli.doctor_receiver import Receiver
from moderation.cli.doctor_service import Failed, Service, is_address, is_site_key
from moderation.cli.doctor_steps import is_here
from moderation.cli.doctor_visit import STEPS, Act, Skipped, Step, Texts, Visit, clean_up

_CIVIL, _LATER, _INSULT = "air-01", "air-02", "air-05"  # of the sample
_COLOURS = {"ok": "green", "failed": "red", "skipped": "yellow"}
_NAME, _COLUMNS = 24, 80


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step."""

    step: str
    result: str  # ok, failed, skipped
    milliseconds: int | None
    says: str | None = None


@click.command()
@click.argument("url", required=False)
@click.argument("key", required=False, envvar="DOCTOR_KEY")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of an embedded service: address and keys are those of its credentials.json unless given.",
)
@click.option(
    "--protocol-key",
    envvar="DOCTOR_PROTOCOL_KEY",
    help="Try Perspective's protocol as well; better in the variable DOCTOR_PROTOCOL_KEY.",
)
@click.option("--listen", metavar="HOST:PORT", help="Where to receive webhooks; a free port of loopback unless given.")
@click.option("--public-url", help="The address under which a proxy leads to --listen, as in https://paper.example/x.")
@click.option(
    "--insult", type=service.Name(longest=2_000), help="A text that the rules hold; the sample's unless given."
)
@click.option(
    "--patience", type=click.FloatRange(0.1, 300), default=15, show_default=True, help="Seconds for what workers do."
)
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
def doctor(
    url: str | None,
    key: str | None,
    data: Path | None,
    protocol_key: str | None,
    listen: str | None,
    public_url: str | None,
    insult: str | None,
    patience: float,
    as_json: bool,
) -> None:
    """Try a running service as your site will use it: post, flag, decide, receive the webhook, and clean up.

    KEY is a key of the site (kic_live_… or kic_test_…). The list of processes shows it; give - and it is read from
    standard input or asked for, or put it into the variable DOCTOR_KEY.

    What it makes stands under a story of its own, doctor-…, and is withdrawn at the end, also after a failure or Ctrl-C.
    Exit status 1 where a step failed; skipped ones say what they lack.
    """
    known = _credentials(data)
    address = url or known.get("url")
    if address is None or not is_address(address):
        raise click.UsageError("URL: give the address of the service, as in https://moderation.example, or --data.")
    visit_key = _key(key or known.get("site_key"))
    with ExitStack() as stack:
        visit = Visit(
            service=stack.enter_context(Service(address, visit_key)),
            texts=_texts(insult),
            patience=patience,
            protocol_key=protocol_key or known.get("protocol_key"),
            receiver=_receiver(stack, address, listen, public_url),
            is_public=public_url is not None,
        )
        stack.enter_context(_stopped_like_ctrl_c())
        started = time.monotonic()
        outcomes = _examined(visit)
    _sum_up(visit, outcomes, time.monotonic() - started, as_json=as_json)
    if any(outcome.result == "failed" for outcome in outcomes):
        raise SystemExit(1)


def _examined(visit: Visit) -> list[Outcome]:
    """Every step told as it happens; whatever comes in between, the last one takes away what the others made."""
    blocked: dict[Act, str] = {}  # by which step, the first of a chain
    outcomes: list[Outcome] = []
    try:
        for step in STEPS:
            causes = [blocked[need] for need in step.needs if need in blocked]
            outcomes.append(_told(_tried(step, visit) if not causes else _passed_over(step, causes[0])))
            if outcomes[-1].result != "ok":
                blocked[step.act] = causes[0] if causes else step.name
    except KeyboardInterrupt:
        outcomes.append(_told(Outcome("stopped", "failed", None, "Stopped from outside; what was made is taken away.")))
    finally:
        outcomes.append(_told(_cleaned(visit)))
    return outcomes


def _passed_over(step: Step, cause: str) -> Outcome:
    return Outcome(step.name, "skipped", None, f'needs "{cause}"')


def _tried(step: Step, visit: Visit) -> Outcome:
    started = time.monotonic()
    result, says = "ok", None
    try:
        says = step.act(visit)
    except Skipped as skipped:
        result, says = "skipped", str(skipped)
    except Failed as failed:
        result, says = "failed", str(failed)
    except (KeyError, TypeError, IndexError, ValueError, AttributeError):
        result, says = (
            "failed",
            "The answer has another shape than expected: is that a service of ours, of this version?",
        )
    return Outcome(step.name, result, round((time.monotonic() - started) * 1000), says)


def _cleaned(visit: Visit) -> Outcome:
    started = time.monotonic()
    try:
        left = clean_up(visit)
    except KeyboardInterrupt:
        left = [*(f"comment {id}" for id in visit.comments), *([f"webhook {visit.webhook_url}"] * bool(visit.webhook))]
    took = round((time.monotonic() - started) * 1000)
    if left:
        return Outcome("cleaned up", "failed", took, f"May be left there, take it away by hand: {', '.join(left)}.")
    if not visit.comments and visit.webhook_url is None:
        return Outcome("cleaned up", "skipped", None, "nothing was made")
    return Outcome("cleaned up", "ok", took, f"story {visit.name}")


def _told(outcome: Outcome) -> Outcome:
    """The outcome, once it stands on standard error: a line of 80 columns, or several."""
    shown = click.style(f"{outcome.result:<8}", fg=_COLOURS[outcome.result])
    line = f"{outcome.step:<{_NAME}} {shown}{_took(outcome)}"
    says = outcome.says or ""
    width = min(shutil.get_terminal_size((_COLUMNS, 24)).columns, 100)
    if len(says) <= width - _NAME - 1 - 8 - 9 - 2:
        click.echo(f"{line}  {says}".rstrip(), err=True)
    else:
        click.echo(line, err=True)
        click.echo(textwrap.fill(says, width, initial_indent="    ", subsequent_indent="    "), err=True)
    return outcome


def _took(outcome: Outcome) -> str:
    return " " * 9 if outcome.milliseconds is None else f"{outcome.milliseconds:>6} ms"


def _sum_up(visit: Visit, outcomes: list[Outcome], seconds: float, *, as_json: bool) -> None:
    """The result on standard output; the table only where the lines above are not on the same screen already."""
    counts = Counter(outcome.result for outcome in outcomes)
    if as_json:
        found: dict[str, Any] = {"ok": not counts["failed"], "url": visit.service.url, "story": visit.name}
        click.echo(json.dumps({**found, "steps": [asdict(outcome) for outcome in outcomes]}, indent=2))
        return
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        for outcome in outcomes:
            click.echo(f"{outcome.step:<{_NAME}} {outcome.result:<8}{_took(outcome)}".rstrip())
    said = ", ".join(f"{counts[result]} {result}" for result in _COLOURS if counts[result])
    click.echo(f"{said} in {seconds:.1f} s")


def _credentials(data: Path | None) -> dict[str, str]:
    if data is None:
        return {}
    try:
        found = json.loads((data / "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise click.UsageError(
            f"--data: there is no credentials.json of `moderation up` in {data} to be read."
        ) from None
    return found if isinstance(found, dict) else {}


def _key(given: str | None) -> str:
    if given == "-":
        stdin = sys.stdin
        given = click.prompt("Key", hide_input=True, err=True) if stdin.isatty() else stdin.readline()
    key = (given or "").strip()
    if not is_site_key(key):
        raise click.UsageError(
            "KEY: give a key of the site, kic_live_… or kic_test_…, or - to be asked, or the variable DOCTOR_KEY. "
            "(A protocol key goes to --protocol-key.)"
        )
    return key


def _texts(insult: str | None) -> Texts:
    """The sample's; no words of that kind stand in code."""
    file = resources.files("moderation").joinpath("embedded", "sample_stories.yaml")
    stories = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["stories"]
    found = {comment["id"]: str(comment["text"]) for story in stories for comment in story["comments"]}
    return Texts(found[_CIVIL], found[_LATER], insult or found[_INSULT], None if insult else "en")


def _receiver(stack: ExitStack, url: str, listen: str | None, public_url: str | None) -> Receiver | str:
    """The receiver, or why there is none; a usage error where it cannot listen as it should."""
    if public_url is not None and (listen is None or not is_address(public_url)):
        raise click.UsageError("--public-url: is an address, and needs --listen, which it leads to.")
    if listen is None and not is_here(urlsplit(url).hostname):
        return (
            "The service cannot reach loopback of this machine: give --listen HOST:PORT, and --public-url for a proxy."
        )
    try:
        parts = urlsplit(f"//{listen or '127.0.0.1:0'}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or parts.path:
        raise click.UsageError("--listen: give HOST:PORT, as in 10.0.0.5:8099.")
    if host in ("0.0.0.0", "::") and public_url is None:  # noqa: S104  # compared
        raise click.UsageError(
            "--listen: that is every address; give the one that the service reaches, or --public-url."
        )
    try:
        return stack.enter_context(Receiver(host, port, public_url))
    except OSError as error:
        raise click.UsageError(f"--listen: {listen}: {error.strerror or error}") from None


@contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """A pipeline that ends this with SIGTERM gets its comments withdrawn as well; one in the background may have SIGINT ignored."""
    before = {each: signal.signal(each, signal.default_int_handler) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
