"""`moderation judge`, `scores` and the offline verbs of `rules`, as a shell runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moderation.cli.judge import judge, scores
from moderation.cli.rules_offline import RULE_COMMANDS
from moderation.engine.verdict import ATTRIBUTES

COMMANDS = {command.name: command for command in RULE_COMMANDS}
NO_STORY = {"spam": "model_off", "off_topic": "no_story"}
GOOD = """rules:
  - {id: r, category: custom, state: live, title: Names, action: hold, when: {terms: [moron]},
     examples: {match: [moron], pass: [fine]}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small rules folder in MODERATION_RULES_DIR."""
    rules = tmp_path / "rules"
    (rules / "sites" / "x").mkdir(parents=True)
    (rules / "a.yaml").write_text(GOOD)
    (rules / "sites" / "x" / "own.yaml").write_text("overrides: [{id: r, state: disabled}]")
    monkeypatch.setenv("MODERATION_RULES_DIR", str(rules))
    return rules


def run(command: Any, *arguments: str, input: str | bytes | None = None) -> Result:
    """A command's result."""
    return CliRunner().invoke(command, list(arguments), input=input, catch_exceptions=False)


def lines(result: Result) -> list[Any]:
    """The JSON lines on stdout."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_lines_come_out_in_order_with_their_ids(folder: Path) -> None:
    result = run(judge, "-", input='{"id": "a", "text": "you moron"}\n\n{"text": "fine"}\n')
    assert [(line["id"], line["action"]) for line in lines(result)] == [("a", "hold"), (3, "allow")]
    assert result.exit_code == 0
    assert "50.00%" in result.stderr
    first = lines(result)[0]
    assert first["matches"][0]["spans"] == [[4, 9]]
    assert first["not_assessed"] == NO_STORY
    assert first["scores"]["insult"] > 0.5


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"id": 7}', "`text` is missing"),
        ('{"text": 5}', "`text` is missing"),
        ('{"text": "a\\u0000"}', "NUL"),
        ('{"text": "\\ud800"}', "surrogate"),
        (json.dumps({"text": "ä" * 10_241}), "20,480 bytes"),
        ('{"text": "a", "story": "x"}', "`story` is no object"),
        ('{"text": "a", "story": {"title": 5}}', "`story.title` is no text"),
        ('{"text": "a", "author": {"joined_at": "soon"}}', "`author`"),
        ('{"text": "a", "story": {"people": [{"role": "public"}]}}', "`story`"),
        ('{"text": "a", "language": 3}', "`language`"),
        ('{"text": "a", "format": "rtf"}', "`format`"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_is_told_on_its_line_and_the_run_goes_on(folder: Path, bad: str, why: str) -> None:
    result = run(judge, "-", input=bad + '\n{"text": "moron"}\n')
    first, second = lines(result)
    assert why in first["error"]
    assert second["action"] == "hold"
    assert result.exit_code == 1


def test_broken_utf8_is_a_bad_line(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    file.write_bytes(b'{"text": "\xff"}\n{"text": "moron"}\n')
    result = run(judge, str(file))
    assert "surrogate" in lines(result)[0]["error"]
    assert lines(result)[1]["action"] == "hold"


def test_text_and_csv(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text("fine\nmoron\n")
    assert [line["action"] for line in lines(run(judge, str(tmp_path / "c.txt")))] == ["allow", "hold"]
    (tmp_path / "c.csv").write_text('id,text\nx,"you\nmoron"\n')
    assert [(line["id"], line["action"]) for line in lines(run(judge, str(tmp_path / "c.csv")))] == [("x", "hold")]


def test_story_and_site(folder: Path, tmp_path: Path) -> None:
    story = tmp_path / "story.json"
    story.write_text('{"people": [{"name": "Sam Patel", "role": "private"}]}')
    line = lines(run(judge, "-", "--story", str(story), input='{"text": "Patel is a moron"}'))[0]
    assert line["matches"][0]["aimed_at"] == "private_person"
    assert lines(run(judge, "-", "--site", "x", input='{"text": "moron"}'))[0]["action"] == "allow"
    story.write_text("nonsense")
    assert run(judge, "-", "--story", str(story)).exit_code == 2


def test_a_bad_rule_file_stops_with_its_place(folder: Path) -> None:
    (folder / "a.yaml").write_text(GOOD.replace("terms", "tirms"))
    result = run(judge, "-", input='{"text": "x"}')
    assert result.exit_code == 1
    assert "a.yaml:2:" in result.stderr
    assert "unknown condition `tirms`" in result.stderr


def test_scores_without_a_story(folder: Path) -> None:
    line = lines(run(scores, "-", input='{"id": 1, "text": "x"}'))[0]
    assert (line["id"], line["language"], line["not_assessed"]) == (1, "en", NO_STORY)
    assert set(line["scores"]) == set(line["scored_by"]) == set(ATTRIBUTES) - set(NO_STORY)
    assert set(line) == {"id", "language", "scores", "scored_by", "not_assessed"}


def test_rules_verbs(folder: Path, tmp_path: Path) -> None:
    assert "ok: 1 rules" in run(COMMANDS["check"]).stdout
    assert run(COMMANDS["test"]).exit_code == 0
    assert "aimed_at (filter)" in run(COMMANDS["kinds"]).stdout
    assert json.loads(run(COMMANDS["kinds"], "--schema").stdout)["$defs"]["condition"]
    page = run(COMMANDS["print"]).stdout
    assert "Names [custom: r]" in page
    assert "held until a moderator decides" in page


def test_rules_test_shows_what_is_wrong(folder: Path) -> None:
    (folder / "a.yaml").write_text(GOOD.replace("pass: [fine]", "pass: [moron]"))
    result = run(COMMANDS["test"])
    assert result.exit_code == 1
    assert "should pass, but the rule matches (moron)" in result.stdout


def test_diff_between_two_folders(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.yaml").write_text(GOOD.replace("action: hold", "action: review").replace("id: r,", "id: s,"))
    result = run(COMMANDS["diff"], str(folder), str(other))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["- rule r: Names (live, hold)", "+ rule s: Names (live, review)"]
    (other / "a.yaml").write_text(GOOD.replace("action: hold", "action: review"))
    assert run(COMMANDS["diff"], str(folder), str(other)).stdout == "~ rule r: action hold → review\n"
    assert run(COMMANDS["diff"], str(folder), str(folder)).exit_code == 0
    assert run(COMMANDS["diff"]).exit_code == 2


STORY = {"title": "Council votes to close the harbour bridge for repairs", "body": "Ferries will run every hour."}
UNDER = json.dumps(
    {"text": "Selling three kittens and a rabbit hutch, barely used, collect in person.", "story": STORY}
)


def test_a_story_makes_a_score(folder: Path) -> None:
    line = lines(run(scores, "-", input=UNDER))[0]
    assert line["scores"]["off_topic"] > 0.8
    assert line["scored_by"]["off_topic"]["version"] == "1"
    assert lines(run(judge, "-", input=UNDER))[0]["scores"] == line["scores"]


def test_the_model_can_be_switched_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_OFF_TOPIC", "false")
    assert "toxicity" in lines(run(judge, "-", input=UNDER))[0]["scores"]
    monkeypatch.setenv("MODERATION_LEARNED_SCORES", "false")
    line = lines(run(judge, "-", input=UNDER))[0]
    assert (line["scores"], line["not_assessed"]) == ({}, dict.fromkeys(ATTRIBUTES, "model_off"))
