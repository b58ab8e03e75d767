"""Walks that random ones rarely reach, each for one promise; steps are names of the machine's rules and what they take."""

from datetime import timedelta
from typing import Any

Step = tuple[str, dict[str, Any]]


def edit(text: str, id: str = "c1", *, checked: bool = True) -> Step:
    """A comment of ann's, or a new revision of it."""
    return "edit", {"id": id, "author": "ann", "text": text, "checked": checked}


def decide(choice: str = "reject", reason: str = "personal_attack", id: str = "c1", after: int | None = 10) -> Step:
    """A moderator's decision at the desk, swept so many seconds later."""
    return "decide_at_desk", {"id": id, "choice": choice, "reason": reason, "back": 0, "after": after}


def flag(reader: str, id: str = "c1", reason: str = "uncivil") -> Step:
    """A reader's flag."""
    return "flag", {"id": id, "reader": reader, "reason": reason, "back": 0, "along": False}


def block(minutes: int) -> Step:
    """A block of ann's by hand."""
    return "block", {"id": "ann", "wait": timedelta(minutes=minutes)}


def clock(**given: float) -> Step:
    """Time passes."""
    return "step_clock", {"step": timedelta(**given)}


def message(**given: Any) -> Step:
    """A worker gets the first hint."""
    return "deliver_message", {"place": 0, "keeps": False, **given}


UNDO: Step = ("undo", {"place": 0})
CRASH: Step = ("deliver_message_and_crash", {"place": 0, "where": "judging"})
KEPT: Step = ("deliver_message", {"place": 0, "keeps": True})
LOST: Step = ("lose_messages", {"all": True, "place": 0})
SWEEP: Step = ("sweep", {"after": 100})

WALKS: dict[str, list[Step]] = {
    "spam blocks, an undo lifts": [
        edit("advert"), decide(reason="spam"), edit("fair", "c2"), UNDO, edit("fairer", "c2"),
    ],
    "two attacks are checked first, an undo ends it": [
        edit("rude"), decide(), edit("rude", "c2"), decide(id="c2"), edit("fair", "c2"), UNDO, UNDO, edit("fairer", "c2"),
    ],
    "a block is over before any sweep": [
        edit("advert"), block(2), clock(seconds=100), clock(seconds=100), decide(reason="spam"), SWEEP,
    ],
    "the edit of what a person stopped is held": [edit("fair"), decide(reason="civility"), edit("fairer"), SWEEP],
    "flags hide, but not what a person approved": [
        edit("fair"), flag("r1"), flag("r2"), edit("sigh", "c2"), decide("approve", "civility", "c2"),
        flag("r1", "c2"), flag("r2", "c2"), decide("approve", "civility"), flag("r3"),
    ],
    "a decision before the check, taken back": [edit("fair", checked=False), decide(), message(), UNDO],
    "a worker dies, and another gets the second hint before and after the lease is over": [
        edit("rude", checked=False), SWEEP, CRASH, KEPT, clock(seconds=100), KEPT, KEPT,
    ],
    "the clock goes back while a worker holds the lease": [
        edit("fair", checked=False), KEPT, edit("fairer", checked=False), CRASH, clock(hours=-1), SWEEP, LOST, clock(hours=1),
        SWEEP, message(),
    ],
    "five deaths, then a person": [
        edit("fair", checked=False), *[step for _ in range(5) for step in (CRASH, LOST, SWEEP)], SWEEP, message(),
    ],
}  # fmt: skip
