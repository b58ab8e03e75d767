"""Perspective's Comment Analyzer, v1alpha1, at its own paths and in its own words: for programs that know nothing of us."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from moderation.errors import ModerationError, NotAuthenticated, TooLarge, TooManyRequests
from moderation.web import auth, errors, json_body, perspective_coral, roles
from moderation.web.bounded import RateLimit
from moderation.web.perspective_attributes import NAMES, attributes_of
from moderation.web.perspective_discovery import document
from moderation.web.perspective_errors import (
    MEDIA_TYPE,
    SERVICE,
    QuotaExceeded,
    key_missing,
    key_not_valid,
    no_batch,
    respond,
    unreadable,
    written,
    wrong,
)
from moderation.web.perspective_request import ANALYZE, BODY_BYTES, SUGGEST, Given, parse, shaped
from moderation.web.perspective_scores import SECONDS, Analysis, check_languages, languages, primary, site_language
from moderation.web.routes import Edge
from moderation.workflow.feedback import Remark
from moderation.workflow.patience import Patience

ACT = "have a text scored by another protocol"
DOCUMENTATION = "read the documentation of the API"
PER_MINUTE = 6_000  # of a key, unless it was made with another number
_MAX_KEY = 200
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
View = Callable[["Asked"], Response]


@dataclass(slots=True)
class Quotas:
    """How often each key may ask: one bucket a key, refilled as its own number says."""

    limits: dict[int, RateLimit] = field(default_factory=dict)

    def spend(self, holder: auth.KeyHolder) -> None:
        """One call, however many attributes; QuotaExceeded in Google's words where there were too many."""
        usual = perspective_coral.HARD_PER_MINUTE if perspective_coral.is_coral(holder) else PER_MINUTE
        per_minute = int(holder.options.get("per_minute", usual))
        limit = self.limits.setdefault(per_minute, RateLimit(per_second=per_minute / 60, burst=per_minute))
        try:
            limit.spend(holder.key_id)
        except TooManyRequests as error:
            raise QuotaExceeded(per_minute, holder.site_slug, error.retry_after) from None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with a valid key, its body not yet read."""

    edge: Edge
    holder: auth.KeyHolder
    patience: Patience
    crowd: Patience  # where that has no room


def blueprint(edge: Edge) -> Blueprint:
    """The two calls, the discovery document, and a plain no to bundles of requests."""
    perspective = Blueprint("perspective", __name__)
    perspective.register_error_handler(ModerationError, respond)
    perspective.register_error_handler(Exception, lambda error: respond(errors.unexpected(error)))
    perspective.after_request(partial(_count_unchecked, edge))
    for name, view in (("analyze", analyze), ("suggestscore", suggestscore)):
        perspective.add_url_rule(f"/v1alpha1/comments:{name}", name, _opened(edge, view, Quotas()), methods=["POST"])
    perspective.add_url_rule("/$discovery/rest", "discovery", _discovery(edge))
    perspective.add_url_rule("/batch", "batch", roles.open_to_all(DOCUMENTATION)(_batch), methods=["POST"])
    return perspective


def _opened(edge: Edge, view: View, quotas: Quotas) -> Callable[[], Response]:
    patience, crowd = (Patience(edge.application.settings.web_threads // 2) for _ in range(2))

    def opened() -> Response:
        holder = _holder(edge)
        g.is_coral = perspective_coral.is_coral(holder)
        quotas.spend(holder)
        return view(Asked(edge, holder, patience, crowd))

    return roles.mark(opened, ACT)


def _holder(edge: Edge) -> auth.KeyHolder:
    key = _key()
    if not key:
        raise key_missing()
    return _known(edge, key)


def _key() -> str:
    return request.headers.get("X-Goog-Api-Key") or request.args.get("key", "")


def _known(edge: Edge, key: str) -> auth.KeyHolder:
    try:
        if len(key) > _MAX_KEY or not key.isascii():
            raise NotAuthenticated
        return auth.authorise_protocol(edge.application, key, ACT, now=edge.application.now())
    except NotAuthenticated:
        raise key_not_valid() from None


def analyze(asked: Asked) -> Response:
    """Scores of a text; nothing is stored, whatever doNotStore says."""
    coral = perspective_coral.is_coral(asked.holder)
    given = shaped(json_body.mended(_body()), ANALYZE) if coral else parse(_body(), ANALYZE)
    names = _known_names(given, "requestedAttributes", "Missing requested_attributes")
    for one in given.fields["requestedAttributes"].values():
        _check_type(one.get("scoreType"))
    if coral:
        return perspective_coral.answer(asked.edge, asked.holder, given, asked.patience, asked.crowd)
    own = site_language(asked.edge, asked.holder)
    found = languages(given, own)
    if asked.holder.options.get("languages") != "lenient":
        check_languages(names, found, own)
    ends = time.monotonic() + SECONDS  # from here on: rules that are new have been compiled by now
    with asked.edge.judging.enter():
        body, sources = Analysis(asked.edge, asked.holder, given, ends).answer(found)
    response = Response(written(body), content_type=MEDIA_TYPE)
    response.headers["Scored-By"] = ", ".join(f"{name}={source}" for name, source in sources.items())
    return response


def _count_unchecked(edge: Edge, response: Response) -> Response:
    asked_for_scores = request.endpoint == "perspective.analyze"
    return perspective_coral.count_unchecked(edge, response, _key()) if asked_for_scores else response


def suggestscore(asked: Asked) -> Response:
    """What people say that the scores of a text should have been: noted as feedback, without the text."""
    given = parse(_body(), SUGGEST)
    _known_names(given, "attributeScores", "Missing attribute_scores")
    app, told = asked.edge.application, _told(given)
    found = languages(given, site_language(asked.edge, asked.holder))
    language = next(iter(found.answer()), None)
    with asked.edge.judging.enter_soon(perspective_coral.ROOM_SECONDS) as free:  # what people say is noted in any case
        remark = Remark(given.text, told, attributes_of(told) if free else {}, primary(language) if language else None)
        app.feedback.tell(
            site_id=asked.holder.site_id,
            protocol="perspective",
            remark=remark,
            by=auth.actor(asked.holder),
            now=app.now(),
        )
    body = {**given.echo(), "detectedLanguages": list(found.detected), "requestedLanguages": given.languages}
    return Response(written(body), content_type=MEDIA_TYPE)


def _told(given: Given) -> dict[str, float]:
    told: dict[str, float] = {}
    for name, one in given.fields["attributeScores"].items():
        scores = [score for score in (one.get("summaryScore"), *_of_spans(one)) if score]
        if not scores:
            raise wrong("INVALID_REQUEST", f"Attribute score for {name} must be non-empty.")
        for score in scores:
            _check_type(score.get("type"))
            if not 0.0 <= score.get("value", 0.0) <= 1.0:
                raise wrong("INVALID_REQUEST", f"Score of {name} must be between 0 and 1.")
        told[name] = max(float(score.get("value", 0.0)) for score in scores)
    return told


def _of_spans(one: dict[str, list[dict[str, dict[str, float]]]]) -> list[dict[str, float]]:
    return [span.get("score", {}) for span in one.get("spanScores", ())]


def _known_names(given: Given, field: str, missing: str) -> list[str]:
    names = list(given.fields.get(field) or ())
    if not names:
        raise wrong("NO_REQUESTED_ATTRIBUTES", missing)
    for name in names:
        if name not in NAMES:
            shown = name[:60] if name.isascii() and name.isprintable() else "?"
            raise wrong("INVALID_REQUEST", f"Unknown requested attribute: {shown}")
    return names


def _check_type(kind: str | None) -> None:
    if kind not in (None, "PROBABILITY"):
        raise wrong("INVALID_REQUEST", f"Requested score type {kind} is not supported.")


def _body() -> bytes:
    request.max_content_length = BODY_BYTES + 1
    try:
        raw = request.get_data(cache=False)
        if len(raw) > BODY_BYTES:
            raise TooLarge
    except (RequestEntityTooLarge, TooLarge):
        raise unreadable(f"The request has more than {BODY_BYTES} bytes.") from None
    return raw


def _discovery(edge: Edge) -> Callable[[], Response]:
    """Open to all, but a key that is given has to be valid: clients find out by this whether theirs is."""

    def discovery() -> Response:
        key = _key()
        if key:
            _known(edge, key)
        return Response(written(document(_address(edge.public_url))), content_type=MEDIA_TYPE)

    return roles.open_to_all(DOCUMENTATION)(discovery)


def _address(public_url: str) -> str:
    """The configured one where it leads anywhere from outside, else as the caller sees us: nobody else reads this."""
    host = request.host.removesuffix(":443")
    if host == SERVICE:  # led here by DNS: clients compare the addresses in texts of errors with Google's
        return f"https://{host}/"
    if not host or (public_url and urlsplit(public_url).hostname not in _LOOPBACK):  # none was sent, or no host's name
        return public_url
    scheme = request.headers.get("X-Forwarded-Proto", request.scheme)
    return f"{scheme if scheme in ('http', 'https') else request.scheme}://{host}/"


def _batch() -> Response:
    raise no_batch()
