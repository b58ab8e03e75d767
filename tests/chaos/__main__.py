"""`make chaos`: long runs by hand. Exit status 1 where a question did not answer zero."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.run import run
from tests.chaos.shapes import SHAPES

parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
parser.add_argument("--shape", choices=SHAPES, default="embedded")
parser.add_argument("--minutes", type=float, default=20)
parser.add_argument("--seed", type=int, default=int(time.time()))
given = parser.parse_args()
sys.stderr.write(f"{given.shape}, {given.minutes:g} minutes, seed {given.seed}\n")
with tempfile.TemporaryDirectory() as folder:
    report = run(given.shape, Path(folder), seconds=60 * given.minutes, seed=given.seed)
print(report)
sys.exit(any(report.wrong.values()))
