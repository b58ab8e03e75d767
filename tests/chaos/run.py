"""One chaos run: clients work, things die at random, everything drains, and then every question must answer zero."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos import invariants
from tests.chaos.clients import Client, Receiver, read_feed, work
from tests.chaos.shapes import SHAPES, Shape
from tests.chaos.told import Told, of_clients

CLIENTS = 4
STUCK_SECONDS = 150  # so long without anything getting done, and what is left will stay


@dataclass
class Report:
    """What a run did, and what was wrong at its end (all zero: nothing)."""

    shape: str
    seed: int
    schedule: list[str]
    comments: int
    events: int
    received: int
    drained_after: float
    wrong: dict[str, int]

    def __str__(self) -> str:
        """For people; the seed repeats the schedule."""
        found = "\n".join(f"  {count:6}  {name}" for name, count in self.wrong.items())
        return (
            f"{self.shape}, seed {self.seed}: {self.comments} comments acknowledged, {self.events} events, "
            f"{self.received} webhook posts, {len(self.schedule)} kills, drained after {self.drained_after:.0f} s\n"
            f"{found}" + (f"\nschedule: {'; '.join(self.schedule)}" if any(self.wrong.values()) else "")
        )


def run(shape_name: str, folder: Path, *, seconds: float, seed: int) -> Report:
    """Chaos for `seconds` on one shape."""
    shape: Shape = SHAPES[shape_name](folder)
    told, schedule = Told(), []
    try:
        shape.start()
        with Client(shape.url, shape.key) as client, Receiver(told, seed) as receiver:
            made = client.send("POST", "/v1/webhooks", {"url": receiver.url}).json()
            receiver.secret, told.webhook_since = made["secret"], made["created_at"]
            schedule = _let_loose(shape, told, seconds, seed)
            drained = _drain(invariants.waiting, shape)
            told.events = read_feed(client)
            _drain(invariants.undelivered, shape)
            shown = {id: _shown(client, id) for id in told.comments}
            wrong = {**invariants.in_database(shape.database_url), **of_clients(told, shown)}
    finally:
        shape.stop()
    return Report(shape_name, seed, schedule, len(told.comments), len(told.events), len(told.received), drained, wrong)


def _let_loose(shape: Shape, told: Told, seconds: float, seed: int) -> list[str]:
    dice, lock, over = random.Random(seed), threading.Lock(), threading.Event()
    failed: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            with Client(shape.url, shape.key) as client:
                work(client, told, lock, seed * 100 + number, over.is_set)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    schedule, begin = [], time.monotonic()
    while time.monotonic() - begin < seconds and not failed:
        time.sleep(dice.uniform(0.5, 3.0))
        schedule.append(f"{time.monotonic() - begin:.1f} s {shape.hurt(dice)}")
    over.set()
    for thread in threads:
        thread.join()
    if failed:
        raise AssertionError(f"a client failed; seed {seed}, schedule {schedule}") from failed[0]
    return schedule


def _drain(left: Callable[[str], int], shape: Shape) -> float:
    """Waits until nothing is left, for as long as it gets less; how long that took."""
    begin = moved = time.monotonic()
    least = left(shape.database_url)
    while least and time.monotonic() - moved < STUCK_SECONDS:
        time.sleep(1)
        now = left(shape.database_url)
        if now < least:
            least, moved = now, time.monotonic()
    return time.monotonic() - begin


def _shown(client: Client, id: str) -> dict[str, Any] | None:
    answer = client.get(f"/v1/comments/{id}")
    return answer.json() if answer.status_code == 200 else None
