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

from bench import embedded, rules

HERE = Path(__file__).parent


def main() -> int:
    """Runs the parts asked for and writes both files."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--comments", type=int, default=600, help="comments of one end-to-end run")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each of the two set-ups")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "end_to_end": embedded.measure(Path(folder), comments=given.comments, rounds=given.rounds),
            "rules": rules.measure(),
        }
    (HERE / "results.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (HERE / "results.md").write_text(_page(found), encoding="utf-8")
    sys.stdout.write(_page(found))
    return 0


def _page(found: dict[str, Any]) -> str:
    whole, alone = found["end_to_end"], found["rules"]
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

## The rules alone, one process

{alone["comments"]} invented comments, mean {alone["length"]:.0f} characters.

| | a comment | ratio |
| --- | --- | --- |
| shipped rules | {alone["shipped_us"]:.0f} µs | |
| better-profanity {alone["peer_version"]} on {alone["peer_comments"]} of them | {alone["peer_us"]:.0f} µs | **{alone["ratio"]:.0f}** times ours |
"""


if __name__ == "__main__":
    sys.exit(main())
