"""Every link of a page leads to a file and a heading that are there."""

import re
from pathlib import Path

import pytest

from tests.docs import pages

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEST = re.compile(r"`(tests/[\w/.]+\.py)::(\w+)`")


def anchors(path: Path) -> set[str]:
    """The anchors of a page, as code hosts make them from headings."""
    headings = re.findall(r"^#+ (.+)$", pages.prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", pages.PAGES, ids=pages.named)
def test_every_relative_link_and_anchor_resolves(path: Path) -> None:
    for target in LINK.findall(pages.prose(path)):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_is_reached_from_the_readme() -> None:
    linked = {
        (pages.ROOT / target.partition("#")[0]).resolve()
        for target in LINK.findall(pages.prose(pages.ROOT / "README.md"))
    }
    assert not [path for path in (pages.ROOT / "docs").glob("*.md") if path.resolve() not in linked]


def test_every_test_that_reliability_names_is_there() -> None:
    found = TEST.findall(pages.text(pages.ROOT / "docs" / "reliability.md"))
    assert len(found) > 30
    for file, name in found:
        assert f"def {name}(" in (pages.ROOT / file).read_text("utf-8"), f"{file}::{name}"
