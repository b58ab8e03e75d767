"""What `moderation doctor` tries, one step after another, as they read here from top to bottom."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from moderation.cli.doctor_receiver import Receiver
from moderation.cli.doctor_service import Answer, Failed, printable
from moderation.cli.doctor_visit import Skipped, Visit, step

STATUSES = frozenset({"comment.published", "comment.held", "comment.rejected", "comment.withdrawn"})
MEANS = {
    "broker": "no hint reaches the workers, so comments wait for the sweep: is Redis or Valkey up, and its address right?",
    "worker": "comments have waited for more than a minute: do workers run on the queue moderate, and enough of them?",
    "ruleset": "a site's rules cannot be read by this version, so it holds everything: publish rules that pass the check.",
}
NOT_DELIVERED = {
    "connect": "it found nobody there; give with --listen an address of this machine that the service reaches",
    "timeout": "it waited in vain; does a firewall stand between the service and this machine?",
    "dns": "it does not know that name",
    "refused_address": "that name leads to a private address, which it does not speak to",
    "tls": "it does not trust the certificate there",
}
_PAGES = 50


@step("service answers")
def answers(visit: Visit) -> str | None:
    """The address leads to a service of ours."""
    if visit.service.ask("GET", "/healthz", with_key=False).body.get("status") != "ok":
        raise Failed(f"That is no service of ours: {visit.service.url}/healthz says something else.")
    parts = urlsplit(visit.service.url)
    plain = parts.scheme == "http" and not is_here(parts.hostname)
    return "without TLS: the key can be read on the way" if plain else None


@step("service is ready", answers)
def is_ready(visit: Visit) -> str | None:
    """All its parts are well."""
    answer = visit.service.ask("GET", "/readyz", expect=(200, 503))
    checks = answer["checks"]
    if answer.status == 503:
        raise Failed(
            f"It takes no comments: database {printable(checks['database'])}, rules {printable(checks['ruleset'])}. "
            "Run `moderation db upgrade`, and publish rules for every site."
        )
    weak = [f"{part} {printable(checks[part])}: {means}" for part, means in MEANS.items() if checks[part] != "ok"]
    if weak:
        raise Failed(f"Degraded. {' '.join(weak)}")
    return None


@step("key is valid", answers)
def key_is_valid(visit: Visit) -> str | None:
    """The site knows this key."""
    visit.service.ask("GET", "/v1/events?limit=1", expect=(200, 410))
    return None


@step("comment is accepted", key_is_valid)
def is_accepted(visit: Visit) -> str | None:
    """A civil comment is taken at once, to be checked."""
    visit.first = visit.service.ask("POST", "/v1/comments", civil(visit), expect=(202,)).body
    return None


@step("comment is published", is_accepted)
def is_published(visit: Visit) -> str | None:
    """The workers check it, and it is public."""
    visit.first = visit.judged(visit.first)
    if not visit.first["publish"]:
        raise Failed(f"This site's rules stop a civil comment of a new author: {reasons(visit.first)}")
    visit.statuses.append("comment.published")
    return None


@step("writer is asked first", is_accepted)
def is_asked_first(visit: Visit) -> str | None:
    """An insult goes back to its writer once, with the words marked, and is not stored."""
    answer = visit.service.ask("POST", "/v1/comments", insult(visit), expect=(200, 202), prefer="ask-first")
    if answer["status"] != "not_submitted":
        if "ask-first" not in answer.applied:
            raise Skipped("The service was too busy to ask; the comment went on, as it should.")
        raise Skipped("No rule of this site asks the writer first for this text.")
    if not answer["spans"]:
        raise Failed("The writer is asked, but no words are marked: the rule that asks marks none.")
    return f"marked: {marked(visit.texts.insult, answer['spans'])}"


@step("insult is held", is_published)
def is_held(visit: Visit) -> str | None:
    """An insult is kept back, with the reason and its place in the text."""
    seconds = max(1, min(10, int(visit.patience)))
    answer = visit.service.ask("POST", "/v1/comments", insult(visit), expect=(200, 202), prefer=f"wait={seconds}")
    comment = visit.judged(answer.body)
    if comment["publish"]:
        raise Failed("This site's rules publish the insult of the sample. Give one that they hold with --insult.")
    matches = [match for match in comment["verdict"]["matches"] if match["state"] == "live" and match["spans"]]
    if not comment["verdict"]["reasons"] or not matches:
        raise Failed(f"It is {printable(comment['status'])}, but not for words in it: {reasons(comment)}")
    return f"{printable(matches[0]['rule'])}: {marked(visit.texts.insult, matches[0]['spans'])}"


@step("repeat changes nothing", is_published)
def repeat_changes_nothing(visit: Visit) -> str | None:
    """The same comment once more is the same comment."""
    again = visit.service.ask("POST", "/v1/comments", civil(visit))
    moved = [name for name in ("revision", "sequence", "status", "publish") if again[name] != visit.first[name]]
    if moved:
        raise Failed(f"The same id and text again changed its {' and '.join(moved)}: did somebody decide meanwhile?")
    return None


@step("flag counts once", is_published)
def flag_counts_once(visit: Visit) -> str | None:
    """A reader's flag counts, his second one does not."""
    path = f"/v1/comments/{visit.first['id']}/flags"
    flag = {"reader": {"id": f"{visit.name}-reader"}, "reason": "other"}
    visit.service.ask("POST", path, flag, expect=(201,))
    visit.service.ask("POST", path, flag)
    total = visit.service.ask("GET", path)["total"]
    if total != 1:
        raise Failed(f"One reader flagged twice, and {printable(total)} flags are counted.")
    return None


@step("decision is obeyed", is_published)
def decision_is_obeyed(visit: Visit) -> str | None:
    """What the site's own moderators decide is in force at once. The last word on a civil text is that it stands."""
    for decision, publish in (("reject", False), ("approve", True)):
        body = {"revision": visit.first["revision"], "decision": decision, "reason": "other"}
        answer = visit.service.ask("POST", f"/v1/comments/{visit.first['id']}/decisions", body, expect=(201,))
        visit.statuses.append("comment.published" if publish else "comment.rejected")
        if answer["publish"] is not publish:
            raise Failed(f"After `{decision}` it has publish {printable(answer['publish'])}.")
    return None


@step("events are complete", decision_is_obeyed)
def events_are_complete(visit: Visit) -> str | None:
    """Each change of the civil comment stands in the list once, in its order."""
    found = [event for event in events(visit) if event["data"].get("comment", {}).get("id") == visit.first["id"]]
    if len({event["id"] for event in found}) != len(found):
        raise Failed("An event stands in the list twice.")
    moves = [event for event in found if event["type"] in STATUSES]
    if [event["type"] for event in moves] != visit.statuses:
        raise Failed(f"Expected {', '.join(visit.statuses)}; the list has {', '.join(e['type'] for e in moves)}.")
    numbers = [event["data"]["comment"]["sequence"] for event in moves]
    if numbers != sorted(set(numbers)):
        raise Failed("The sequence does not grow from event to event.")
    return f"{len(found)} of this comment"


@step("webhook is added", key_is_valid)
def webhook_is_added(visit: Visit) -> str | None:
    """The service will call this machine."""
    if isinstance(visit.receiver, str):
        raise Skipped(visit.receiver)
    visit.webhook_url = visit.receiver.url
    body = {"url": visit.webhook_url, "types": sorted(STATUSES)}
    answer = visit.service.ask("POST", "/v1/webhooks", body, expect=(201, 422))
    if answer.status == 201:
        visit.webhook = answer.body
        return None
    why = printable(" ".join(error["detail"] for error in answer["errors"]))
    if visit.is_public:
        raise Failed(f"The service refuses {visit.receiver.url}: {why}")
    raise Skipped(
        f"The service refuses {visit.webhook_url}: {why} Give --listen and a --public-url of https that leads there; "
        "on a machine for trials set MODERATION_ALLOW_PRIVATE_URLS=true for the service."
    )


@step("webhook test arrives", webhook_is_added)
def sent_test_arrives(visit: Visit) -> str | None:
    """A test event gets here, signed."""
    answer = visit.service.ask("POST", f"/v1/webhooks/{visit.webhook['id']}/test", {})
    if not answer["delivered"]:
        raise Failed(f"The service could not deliver to {visit.webhook['url']}: {_undelivered(answer)}.")
    return _arrived(visit, answer["id"])


@step("webhook event arrives", is_published, sent_test_arrives)
def event_arrives(visit: Visit) -> str | None:
    """Another comment's outcome gets here by itself, signed."""
    comment = visit.comment(3, visit.texts.later, language="en")
    visit.service.ask("POST", "/v1/comments", comment, expect=(202,))
    return _arrived(visit, f'"{comment["id"]}"')


@step("Perspective answers", answers)
def perspective_answers(visit: Visit) -> str | None:
    """A protocol key is answered as Google's clients expect it."""
    if visit.protocol_key is None:
        raise Skipped("give --protocol-key to try it")
    wanted = {"comment": {"text": visit.texts.insult}, "requestedAttributes": {"TOXICITY": {}}, "languages": ["en"]}
    answer = visit.service.ask(
        "POST", "/v1alpha1/comments:analyze", {**wanted, "doNotStore": True}, protocol_key=visit.protocol_key
    )
    return f"TOXICITY {float(answer['attributeScores']['TOXICITY']['summaryScore']['value']):.2f}"


def civil(visit: Visit) -> dict[str, Any]:
    """The comment that most steps are about."""
    return visit.comment(1, visit.texts.civil, language="en")


def insult(visit: Visit) -> dict[str, Any]:
    """The answer to it that nobody wants to read."""
    language = {"language": visit.texts.language} if visit.texts.language else {}
    return visit.comment(2, visit.texts.insult, parent={"id": f"{visit.name}-1"}, **language)


def events(visit: Visit) -> Iterator[Mapping[str, Any]]:
    """The site's events from the first of the civil comment on: its sequence is the place of that event in the list."""
    after = str(visit.first["sequence"] - 1)
    for _ in range(_PAGES):
        page = visit.service.ask("GET", f"/v1/events?limit=200&after={after}")
        if not page["events"]:
            return
        yield from page["events"]
        after = page["next"]


def is_here(host: str | None) -> bool:
    """Is that this machine, as it speaks to itself?"""
    return host in ("localhost", "::1") or (host or "").startswith("127.")


def reasons(comment: Mapping[str, Any]) -> str:
    """Why a comment stands where it stands."""
    said = [printable(reason["text"]) for reason in comment["verdict"]["reasons"]]
    return " ".join(said) or f"it is {printable(comment['status'])}, without a reason."


def marked(text: str, spans: list[list[int]]) -> str:
    """The words at these places, as our copy of the text has them."""
    return ", ".join(printable(text[start:end]) for start, end in spans)


def _arrived(visit: Visit, wanted: str) -> str | None:
    assert isinstance(visit.receiver, Receiver)
    post = visit.receiver.wait(wanted, visit.patience)
    if post is None:
        raise Failed(
            f"Nothing came within {visit.patience:g} s: does a worker run on the queue deliver, and does what stands at "
            f"{visit.webhook['url']} pass it on to --listen?"
        )
    why = post.why_not(visit.webhook["secret"], time.time())
    if why is not None:
        raise Failed(
            f"It came, but cannot be believed: {why}. Does a proxy on its way change the body, or a clock go wrong?"
        )
    return "signature verified"


def _undelivered(answer: Answer) -> str:
    status, error = answer["status"], answer["error"]
    if status is not None:
        return f"what stands there answered {printable(status)}, and this receiver did not"
    return NOT_DELIVERED.get(error, printable(error))
