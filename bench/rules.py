"""The shipped rules in one process, beside better-profanity on the same texts."""

import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from better_profanity import Profanity

from bench.texts import comments as invented
from moderation.adapters.rule_files import RuleFolder
from moderation.engine.evaluate import evaluate
from moderation.engine.facts import Author, Facts, Story, Submission
from moderation.engine.ruleset import load

SHIPPED = Path(__file__).parents[1] / "rules"
COMMENTS, PEER_COMMENTS, TURNS = 5000, 60, 3


def measure() -> dict[str, Any]:
    """Microseconds a comment of CPU time, the best of a few turns each, and how many times ours the peer takes."""
    sys.stderr.write("rules alone\n")
    texts = invented(COMMENTS)
    ruleset = load(RuleFolder(SHIPPED).read("bench"), site="bench")
    now = datetime.now(UTC)
    facts = [
        Facts(Submission(text, author=Author(key="a", published=20), story=Story(id="s", title="A bridge")), now=now,
              previous=())
        for text in texts
    ]  # fmt: skip
    peer = Profanity()
    peer.censor("warm")
    ours, theirs = [], []
    for _ in range(TURNS):
        begin = time.process_time()
        for one in facts:
            evaluate(one, ruleset)
        ours.append((time.process_time() - begin) / len(facts) * 1e6)
        begin = time.process_time()
        for text in texts[:PEER_COMMENTS]:
            peer.contains_profanity(text)
        theirs.append((time.process_time() - begin) / PEER_COMMENTS * 1e6)
    return {
        "comments": COMMENTS,
        "length": sum(map(len, texts)) / len(texts),
        "shipped_us": min(ours),
        "peer_us": min(theirs),
        "peer_comments": PEER_COMMENTS,
        "peer_version": version("better-profanity"),
        "ratio": min(theirs) / min(ours),
    }
