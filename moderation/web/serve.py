"""`python -m moderation.web.serve`: the web child of an embedded service. One process, and the only place that sweeps."""

import signal
import sys
import threading
from types import FrameType

from waitress.server import create_server

from moderation import bootstrap, config, telemetry
from moderation.web import create_app
from moderation.web.timer import SweepTimer

_BODY_BYTES = 9_000_000  # above the largest batch; our own limits answer first


def main() -> int:
    """Serve until SIGTERM; requests that run are finished."""
    settings = config.read()
    telemetry.configure(settings.log_level)
    application = bootstrap.build(settings, model=settings.web_model)
    server = create_server(
        create_app(application),
        host=settings.web_host,
        port=settings.web_port,
        threads=settings.web_threads,
        ident=None,
        max_request_body_size=_BODY_BYTES,
        # Else a proxy on this machine would look like a caller on this machine.
        clear_untrusted_proxy_headers=False,
    )
    threading.Thread(target=application.settle, name="warm").start()
    timer = SweepTimer(application, seconds=settings.sweep_seconds, retain_seconds=settings.retain_seconds).start()
    signal.signal(signal.SIGTERM, _end)
    server.run()  # ends by SystemExit, which it takes as the wish to finish
    timer.stop()
    application.close()
    return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
