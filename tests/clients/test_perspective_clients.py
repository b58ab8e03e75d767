"""Perspective's clients in Python and Node, against the service: by one changed address, and under Google's own host."""

from tests.clients.conftest import Run

CLEAN, HELD = 0.02, 0.92
OURS = 'discoveryServiceUrl=URL + "/$discovery/rest?version=v1alpha1", static_discovery=False'


def test_googles_python_client(python: Run) -> None:
    said = python("google-api-python-client", f"""
from googleapiclient import discovery, errors
client = discovery.build("commentanalyzer", "v1alpha1", developerKey=KEY, {OURS})
def ask(text, **more):
    body = {{"comment": {{"text": text}}, "requestedAttributes": {{"TOXICITY": {{}}}}, "languages": ["en"], **more}}
    return client.comments().analyze(body=body).execute()
say([ask(text)["attributeScores"]["TOXICITY"]["summaryScore"]["value"] for text in ("A fair point.", "You numpty.")])
spans = ask("Well said. You numpty.", spanAnnotations=True, clientToken="t")
say([[one["begin"], one["end"]] for one in spans["attributeScores"]["TOXICITY"]["spanScores"]] + [spans["clientToken"]])
for wrong in ({{"languages": ["fr"]}}, {{"comment": {{"text": ""}}}}, {{"requestedAttributes": {{"NICE": {{}}}}}}):
    try:
        ask("x", **wrong)
    except errors.HttpError as error:
        say([error.status_code, error.reason, error.error_details[0]["errorType"]])
told = {{"comment": {{"text": "x"}}, "attributeScores": {{"TOXICITY": {{"summaryScore": {{"value": 1}}}}}}, "clientToken": "t"}}
say(client.comments().suggestscore(body=told).execute())
batch = client.new_batch_http_request()
batch.add(client.comments().analyze(body={{"comment": {{"text": "x"}}, "requestedAttributes": {{"TOXICITY": {{}}}}}}))
try:
    batch.execute()
except errors.HttpError as error:
    say(error.status_code)
try:
    discovery.build("commentanalyzer", "v1alpha1", developerKey="wrongwrongwr", {OURS})
except errors.HttpError as error:
    say([error.status_code, error.error_details[0]["reason"]])
elsewhere = discovery.build("commentanalyzer", "v1alpha1", developerKey=KEY, {OURS}, client_options={{"api_endpoint": URL}})
say(len(elsewhere.comments().analyze(body={{"comment": {{"text": "x"}}, "requestedAttributes": {{"SPAM": {{}}}}}}).execute()))
""")  # fmt: skip
    assert said == [
        [CLEAN, HELD],
        [[0, 10], [11, 22], "t"],
        [400, "Attribute TOXICITY does not support request languages: fr", "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"],
        [400, "Comment must be non-empty.", "COMMENT_EMPTY"],
        [400, "Unknown requested attribute: NICE", "INVALID_REQUEST"],
        {"clientToken": "t", "detectedLanguages": ["en"], "requestedLanguages": []},
        404,
        [400, "API_KEY_INVALID"],
        3,
    ]


def test_perspective(python: Run) -> None:
    said = python("perspective", """
from perspective import PerspectiveAPI
client = PerspectiveAPI(KEY)
client.api_client.url = URL + "/v1alpha1/{endpoint}"
say([client.score(text, tests=["TOXICITY", "SPAM"]) for text in ("A fair point.", "You numpty.")])
say(client.suggest_score("x", {"TOXICITY": {"summaryScore": {"value": 1.0}}}, languages=["en"]))
google = PerspectiveAPI(KEY)
say(google.score("You numpty."))
""")  # fmt: skip
    assert said == [
        [{"TOXICITY": CLEAN, "SPAM": CLEAN}, {"TOXICITY": HELD, "SPAM": CLEAN}],
        {"detectedLanguages": ["en"], "requestedLanguages": ["en"]},
        {"TOXICITY": HELD},
    ]


def test_perspective_py_under_googles_host(python: Run) -> None:
    """It compares the texts of errors, addresses included, and cuts attribute and language out of them."""
    said = python("perspective.py", """
import perspective
from perspective.errors import InvalidToken, UnsupportedLanguage
client = perspective.Client(token=KEY)
say(client.analyze("You numpty.", ["TOXICITY", "PROFANITY"], language="en"))
say(len(client.analyze("A fair point.", perspective.Attributes.All, language="en")))
try:
    client.analyze("x", ["TOXICITY"], language="fr")
except UnsupportedLanguage as error:
    say(str(error))
say(client.analyze("x", ["TOXICITY", "UNSUBSTANTIAL"], language="fr", skip_on_lang=True, return_raw=True)["languages"])
try:
    perspective.Client(token="wrongwrongwr")
except InvalidToken:
    say("refused")
""")  # fmt: skip
    assert said == [
        {"TOXICITY": 92.0, "PROFANITY": 2.0},
        22,
        'French (fr) is not supported by "TOXICITY" attribute.',
        ["fr"],
        "refused",
    ]


def test_perspectiveapi_under_googles_host(python: Run) -> None:
    said = python("perspectiveapi", """
import asyncio
from perspective import Attribute, Perspective
async def main():
    found = await Perspective(key=KEY).score("You numpty.", [Attribute.TOXICITY, Attribute.THREAT])
    say([found.toxicity, found.threat])
asyncio.run(main())
""")  # fmt: skip
    assert said == [[HELD, CLEAN]]


def test_pyperspective_under_googles_host(python: Run) -> None:
    said = python("PyPerspective", """
from PyPerspective.Perspective import Perspective
from PyPerspective.errors import InvalidAuthKey
found = Perspective(KEY).get_score("You numpty.", tests=["TOXICITY"])
say([found["TOXICITY"].score, found["TOXICITY"].score_type, str(found["TOXICITY"][0]), found.requests_langs, found.detected_langs])
try:
    Perspective(KEY).get_score("x", tests="TOXICITY", langs="fr")
except TypeError as error:  # its own slip while it raises ApiException
    say("ApiException" in str(error))
try:
    Perspective("wrongwrongwr")
except InvalidAuthKey:
    say("refused")
""")  # fmt: skip
    assert said == [
        [HELD, "PROBABILITY", "You numpty.", ["en"], ["en"]],
        True,
        "refused",
    ]


def test_pyspective_under_googles_host(python: Run) -> None:
    said = python("PySpective", """
from pyspective.pyspective import PyspectiveAPI
client = PyspectiveAPI(KEY)
say([client.score("You numpty.", "toxicity"), len(client.score("A fair point.")), client.suggest("You numpty.", 1.0)])
""")  # fmt: skip
    assert said == [[{"TOXICITY": HELD}, 8, "Successed"]]


def test_begentle_under_googles_host(python: Run) -> None:
    said = python("begentle", """
import begentle
client = begentle.CommentAnalyzer(KEY)
say([client.analyze(text) for text in ("A fair point.", "You numpty.")])
""")  # fmt: skip
    assert said == [[CLEAN, HELD]]


def test_googleapis_in_node(node: Run) -> None:
    said = node("googleapis", """
const { google } = require("googleapis");
const client = await google.discoverAPI(BASE + "/$discovery/rest?version=v1alpha1");
const ask = (text, more) => client.comments.analyze({ key: KEY, resource: { comment: { text }, languages: ["en"],
    requestedAttributes: { TOXICITY: {} }, ...more } });
const value = (answer) => answer.data.attributeScores.TOXICITY.summaryScore.value;
say([value(await ask("A fair point.")), value(await ask("You numpty."))]);
try { await ask("x", { languages: ["fr"] }); } catch (error) { say([error.status, error.message]); }
const told = { comment: { text: "x" }, attributeScores: { TOXICITY: { summaryScore: { value: 0 } } } };
say((await client.comments.suggestscore({ key: KEY, resource: told })).status);
""")  # fmt: skip
    assert said == [[CLEAN, HELD], [400, "Attribute TOXICITY does not support request languages: fr"], 200]


def test_perspective_api_client_in_node_under_googles_host(node: Run) -> None:
    said = node("perspective-api-client", """
const Perspective = require("perspective-api-client");
const ours = new Perspective({ apiKey: KEY });
const found = await ours.analyze("You <b>numpty</b>.", { attributes: ["toxicity", "spam"] });
say([found.attributeScores.TOXICITY.summaryScore.value, found.attributeScores.SPAM.summaryScore.value]);
for (const [key, options] of [[KEY, { attributes: ["nice"] }], ["wrongwrongwr", {}]])
    try { await new Perspective({ apiKey: key }).analyze("x", options); } catch (error) { say([error.name, error.message]); }
""")  # fmt: skip
    assert said == [
        [HELD, CLEAN],
        ["ResponseError", "Unknown requested attribute: NICE"],
        ["ResponseError", "API key not valid. Please pass a valid API key."],
    ]


def test_the_client_of_conversationai_in_node_under_googles_host(node: Run) -> None:
    said = node("@conversationai/perspectiveapi-js-client", """
const { Client } = require("@conversationai/perspectiveapi-js-client");
say(await new Client(KEY).getScores("You <b>numpty</b>."));
try { await new Client("wrongwrongwr").getScores("x"); } catch (error) { say(error.message); }
""")  # fmt: skip
    assert said == [{"TOXICITY": HELD, "SPAM": CLEAN}, "Error: Error: Request failed with status code 400"]
