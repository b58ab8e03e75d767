"""The broker is away, silent, full, forgetful or half reachable; beat is dead or double. Rows 2 to 6 and 19."""

import itertools
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.faults.shapes import FaultyProduction
from tests.faults.site import Site
from tests.servers.processes import kill, wait_until


def test_row_2_the_broker_dies_and_forgets_under_load(site: Site) -> None:
    """Row 2: killed, emptied, killed without its file: every comment is answered 202, and all are checked."""
    with site.steady("forgets") as statuses:
        for _ in range(2):
            time.sleep(2)
            with site.shape.valkey() as broker:
                broker.flushall()
            time.sleep(1)
            site.shape.empty_broker()
        wait_until(site.shape.broker().is_running, seconds=60, what="there is a broker again")
        time.sleep(2)
    assert set(statuses) == {202}, statuses
    site.drained()


def test_row_3_the_broker_hangs_and_no_thread_with_it(site: Site) -> None:
    """Row 3: stopped, not dead: more requests at once than there are threads are all answered 202."""
    broker = site.shape.broker()
    broker.send_signal(signal.SIGSTOP)
    try:
        for turn in range(3):
            with ThreadPoolExecutor(24) as pool:
                sent = pool.map(lambda number, turn=turn: site.post_once(f"hangs-{turn}-{number}"), range(24))
                assert set(sent) == {202}
            time.sleep(2)
        assert site.client.get("/readyz").json()["status"] == "degraded"
    finally:
        broker.send_signal(signal.SIGCONT)
    site.drained()


def test_row_4_the_broker_is_full(site: Site) -> None:
    """Row 4: `noeviction` and no room: 202 all the same, the metric says what could not be sent, all are checked."""
    before = site.metric("moderation_hints_total", outcome="failed")
    with site.shape.valkey() as broker:
        broker.config_set("maxmemory", "1")
        try:
            with site.steady("full") as statuses:
                wait_until(
                    lambda: site.metric("moderation_hints_total", outcome="failed") > before,
                    seconds=60,
                    what="a failed hint is counted",
                    pause=0.2,
                )
                time.sleep(4)
        finally:
            broker.config_set("maxmemory", "0")
    assert set(statuses) == {202}, statuses
    site.drained()


def test_row_5_the_answer_with_the_message_is_lost(production: Site) -> None:
    """Row 5: the broker has given each tenth message away, and the worker never got it: swept, and checked once."""
    shape = production.shape
    assert isinstance(shape, FaultyProduction)
    given = itertools.count(1)
    shape.worker_broker.loses = lambda piece: b'"body"' in piece and next(given) % 10 == 0
    before = shape.worker_broker.lost
    try:
        with production.load(seed=5):
            wait_until(lambda: shape.worker_broker.lost >= before + 5, seconds=90, what="five messages are lost")
    finally:
        shape.worker_broker.loses = lambda _piece: False
    production.drained()


def test_row_6_half_open_connections(production: Site) -> None:
    """Row 6: web to broker, worker to broker, worker to database: packets vanish on each, and the work resumes."""
    shape = production.shape
    assert isinstance(shape, FaultyProduction)
    with production.load(seed=6, clients=2):
        time.sleep(2)
        for turn, proxy in enumerate((shape.worker_database, shape.web_broker, shape.worker_broker)):
            assert proxy.silence() > 0
            id = f"half-open-{turn}"
            production.post(id)
            assert production.judged(id, seconds=150)["status"] == "published"
        for proxy in (shape.worker_database, shape.web_broker, shape.worker_broker):
            proxy.reset()
        time.sleep(2)
    production.drained()


def test_row_19_beat_is_dead_and_the_broker_forgets(production: Site) -> None:
    """Row 19: no beat, no messages: the web processes sweep, seldom but for sure."""
    shape = production.shape
    assert isinstance(shape, FaultyProduction)
    beat = shape.part("beat")
    shape.resting.add("beat")
    beat.kill()
    try:
        worker = shape.part("worker")
        worker.send_signal(signal.SIGSTOP)
        try:
            for number in range(5):
                production.post(f"no-beat-{number}")
            with shape.valkey() as broker:
                broker.flushall()
        finally:
            worker.send_signal(signal.SIGCONT)
        for number in range(5):
            assert production.judged(f"no-beat-{number}")["status"] == "published"
    finally:
        shape.resting.discard("beat")
    production.drained()


def test_row_19_two_beats(production: Site) -> None:
    """Row 19: a second beat beside the first changes nothing."""
    shape = production.shape
    assert isinstance(shape, FaultyProduction)
    second = shape.start_one("beat")
    try:
        with production.load(seed=19, clients=2):
            time.sleep(8)
        assert psutil.pid_exists(second.pid)
    finally:
        kill(second)
    production.drained()
