"""Workers that are told to end, sleep too long, die between answer and note, or meet strangers. Rows 8, 9, 21, 26."""

import signal
import time

import psutil

from moderation.adapters import queue
from moderation.bootstrap import Application
from moderation.errors import Unavailable
from tests.chaos.clients import RUDE
from tests.faults.shapes import FaultyEmbedded, verbs
from tests.faults.site import Site
from tests.servers.processes import wait_until

ENDS = (("TERM",), ("QUIT",), ("TERM", "TERM"), ("KILL",))


def test_row_8_a_worker_is_told_to_end_with_its_prefetch_full(site: Site) -> None:
    """Row 8: the tree ends as it is told; a polite end finishes what runs and gives back what does not."""
    ids = {signals: [f"prefetch-{'-'.join(signals)}-{number}" for number in range(12)] for signals in ENDS}
    for signals in ENDS:
        with site.steps.armed("worker.claimed", "slow"):
            for id in ids[signals]:
                site.post(id, RUDE[0])
            _end_worker(site, signals)
        if signals == ("TERM",):
            assert {(site.judged(id)["status"], site.attempts(id)) for id in ids[signals]} == {("held", 1)}
    assert {site.judged(id)["status"] for each in ids.values() for id in each} == {"held"}
    site.drained()


def _end_worker(site: Site, signals: tuple[str, ...]) -> None:
    """Signals to the process above the worker (KILL: to all of them); until all have ended and another one is there."""
    before = site.shape.part("worker")
    family = [before, *before.children(recursive=True)]
    wait_until(lambda: site.ask(CLAIMED) > 0, seconds=30, what="a worker holds a comment")
    for each in signals:
        for process in family if each == "KILL" else family[:1]:
            process.send_signal(getattr(signal, f"SIG{each}"))
        time.sleep(0.2)
    _, left = psutil.wait_procs(family, timeout=60)
    assert not left, signals
    wait_until(lambda: _pid_of_worker(site) not in (None, before.pid), seconds=60, what="another one works")


def _pid_of_worker(site: Site) -> int | None:
    try:
        return site.shape.part("worker").pid
    except psutil.NoSuchProcess:  # between its death and its successor
        return None


CLAIMED = "SELECT count(*) FROM revision WHERE state = 'claimed'"


def test_row_9_a_worker_wakes_after_its_lease(site: Site) -> None:
    """Row 9: stopped with its lease, overtaken by another worker, then awake: its late write is refused."""
    refused = site.shape.log("worker").count("moderate.stale_lease")
    wait_until(lambda: _hints(site) == 0, seconds=60, what="nothing else runs in the worker", pause=0.5)
    site.steps.arm("worker.judged", "stop", needle="sleeper")
    site.post("sleeper", RUDE[0])
    site.steps.wait("worker.judged")
    asleep = _stopped(site)
    above = site.shape.supervisor() if isinstance(site.shape, FaultyEmbedded) else site.shape.part("worker")
    above.send_signal(signal.SIGSTOP)  # else it would see the lease end, and kill the sleeper
    try:
        with verbs(site.shape) as app:
            revision = site.ask("SELECT id FROM revision WHERE state = 'claimed' AND text LIKE '%(sleeper)'")
            wait_until(lambda: _overtaken(app, revision), seconds=30, what="it is overtaken")
        asleep.send_signal(signal.SIGCONT)
        wait_until(
            lambda: site.shape.log("worker").count("moderate.stale_lease") > refused, seconds=30, what="it is refused"
        )
    finally:
        asleep.send_signal(signal.SIGCONT)
        above.send_signal(signal.SIGCONT)
    assert site.judged("sleeper")["status"] == "held"
    assert site.attempts("sleeper") == 2
    site.drained()


def _overtaken(app: Application, revision: str) -> bool:
    try:
        return app.moderate.run(revision_id=revision, now=app.now())
    except Unavailable:  # what a worker is told when the machine is slow: to come back
        return False


def _hints(site: Site) -> int:
    with site.shape.valkey() as broker:
        return int(broker.llen("moderate"))


def _stopped(site: Site) -> psutil.Process:
    part = site.shape.part("worker")
    found: list[psutil.Process] = []

    def look() -> bool:
        family = [part, *part.children(recursive=True)]
        found[:] = [each for each in family if each.status() == psutil.STATUS_STOPPED]
        return bool(found)

    wait_until(look, seconds=30, what="a worker is stopped")
    return found[0]


def test_row_21_a_courier_dies_after_the_receivers_answer(site: Site) -> None:
    """Row 21: what was answered and not noted is posted again, with the same id."""
    site.steps.arm("courier.answered", "kill", needle="")
    site.post("twice")
    site.steps.wait("courier.answered")
    site.drained()
    assert len(set(site.received("twice"))) == 1
    posts = [post["id"] for post in site.told.received]
    assert len(posts) > len(set(posts))


def test_row_26_messages_of_another_version(site: Site) -> None:
    """Row 26: a worker that meets a newer task, a newer argument, or no message at all goes on with its work."""
    site.post("newer")
    revision = site.ask("SELECT id FROM revision WHERE text LIKE '%(newer)'")
    settings = site.shape.settings()
    with queue.celery(settings) as newer:
        for name in queue.QUEUES:
            newer.send_task("moderation.of_the_next_version", kwargs={"some_id": "x"}, queue=name)
        newer.send_task(queue.MODERATE, kwargs={"revision_id": revision, "hurry": True}, queue=queue.MODERATE_QUEUE)
        newer.send_task(queue.MODERATE, kwargs={"revision_id": "no such row"}, queue=queue.MODERATE_QUEUE)
        newer.send_task(queue.DELIVER, kwargs={"delivery_id": "no such row"}, queue=queue.DELIVER_QUEUE)
    with site.shape.valkey() as broker:
        broker.lpush(queue.MODERATE_QUEUE, "{}", "no JSON", '{"body": 5}')
    assert site.judged("newer")["status"] == "published"
    with site.steady("after-newer") as statuses:
        wait_until(lambda: len(statuses) > 20, seconds=60, what="twenty comments")
    site.drained()
