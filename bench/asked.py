"""Perspective's analyze at a running service: how long four programs wait at once, and what many at once get."""

import shutil
import statistics
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from bench.embedded import SHIPPED
from bench.texts import comments
from tests.embedded.up import Up

CLIENTS, CROWD = 4, 150
WORDS = (50, 1_000)
EACH, CROWD_EACH = 60, 5
_PATH = "/v1alpha1/comments:analyze"


def measure(folder: Path, labels: Path) -> dict[str, Any]:
    """Milliseconds from request to answer, by the words of a text; then what a crowd with long texts is answered."""
    sys.stderr.write("analyze\n")
    words = " ".join(comments(3_000, labels)[0]).split()
    service = Up(folder)
    shutil.rmtree(service.rules)
    shutil.copytree(SHIPPED, service.rules)
    service.start()
    try:
        key = service.credentials()["protocol_key"]
        _ask(service, key, [" ".join(words[:50])] * 20)
        found: dict[str, Any] = {
            "clients": CLIENTS,
            "words": {count: _waited(_at_once(service, key, _texts(words, count, CLIENTS, EACH))) for count in WORDS},
        }
        crowd = _at_once(service, key, _texts(words, WORDS[-1], CROWD, CROWD_EACH))
    finally:
        service.stop()
    statuses = Counter(status for status, _, _ in crowd)
    untold = sum(status != 200 and not told for status, _, told in crowd)
    return found | {"crowd": CROWD, "statuses": statuses, "untold": untold, "answered": _waited(crowd)}


def _texts(words: list[str], count: int, clients: int, each: int) -> list[list[str]]:
    """Texts of so many words for each client, no two of them alike."""
    starts = range(0, clients * each * 7, 7)
    texts = [" ".join(words[start : start + count]).encode()[:20_000].decode("utf-8", "ignore") for start in starts]
    return [texts[client::clients] for client in range(clients)]


def _at_once(service: Up, key: str, texts: list[list[str]]) -> list[tuple[int, float, bool]]:
    answers: list[tuple[int, float, bool]] = []
    threads = [
        threading.Thread(target=lambda several: answers.extend(_ask(service, key, several)), args=(several,))
        for several in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _ask(service: Up, key: str, texts: list[str]) -> list[tuple[int, float, bool]]:
    """Status, seconds, and whether a program is told when to come back."""
    answers = []
    with httpx.Client(base_url=f"http://127.0.0.1:{service.port}", timeout=60) as client:
        for text in texts:
            body = {"comment": {"text": text}, "languages": ["en"], "requestedAttributes": {"TOXICITY": {}}}
            begin = time.monotonic()
            answer = client.post(_PATH, params={"key": key}, json=body)
            answers.append((answer.status_code, time.monotonic() - begin, "retry-after" in answer.headers))
    return answers


def _waited(answers: list[tuple[int, float, bool]]) -> dict[str, float]:
    """Of those that were answered with scores."""
    seconds = sorted(seconds for status, seconds, _ in answers if status == 200)
    return {"p50": 1000 * statistics.median(seconds), "p99": 1000 * seconds[int(len(seconds) * 0.99)]}
