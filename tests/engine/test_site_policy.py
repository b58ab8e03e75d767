"""Settings of a site, read strictly: staffed hours, the locale's word lists, what verdicts may count, what is not known yet."""

from datetime import UTC, datetime
from typing import Any

import pytest

from moderation.engine import staffing
from moderation.engine.policy import DEFAULT_SETTINGS
from moderation.engine.ruleset import InvalidRuleset, Ruleset, load
from tests.engine.cases import hits, rule
from tests.engine.conftest import shipped_files

LOCAL = """\
groups:
  - {tier: mild, locale: [en-GB, en-IE, en-AU], words: "bloody, sod off"}
  - {tier: mild, locale: en-IE, words: feck}
  - {tier: mild, words: damn}
"""
ALL = "Damn, sod off, feck, bloody."


def of_site(settings: str = "{}", **files: str) -> Ruleset:
    given = {"a.yaml": "rules:\n" + rule("{terms: mild}"), "lists/mild.yaml": LOCAL}
    return load({**given, "sites/x/settings.yaml": settings, **files}, site="x")


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ("{}", ["Damn"]),
        ("locale: en-US", ["Damn"]),
        ("locale: en-AU", ["Damn", "sod off", "bloody"]),
        ("locale: en-GB", ["Damn", "sod off", "bloody"]),
        ("locale: en-IE", ["Damn", "sod off", "feck", "bloody"]),
    ],
)
def test_a_locale_has_its_own_mild_words(settings: str, found: list[str]) -> None:
    ruleset = of_site(settings)
    assert hits(ruleset, ALL) == found
    assert hits(Ruleset.from_body(ruleset.body), ALL) == found


def test_a_site_adds_to_a_locales_words_and_takes_from_them() -> None:
    own = "lists: {mild: {remove: [bloody], add: [{term: crikey, locale: en-GB}, {term: heck, locale: en-US}]}}"
    there = of_site("locale: en-GB", **{"sites/x/rules.yaml": own})
    assert hits(there, f"{ALL} Crikey, heck.") == ["Damn", "sod off", "Crikey"]


def test_the_shipped_mild_words_follow_the_locale() -> None:
    files = shipped_files()
    files["sites/x/rules.yaml"] = "overrides: [{id: mild-profanity, state: live}, {id: harsh-words, state: disabled}]"
    text = "He had a bloody nose, by heck, and said damn."
    seen = {}
    for locale in ("en-US", "en-GB"):
        files["sites/x/settings.yaml"] = f"locale: {locale}"
        seen[locale] = hits(load(files, site="x"), text)
    assert seen == {"en-US": ["heck", "damn"], "en-GB": ["bloody", "damn"]}


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ("learning: true", "unknown key `learning`"),
        ("locale: en-UK", "did you mean `en-US`?"),
        ("staffed: every day", "a mapping is needed here"),
        ("staffed: {from: '9', to: '17:00', zone: UTC}", "`9` is no time of day"),
        ("staffed: {from: '09:00', to: '24:01', zone: UTC}", "`24:01` is no time of day"),
        ("staffed: {from: '09:00', to: '17:00', zone: Mars/Base}", "`Mars/Base` is no time zone known here"),
        ("staffed: {from: '09:00', to: '17:00', zone: ../etc}", "is no time zone known here"),
        ("staffed: {from: '09:00', to: '17:00'}", "`zone` is missing"),
        ("staffed: {days: [monday], from: '09:00', to: '17:00', zone: UTC}", "`monday` is not known here"),
        ("unstaffed: shut", "`shut` is not known here"),
        ("review_expires_hours: 0", "0 is out of range"),
    ],
)
def test_a_wrong_setting_is_refused(settings: str, shown: str) -> None:
    with pytest.raises(InvalidRuleset) as raised:
        of_site(settings)
    assert shown in str(raised.value)


def test_what_is_not_known_yet_has_no_default() -> None:
    assert "learning" not in DEFAULT_SETTINGS


@pytest.mark.parametrize(
    ("blocks", "accepted"),
    [("proposed", False), ("{spam: proposed}", False), ("automatic", True), ("{spam: automatic}", True)],
)
def test_counting_verdicts_needs_automatic_blocks(blocks: str, accepted: bool) -> None:
    text = (
        f"{{counts: verdict, blocks: {blocks}, scope: site, window_days: 9, ladder: {{spam: [{{at: 1, warn: true}}]}}}}"
    )
    if accepted:
        assert of_site(**{"enforcement.yaml": text}).enforcement["counts"] == "verdict"
        return
    with pytest.raises(InvalidRuleset, match="counting verdicts needs `blocks: automatic`"):
        of_site(**{"enforcement.yaml": text})


WEEKDAYS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00", "zone": "Europe/London"}
NIGHT = {"days": "fri", "from": "22:00", "to": "06:00", "zone": "America/New_York"}
WHOLE_DAY = {"from": "00:00", "to": "24:00", "zone": "UTC", "days": ["sat"]}


@pytest.mark.parametrize(
    ("shifts", "at", "expected"),
    [
        (None, "2026-11-23T03:00", True),
        (WEEKDAYS, "2026-11-23T08:59", False),
        (WEEKDAYS, "2026-11-23T09:00", True),
        (WEEKDAYS, "2026-11-23T16:59", True),
        (WEEKDAYS, "2026-11-23T17:00", False),
        (WEEKDAYS, "2026-11-22T12:00", False),
        (WEEKDAYS, "2026-07-06T08:00", True),  # summer time
        (NIGHT, "2026-11-28T03:30", True),  # Friday, half past ten in New York
        (NIGHT, "2026-11-28T10:59", True),
        (NIGHT, "2026-11-28T11:00", False),
        (NIGHT, "2026-11-27T03:30", False),  # Thursday evening there
        (WHOLE_DAY, "2026-11-28T23:59", True),
        (WHOLE_DAY, "2026-11-29T00:00", False),
        ([WEEKDAYS, WHOLE_DAY], "2026-11-28T23:59", True),
        ("every day", "2026-11-23T03:00", True),  # as an earlier version stored it
        ([{"days": ["mon"]}, {**WEEKDAYS, "from": "9"}], "2026-11-23T03:00", True),
        ({**WEEKDAYS, "zone": "Gone/Zone"}, "2026-11-23T12:00", False),
    ],
)
def test_staffed_hours(shifts: Any, at: str, expected: bool) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert staffing.is_staffed({"staffed": shifts}, moment) is expected
