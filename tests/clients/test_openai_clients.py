"""OpenAI's clients in Python and Node and Mistral's in Python, against /v1/moderations."""

from tests.clients.conftest import Run

INPUT = '["A fair point.", "You numpty.", "Get your casinobonus."]'
FOUND = [
    [False, False, "allow", False, 0.02],
    [True, True, "hold", False, 0.92],
    [True, False, "reject", True, 0.02],
]


def test_openai_in_python(python: Run) -> None:
    said = python("openai", f"""
import openai
for key in (KEY, SITE_KEY):
    client = openai.OpenAI(base_url=URL + "/v1", api_key=key)
    answer = client.moderations.create(model="omni-moderation-latest", input={INPUT})
    say([[one.flagged, one.categories.harassment, one.action, one.categories.model_extra["spam"], one.category_scores.harassment]
         for one in answer.results])
one = client.moderations.create(input="You numpty.").results[0]
say([one.category_applied_input_types.harassment, one.category_applied_input_types.sexual_minors, one.reasons[0]["rule"]])
parts = [{{"type": "text", "text": "You"}}, {{"type": "text", "text": "numpty."}}]
say([one.flagged for one in client.moderations.create(input=parts).results])
""")  # fmt: skip
    assert said == [FOUND, FOUND, [["text"], [], "insult-at-commenter"], [True]]


def test_openais_errors_in_python(python: Run) -> None:
    said = python("openai", """
import asyncio, openai
for key, input in (("wrong", "x"), (KEY, []), (KEY, [{"type": "image_url", "image_url": {"url": "https://x.example/"}}]), (KEY, "x" * 20481)):
    try:
        openai.OpenAI(base_url=URL + "/v1", api_key=key).moderations.create(input=input)
    except openai.APIStatusError as error:
        say([type(error).__name__, error.status_code, error.code, error.param])
async def main():
    client = openai.AsyncOpenAI(base_url=URL + "/v1", api_key=KEY)
    say((await client.moderations.create(input="You numpty.")).results[0].flagged)
asyncio.run(main())
""")  # fmt: skip
    assert said == [
        ["AuthenticationError", 401, "invalid_api_key", None],
        ["BadRequestError", 400, "invalid_fields", "input"],
        ["BadRequestError", 400, "invalid_fields", "input"],
        ["BadRequestError", 400, "invalid_fields", "input"],
        True,
    ]


def test_openai_waits_and_asks_again_when_it_is_told_to(python: Run) -> None:
    """More texts at once than a key may ask for: the client honours Retry-After and comes through."""
    said = python("openai", """
import openai
client = openai.OpenAI(base_url=URL + "/v1", api_key=KEY, max_retries=5)
say([len(client.moderations.create(input=["A fair point."] * 32).results) for _ in range(4)])
""")  # fmt: skip
    assert said == [[32] * 4]


def test_openai_in_node(node: Run) -> None:
    said = node("openai", f"""
const OpenAI = require("openai");
const client = new OpenAI({{ baseURL: BASE + "/v1", apiKey: KEY }});
const answer = await client.moderations.create({{ model: "omni-moderation-latest", input: {INPUT} }});
say(answer.results.map((one) => [one.flagged, one.categories.harassment, one.action, one.categories.spam, one.category_scores.harassment]));
try {{ await new OpenAI({{ baseURL: BASE + "/v1", apiKey: "wrong" }}).moderations.create({{ input: "x" }}); }}
catch (error) {{ say([error.status, error.code, error instanceof OpenAI.AuthenticationError]); }}
""")  # fmt: skip
    assert said == [FOUND, [401, "invalid_api_key", True]]


def test_mistral_in_python(python: Run) -> None:
    said = python("mistralai", """
from mistralai.client import Mistral
client = Mistral(api_key=KEY, server_url=URL)
answer = client.classifiers.moderate(model="mistral-moderation-latest", inputs=["A fair point.", "You numpty."])
say([[one.categories["personal_attack"], one.categories["pii"], one.category_scores["personal_attack"]] for one in answer.results])
try:
    Mistral(api_key="wrong", server_url=URL).classifiers.moderate(model="mistral-moderation-latest", inputs="x")
except Exception as error:
    say(error.status_code)
""")  # fmt: skip
    assert said == [[[False, False, 0.02], [True, False, 0.92]], 401]
