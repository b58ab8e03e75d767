"""`make chaos`: long runs by hand. Exit status 1 where a question did not answer zero."""

import argparse
import shutil
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
folder = Path(tempfile.mkdtemp(prefix="chaos-"))
try:
    report = run(given.shape, folder, seconds=60 * given.minutes, seed=given.seed)
    print(report)
    failed = any(report.wrong.values())
except BaseException:
    sys.stderr.write(f"logs and data are in {folder}\n")
    raise
if failed:
    sys.exit(f"logs and data are in {folder}")
shutil.rmtree(folder, ignore_errors=True)
