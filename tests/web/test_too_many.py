"""More callers than can be served: one too many is told at once to come back, and comments are taken all the while."""

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pytest

from moderation.web import create_app
from tests.web.service import COMMENT, Template

SECONDS = 20


@pytest.mark.parametrize("threads", [4, 32])
def test_half_of_the_threads_check_texts_and_the_next_caller_is_told(
    template: Template, tmp_path: Path, threads: int
) -> None:
    service = template.service(tmp_path, web_threads=threads)
    release = threading.Event()

    class Stuck:
        """A judge that comes to no end."""

        def judge(self, **_given: Any) -> dict[str, Any]:
            release.wait(SECONDS)
            return {}

    app = create_app(dataclasses.replace(service.application, judge=Stuck()))  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {service.key}"}

    def judged() -> Any:
        return app.test_client().post("/v1/judge", json={"text": "A fair point."}, headers=headers)

    with ThreadPoolExecutor(threads) as pool:
        asked = [pool.submit(judged) for _ in range(threads // 2 + 1)]
        told = next(as_completed(asked, timeout=SECONDS)).result()
        taken = app.test_client().post("/v1/comments", json=COMMENT, headers=headers)
        release.set()
        statuses = sorted(each.result(SECONDS).status_code for each in asked)
    assert (told.status_code, told.headers["Retry-After"]) == (503, "1")
    assert taken.status_code == 202
    assert statuses.count(503) == 1
    template.end(service)
