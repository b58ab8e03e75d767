"""Rule files that are broken, gone or half there, and a publish that is killed, all under load. Row 23."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from moderation.storage.models import Match, Revision, Verdict
from tests.chaos.clients import RUDE
from tests.faults.shapes import FaultyEmbedded
from tests.faults.site import Site
from tests.servers.processes import wait_until

FILE = "10-tests.yaml"
BOTH = "A numpty and a blatherskite."  # one word of the rules as they are, one of the rules as they may become
BOMB = "a0: &a0 [numpty, numpty]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))


def _half(file: Path) -> None:
    file.write_text(file.read_text("utf-8")[:400], "utf-8")


def _no_permission(file: Path) -> None:
    """EACCES; root may read everything, so there the name leads nowhere instead."""
    if os.geteuid():
        file.chmod(0)
        return
    file.unlink()
    file.symlink_to("nowhere.yaml")


BREAKS: dict[str, Callable[[Path], object]] = {
    "half written": _half,
    "empty": lambda file: file.write_text("", "utf-8"),
    "deleted": lambda file: file.unlink(),
    "a bomb": lambda file: file.write_text(BOMB, "utf-8"),
    "not UTF-8": lambda file: file.write_bytes(b"\xff\xfe rules"),
    "unreadable": _no_permission,
}


@pytest.fixture
def rules(site: Site) -> Iterator[Path]:
    """The rules folder of the service; afterwards files and version are as they were."""
    file, version = site.shape.rules / FILE, _version(site)
    good = file.read_text("utf-8")
    yield site.shape.rules
    _save(file, good)
    if not isinstance(site.shape, FaultyEmbedded):
        site.shape.verb("rules", "publish", "--site", site.slug, "--message", "as before")
    wait_until(lambda: _version(site) == version, seconds=90, what="the first rules are in force again", pause=0.1)


def _save(file: Path, words: str) -> None:
    file.unlink(missing_ok=True)
    file.write_text(words, "utf-8")


def _refused(site: Site) -> int:
    shape = site.shape
    return shape.console().count("Not published") if isinstance(shape, FaultyEmbedded) else 0


def _publish(site: Site, refused: int) -> None:
    """In production by the verb; embedded by whoever watches the files."""
    if isinstance(site.shape, FaultyEmbedded):
        wait_until(lambda: _refused(site) > refused, seconds=90, what="the watch refuses the files", pause=0.1)
        return
    done = site.shape.verb("rules", "publish", "--site", site.slug, "--message", "broken")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr


def _version(site: Site) -> str:
    return str(
        site.ask(
            "SELECT p.version FROM ruleset_pointer p JOIN site s ON s.id = p.site_id WHERE s.slug = :s", s=site.slug
        )
    )


def test_row_23_a_bad_file_never_replaces_a_good_one(site: Site, rules: Path) -> None:
    """Row 23: whatever happens to the file, the last good rules go on, in every process."""
    version, words = _version(site), (rules / FILE).read_text("utf-8")
    with site.steady("bad", clients=2, pause=0.4):
        for number, (name, spoil) in enumerate(BREAKS.items()):
            refused = _refused(site)
            _save(rules / FILE, words)
            spoil(rules / FILE)
            _publish(site, refused)
            ids = [f"held-{number}-{turn}" for turn in range(4)]
            for id in ids:
                site.post(id, RUDE[0])
            assert {site.judged(id)["status"] for id in ids} == {"held"}, name
            assert _version(site) == version, name
    site.drained()


def test_row_23_rules_change_under_load_and_no_verdict_mixes_them(site: Site, rules: Path) -> None:
    """Row 23: two versions in turn: each verdict saw all of the one that it names, and nothing of the other."""
    file = rules / FILE
    one = file.read_text("utf-8")
    two = one.replace("[numpty, nincompoop]", "[numpty, nincompoop, blatherskite]")
    over, versions = threading.Event(), {_version(site): 1}

    def post() -> None:
        number = 0
        while not over.wait(0.15):
            number += 1
            site.post(f"mixed-{number}", BOTH)

    thread = threading.Thread(target=post)
    thread.start()
    try:
        for words, count in ((two, 2), (one, 1), (two, 2)):
            _save(file, words)
            versions[_goes_live(site, known=_version(site))] = count
            time.sleep(3)  # each process learns of it within two seconds
    finally:
        over.set()
        thread.join()
    site.drained()
    seen = _verdicts(site)
    assert {count for _, count in seen} == {1, 2}
    assert not [each for each in seen if versions[each[0]] != each[1]]


def _goes_live(site: Site, known: str) -> str:
    if not isinstance(site.shape, FaultyEmbedded):
        site.shape.verb("rules", "publish", "--site", site.slug, "--message", "other words")
    wait_until(lambda: _version(site) != known, seconds=90, what="another version is in force", pause=0.1)
    return _version(site)


def _verdicts(site: Site) -> list[tuple[str, int]]:
    """(version, how many words it matched) of each verdict on a text with both words."""
    question = (
        select(Verdict.ruleset, Match.spans)
        .join(Match, Match.verdict_id == Verdict.id)
        .join(Revision, Revision.id == Verdict.revision_id)
        .where(Revision.text.like(f"{BOTH}%"))
    )
    engine = create_engine(site.shape.database_url)
    try:
        with engine.connect() as connection:
            return [(version, len(spans)) for version, spans in connection.execute(question)]
    finally:
        engine.dispose()


@pytest.mark.parametrize("step", ["publish.written", "publish.published"])
def test_row_23_a_publish_is_killed(site: Site, rules: Path, step: str) -> None:
    """Row 23: killed before its COMMIT nothing has changed, and the next try publishes; after it, all of it has."""
    known = _version(site)
    site.steps.arm(step, "kill")
    word = step.partition(".")[2]
    words = (rules / FILE).read_text("utf-8")
    _save(rules / FILE, words.replace("[numpty,", f"[numpty, {word},"))
    if isinstance(site.shape, FaultyEmbedded):
        site.steps.wait(step)
    else:
        assert site.shape.verb("rules", "publish", "--site", site.slug, "--message", "killed").returncode == -9
        assert (_version(site) == known) == (step == "publish.written")
        assert site.shape.verb("rules", "publish", "--site", site.slug, "--message", "again").returncode == 0
    wait_until(lambda: _version(site) != known, seconds=90, what="the new rules are in force", pause=0.1)
    time.sleep(3)  # each process learns of it within two seconds
    site.post(f"after-{word}", f"You {word}.")
    assert site.judged(f"after-{word}")["status"] == "held"
    site.drained()
