"""Akismet's clients in Python and Node, against /1.1: with the key in the form and in the host name."""

from tests.clients.conftest import Run


def test_akismet_in_python(python: Run) -> None:
    """Its host is fixed; the transport of the client that it is handed leads here."""
    said = python("akismet", """
import akismet, httpx
from urllib.parse import urlsplit
class Here(httpx.HTTPTransport):
    def handle_request(self, request):
        here = urlsplit(URL)
        request.url = request.url.copy_with(scheme="http", host=here.hostname, port=here.port)
        return super().handle_request(request)
def client(key):
    http = httpx.Client(transport=Here(), timeout=60, headers={"User-Agent": akismet.USER_AGENT})
    return akismet.SyncClient(config=akismet.Config(key=key, url="https://paper.example/"), http_client=http)
ours, wrong = client(KEY), client("abcdefghijkl")
say([ours.verify_key(), wrong.verify_key()])
def check(text, **given):
    return ours.comment_check(user_ip="203.0.113.7", comment_content=text, comment_type="comment", **given).name
say([check("A fair point."), check("You numpty."), check("Get your casinobonus.")])
say([check("A fair point.", comment_author="akismet-guaranteed-spam", is_test=True), check("You numpty.", user_role="administrator")])
say([ours.submit_spam(user_ip="203.0.113.7", comment_content="x"), ours.submit_ham(user_ip="203.0.113.7", comment_content="x")])
say(ours.usage_limit())
try:
    wrong.comment_check(user_ip="203.0.113.7", comment_content="x")
except akismet.APIKeyError:
    say("refused")
""")  # fmt: skip
    assert said == [
        [True, False],
        ["HAM", "SPAM", "DISCARD"],
        ["SPAM", "HAM"],
        [True, True],
        {"limit": "none", "usage": 0, "percentage": 0, "throttled": False},
        "refused",
    ]


def test_python_akismet(python: Run) -> None:
    said = python("python-akismet", """
import akismet
class Ours(akismet.Akismet):
    protocol, domain = "http", "localhost:" + PORT
ours = Ours(KEY, blog="https://paper.example/")
def check(text, **given): return ours.check("203.0.113.7", "Browser/1", comment_content=text, **given)
say([check("A fair point."), check("You numpty."), check("Get your casinobonus."), check("x", comment_author="viagra-test-123")])
say([ours.submit_spam("203.0.113.7", "Browser/1", comment_content="x"), ours.submit_ham("203.0.113.7", "Browser/1", comment_content="x")])
try:
    Ours("abcdefghijkl", blog="https://paper.example/").check("203.0.113.7", "Browser/1", comment_content="x")
except akismet.AkismetServerError as error:
    say("not valid" in str(error))
""")  # fmt: skip
    assert said == [[0, 2, 3, 2], [None, None], True]


def test_akismet_api_in_node(node: Run) -> None:
    said = node("akismet-api", """
const { AkismetClient } = require("akismet-api");
const client = (key) => new AkismetClient({ key, blog: "https://paper.example/", host: "localhost:" + PORT, protocol: "http" });
const ours = client(KEY), wrong = client("abcdefghijkl");
say([await ours.verifyKey(), await wrong.verifyKey()]);
const comment = (content) => ({ ip: "203.0.113.7", useragent: "Browser/1", content });
say([await ours.checkSpam(comment("A fair point.")), await ours.checkSpam(comment("You numpty."))]);
say([await ours.checkSpam({ ...comment("A fair point."), honeypot: "filled" })]);
say([(await ours.submitSpam(comment("x"))).text, (await ours.submitHam(comment("x"))).text]);
try { await wrong.checkSpam(comment("x")); } catch (error) { say(error.message); }
""")  # fmt: skip
    thanks = "Thanks for making the web a better place."
    assert said == [[True, False], [False, True], [True], [thanks, thanks], "Invalid API key"]


def test_akismet_in_node(node: Run) -> None:
    said = node("akismet", """
const client = (key) => require("akismet").client({ blog: "https://paper.example/", apiKey: key, host: "localhost", port: Number(PORT) });
const ask = (key, call, ...given) => new Promise((done) =>
    client(key)[call](...given, (error, found) => done(error ? String(error) : found)));
say([await ask(KEY, "verifyKey"), await ask("abcdefghijkl", "verifyKey")]);
const comment = (text) => ({ user_ip: "203.0.113.7", comment_content: text });
say([await ask(KEY, "checkComment", comment("A fair point.")), await ask(KEY, "checkComment", comment("You numpty."))]);
await ask(KEY, "submitSpam", comment("x"));
""")  # fmt: skip
    assert said == [[True, False], [False, True]]
