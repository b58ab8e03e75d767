"""`python -m workers worker|beat`: what `moderation worker` and `moderation beat` become."""

import argparse
import sys
import warnings

from moderation import config
from moderation.adapters import queue
from workers import app, schedule


def main() -> int:
    """Read the settings and run one part until it is told to stop."""
    options = _options()
    try:
        settings = config.read(worker_pool=options.pool, worker_concurrency=options.concurrency)
    except config.InvalidSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    # Celery warns of root because of pickle, which we do not accept.
    warnings.filterwarnings("ignore", message=".*superuser privileges.*")
    if options.part == "beat":
        schedule.serve(settings)
    else:
        app.serve(settings, queues=options.queues, name=options.name)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers")
    parser.add_argument("part", choices=["worker", "beat"])
    parser.add_argument("--queues", default=",".join(queue.QUEUES))
    parser.add_argument("--pool", choices=["prefork", "threads"])
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--name", default="moderation")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
