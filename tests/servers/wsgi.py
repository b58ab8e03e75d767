"""A web server on a socket over an application, for programs that speak to an address."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class Silent(WSGIRequestHandler):
    """It does not talk."""

    def log(self, *_: Any) -> None: ...


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of a server that runs until the end of the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
