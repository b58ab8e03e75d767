"""OpenAI's moderation endpoint: what each name means, keys of either kind, errors in its own shape, nothing stored."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from moderation.engine.verdict import CATEGORIES
from moderation.storage.models import Base
from moderation.web import openai_categories
from moderation.web.api.openai import MOST_TEXTS, Moderation, OpenAIError
from moderation.web.openai_categories import MISTRAL, OPENAI
from moderation.web.routes import Edge
from moderation.workflow.ports import Scores
from moderation.workflow.rule_scores import GRADES
from tests.fakes import FakeClassifier
from tests.web.service import OPERATOR, Service, Template

PATH = "/v1/moderations"
RULES = """rules:
  - id: {id}
    category: {category}
    state: live
    title: Test
    when: {{terms: [{term}]}}
    action: {action}
    reason: Test.
    examples: {{match: ["You {term}."], pass: ["A fair point."]}}
"""


@pytest.fixture(scope="module")
def service(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Four rules: the tests' two, one that lists and one in trial."""
    folder = tmp_path_factory.mktemp("openai")
    rules = folder / "rules"
    rules.mkdir()
    for file in (Path(__file__).parent / "rules").glob("*.yaml"):
        (rules / file.name).write_text(file.read_text("utf-8"), "utf-8")
    for id, category, action in (("sigh", "civility", "review"), ("menace", "threat", "hold")):
        (rules / f"{id}.yaml").write_text(RULES.format(id=id, category=category, action=action, term=f"{id}word"))
    trial = RULES.format(id="try", category="profanity", action="hold", term="tryword").replace("live", "trial")
    (rules / "try.yaml").write_text(trial)
    made = template.service(folder, rules_dir=rules, learned_scores=False, off_topic=False)  # the rules alone
    made.application.rulebook.publish_files(
        site_id=made.site_id, message="For the tests", by=OPERATOR, now=made.application.now()
    )
    yield made
    template.end(made)


def ask(service: Service, input: Any, **rest: Any) -> dict[str, Any]:
    answer = service.post(PATH, {"input": input}, **rest)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    Moderation.model_validate(found)
    return found


def one(service: Service, text: str) -> dict[str, Any]:
    [result] = ask(service, text)["results"]
    assert isinstance(result, dict)
    return result


def true(result: dict[str, Any]) -> set[str]:
    return {name for name, flagged in result["categories"].items() if flagged}


def test_a_civil_text(service: Service) -> None:
    answer = ask(service, "A fair point.")
    result = answer["results"][0]
    assert (result["flagged"], result["action"], result["reasons"], true(result)) == (False, "allow", [], set())
    assert set(result["category_scores"].values()) == {0.0, GRADES["allow"]}
    assert answer["id"].startswith("modr-") and answer["model"].startswith("keepitcivil-")


def test_what_the_rules_hold_is_flagged_under_their_name_and_ours(service: Service) -> None:
    result = one(service, "You numpty.")
    assert (result["flagged"], result["action"]) == (True, "hold")
    assert true(result) == {"harassment", "personal_attack"}
    assert result["category_scores"]["harassment"] == result["category_scores"]["personal_attack"] == GRADES["hold"]
    [reason] = result["reasons"]
    assert reason["rule"] == "insult-at-commenter" and "numpty" in reason["text"]


def test_what_is_only_listed_has_a_score_and_is_not_flagged(service: Service) -> None:
    result = one(service, "You sighword.")
    assert (result["flagged"], result["action"], true(result)) == (False, "review", set())
    assert result["category_scores"]["civility"] == GRADES["review"]


def test_a_rule_in_trial_changes_nothing(service: Service) -> None:
    result = one(service, "You tryword.")
    assert (result["flagged"], true(result), result["category_scores"]["profanity"]) == (
        False,
        set(),
        0.0,
    )  # nobody looks for it


def test_a_threat_is_violence_and_by_its_aim_more(service: Service) -> None:
    assert true(one(service, "You menaceword.")) == {"violence", "harassment/threatening", "threat"}
    assert true(one(service, "A menaceword at noon.")) == {"violence", "threat"}


def test_the_names_of_the_protocol_and_every_one_of_ours(service: Service) -> None:
    result = one(service, "A fair point.")
    for name in ("categories", "category_scores", "category_applied_input_types"):
        assert set(result[name]) == {*OPENAI, *CATEGORIES}


def test_what_nobody_assesses_is_false_nought_and_without_input_type(service: Service) -> None:
    result = one(service, "You numpty.")
    applied = result["category_applied_input_types"]
    assert {name for name, types in applied.items() if not types} == {
        name for name, score in result["category_scores"].items() if score == 0
    }
    looked_for = {name for name, types in applied.items() if types}
    assert looked_for == {
        "harassment", "harassment/threatening", "hate/threatening", "violence",  # two live rules
        "personal_attack", "threat", "spam", "civility",
    }  # fmt: skip
    assert {types[0] for types in applied.values() if types} == {"text"}


def test_a_learned_score_counts_where_there_is_one(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    learned = FakeClassifier(Scores({"identity_attack": 0.71, "insult": 0.2}, {"identity_attack": {}}, {}))
    monkeypatch.setattr(service.application.judge, "classifier", learned)
    result = one(service, "A fair point.")
    assert (result["category_scores"]["hate"], result["categories"]["hate"]) == (0.71, False)
    assert result["category_applied_input_types"]["hate"] == ["text"]
    assert one(service, "You numpty.")["category_scores"]["harassment"] == GRADES["hold"]


def test_a_check_that_fails_is_flagged_never_clean(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.web.api.openai.SECONDS", -1.0)
    monkeypatch.setattr("moderation.web.api.openai._LEAST", -1.0)
    result = one(service, "A fair point.")
    assert (result["flagged"], result["action"]) == (True, "hold")
    assert {reason["code"] for reason in result["reasons"]} == {"not_judged"}
    assert {"harassment", "violence", "spam"} <= true(result)


def test_one_result_for_each_string_and_one_for_all_parts(service: Service) -> None:
    results = ask(service, ["A fair point.", "You numpty.", " "])["results"]
    assert [result["flagged"] for result in results] == [False, True, False]
    assert not any(results[2]["category_applied_input_types"].values())  # nothing to look at
    parts = [{"type": "text", "text": "You"}, {"type": "text", "text": "numpty."}]
    assert [result["flagged"] for result in ask(service, parts)["results"]] == [True]


def test_mistrals_names_where_its_model_is_asked_for(service: Service) -> None:
    answer = service.post(PATH, {"model": "mistral-moderation-latest", "input": ["You menaceword."]}).get_json()
    categories = answer["results"][0]["categories"]
    assert set(categories) == {*MISTRAL, *CATEGORIES}
    assert categories["violence_and_threats"] and not categories["pii"]


def test_every_name_stands_for_categories_that_exist() -> None:
    for source in (*OPENAI.values(), *MISTRAL.values(), *openai_categories.OURS.values()):
        assert set(source.categories) <= set(CATEGORIES)


def test_either_kind_of_key_opens_and_no_other(service: Service) -> None:
    def key(kind: str, **given: Any) -> str:
        app = service.application
        made = app.keys.add(site_id=service.site_id, kind=kind, by=OPERATOR, now=app.now(), **given)
        return str(made["key"])

    def status(token: str) -> int:
        return service.post(PATH, {"input": "x"}, key=token).status_code

    protocol = key("protocol")
    assert [status(token) for token in (service.key, key("test"), protocol, protocol.upper())] == [200] * 4
    assert status(key("live", scope="read")) == 403
    assert {status(token) for token in ("", "x", "sk-1234", "é", service.key[:-1], "kic_live_x")} == {401}
    assert service.get("/v1/events", key=protocol).status_code == 401  # a protocol key scores, and no more


REFUSED: list[tuple[str, bytes, int, str | None]] = [
    ("not JSON", b"{", 400, None),
    ("a list", b"[]", 400, None),
    ("no input", b"{}", 400, "input"),
    ("null", b'{"input": null}', 400, "input"),
    ("a number", b'{"input": 5}', 400, "input"),
    ("no strings", b'{"input": []}', 400, "input"),
    ("too many", json.dumps({"input": ["x"] * (MOST_TEXTS + 1)}).encode(), 400, "input"),
    ("mixed", b'{"input": ["x", 5]}', 400, "input"),
    ("lists in a list", b'{"input": [["x"]]}', 400, "input"),
    ("a part without text", b'{"input": [{"type": "text"}]}', 400, "input"),
    ("a picture", b'{"input": [{"type": "image_url", "image_url": {"url": "https://x.example/"}}]}', 400, "input"),
    ("a NUL", b'{"input": "a\\u0000b"}', 400, "input"),
    ("half a character", b'{"input": "\\ud800"}', 400, "input"),
    ("a text too long", json.dumps({"input": "x" * 20_481}).encode(), 400, "input"),
    ("a model that is no name", b'{"input": "x", "model": 5}', 400, "model"),
    ("a body too large", b'{"input": "' + b"x" * 300_000 + b'"}', 413, None),
]


def refused(answer: TestResponse) -> dict[str, Any]:
    """The error, after its shape was checked."""
    assert answer.content_type == "application/json"
    OpenAIError.model_validate(answer.get_json())
    error: dict[str, Any] = answer.get_json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["message"] and error["code"]
    return error


@pytest.mark.parametrize(("body", "status", "param"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_what_is_refused_says_so_in_their_shape(service: Service, body: bytes, status: int, param: str | None) -> None:
    answer = service.send("POST", PATH, data=body, content_type="application/json")
    error = refused(answer)
    assert (answer.status_code, error["type"]) == (status, "invalid_request_error")
    assert (error["param"] or "").split("/")[0] == (param or "")


def test_no_key_a_wrong_type_and_a_crash_in_their_shape(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = service.post(PATH, {"input": "x"}, key="")
    assert (answer.status_code, refused(answer)["code"]) == (401, "invalid_api_key")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert refused(service.send("POST", PATH, data="input=x"))["type"] == "invalid_request_error"

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(type(service.application.judge), "assess", crash)
    answer = service.post(PATH, {"input": "x"})
    assert (answer.status_code, refused(answer)["type"]) == (500, "server_error")
    assert "secret words" not in answer.text


def test_limited_for_each_key_with_what_clients_repeat_by(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = edge_of(service).judge_limit
    monkeypatch.setattr(limit, "_clock", lambda: 0.0)
    monkeypatch.setattr(limit, "_burst", 40.0)
    monkeypatch.setattr(limit, "_buckets", type(limit._buckets)())
    assert service.post(PATH, {"input": ["x"] * 32}).status_code == 200
    answer = service.post(PATH, {"input": ["x"] * 32})  # each text counts
    assert (answer.status_code, refused(answer)["code"]) == (429, "rate_limit_exceeded")
    assert answer.headers["Retry-After"] == "2"  # 24 texts are missing, 20 come in a second


def edge_of(service: Service) -> Edge:
    """What the views share."""
    cells = service.flask.view_functions["api.judge"].__closure__ or ()
    [edge] = [cell.cell_contents for cell in cells if isinstance(cell.cell_contents, Edge)]
    return edge


def test_nothing_is_stored(service: Service) -> None:
    def rows() -> dict[str, int | None]:
        with service.application.database.read() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }

    before = rows()
    ask(service, ["You numpty.", "A fair point."])
    assert rows() == before
