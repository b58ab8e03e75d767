"""The engine is pure: no servers, no clock, no network, no logs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "moderation" / "engine"
MODULES = sorted(ENGINE.rglob("*.py"))
FORBIDDEN = "flask celery redis sqlalchemy requests httpx urllib3 structlog prometheus_client pydantic waitress".split()
EDGES = {"time", "os", "socket", "logging", "random", "secrets", "threading", "subprocess", "asyncio", "urllib.request"}


def test_importing_all_of_it_loads_no_server() -> None:
    names = ", ".join(_name(path) for path in MODULES)
    code = f"import sys, {names}; print(sorted(set({FORBIDDEN!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ENGINE.parents[1]
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_modules_touch_no_clock_and_nothing_outside(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    assert not imported & EDGES
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & {"now", "utcnow", "today"}
    assert "open" not in {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert ast.get_docstring(tree)


def _name(path: Path) -> str:
    dotted = ".".join(path.relative_to(ENGINE.parents[1]).with_suffix("").parts)
    return dotted.removesuffix(".__init__")
