"""The learned scores in one process: what a comment costs, by both stages and by the first alone, memory and start."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.texts import comments
from moderation.adapters.classifiers.learned import Learned
from moderation.engine.facts import Submission
from moderation.evaluation import learned, sets

NEWS, COMMENTS = "civil_autolabel_test", 600
WORDS = (15, 80)
_FRESH = """
import time
from moderation.adapters.classifiers.learned import Learned
from moderation.engine.facts import Submission
begin = time.process_time()
Learned().score(Submission("What a pathetic moron you are. " * 40), language="en", seconds=60)
taken = time.process_time() - begin
status = open("/proc/self/status", encoding="utf-8").read()  # ru_maxrss is at least what the starting process held
print(taken, int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""


def measure(labels: Path) -> dict[str, Any]:
    """Milliseconds of CPU time a comment, and how well it orders them where there are labels."""
    sys.stderr.write("learned scores\n")
    model = Learned()
    texts, truth, source = _comments(labels)
    of = {name: _each(model, texts, seconds) for name, seconds in (("both", 60.0), ("first", 0.0))}
    start, memory = _fresh()
    return {
        "source": source,
        "comments": len(texts),
        "ms": {name: sum(took) / len(took) * 1000 for name, (took, _) in of.items()},
        "auc": {name: learned.auc(truth, scores) for name, (_, scores) in of.items()} if truth else None,
        "words_ms": {count: _at(model, texts, count) for count in WORDS},
        "start_s": start,
        "memory_mb": memory,
    }


def _comments(labels: Path) -> tuple[list[str], list[bool], str]:
    try:
        found = [one for one in sets.comments(labels) if one.source == NEWS][:COMMENTS]
        return [one.text for one in found], [bool(one.bad) for one in found], f"comments of {NEWS}"
    except sets.NoLabels:
        texts, source = comments(COMMENTS, labels)
        return list(texts), [], source


def _each(model: Learned, texts: list[str], seconds: float = 60.0) -> tuple[list[float], list[float]]:
    """CPU seconds and toxicity of each."""
    model.score(Submission(texts[0]), language="en", seconds=seconds)
    took, scores = [], []
    for text in texts:
        begin = time.process_time()
        found = model.score(Submission(text, language="en"), language="en", seconds=seconds)
        took.append(time.process_time() - begin)
        scores.append(found.scores.get("toxicity", 0.0))
    return took, scores


def _at(model: Learned, texts: list[str], count: int) -> float:
    """The median milliseconds of texts cut or joined to so many words."""
    words = " ".join(texts).split()
    several = [" ".join(words[at : at + count]) for at in range(0, 60 * count, count)]
    return median(_each(model, several)[0]) * 1000


def _fresh() -> tuple[float, float]:
    """Seconds of CPU time to the first score in a new process, and what it holds then (MB)."""
    said = subprocess.run([sys.executable, "-c", _FRESH], capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), float(said[1])
