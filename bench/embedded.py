"""The embedded service end to end, with the shipped rules and with none, in turns."""

import json
import shutil
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from bench.texts import invented
from tests.embedded.up import Up

CLIENTS = 4
BACKLOG, PACED = 900, 50
# Files without any rule are refused as an accident; one that is disabled costs nothing.
NONE = """
rules:
  - id: nothing
    category: custom
    state: disabled
    title: Nothing
    when: {terms: [blatherskite]}
    action: review
    reason: Nothing.
    examples: {match: ["You blatherskite."], pass: ["A fair point."]}
"""
SHIPPED = Path(__file__).parents[1] / "rules"


def measure(folder: Path, *, comments: int, rounds: int) -> dict[str, Any]:
    """Turns of both set-ups; medians, their ratio, and the memory of the processes."""
    runs: dict[str, list[dict[str, float]]] = {"shipped": [], "empty": []}
    memory: dict[str, float] = {}
    for turn in range(rounds):
        for name in runs:
            sys.stderr.write(f"end to end: turn {turn + 1} of {rounds}, {name} rules\n")
            figures, memory = _run(folder / f"{name}{turn}", comments, shipped=name == "shipped")
            runs[name].append(figures)
    medians = {
        name: {key: statistics.median([run[key] for run in each]) for key in each[0]} for name, each in runs.items()
    }
    return {
        "comments": comments,
        "rounds": rounds,
        **medians,
        "ratio": medians["shipped"]["per_second"] / medians["empty"]["per_second"],
        "memory_mb": memory,
    }


def _run(folder: Path, comments: int, *, shipped: bool) -> tuple[dict[str, float], dict[str, float]]:
    folder.mkdir()
    service = Up(folder)
    shutil.rmtree(service.rules)
    if shipped:
        shutil.copytree(SHIPPED, service.rules)
    else:
        service.rules.mkdir()
        (service.rules / "10-none.yaml").write_text(NONE, encoding="utf-8")
    service.start(MODERATION_PENDING_SECONDS="600")  # so that the sweep does not help
    try:
        with service.client() as client:
            _post(client, "warm", 20)
            _wait(client, "warm", 20)
            alone = _alone(client)
        begin = time.monotonic()
        latencies = _load(service, comments)
        with service.client() as client:
            for number in range(CLIENTS):
                _wait(client, f"c{number}", comments // CLIENTS)
        took = time.monotonic() - begin
        memory = _memory(service)
        paced = _paced(service)
    finally:
        service.stop()
    done = len(latencies)
    return {
        "per_second": done / took,
        "intake_ms": 1000 * statistics.median(paced),
        "intake_p90_ms": 1000 * sorted(paced)[int(len(paced) * 0.9)],
        "closed_loop_ms": 1000 * statistics.median(latencies),
        "closed_loop_p99_ms": 1000 * sorted(latencies)[int(done * 0.99)],
        "alone_ms": 1000 * alone,
    }, memory


def _load(service: Up, comments: int) -> list[float]:
    latencies: list[float] = []

    def client(number: int) -> None:
        with service.client() as http:
            latencies.extend(_post(http, f"c{number}", comments // CLIENTS))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies


def _post(client: httpx.Client, prefix: str, count: int) -> list[float]:
    taken = []
    for number, text in enumerate(invented(count)):
        body = {"id": f"{prefix}-{number}", "text": text, "author": {"id": f"{prefix}-{number}"}, "story": {"id": "s"}}
        begin = time.monotonic()
        client.post("/v1/comments", json=body).raise_for_status()
        taken.append(time.monotonic() - begin)
    return taken


def _paced(service: Up) -> list[float]:
    """One post each 100 ms while the workers have more to do than they can: what a site's reader waits for."""
    lines = [
        json.dumps({"id": f"behind-{n}", "text": text, "author": {"id": f"behind-{n}"}, "story": {"id": "s"}})
        for n, text in enumerate(invented(BACKLOG))
    ]
    taken = []
    with service.client() as client:
        client.post(
            "/v1/comments:batch",
            content="\n".join(lines),
            headers={"Content-Type": "application/x-ndjson"},
            timeout=300,
        ).raise_for_status()
        for number in range(PACED):
            taken += _post(client, f"paced-{number}", 1)
            time.sleep(0.1)
        last = client.get(f"/v1/comments/behind-{BACKLOG - 1}").json()
        if last["status"] != "pending":
            raise RuntimeError("the workers were done before the measurement was: make BACKLOG larger")
    return taken


def _alone(client: httpx.Client) -> float:
    """The median of waiting for one verdict while nothing else is to do."""
    taken = []
    for number, text in enumerate(invented(15)):
        body = {"id": f"alone-{number}", "text": text, "author": {"id": f"alone-{number}"}, "story": {"id": "s"}}
        begin = time.monotonic()
        client.post("/v1/comments", json=body, headers={"Prefer": "wait=10"}).raise_for_status()
        taken.append(time.monotonic() - begin)
    return statistics.median(taken)


def _wait(client: httpx.Client, prefix: str, count: int) -> None:
    end = time.monotonic() + 300
    number = count - 1
    while number >= 0:
        if client.get(f"/v1/comments/{prefix}-{number}").json()["status"] == "pending":
            if time.monotonic() > end:
                raise TimeoutError("the workers did not finish in five minutes")
            time.sleep(0.05)
        else:
            number -= 1


def _memory(service: Up) -> dict[str, float]:
    found = {}
    for process in service.family():
        words = " ".join(process.cmdline())
        for name, mark in _PARTS.items():
            if mark in words or mark == process.name():
                found[name] = process.memory_info().rss / 2**20
    return found


_PARTS = {
    "supervisor": "moderation.embedded ",
    "web": "moderation.web.serve",
    "worker (verdicts)": "moderate,bulk",
    "worker (deliveries, upkeep)": "deliver,upkeep",
    "Valkey": "valkey-server",
}
