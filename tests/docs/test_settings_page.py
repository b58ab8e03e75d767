"""Every setting is documented, and the page is the one that the code makes."""

from pathlib import Path

from moderation import config

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_the_one_made_from_the_settings() -> None:
    assert PAGE.read_text(encoding="utf-8") == config.documentation()


def test_each_setting_says_what_it_does() -> None:
    for name, field in config.Settings.model_fields.items():
        assert len(field.description or "") > 20, name
        assert f"`{config.PREFIX}{name.upper()}`" in PAGE.read_text(encoding="utf-8")
