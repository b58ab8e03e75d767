"""The wheel carries the rules as moderation/_rules, byte for byte, and the licence."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_carries_the_rules_that_ship(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("keepitcivil-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        inside = {name: packed.read(name) for name in packed.namelist()}
    tracked = subprocess.run(["git", "ls-files", "rules"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert tracked
    packed_rules = {name.removeprefix("moderation/_rules/") for name in inside if name.startswith("moderation/_rules/")}
    assert {name.removeprefix("rules/") for name in tracked} <= packed_rules
    for name in tracked:
        assert inside["moderation/_" + name] == (ROOT / name).read_bytes()
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    for needed in (
        "workers/__main__.py",
        "moderation/embedded/sample_stories.yaml",
        "moderation/web/templates/docs.html",
    ):
        assert needed in inside
