"""`make bench`: how fast, as ratios within one run, to bench/results.md and bench/results.json.

These machines are noisy: a ratio of two things measured in turns says more than either figure.
"""

import argparse
import json
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import asked, embedded, rules, scores

HERE = Path(__file__).parent
PARTS = ("end_to_end", "asked", "rules", "scores")


def main() -> int:
    """Runs the parts asked for and writes both files."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--comments", type=int, default=600, help="comments of one end-to-end run")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each of the two set-ups")
    parser.add_argument("--labels", type=Path, default=Path("../shared/data"), help="folder with train.jsonl.gz")
    parser.add_argument("--only", choices=PARTS, help="one part; the others keep their last figures")
    given = parser.parse_args()
    kept = json.loads((HERE / "results.json").read_text(encoding="utf-8")) if given.only else {}
    with tempfile.TemporaryDirectory() as folder:
        measures = {
            "end_to_end": lambda: embedded.measure(Path(folder), comments=given.comments, rounds=given.rounds),
            "asked": lambda: asked.measure(Path(folder), given.labels),
            "rules": lambda: rules.measure(given.labels),
            "scores": lambda: scores.measure(given.labels),
        }
        found = {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            **{part: kept[part] if given.only not in (None, part) else measures[part]() for part in PARTS},
        }
    found = json.loads(json.dumps(found))  # as it is read back: keys are texts
    (HERE / "results.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (HERE / "results.md").write_text(_page(found), encoding="utf-8")
    sys.stdout.write(_page(found))
    return 0


def _page(found: dict[str, Any]) -> str:
    whole, alone = found["end_to_end"], found["rules"]
    few, many = rules.FEW, rules.MANY
    others = "\n".join(_other(name, us, alone) for name, us in alone["others_us"].items())
    memory = "\n".join(f"| {name} | {mb:.0f} MB |" for name, mb in whole["memory_mb"].items())
    return f"""# Speed

Measured on {found["date"]} ({found["machine"]}) by `make bench`. Ratios are of turns within one run; absolute figures
are of a noisy two-core machine and only for orientation.

## End to end: the embedded service, HTTP in, verdict stored

{whole["comments"]} comments from 4 clients, {whole["rounds"]} turns each, medians.

| | shipped rules | no rules | ratio |
| --- | --- | --- | --- |
| comments a second | {whole["shipped"]["per_second"]:.0f} | {whole["empty"]["per_second"]:.0f} | **{whole["ratio"]:.2f}** (bar: 0.6) |
| 202 at the median, workers saturated, 10 posts a second | {whole["shipped"]["intake_ms"]:.1f} ms | {whole["empty"]["intake_ms"]:.1f} ms | (bar: 20 ms) |
| the same at the 90th percentile | {whole["shipped"]["intake_p90_ms"]:.0f} ms | {whole["empty"]["intake_p90_ms"]:.0f} ms | |
| 202 at the median, 4 clients that never pause | {whole["shipped"]["closed_loop_ms"]:.0f} ms | {whole["empty"]["closed_loop_ms"]:.0f} ms | |
| the same at the 99th percentile | {whole["shipped"]["closed_loop_p99_ms"]:.0f} ms | {whole["empty"]["closed_loop_p99_ms"]:.0f} ms | |
| from accepted to verdict, one at a time | {whole["shipped"]["alone_ms"]:.0f} ms | {whole["empty"]["alone_ms"]:.0f} ms | |

Resident memory after the run:

| process | |
| --- | --- |
{memory}
{_asked(found["asked"])}
## The rules alone, one process

{alone["comments"]:,} {alone["source"]}, mean {alone["length"]:.0f} characters; CPU time of one core, all shipped rules, no learned score.
Bars: 100 µs a comment, better-profanity at least 500 times ours.

| | a comment | ratio |
| --- | --- | --- |
| shipped rules | {alone["us"]:.0f} µs | |
{others}

How time grows, each within this run:

| | |
| --- | --- |
| {few:,} → {many:,} terms in a list | {alone["terms"][str(few)]:.0f} → {alone["terms"][str(many)]:.0f} µs a comment, **{alone["terms"][str(many)] / alone["terms"][str(few)]:.2f}** times (bar: 1.5) |
| texts of {" → ".join(f"{int(size):,}" for size in alone["lengths"])} characters | {" → ".join(f"{us * 1000:.0f}" for us in alone["lengths"].values())} ns a character |
| the worst of {alone["worst_of"]} texts of 20,480 bytes made to be slow | {alone["worst_ms"]:.0f} ms: {alone["worst"]} (bar: 20 ms) |
{_scores(found["scores"])}"""


def _asked(found: dict[str, Any]) -> str:
    lines = "\n".join(
        f"| texts of {int(count):,} words | {waited['p50']:.0f} ms | {waited['p99']:.0f} ms |"
        for count, waited in found["words"].items()
    )
    shed = sum(count for status, count in found["statuses"].items() if status != "200")
    return f"""
## Perspective's analyze, one process with the models

{found["clients"]} programs that never pause, real comments cut to so many words, `TOXICITY`. Bars: 40 ms at the median for {asked.WORDS[0]} words, 350 ms at
the 99th percentile for {asked.WORDS[1]:,}.

| | median | 99th percentile |
| --- | --- | --- |
{lines}
| {found["crowd"]} programs at once, {asked.WORDS[1]:,} words: those that are answered | {found["answered"]["p50"]:.0f} ms | {found["answered"]["p99"]:.0f} ms |

Of the {found["crowd"]} programs' requests {shed} of {sum(found["statuses"].values())} are told to come back (`Retry-After`), {found["untold"]} are refused without it.
"""


def _scores(found: dict[str, Any]) -> str:
    auc = found["auc"] or {}
    order = {name: f"; AUC {area:.3f}" for name, area in auc.items()}
    short, long = found["words_ms"].values()
    return f"""
## The learned scores, one process

{found["comments"]:,} {found["source"]}; CPU time of one core.

| | |
| --- | --- |
| a comment, first stage and encoder | {found["ms"]["both"]:.1f} ms, **{1000 / found["ms"]["both"]:.0f}** a second (bar: 120){order.get("both", "")} |
| a comment, first stage alone | {found["ms"]["first"]:.2f} ms{order.get("first", "")} |
| texts of 15 and of 80 words, median | {short:.1f} and {long:.1f} ms (bar at 80: 35) |
| a new process: to the first score, and what it holds | {found["start_s"]:.1f} s (bar: 1.5), {found["memory_mb"]:.0f} MB (bar: 350) |
"""


def _other(name: str, us: float, alone: dict[str, Any]) -> str:
    named = f"{name} {alone['versions'].get(name, '')}".strip()
    times = us / alone["us"]
    return f"| {named} | {us:.0f} µs | **{times:.{0 if times > 10 else 1}f}** times ours |"


if __name__ == "__main__":
    sys.exit(main())
