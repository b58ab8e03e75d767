"""Shipped and own files put together; one version for one content; the body and back."""

import hashlib
import json
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from moderation.engine.evaluate import evaluate
from moderation.engine.json_schema import json_schema
from moderation.engine.ruleset import InvalidRuleset, Ruleset, load
from tests.engine.cases import facts, hits, judged, rule
from tests.engine.conftest import RULES, shipped_files

TWO = {
    "a.yaml": "rules:\n" + rule("{terms: bad}", id="one"),
    "b.yaml": "rules:\n" + rule("{terms: worse}", id="two", action="reject"),
    "lists/bad.yaml": "terms: [darn, moron]",
    "lists/worse.yaml": "terms: [dolt]",
}


def with_site(text: str, **files: str) -> dict[str, str]:
    """TWO with a site's own rule file."""
    return {**TWO, "sites/x/rules.yaml": text, **files}


def test_order_of_files_rules_and_terms_never_matters() -> None:
    version = load(TWO).version
    backwards = dict(reversed(TWO.items()))
    assert load(backwards).version == version
    one, two = (TWO[name].removeprefix("rules:\n") for name in ("a.yaml", "b.yaml"))
    lists = {"lists/bad.yaml": "terms: [moron, darn]", "lists/worse.yaml": TWO["lists/worse.yaml"]}
    assert load({"z.yaml": "# other\nrules:\n" + two + one, **lists}).version == version


def test_what_changes_a_rule_changes_the_version_and_its_hash() -> None:
    first = load(TWO)
    other = load({**TWO, "lists/bad.yaml": "terms: [darn]"})
    assert other.version != first.version
    changed = [r.id for r in first.rules if (o := other.rule(r.id)) and o.hash != r.hash]
    assert changed == ["one"]
    titled = load({**TWO, "a.yaml": TWO["a.yaml"] + "    title: Other\n"})
    assert titled.version != first.version
    assert [r.hash for r in titled.rules] == [r.hash for r in first.rules]


def test_version_is_the_hash_of_the_body_and_the_body_gives_the_same_rules(shipped: Ruleset) -> None:
    assert shipped.version == hashlib.sha256(shipped.body.encode()).hexdigest()
    again = Ruleset.from_body(shipped.body)
    assert again.version == shipped.version
    assert [(r.id, r.hash, r.state) for r in again.rules] == [(r.id, r.hash, r.state) for r in shipped.rules]
    text = "You are an idiot, and f υ c k that."
    assert evaluate(facts(text), again) == evaluate(facts(text), shipped)
    body = json.loads(shipped.body)
    assert {"rules", "lists", "enforcement", "settings", "documents", "fixtures", "exempt"} <= set(body)


def test_a_site_changes_rules_lists_and_settings() -> None:
    text = (
        "overrides: [{id: one, state: trial}, {id: two, action: hold}]\nlists: {bad: {add: [jerk], remove: [darn]}}\n"
    )
    files = with_site(text, **{"sites/x/settings.yaml": "{locale: en-GB, flags: {hide_at: 3}}"})
    files["sites/other/rules.yaml"] = "rules: broken"
    own = load(files, site="x")
    assert [(r.id, r.state, r.action) for r in own.rules] == [("one", "trial", "hold"), ("two", "live", "hold")]
    assert [term.term for term in own.lists["bad"]] == ["jerk", "moron"]
    assert own.settings["locale"] == "en-GB"
    assert own.settings["flags"] == {"hide_at": 3, "readers": 3}
    assert load(files).rule("one").state == "live"  # type: ignore[union-attr]
    assert load(files).settings["locale"] == "en-US"


def test_a_trial_rule_is_seen_and_acts_on_nothing() -> None:
    verdict = judged(load(with_site("overrides: [{id: one, state: trial}]"), site="x"), "moron")
    assert (verdict.action, [m.state for m in verdict.matches], verdict.categories) == ("allow", ["trial"], ())


@pytest.mark.parametrize(
    ("exempt", "case", "action"),
    [
        ("{author_role: [staff]}", {"author": {"role": "staff"}}, "allow"),
        ("{author_role: [staff]}", {"author": {"role": "reader"}}, "hold"),
        ("{trusted: true, categories: [custom]}", {"author": {"trusted": True}}, "allow"),
        ("{trusted: true, categories: [spam]}", {"author": {"trusted": True}}, "hold"),
        ("{section: [Satire]}", {"story": {"section": "satire"}}, "allow"),
        ("{section: [Satire]}", {}, "hold"),
        ("{rules: [two]}", {}, "hold"),
        ("{rules: [one]}", {}, "allow"),
    ],
)
def test_exemptions(exempt: str, case: dict[str, Any], action: str) -> None:
    assert judged(load(with_site(f"exempt: [{exempt}]"), site="x"), "moron", **case).action == action


def test_a_list_of_the_site_gives_public_figures() -> None:
    files = with_site("{}", **{"sites/x/lists/public_figures.yaml": "terms: [Smithers]"})
    match = judged(load(files, site="x"), "Smithers is a moron").matches[0]
    assert match.aimed_at == "public_person"
    assert hits(load(files), "Smithers is a moron") == ["moron"]


def test_documents_of_the_site_come_before_the_shipped_ones() -> None:
    files = {**TWO, "guidelines.md": "ours", "faq.md": "q", "sites/x/guidelines.md": "theirs"}
    assert load(files, site="x").documents == {"guidelines": "theirs", "faq": "q"}


def test_a_stored_body_that_does_not_hold_is_refused(shipped: Ruleset) -> None:
    body = json.loads(shipped.body)
    body["rules"][0]["when"] = {"nonsense": 1}
    with pytest.raises(InvalidRuleset):
        Ruleset.from_body(json.dumps(body))


def test_a_stored_term_that_a_newer_version_refuses_takes_no_rules_away(shipped: Ruleset) -> None:
    body = json.loads(shipped.body)
    body["lists"]["threats"].append({"term": "} a brace alone", "tier": "wish", "form": "phrase", "use": "verb"})
    kept = Ruleset.from_body(json.dumps(body))
    assert [rule.id for rule in kept.rules] == [rule.id for rule in shipped.rules]
    assert kept.lists["threats"] == shipped.lists["threats"]


def test_the_schema_in_the_folder_is_current() -> None:
    stored = json.loads((RULES / "schema.json").read_text(encoding="utf-8"))
    assert stored == json_schema(), "moderation rules kinds --schema > rules/schema.json"


def test_shipped_files_keep_the_schema() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for path, text in shipped_files().items():
        if path.endswith(".yaml"):
            jsonschema.Draft202012Validator(_part(schema, path)).validate(YAML(typ="safe").load(text))


def _part(schema: dict[str, Any], path: str) -> dict[str, Any]:
    for name in ("fixtures", "enforcement", "settings"):
        if path.endswith(f"{name}.yaml"):
            return {**schema["$defs"][name], "$defs": schema["$defs"]}
    return {**schema["$defs"]["list"], "$defs": schema["$defs"]} if "lists/" in path else schema


def test_schema_refuses_what_the_loader_refuses() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            {"rules": [{"id": "a", "category": "spam", "state": "lively", "action": "hold", "when": []}]}, json_schema()
        )


def test_versions_with_the_same_lists_share_what_is_compiled_of_them() -> None:
    first = load(TWO)
    titled = load({**TWO, "a.yaml": TWO["a.yaml"] + "    title: Other\n"})
    assert titled.version != first.version
    assert titled.matchers.lexicon is first.matchers.lexicon
    assert load({**TWO, "lists/bad.yaml": "terms: [darn]"}).matchers.lexicon is not first.matchers.lexicon


def test_a_list_that_opens_no_rule_is_searched_only_where_a_rule_asks_for_it() -> None:
    files = {
        "lists/oaths.yaml": "{note: n, tier: listed, groups: [{form: word, words: 'darn'}]}",
        "lists/kin.yaml": "{note: n, tier: listed, groups: [{form: word, words: 'mother'}]}",
        "a.yaml": "rules:\n" + rule("{terms: oaths, near: {terms: kin}}"),
    }
    ruleset = load(files)
    assert (ruleset.matchers.lexicon.keys, ruleset.matchers.background.keys) == (
        {("oaths", "listed")},
        {("kin", "listed")},
    )
    assert judged(ruleset, "Darn your mother.").matches
    assert not judged(ruleset, "My mother came.").matches and not judged(ruleset, "Darn it.").matches
