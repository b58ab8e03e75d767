"""The lines to Perspective's scale, and the module that holds them."""

from pathlib import Path

from moderation.evaluation.learning import scale
from moderation.web import perspective_lines


def test_the_lines_that_ship_are_as_the_command_writes_them() -> None:
    assert Path(perspective_lines.__file__).read_text("utf-8") == scale.module(perspective_lines.LINES)
