"""Two versions of a site's rules, and what each says of the few texts that the model's writers send."""

from moderation.engine.ruleset import Ruleset, load

TEXTS = {
    "fair": "A fair point.",
    "fairer": "A fairer point.",
    "rude": "You clodpole.",
    "advert": "Get your cheappills.",
    "sigh": "Oh, pshaw.",
}
_ACTIONS = {
    "first": {"rude": "hold", "advert": "reject", "sigh": "review"},
    "second": {"rude": "reject", "advert": "hold"},
}
_RULE = """
  - id: {id}
    category: {category}
    state: live
    title: About {id}
    when: {{terms: [{term}]}}
    action: {action}
    reason: About {id}.{strike}
    examples:
      match: ["{term}", "{term}!", "oh, {term}"]
      pass: ["A civil remark.", "Well said.", "I disagree."]
"""
_STRIKE = "\n    strike: {category}"
_OF_TEXT = {"rude": ("personal_attack", "clodpole"), "advert": ("spam", "cheappills"), "sigh": ("civility", "pshaw")}
ENFORCEMENT = """
counts: confirmed
blocks: {spam: automatic}
scope: site
window_days: 180
ladder:
  personal_attack: [{at: 1, warn: true}, {at: 2, check_first_days: 14}]
  spam: [{at: 1, block_days: 7}]
never: [civility]
"""
SETTINGS = "flags: {hide_at: 1, readers: 2}\n"


def action(version: str, text: str) -> str:
    """What the rules of a version say of a text."""
    return _ACTIONS[version].get(text, "allow")


def files(version: str) -> dict[str, str]:
    """The rule files of a version by their paths."""
    rules = "".join(_rule(text, action) for text, action in _ACTIONS[version].items())
    return {
        "10-model.yaml": f"rules:{rules}",
        "enforcement.yaml": ENFORCEMENT,
        "sites/main/settings.yaml": SETTINGS,
    }


def ruleset(version: str) -> Ruleset:
    """The rules of a version, compiled."""
    return load(files(version), site="main")


def _rule(text: str, action: str) -> str:
    category, term = _OF_TEXT[text]
    strike = _STRIKE.format(category=category) if category != "civility" else ""
    return _RULE.format(id=text, category=category, term=term, action=action, strike=strike)
