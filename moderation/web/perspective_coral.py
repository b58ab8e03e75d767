"""The coral profile of a protocol key. Every Coral publishes a comment unseen on any error, and after 800 ms:
so an error is the last resort here, and what could not be checked reaches its threshold.
"""

import time
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

from flask import Response, g, request

from moderation.web import auth, errors, unchecked
from moderation.web.fields import is_blank
from moderation.web.perspective_errors import MEDIA_TYPE, written
from moderation.web.perspective_request import Given
from moderation.web.perspective_scores import Analysis, Languages, languages, one_for_all, site_language
from moderation.web.routes import Edge
from moderation.workflow.patience import NoRoom, Patience
from moderation.workflow.rule_scores import GRADES, RULES

PROFILE = "coral"
HARD_PER_MINUTE = 60_000  # calls of one key: more than a newsroom's readers write, less than stops a machine
SECONDS = 0.55  # for all of it, so that an answer leaves within 0.6
RULES_SECONDS = 0.5
MODEL_SECONDS = 0.3  # then rules alone
ROOM_SECONDS = 0.15  # how long a full machine is waited for before rules alone answer
CORAL_WAITS = 0.8
LATE = "X-Moderation-Late"  # what there was no time for: model, or all of the check
_NOBODY = "nobody"
_AGENT = "Coral Perspective/"
Found = tuple[dict[str, Any], Mapping[str, str], str]


def is_coral(holder: auth.KeyHolder) -> bool:
    """Has the key this profile?"""
    return holder.options.get("profile") == PROFILE


def answer(edge: Edge, holder: auth.KeyHolder, given: Given, patience: Patience, crowd: Patience) -> Response:
    """Scores within 0.6 seconds: of models and rules, of rules alone, or those of a comment that a person has to see."""
    body, sources, late = _answer(edge, holder, given, patience, crowd)
    response = Response(written(body), content_type=MEDIA_TYPE)
    response.headers["Scored-By"] = ", ".join(f"{name}={source}" for name, source in sources.items())
    if late:
        response.headers[LATE] = late
    return response


def _answer(edge: Edge, holder: auth.KeyHolder, given: Given, patience: Patience, crowd: Patience) -> Found:
    names = given.fields["requestedAttributes"]
    if is_blank(given.text):  # a picture, or stars: nothing to score
        return one_for_all(given, Languages(given.languages, ()), GRADES["allow"]), dict.fromkeys(names, RULES), ""
    late = ""
    if not given.is_too_long:
        scored = partial(_scored, edge, holder, given, time.monotonic() + RULES_SECONDS)
        try:
            try:
                return patience.wait(scored, SECONDS)
            except NoRoom:  # a crowd gets rules alone; not without an end, since those before it may be stuck
                return crowd.wait(partial(scored, by_rules=True), SECONDS)
        except TimeoutError:
            late = "check"
        except Exception as error:
            errors.unexpected(error)
    return one_for_all(given, Languages(given.languages, ()), GRADES["hold"]), dict.fromkeys(names, _NOBODY), late


def _scored(edge: Edge, holder: auth.KeyHolder, given: Given, ends: float, *, by_rules: bool = False) -> Found:
    # Spans of sentences are many scores, and Coral asks for none.
    given = Given(given.text, {**given.fields, "spanAnnotations": False})
    found = languages(given, site_language(edge, holder))
    with nullcontext(False) if by_rules else edge.judging.enter_soon(ROOM_SECONDS) as free:
        analysis = Analysis(edge, holder, given, ends, model_seconds=MODEL_SECONDS if free else 0.0, detect=True)
        body, sources = analysis.answer(found)
    return body, sources, "model" if analysis.is_late else ""


def count_unchecked(edge: Edge, response: Response, key: str) -> Response:
    """Counts what Coral publishes without a check: our errors, and what came later than it waits."""
    if g.get("is_coral") or request.headers.get("User-Agent", "").startswith(_AGENT):
        if response.status_code != 200:
            unchecked.count(edge.application, key, protocol="perspective", why="error")
        elif time.perf_counter() - g.started > CORAL_WAITS:
            unchecked.count(edge.application, key, protocol="perspective", why="late")
    return response
