"""Tables that the code makes are those of the code; `python -m tests.docs.generated` writes them anew."""

from pathlib import Path

import pytest

from moderation.storage.personal import PERSONAL
from tests.docs import generated, pages


@pytest.mark.parametrize("path", generated.pages(), ids=pages.named)
def test_the_tables_are_current(path: Path) -> None:
    page = pages.text(path)
    assert generated.renewed(page) == page


def test_each_maker_has_its_place() -> None:
    together = pages.everything()
    for name in generated.MAKERS:
        assert f"<!-- made by code: {name} -->" in together


def test_a_table_has_a_row_for_each_thing() -> None:
    assert generated.personal().count("\n") == len(PERSONAL) + 2
    assert generated.defaults().count("\n") == len(generated.shipped().rules) + 2
