"""The shipped rules in one process: beside other filters on the same texts, and how time grows."""

import gc
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from better_profanity import Profanity

from bench import hostile
from bench.texts import comments
from moderation.adapters.rule_files import RuleFolder
from moderation.engine.evaluate import evaluate
from moderation.engine.facts import Author, Facts, Story, Submission
from moderation.engine.ruleset import Ruleset, load
from moderation.evaluation import peers

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "rules"
OBSCENITY = HERE.parent / ".peers" / "node"
COMMENTS, TURNS, CHUNK = 10_000, 3, 50
PEER_COMMENTS = {"better-profanity": 60, "alt-profanity-check": 500, "safetype": 500}
FEW, MANY = 200, 20_000


def measure(labels: Path) -> dict[str, Any]:
    """Microseconds a comment of CPU time, each chunk's best of a few turns, and how many times ours the others take."""
    sys.stderr.write("rules alone\n")
    texts, source = comments(COMMENTS, labels)
    ruleset = load(RuleFolder(SHIPPED).read("bench"), site="bench")
    ours = _ours(texts, ruleset)
    others = {name: _microseconds(asks, texts[: PEER_COMMENTS[name]]) for name, asks in _others().items()}
    obscenity = _obscenity(texts)
    sys.stderr.write("hostile texts\n")
    most, which, count = hostile.worst(ruleset)
    return {
        "comments": len(texts),
        "source": source,
        "length": sum(map(len, texts)) / len(texts),
        "us": ours,
        "versions": {"better-profanity": version("better-profanity")},
        "others_us": others | ({"obscenity (npm)": obscenity} if obscenity else {}),
        "terms": {count: _ours(texts[:2000], _listing(count)) for count in (FEW, MANY)},
        "lengths": {size: _ours(_of_length(texts, size), ruleset) / size for size in (200, 2_000, 20_000)},
        "worst_ms": most,
        "worst": which,
        "worst_of": count,
    }


def _ours(texts: Sequence[str], ruleset: Ruleset) -> float:
    now, story = datetime.now(UTC), Story(id="s", title="A bridge")
    several = [
        Facts(Submission(text, author=Author(key="a", published=20), story=story), now=now, previous=())
        for text in texts
    ]
    gc.freeze()  # as processes that serve do
    return _microseconds(lambda facts: evaluate(facts, ruleset), several)


def _microseconds(asks: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Of one item: the best turn of each chunk, since another program may take the core in any of them."""
    chunks = [items[at : at + CHUNK] for at in range(0, len(items), CHUNK)]
    best = [float("inf")] * len(chunks)
    for _ in range(TURNS):
        for number, chunk in enumerate(chunks):
            begin = time.process_time()
            for item in chunk:
                asks(item)
            best[number] = min(best[number], time.process_time() - begin)
    return sum(best) / len(items) * 1e6


def _others() -> dict[str, Callable[[str], object]]:
    """Those that are installed, by name; better-profanity always is."""
    known = {name: finds for name, finds in peers.finders().items() if finds and name in PEER_COMMENTS}
    scanner = Profanity()
    scanner.censor("warm")
    return {"better-profanity": scanner.contains_profanity, **known}


def _obscenity(texts: Sequence[str]) -> float | None:
    """Microseconds a comment of the npm package obscenity, where Node and the package are there."""
    if not shutil.which("node") or not (OBSCENITY / "node_modules").is_dir():
        return None
    done = subprocess.run(
        ["node", str(HERE / "obscenity.mjs"), str(OBSCENITY)],
        input=json.dumps(texts[:2000]), capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    return float(done.stdout)


def _listing(count: int) -> Ruleset:
    """A rule set of one rule with so many invented words."""
    dice = random.Random(count)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(6, 11))) for _ in range(count)]
    groups = [f"  - {{form: word, words: '{', '.join(words[at : at + 1000])}'}}" for at in range(0, count, 1000)]
    files = {
        "lists/many.yaml": "note: invented\ntier: listed\ngroups:\n" + "\n".join(groups) + "\n",
        "a.yaml": "rules:\n  - {id: many, category: custom, state: draft, when: {terms: many}, action: hold}\n",
    }
    return load(files)


def _of_length(texts: Sequence[str], size: int) -> list[str]:
    """Texts of so many characters, cut from one long one."""
    long = " ".join(texts[:2000])
    return [long[at : at + size] for at in range(0, min(len(long), 40 * size) - size, size)]
