"""The house: what the import contracts cannot say. `make check` runs the contracts themselves (pyproject.toml)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from moderation.adapters import queue
from workers import tasks

ROOT = Path(__file__).parents[1]
ROOMS = ("moderation", "workers")
PURE = ("moderation/engine", "moderation/lifecycle.py", "moderation/enforcement.py")
BANNED = {"utils", "helpers", "common", "manager", "handler", "process", "data", "info", "misc"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("os", "getenv")}  # `time` is not imported
LONGEST_FUNCTION, LONGEST_MODULE = 60, 300


def modules(*places: str) -> list[Path]:
    """The Python files below places, without generated migrations."""
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path for path in found if "migrations/versions" not in path.as_posix()]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its length without the functions that are defined inside it, which count for themselves."""
    inside = [node for node in function.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return _length(function) - sum(map(_length, inside))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", modules(*ROOMS), ids=named)
def test_a_module_is_small_documented_and_named_for_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert path.stem not in BANNED
    assert source.count("\n") <= LONGEST_MODULE
    assert ast.get_docstring(tree), "a module says in one line what it is"
    for function in functions(tree):
        assert own_lines(function) <= LONGEST_FUNCTION, function.name


@pytest.mark.parametrize("path", modules(*PURE), ids=named)
def test_the_pure_rooms_read_no_clock_and_touch_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            assert (node.func.value.id, node.func.attr) not in CLOCKS, f"line {node.lineno}"
        if isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "eval", "exec", "input", "__import__"}, f"line {node.lineno}"


def test_templates_never_switch_escaping_off() -> None:
    for path in (ROOT / "moderation").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        for word in ("|safe", "| safe", "autoescape", "urlize"):
            assert word not in source, f"{named(path)}: {word}"
    for path in modules("moderation/web"):
        assert "Markup(" not in path.read_text(encoding="utf-8"), named(path)


def test_each_task_name_that_is_sent_has_a_task() -> None:
    app = Celery("test", set_as_current=False)
    tasks.register(app, lambda: pytest.fail("registering calls nothing"))
    assert set(queue.TASKS) == {name for name in app.tasks if not name.startswith("celery.")}


IMPORT_ALL = """
import importlib, os, pkgutil, socket, sys

def refuse(*args, **kwargs):
    raise AssertionError("importing connects")

socket.socket.connect = refuse
for name in [name for name in os.environ if name.startswith("MODERATION_")]:
    del os.environ[name]
for room in ("moderation", "workers"):
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, room + "."):
        if module.name.startswith("moderation.evaluation.learning."):  # what it needs comes with `make train`
            continue
        if not module.name.endswith("__main__") and ".migrations." not in module.name and not module.name.endswith(".leash"):
            importlib.import_module(module.name)
"""


def test_importing_any_module_connects_to_nothing_and_needs_no_setting() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, cwd=ROOT, timeout=100)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_web_process_does_not_load_the_workers() -> None:
    code = "import sys, moderation.web, moderation.bootstrap; sys.exit('workers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=100).returncode == 0


def test_no_file_names_the_address_of_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT).stdout.split()
    words = ("index" + "-url", "pypi" + ".org", "file" + "s.pythonhosted", "find" + "-links", "registry." + "npmjs")
    for name in listed:
        path = ROOT / name
        if path.suffix in {".py", ".txt", ".toml", ".yml", ".yaml", ".md", ".sh", ""} and path.is_file():
            source = path.read_text("utf-8", "replace")
            for word in words:
                allowed = name == "Makefile" and f"--no-emit-{word}" in source
                assert allowed or word not in source, f"{name}: {word}"
