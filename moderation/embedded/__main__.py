"""`python -m moderation.embedded`: what `moderation up` becomes."""

import argparse
import sys
from pathlib import Path

from moderation.embedded.service import Options, run


def main() -> int:
    """Parse what `moderation up` checked already, and run."""
    parser = argparse.ArgumentParser(prog="python -m moderation.embedded")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--watch", action="store_true")
    given = parser.parse_args()
    return run(Options(given.host, given.port, given.data.resolve(), given.sample, given.watch))


if __name__ == "__main__":
    sys.exit(main())
