"""The first minute of README.md, as a newcomer does it: against a real service, the commands as they are printed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs import pages
from tests.embedded.up import Up, gone
from tests.servers.processes import wait_until

README = pages.ROOT / "README.md"
SHELL = [code for code in pages.blocks(README, "sh") if "credentials.json" in code or "judge" in code]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    service = Up(tmp_path)
    shutil.rmtree(service.rules)
    shutil.copytree(pages.ROOT / "rules", service.rules)
    service.start("--watch")
    yield service
    everyone = service.family()
    service.kill()
    wait_until(lambda: gone(everyone), seconds=15, what="children end with the supervisor")


def printed(code: str, up: Up) -> dict[str, Any]:
    """Run a block in the folder that holds `data`; its JSON."""
    code = code.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{up.port}")
    code = code.replace(".venv/bin/moderation", f"{sys.executable} -P -m moderation")
    done = subprocess.run(
        ["bash", "-euc", code], cwd=up.data.parent, capture_output=True, text=True, timeout=60,
        env={**os.environ, "MODERATION_RULES_DIR": str(up.rules)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(300)  # a machine may be busy with other things
@pytest.mark.skipif(shutil.which("curl") is None, reason="the README posts with curl")
def test_the_first_minute_works_as_printed(up: Up) -> None:
    post, judge = SHELL
    answer = printed(post, up)
    assert answer["id"] == "c-1"
    assert answer.get("publish") is False
    assert printed(judge, up)["action"] == "hold"
    rule = next(code for code in pages.blocks(README, "yaml") if "blatherskite" in code)
    (up.rules / "90-mine.yaml").write_text(rule, "utf-8")
    up.says("Rules published for site main", seconds=120)
    (up.rules / "90-mine.yaml").write_text(rule.replace("terms", "termz"), "utf-8")
    assert "90-mine.yaml:7:9: [no-blatherskites] unknown condition `termz`" in up.says("last good version", seconds=120)
