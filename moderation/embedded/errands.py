"""What the short-lived children of an embedded service have in common: settings, a log of their own, the verbs."""

import sys
from collections.abc import Callable
from pathlib import Path

from moderation import bootstrap, config, telemetry
from moderation.engine.ruleset import InvalidRuleset
from moderation.errors import ModerationError

Errand = Callable[[bootstrap.Application, Path], int]


def run(errand: Errand) -> int:
    """Do one errand over the data folder in argv; what stops it is said in words. The console is for people, logs for files."""
    data = Path(sys.argv[1])
    try:
        settings = config.read()
    except config.InvalidSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with (data / "logs" / "errands.log").open("a", encoding="utf-8") as log:
        telemetry.configure(settings.log_level, log)
        application = bootstrap.build(settings)
        try:
            return errand(application, data)
        except (ModerationError, InvalidRuleset) as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            application.close()
