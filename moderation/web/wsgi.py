"""What gunicorn loads in each of its processes: `moderation.web.wsgi:load()`."""

import atexit
import threading

from flask import Flask

from moderation import bootstrap, config, telemetry
from moderation.web import create_app
from moderation.web.timer import SweepTimer

_SPARE_SECONDS = 15.0  # beat sweeps every second; this is for the day it does not


def load() -> Flask:
    """The settings of the environment as a WSGI application of this process."""
    settings = config.read()
    telemetry.configure(settings.log_level)
    application = bootstrap.build(settings, model=settings.web_model)
    seconds = max(_SPARE_SECONDS, settings.sweep_seconds)
    SweepTimer(application, seconds=seconds, retain_seconds=settings.retain_seconds).start()
    threading.Thread(target=application.settle, name="warm").start()  # no daemon: torn down amid C code it would abort
    atexit.register(application.unchecked.write)  # of the last second; gunicorn calls nothing of ours at the end
    return create_app(application)
