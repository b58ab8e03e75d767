"""Mistakes in rule files as their authors read them: place, caret, what is expected, nearest word."""

import pytest

from moderation.engine.ruleset import InvalidRuleset, load

GOOD = """\
rules:
  - id: swearing
    category: profanity
    state: live
    when: [{terms: bad}]
    action: hold
    examples: {match: ["darn it"], pass: ["fine"]}
"""
LISTS = {"lists/bad.yaml": "terms: [{term: darn, tier: mild}]\n"}


def mistakes(text: str, **files: str) -> InvalidRuleset:
    """The errors of one rule file beside the list `bad`."""
    with pytest.raises(InvalidRuleset) as raised:
        load({"a.yaml": text, **LISTS, **files})
    return raised.value


def test_a_good_file_loads() -> None:
    assert [rule.id for rule in load({"a.yaml": GOOD, **LISTS}).rules] == ["swearing"]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            "terms: bad",
            "terms: bda",
            "a.yaml:5:20: [swearing] there is no list `bda`\n"
            "        when: [{terms: bda}]\n"
            "                       ^\n"
            "    expected: bad\n"
            "    hint: did you mean `bad`?",
        ),
        (
            "state: live",
            "state: lively",
            "a.yaml:4:12: [swearing] `lively` is not known here\n"
            "        state: lively\n"
            "               ^\n"
            "    expected: disabled, draft, live, trial\n"
            "    hint: did you mean `live`?",
        ),
        (
            "    action:",
            "    acton:",
            "a.yaml:2:5: [swearing] `action` is missing",
        ),
        (
            "terms: bad",
            "score: {insult: '>= 0.5'}",
            "a.yaml:5:29: [swearing] a mapping is needed here, not a text\n"
            "        when: [{score: {insult: '>= 0.5'}}]\n"
            "                                ^\n"
            "    expected: at_least, at_most, over, under",
        ),
        (
            "terms: bad",
            "pattern: '(?<=x)y'",
            "a.yaml:5:22: [swearing] look-ahead and look-behind are not taken\n"
            "        when: [{pattern: '(?<=x)y'}]\n"
            "                         ^\n"
            "    hint: use `unless_match` or `near`",
        ),
        ("terms: bad", "tirms: bad", "a.yaml:5:13: [swearing] unknown condition `tirms`"),
        ("terms: bad", "terms: bad, tiers: [slur]", "no term of the list has the tier `slur`"),
        ("[{terms: bad}]", "[{quoted: attributed}]", "this filter needs `terms` or `pattern` beside it"),
        ("[{terms: bad}]", "[]", "at least one condition is needed here"),
        ("[{terms: bad}]", "always", "a condition is needed here, not a text"),
        ("id: swearing", "id: Swearing!", "`Swearing!` is no rule id"),
        (', pass: ["fine"]', "", "a rule needs examples of both kinds unless it is a draft"),
        ("terms: bad", "pattern: 'a.{0,99}b'", "a gap of 99 characters is too wide"),
        ("terms: bad", "pattern: 'x*'", "the pattern matches an empty text"),
        ("terms: bad", "pattern: '('", "RE2 does not take this pattern: missing ): ("),
        ("terms: bad", r"pattern: 'a\bй'", r"\b inside a pattern sees only the letters a to z"),
    ],
)
def test_mistakes_are_shown_with_their_place(old: str, new: str, shown: str) -> None:
    assert old in GOOD
    assert shown in str(mistakes(GOOD.replace(old, new)))


def test_all_mistakes_of_all_files_come_at_once() -> None:
    two = GOOD.replace("state: live", "state: lively").replace("terms: bad", "terms: bda")
    other = GOOD.replace("id: swearing", "id: other").replace("category: profanity", "category: profane")
    errors = mistakes(two, **{"b.yaml": other, "c.yaml": "rules: 7"}).errors
    assert [(error.file, error.line) for error in errors] == [
        ("a.yaml", 4),
        ("a.yaml", 5),
        ("b.yaml", 3),
        ("c.yaml", 1),
    ]
    two = GOOD.replace("terms: bad", "terms: bda").replace("action: hold", "action: hold\n    if_unknown: hld")
    assert (
        len(mistakes(two + GOOD[7:].replace("id: swearing", "id: second").replace("{terms: bad}", "{x: y}")).errors)
        == 3
    )


def test_a_syntax_error_comes_alone_for_its_file_with_a_hint() -> None:
    text = GOOD.replace('"darn it"', '"darn it')
    errors = mistakes(text, **{"b.yaml": GOOD.replace("id: swearing", "id: other").replace("hold", "hld")}).errors
    assert [error.file for error in errors] == ["a.yaml", "b.yaml"]
    assert errors[0].message.startswith("not YAML: ")


def test_the_same_id_twice() -> None:
    assert "the rule `swearing` is already in a.yaml:2" in str(mistakes(GOOD, **{"b.yaml": GOOD}))


def test_an_override_of_an_unknown_rule_names_the_nearest() -> None:
    text = GOOD + "overrides: [{id: swaering, state: trial}]\n"
    error = mistakes(text).errors[0]
    assert (error.line, error.hint) == (8, "did you mean `swearing`?")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("settings.yaml", "langauge: en", "unknown key `langauge`"),
        ("settings.yaml", "edit_hides: yes", "not a text"),
        ("enforcement.yaml", "counts: confirmed", "`ladder` is missing"),
        (
            "enforcement.yaml",
            "{counts: verdict, blocks: proposed, scope: site, window_days: 9, ladder: {}}",
            "automatic",
        ),
        (
            "enforcement.yaml",
            "{counts: confirmed, blocks: proposed, scope: site, window_days: 9, ladder: {slur: [{at: 2, warn: true}, {at: 1, warn: true}]}}",
            "step 1 does not come after step 2",
        ),
        (
            "enforcement.yaml",
            "{counts: confirmed, blocks: {threat: automatic}, scope: site, window_days: 9, ladder: {}}",
            "blocks for threat are never automatic",
        ),
        ("fixtures.yaml", "stories: {a: {titel: x}}", "unknown key `titel`"),
        ("lists/x.yaml", "terms: [{term: a, form: wrod}]", "did you mean `word`?"),
        ("lists/x.yaml", "terms: ['...']", "has no letters to look for"),
        ("lists/x.yaml", "groups: [{words: 'a {b, c} d'}]", "has a brace without its partner"),
        ("lists/x.yaml", "terms: [{term: '...'}, {tier: a}]", "`term` is missing"),
        (
            "lists/x.yaml",
            "terms: [{term: '{a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h} {a|b}'}]",
            "5,000 wordings",
        ),
        ("b.yaml", "lists: {bda: {add: [x]}}", "did you mean `bad`?"),
        ("b.yaml", "lists: {bad: {remove: [xyz]}}", "`xyz` is not in the list"),
        ("b.yaml", "exempt: [{author_role: [boss]}]", "`boss` is not known here"),
        ("b.yaml", "[1]", "a rule file is a mapping"),
        ("b.yaml", "rules: [7]", "a rule is a mapping"),
    ],
)
def test_other_files_are_checked_too(file: str, text: str, message: str) -> None:
    error = str(mistakes(GOOD, **{file: text}))
    assert message in error
    assert file in error


def test_long_lines_are_shown_around_the_mistake() -> None:
    text = GOOD.replace("terms: bad", f"terms: bad, note{'x' * 400}: 1")
    shown = str(mistakes(text)).splitlines()
    assert len(shown[1]) < 140
    assert shown[1][shown[2].index("^")] == "n"
