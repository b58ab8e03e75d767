"""What clients were told, and the questions to it whose answer must be zero once the work has drained."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from moderation.lifecycle import STATUS_EVENTS


@dataclass
class Told:
    """Acknowledged comments, flags and decisions; events read from the feed; posts that a receiver got."""

    comments: dict[str, dict[str, Any]] = field(default_factory=dict)
    clean: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    flags: list[str] = field(default_factory=list)  # the comment's id, once for each 201
    decisions: list[str] = field(default_factory=list)  # likewise
    blocks: list[str] = field(default_factory=list)  # the author's id, once for each 201
    events: list[dict[str, Any]] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    webhook_since: str | None = None


def of_clients(told: Told, now_shown: dict[str, dict[str, Any] | None]) -> dict[str, int]:
    """What clients were told, against what the API shows now (comment id → the comment, or None)."""
    received = {post["id"] for post in told.received}
    expected = {event["id"] for event in told.events if told.webhook_since and event["created_at"] > told.webhook_since}
    shown = {id: comment for id, comment in now_shown.items() if comment is not None}
    last, wrong_order = _last_of_feed(told)
    ids = Counter(event["id"] for event in told.events)
    return {
        "Q1 acknowledged comments that are gone": sum(now_shown.get(id) is None for id in told.comments),
        "Q1 acknowledged flags that are gone": _fewer(told, "comment.flagged", told.flags),
        "Q1 acknowledged decisions that are gone": _fewer(told, "comment.decided", told.decisions),
        "Q1 acknowledged blocks that are gone": _fewer(told, "author.blocked", told.blocks),
        "Q1 withdrawn comments that are not": sum(shown[id]["status"] != "withdrawn" for id in told.withdrawn),
        "Q6 events that the receiver never got": len(expected - received),
        "Q7 events doubled in the feed": sum(count - 1 for count in ids.values()),
        "Q7 events of a comment in the wrong order": wrong_order,
        "Q7 comments whose last event says something else": sum(_differs(last.get(id), c) for id, c in shown.items()),
        "Q7 sites that obey and end up wrong": _wrong_at_the_site(told, shown),
        "Q7 bodies of one event that differ": _differing_bodies(told.received),
        "clean comments that did not come out": sum(
            not shown.get(id, {}).get("publish") for id in told.clean - told.withdrawn
        ),
    }


def _last_of_feed(told: Told) -> tuple[dict[str, dict[str, Any]], int]:
    last: dict[str, dict[str, Any]] = {}
    wrong_order = 0
    for event in told.events:
        if event["type"] in STATUS_EVENTS:
            comment = event["data"]["comment"]
            wrong_order += comment["sequence"] <= last.get(comment["id"], {"sequence": 0})["sequence"]
            last[comment["id"]] = comment
    return last, wrong_order


def _fewer(told: Told, type: str, acknowledged: list[str]) -> int:
    """How many acts that were answered with 201 have no event of their own."""
    what = type.split(".")[0]
    told_of = Counter(event["data"][what]["id"] for event in told.events if event["type"] == type)
    return sum((Counter(acknowledged) - told_of).values())


def _wrong_at_the_site(told: Told, shown: dict[str, dict[str, Any]]) -> int:
    """A site that takes posts as they come, obeys `publish` and ignores a `sequence` that is not higher."""
    site: dict[str, dict[str, Any]] = {}
    for post in told.received:
        comment = post["body"]["data"].get("comment")
        if not comment or post["body"]["type"] not in STATUS_EVENTS:
            continue
        if comment["sequence"] > site.get(comment["id"], {"sequence": 0})["sequence"]:
            site[comment["id"]] = comment
    since = told.webhook_since or ""
    return sum(
        id in site and site[id]["publish"] != comment["publish"]
        for id, comment in shown.items()
        if comment["status"] != "pending" and comment["updated_at"] > since
    )


def _differs(event: dict[str, Any] | None, shown: dict[str, Any]) -> bool:
    if event is None:
        return bool(shown["status"] != "pending")
    return (event["status"], event["publish"], event["sequence"]) != (
        shown["status"], shown["publish"], shown["sequence"],
    )  # fmt: skip


def _differing_bodies(received: list[dict[str, Any]]) -> int:
    bodies: dict[str, set[str]] = {}
    for post in received:
        bodies.setdefault(post["id"], set()).add(json.dumps(post["body"], sort_keys=True))
    return sum(len(each) > 1 for each in bodies.values())
