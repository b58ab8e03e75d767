"""Perspective's protocol at the edge: fields, errors with their texts, languages, spans, limits, suggested scores."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from werkzeug.test import TestResponse

from moderation.adapters.classifiers.learned import Learned
from moderation.engine.perspective_map import mapped
from moderation.engine.verdict import ATTRIBUTES
from moderation.errors import InvalidFields, Unavailable
from moderation.web.api.perspective import _address
from moderation.web.perspective_attributes import NAMES
from moderation.web.perspective_lines import LINES
from moderation.web.perspective_scores import MOST_SPANS, sentences
from moderation.web.perspective_statistics import unsubstantial
from moderation.workflow.ports import Scores
from moderation.workflow.rule_scores import CATEGORIES_OF, GRADES
from tests.fakes import FakeClassifier
from tests.web.service import OPERATOR, Service, Template

INSULT = "You are a numpty."
HELD, CLEAN = 0.92, 0.02


@dataclass
class Perspective:
    """The service with a protocol key."""

    service: Service
    key: str

    def call(self, path: str, body: Any, *, key: str | None = None, **given: Any) -> TestResponse:
        """A request as a plain script sends it: no header but its type."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        used = self.key if key is None else key
        return self.service.client.post(
            path, data=raw, query_string={"key": used} if used else None, **{"content_type": "text/plain", **given}
        )

    def analyze(self, text: str = INSULT, *names: str, key: str | None = None, **fields: Any) -> TestResponse:
        """The usual request."""
        asked = {name: {} for name in names or ("TOXICITY",)}
        body = {"comment": {"text": text}, "requestedAttributes": asked, "languages": ["en"], **fields}
        return self.call("/v1alpha1/comments:analyze", body, key=key)

    def value(self, text: str, name: str = "TOXICITY", **fields: Any) -> float:
        """One number."""
        answer = self.analyze(text, name, **fields)
        assert answer.status_code == 200, answer.text
        return float(answer.get_json()["attributeScores"][name]["summaryScore"]["value"])

    def suggest(self, **fields: Any) -> TestResponse:
        """A suggested score."""
        given = {"TOXICITY": {"summaryScore": {"value": 1}}}
        return self.call(
            "/v1alpha1/comments:suggestscore", {"comment": {"text": INSULT}, "attributeScores": given, **fields}
        )

    def another_key(self, **options: Any) -> str:
        """A key with options."""
        app = self.service.application
        made = app.keys.add(site_id=self.service.site_id, kind="protocol", by=OPERATOR, now=app.now(), **options)
        return str(made["key"])


@pytest.fixture(scope="module")
def perspective(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Perspective]:
    made = template.service(tmp_path_factory.mktemp("perspective"), learned_scores=False, off_topic=False)
    app = made.application
    app.rulebook.publish_files(site_id=made.site_id, message="For the tests", by=OPERATOR, now=app.now())
    key = app.keys.add(site_id=made.site_id, kind="protocol", by=OPERATOR, now=app.now())["key"]
    yield Perspective(made, key)
    template.end(made)


@pytest.fixture
def scored(perspective: Perspective) -> Iterator[Callable[..., None]]:
    """Sets what the model says for the length of a test."""
    judge = perspective.service.application.judge

    def say(**scores: float) -> None:
        by = {name: {"source": "model", "version": "1"} for name in scores}
        judge.classifier = FakeClassifier(Scores(scores, by, dict.fromkeys(set(ATTRIBUTES) - set(scores), "model_off")))

    before = judge.classifier
    yield say
    judge.classifier = before


def refused(answer: TestResponse, status: int = 400) -> dict[str, Any]:
    """The error of an answer, whose shape clients rely on."""
    assert answer.status_code == status
    assert answer.content_type == "application/json; charset=UTF-8"
    error: dict[str, Any] = answer.get_json()["error"]
    assert set(error) == {"code", "message", "status", "details"}
    assert error["code"] == status
    assert error["details"][0]["@type"].startswith("type.googleapis.com/")
    return error


def test_an_answer_is_what_clients_read(perspective: Perspective) -> None:
    answer = perspective.analyze(
        clientToken="t-1", sessionId="https://forum.example_7", communityId="c", doNotStore=True
    )
    assert answer.status_code == 200
    assert answer.content_type == "application/json; charset=UTF-8"
    assert answer.text.startswith('{\n  "attributeScores": {\n    "TOXICITY": {\n')
    score = {"value": HELD, "type": "PROBABILITY"}
    assert answer.get_json() == {
        "attributeScores": {
            "TOXICITY": {"spanScores": [{"begin": 0, "end": len(INSULT), "score": score}], "summaryScore": score}
        },
        "languages": ["en"],
        "detectedLanguages": ["en"],
        "clientToken": "t-1",
    }
    assert "clientToken" not in perspective.analyze().get_json()


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        (INSULT, "TOXICITY", HELD),
        (INSULT, "INSULT", HELD),
        (INSULT, "INFLAMMATORY", HELD),
        (INSULT, "ATTACK_ON_COMMENTER", HELD),
        (INSULT, "ATTACK_ON_AUTHOR", CLEAN),
        (INSULT, "LIKELY_TO_REJECT", HELD),
        (INSULT, "PROFANITY", CLEAN),
        (INSULT, "OBSCENE", CLEAN),
        ("Get your casinobonus.", "SPAM", GRADES["reject"]),
        ("Get your casinobonus.", "TOXICITY", CLEAN),
        ("Get your casinobonus.", "LIKELY_TO_REJECT", GRADES["reject"]),
        ("A fair point.", "LIKELY_TO_REJECT", CLEAN),
    ],
)
def test_rules_alone_give_scores(perspective: Perspective, text: str, name: str, value: float) -> None:
    answer = perspective.analyze(text, name)
    assert answer.get_json()["attributeScores"][name]["summaryScore"]["value"] == value
    assert answer.headers["Scored-By"] == f"{name}=rules"


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_table_is_answered(perspective: Perspective, name: str) -> None:
    assert 0.0 <= perspective.value("The council should have asked the people of the harbour first.", name) <= 1.0


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Nobody would miss you.", "ATTACK_ON_COMMENTER", 0.4),
        ("Nobody would miss it.", "ATTACK_ON_COMMENTER", 0.04),
        ("Nobody would miss the author.", "ATTACK_ON_AUTHOR", 0.4),
        ("Nobody would miss you.", "ATTACK_ON_AUTHOR", 0.04),
        (INSULT, "ATTACK_ON_COMMENTER", HELD),
        ("Nobody would miss you.", "LIKELY_TO_REJECT", 0.7),
        ("Get your casinobonus.", "LIKELY_TO_REJECT", GRADES["reject"]),
    ],
)
def test_names_that_ask_for_an_aim_or_for_the_whole_use_learned_scores(
    perspective: Perspective, scored: Callable[..., None], text: str, name: str, value: float
) -> None:
    scored(personal_attack=0.4, incivility=0.7, toxicity=0.1)
    assert perspective.value(text, name) == pytest.approx(value)


def test_a_learned_score_goes_before_rules_that_stop_nothing(
    perspective: Perspective, scored: Callable[..., None]
) -> None:
    scored(threat=0.4321987654321, profanity=0.2, vulgarity=0.3)
    answer = perspective.analyze("A fair point.", "THREAT", "OBSCENE", "INSULT")
    scores = {name: one["summaryScore"]["value"] for name, one in answer.get_json()["attributeScores"].items()}
    assert scores == {"THREAT": 0.43219876, "OBSCENE": 0.3, "INSULT": CLEAN}  # with the digits of a 32-bit number
    assert answer.headers["Scored-By"] == "THREAT=model, OBSCENE=model, INSULT=rules"


def test_some_names_go_through_a_line_to_perspectives_scale(
    perspective: Perspective, scored: Callable[..., None]
) -> None:
    given = {"toxicity": 0.5, "identity_attack": 0.3, "severe_toxicity": 0.1, "vulgarity": 0.3, "incivility": 0.9}
    scored(**given)
    ours = {name: max(given[one] for one in NAMES[name].attributes) for name in LINES if name != "UNSUBSTANTIAL"}
    ours["UNSUBSTANTIAL"] = unsubstantial("A fair point.")
    found = perspective.analyze("A fair point.", *ours).get_json()["attributeScores"]
    assert {name: one["summaryScore"]["value"] for name, one in found.items()} == {
        name: pytest.approx(mapped(value, LINES[name][0])) for name, value in ours.items()
    }


def test_the_first_stage_alone_has_lines_of_its_own(perspective: Perspective) -> None:
    judge = perspective.service.application.judge
    before, judge.classifier = judge.classifier, Learned(clock=iter(range(0, 1000, 10)).__next__)
    try:
        answer = perspective.analyze("A fair point, if you ask me.", "CALIBRATED_TOXICITY", "TOXICITY")
    finally:
        judge.classifier = before
    found = {name: one["summaryScore"]["value"] for name, one in answer.get_json()["attributeScores"].items()}
    assert ", TOXICITY=keepitcivil-first-stage" in answer.headers["Scored-By"]
    assert found["TOXICITY"] == pytest.approx(mapped(found["CALIBRATED_TOXICITY"], LINES["TOXICITY"][1]), abs=1e-6)


def test_what_rules_stop_reaches_a_threshold_whatever_the_model_thinks(
    perspective: Perspective, scored: Callable[..., None]
) -> None:
    scored(toxicity=0.1, insult=0.99, profanity=0.2)
    answer = perspective.analyze(INSULT, "TOXICITY", "INSULT", "PROFANITY")
    scores = {name: one["summaryScore"]["value"] for name, one in answer.get_json()["attributeScores"].items()}
    assert scores == {"TOXICITY": HELD, "INSULT": 0.99, "PROFANITY": 0.2}
    assert answer.headers["Scored-By"] == "TOXICITY=rules, INSULT=model, PROFANITY=model"


def test_a_model_that_fails_leaves_the_rules(perspective: Perspective) -> None:
    judge = perspective.service.application.judge
    before = judge.classifier
    judge.classifier = FakeClassifier(RuntimeError("broken"))
    try:
        assert perspective.value(INSULT) == HELD
        assert perspective.value("A fair point.") == CLEAN
    finally:
        judge.classifier = before


@pytest.mark.parametrize("line", [line for lines in LINES.values() for line in lines])
def test_the_lines_rise_from_0_to_1(line: tuple[tuple[float, float], ...]) -> None:
    assert line[0] == (0.0, 0.0)
    assert line[-1] == (1.0, 1.0)
    steps = [mapped(step / 1000, line) for step in range(1001)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.0, 1.0)


def test_a_score_below_the_threshold_is_left_out(perspective: Perspective) -> None:
    asked = {
        "TOXICITY": {"scoreThreshold": HELD},
        "INSULT": {"score_threshold": "0.93"},
        "THREAT": {"scoreThreshold": 0.5},
    }
    found = perspective.analyze(requestedAttributes=asked).get_json()
    assert list(found["attributeScores"]) == ["TOXICITY"]
    none = perspective.analyze("A fair point.", requestedAttributes={"TOXICITY": {"scoreThreshold": 0.5}}).get_json()
    assert none == {"languages": ["en"], "detectedLanguages": ["en"]}


def test_sentences_are_scored_by_themselves_in_utf_16(perspective: Perspective) -> None:
    text = "A fair point. 😀😀 You are a numpty! Bye, then."
    found = perspective.analyze(text, spanAnnotations=True).get_json()["attributeScores"]["TOXICITY"]
    wide = text.encode("utf-16-le")
    spans = [
        (wide[2 * s["begin"] : 2 * s["end"]].decode("utf-16-le"), s["score"]["value"]) for s in found["spanScores"]
    ]
    assert spans == [("A fair point.", CLEAN), ("😀😀 You are a numpty!", HELD), ("Bye, then.", CLEAN)]
    assert found["summaryScore"]["value"] == HELD
    whole = perspective.analyze(text).get_json()["attributeScores"]["TOXICITY"]["spanScores"]
    assert [(one["begin"], one["end"]) for one in whole] == [(0, len(wide) // 2)]


@pytest.mark.parametrize(
    "text",
    [
        "One. Two.",
        "  One.\n\nTwo  ",
        "ﬁne… 😀. Ⅷ!  x",
        "a" * 2000,
        "x. " * 500,
        "½ ㎏. İ. ß.",
        "e\u0301. \u200b. z\u200d.",
        "...",
        "?",
    ],
)
def test_spans_hold_all_of_a_text_in_order(text: str) -> None:
    found = list(sentences(text))
    wide, at = text.encode("utf-16-le"), 0
    for (begin, end), part in found:
        assert at <= begin < end
        assert wide[2 * begin : 2 * end].decode("utf-16-le") == part
        assert not wide[2 * at : 2 * begin].decode("utf-16-le").strip()
        at = end
    assert not wide[2 * at :].decode("utf-16-le").strip()
    assert len(found) <= MOST_SPANS


OWN = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"comment": {}}, "COMMENT_EMPTY", "Comment must be non-empty."),
    ({"comment": None}, "COMMENT_EMPTY", "Comment must be non-empty."),
    ({"comment": {"text": " \n\u200b"}}, "COMMENT_EMPTY", "Comment must be non-empty."),
    ({"comment": {"text": "x" * 20_481}}, "COMMENT_TOO_LONG", "Comment text too long."),
    ({"comment": {"text": "é" * 10_241}}, "COMMENT_TOO_LONG", "Comment text too long."),
    ({"requestedAttributes": {}}, "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes"),
    ({"requestedAttributes": None}, "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes"),
    ({"requestedAttributes": {"NICE": {}}}, "INVALID_REQUEST", "Unknown requested attribute: NICE"),
    ({"requestedAttributes": {"OFF_TOPIC": {}}}, "INVALID_REQUEST", "Unknown requested attribute: OFF_TOPIC"),
    (
        {"requestedAttributes": {"REASONING_EXPERIMENTAL": {}}},
        "INVALID_REQUEST",
        "Unknown requested attribute: REASONING_EXPERIMENTAL",
    ),
    (
        {"requestedAttributes": {"TOXICITY": {"scoreType": "PERCENTILE"}}},
        "INVALID_REQUEST",
        "Requested score type PERCENTILE is not supported.",
    ),
    (
        {"comment": {"text": "x", "type": "HTML"}},
        "INVALID_REQUEST",
        "Currently, only 'PLAIN_TEXT' type is supported.",
    ),
    (
        {"context": {"entries": [], "articleAndParentComment": {}}},
        "INVALID_REQUEST",
        "Context can have either entries or article_and_parent_comment, not both.",
    ),
]


@pytest.mark.parametrize(("change", "kind", "message"), WRONG)
def test_errors_have_googles_words(perspective: Perspective, change: dict[str, Any], kind: str, message: str) -> None:
    error = refused(perspective.analyze(**change))
    assert (error["status"], error["message"]) == ("INVALID_ARGUMENT", message)
    assert error["details"] == [{"@type": OWN, "errorType": kind}]


@pytest.mark.parametrize(
    ("change", "problem", "field"),
    [
        ({"comment": {"text": "x", "txt": "y"}}, "Unknown name \"txt\" at 'comment': Cannot find field.", "comment"),
        ({"no_such": 1}, 'Unknown name "no_such": Cannot find field.', ""),
        ({"comment": {"text": 7}}, "Invalid value at 'comment.text' (TYPE_STRING).", "comment.text"),
        ({"comment": {"text": "x\ud800"}}, "Invalid value at 'comment.text' (TYPE_STRING).", "comment.text"),
        ({"comment": []}, "Invalid value at 'comment' (TYPE_MESSAGE).", "comment"),
        ({"comment": {"text": "x", "type": "NO"}}, "Invalid value at 'comment.type' (TYPE_ENUM).", "comment.type"),
        ({"languages": "en"}, "Invalid value at 'languages' (TYPE_LIST).", "languages"),
        ({"languages": [1]}, "Invalid value at 'languages[0]' (TYPE_STRING).", "languages[0]"),
        ({"spanAnnotations": 1}, "Invalid value at 'span_annotations' (TYPE_BOOL).", "span_annotations"),
        (
            {"requestedAttributes": {"TOXICITY": {"scoreThreshold": "much"}}},
            "Invalid value at 'requested_attributes[0].value.score_threshold' (TYPE_FLOAT).",
            "requested_attributes[0].value.score_threshold",
        ),
    ],
)
def test_a_body_of_another_shape_is_refused(
    perspective: Perspective, change: dict[str, Any], problem: str, field: str
) -> None:
    error = refused(perspective.analyze(**change))
    assert error["message"] == f"Invalid JSON payload received. {problem}"
    violation = error["details"][0]["fieldViolations"][0]
    assert violation == {"description": error["message"], **({"field": field} if field else {})}


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"null", b"\xff", b'{"comment": NaN}', b"[" * 5000])
def test_what_is_no_json_object_is_refused(perspective: Perspective, raw: bytes) -> None:
    error = refused(perspective.call("/v1alpha1/comments:analyze", raw))
    assert error["message"].startswith("Invalid JSON payload received.")


def test_an_empty_body_is_an_empty_comment(perspective: Perspective) -> None:
    """So one client finds out whether a key is valid; it reads the first of the details."""
    error = refused(perspective.call("/v1alpha1/comments:analyze", b"", content_type=""))
    assert error["details"][0]["errorType"] == "COMMENT_EMPTY"


def test_names_may_be_in_snake_case_and_parameters_of_google_are_passed_over(perspective: Perspective) -> None:
    body = {
        "comment": {"text": INSULT},
        "requested_attributes": {"TOXICITY": {"score_type": "PROBABILITY"}},
        "span_annotations": False,
        "do_not_store": True,
        "client_token": "t",
    }
    query = {
        "key": perspective.key,
        "alt": "json",
        "prettyPrint": "false",
        "fields": "x",
        "$.xgafv": "2",
        "quotaUser": "q",
    }
    answer = perspective.service.client.post(
        "/v1alpha1/comments:analyze",
        data=json.dumps(body),
        query_string=query,
        base_url="https://commentanalyzer.googleapis.com:443",
    )
    assert answer.status_code == 200
    assert answer.get_json()["clientToken"] == "t"


def test_the_key_is_found_in_address_and_header(perspective: Perspective) -> None:
    body = {"comment": {"text": "x"}, "requestedAttributes": {"TOXICITY": {}}, "languages": ["en"]}
    path = "/v1alpha1/comments:analyze"
    header = {"X-Goog-Api-Key": perspective.key}
    assert perspective.call(path, body, key="", headers=header).status_code == 200
    assert perspective.call(path, body, key=perspective.key.upper()).status_code == 200


@pytest.mark.parametrize("path", ["/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"])
def test_a_key_is_needed(perspective: Perspective, path: str) -> None:
    for key in ("wrongwrongwr", "é" * 12, "x" * 5000, perspective.service.key):
        error = refused(perspective.call(path, {}, key=key))
        assert error["status"] == "INVALID_ARGUMENT"
        assert error["message"] == "API key not valid. Please pass a valid API key."
        assert error["details"][0]["reason"] == "API_KEY_INVALID"
        assert error["details"][0]["metadata"] == {"service": "commentanalyzer.googleapis.com"}
    error = refused(perspective.call(path, {}, key=""), 403)
    assert error["status"] == "PERMISSION_DENIED"
    assert error["message"].startswith("Method doesn't allow unregistered callers")


GERMAN = (
    "Das ist ein langer deutscher Satz über die Brücke am Hafen, die nun doch nicht gebaut wird, weil das Geld fehlt."
)


def test_languages_that_are_not_scored_are_refused_by_name(perspective: Perspective) -> None:
    error = refused(perspective.analyze("x", "TOXICITY", languages=["en", "fr"]))
    assert error["message"] == "Attribute TOXICITY does not support request languages: fr"
    assert error["details"] == [
        {
            "@type": OWN,
            "errorType": "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
            "languageNotSupportedByAttributeError": {"requestedLanguages": ["fr"], "attribute": "TOXICITY"},
        }
    ]
    error = refused(perspective.analyze(GERMAN, "SPAM", languages=[]))
    assert error["message"] == "Attribute SPAM does not support request languages: de"
    about = error["details"][0]["languageNotSupportedByAttributeError"]
    assert about == {"detectedLanguages": ["de"], "attribute": "SPAM"}
    assert perspective.analyze(GERMAN, "UNSUBSTANTIAL", languages=[]).status_code == 200
    given = perspective.analyze(GERMAN, languages=["en-GB"]).get_json()
    assert (given["languages"], given["detectedLanguages"]) == (["en-GB"], ["de"])


def test_a_text_without_letters_has_no_language(perspective: Perspective) -> None:
    error = refused(perspective.analyze("👍 123", languages=[]))
    assert (error["message"], error["details"][0]["errorType"]) == (
        "Unable to detect language",
        "LANGUAGE_DETECTION_FAILED",
    )
    assert perspective.analyze("👍 123").get_json()["detectedLanguages"] == []


def test_a_lenient_key_scores_whatever_the_language(perspective: Perspective) -> None:
    key = perspective.another_key(languages="lenient")
    for text, languages in ((GERMAN, []), (GERMAN, ["de"]), ("👍", []), ("x", ["fr", "xx"])):
        answer = perspective.analyze(text, key=key, languages=languages)
        assert (answer.status_code, list(answer.get_json()["attributeScores"])) == (200, ["TOXICITY"])


def test_a_key_has_its_own_quota(perspective: Perspective) -> None:
    key = perspective.another_key(per_minute=2)
    for _ in range(2):
        assert perspective.analyze(key=key).status_code == 200
    answer = perspective.analyze(key=key)
    error = refused(answer, 429)
    assert error["status"] == "RESOURCE_EXHAUSTED"
    assert error["message"].startswith("Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit")
    about = error["details"][0]
    assert about["reason"] == "RATE_LIMIT_EXCEEDED"
    assert about["metadata"] == {
        "service": "commentanalyzer.googleapis.com",
        "quota_metric": "CommentAnalyzerService/analyze_requests",
        "quota_limit": "AnalyzeRequestsPerMinutePerProject",
        "quota_limit_value": "2",
        "quota_location": "global",
        "consumer": "projects/main",
    }
    assert int(answer.headers["Retry-After"]) >= 1
    suggestion = {"comment": {"text": "x"}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}}}
    assert (
        perspective.call("/v1alpha1/comments:suggestscore", suggestion, key=key).status_code == 200
    )  # a quota of its own
    assert perspective.analyze().status_code == 200  # another key


def test_too_much_at_a_time_is_said_so(perspective: Perspective, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> None:
        raise Unavailable("Too many checks are running at the moment.", retry_after=1)

    monkeypatch.setattr(type(perspective.service.application.judge), "scores", lambda self, **given: full())
    answer = perspective.analyze()
    assert refused(answer, 503)["status"] == "UNAVAILABLE"
    assert answer.headers["Retry-After"] == "1"


def test_the_context_is_seen_by_the_rules(perspective: Perspective, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = perspective.service.application.judge
    seen = []
    whole = type(judge).scores

    def watch(self: Any, **given: Any) -> Any:
        seen.append(given["submission"])
        return whole(self, **given)

    monkeypatch.setattr(type(judge), "scores", watch)
    context = {
        "articleAndParentComment": {
            "article": {"text": "Bridge to close\nFor a year."},
            "parentComment": {"text": "Why?"},
        }
    }
    assert perspective.analyze(context=context).status_code == 200
    assert (seen[0].story.title, seen[0].story.body) == ("Bridge to close", "Bridge to close\nFor a year.")
    assert seen[0].parent.text == "Why?"
    assert perspective.analyze(context={"entries": [{"text": "Why?"}]}).status_code == 200
    assert (
        perspective.analyze(context={"articleAndParentComment": {"article": {"text": "x" * 1_000_000}}}).status_code
        == 200
    )
    assert len(seen[-1].story.body) == 20_000


def test_suggested_scores_are_noted_without_the_text(perspective: Perspective) -> None:
    answer = perspective.suggest(clientToken="t", languages=["en"], sessionId="s", communityId="Coral:x")
    assert answer.status_code == 200
    assert answer.get_json() == {"clientToken": "t", "detectedLanguages": ["en"], "requestedLanguages": ["en"]}
    spans = {"THREAT": {"spanScores": [{"begin": 0, "end": 3, "score": {"value": 0.25, "type": "PROBABILITY"}}]}}
    assert perspective.suggest(attributeScores=spans).status_code == 200
    with perspective.service.application.database.read() as session:
        (row,) = session.execute(sql("SELECT protocol, told, text_mac FROM feedback WHERE told LIKE '%0.25%'")).all()
    assert (row.protocol, json.loads(row.told)) == ("perspective", {"THREAT": 0.25})  # the last word counts
    assert "numpty" not in str(row)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({}, "Missing attribute_scores"),
        ({"NICE": {"summaryScore": {"value": 1}}}, "Unknown requested attribute: NICE"),
        ({"TOXICITY": {}}, "Attribute score for TOXICITY must be non-empty."),
        ({"TOXICITY": {"summaryScore": {"value": 2}}}, "Score of TOXICITY must be between 0 and 1."),
        ({"TOXICITY": {"summaryScore": {"value": 1, "type": "RAW"}}}, "Requested score type RAW is not supported."),
    ],
)
def test_a_suggestion_that_says_nothing_is_refused(perspective: Perspective, scores: Any, message: str) -> None:
    assert refused(perspective.suggest(attributeScores=scores))["message"] == message


def test_the_discovery_document_leads_to_the_service(perspective: Perspective) -> None:
    client = perspective.service.client
    found = client.get("/$discovery/rest?version=v1alpha1", base_url="http://moderation.example:8000").get_json()
    assert found["rootUrl"] == "http://moderation.example:8000/"
    methods = found["resources"]["comments"]["methods"]
    assert {name: method["path"] for name, method in methods.items()} == {
        "analyze": "v1alpha1/comments:analyze",
        "suggestscore": "v1alpha1/comments:suggestscore",
    }
    behind = client.get("/$discovery/rest", headers={"X-Forwarded-Proto": "https"}, base_url="http://civil.example")
    assert behind.get_json()["rootUrl"] == "https://civil.example/"
    assert client.get("/$discovery/rest", query_string={"key": perspective.key}).status_code == 200
    error = refused(client.get("/$discovery/rest", query_string={"key": "wrongwrongwr"}))
    assert error["details"][0]["reason"] == "API_KEY_INVALID"
    assert set(_references(found)) <= set(found["schemas"])
    google = client.get("/$discovery/rest", base_url="http://commentanalyzer.googleapis.com:443").get_json()
    assert google["rootUrl"] == "https://commentanalyzer.googleapis.com/"
    for odd in ("a b", "<x>", ""):
        assert client.get("/$discovery/rest", headers={"Host": odd}).get_json()["rootUrl"].startswith("http://")
        assert refused(client.post("/v1alpha1/comments:analyze", headers={"Host": odd}), 403)


def test_an_address_of_the_services_own_goes_before_any_host_but_googles(perspective: Perspective) -> None:
    own = "https://moderation.example.org"
    for host, leads in (
        ("civil.example", own),
        ("commentanalyzer.googleapis.com", "https://commentanalyzer.googleapis.com/"),
    ):
        with perspective.service.flask.test_request_context(base_url=f"https://{host}"):
            assert _address(own) == leads


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for inner in value.values():
            yield from _references(inner)


def test_bundles_of_requests_are_refused(perspective: Perspective) -> None:
    assert refused(perspective.service.client.post("/batch", data=b"--x"), 404)["status"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "options", [{"languages": "loose"}, {"per_minute": -1}, {"languages": "strict", "kind": "live"}]
)
def test_options_of_keys_are_checked(perspective: Perspective, options: dict[str, Any]) -> None:
    app = perspective.service.application
    with pytest.raises(InvalidFields):
        app.keys.add(
            **{"site_id": perspective.service.site_id, "kind": "protocol", "by": OPERATOR, "now": app.now(), **options}
        )


def test_nothing_is_stored_by_an_analysis(template: Template, tmp_path: Path) -> None:
    made = template.service(tmp_path, learned_scores=False, off_topic=False)
    app = made.application
    app.rulebook.publish_files(site_id=made.site_id, message="For the tests", by=OPERATOR, now=app.now())
    key = app.keys.add(site_id=made.site_id, kind="protocol", by=OPERATOR, now=app.now())["key"]
    asked = Perspective(made, key)
    asked.analyze("Marmalade is a numpty.", doNotStore=False)
    template.end(made)
    assert b"Marmalade" not in b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


PAGE = (Path(__file__).parents[2] / "docs" / "perspective.md").read_text("utf-8")


def rows(head: str) -> dict[str, str]:
    """A table of the page: first column, second column."""
    lines = PAGE.partition(f"| {head} |")[2].splitlines()[2:]
    cells = (line.strip("|").split("|") for line in itertools.takewhile(str.strip, lines))
    return {first.strip(): second.strip() for first, second, *_ in cells}


def test_the_page_names_every_attribute_and_no_other() -> None:
    shown = [name for cell in rows("name | here") for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(shown) == sorted(NAMES)


def test_the_page_has_the_scores_and_categories_of_rules() -> None:
    grades = {
        re.findall(r"`(\w+)`", action)[0]: float(score)
        for action, score in rows("strictest action | score by rules alone").items()
    }
    assert grades == GRADES
    categories = rows("attribute of ours | rules of these categories speak for it")
    assert {name.strip("`"): tuple(re.findall(r"`(\w+)`", cell)) for name, cell in categories.items()} == CATEGORIES_OF
    assert set(CATEGORIES_OF) == set(ATTRIBUTES)
