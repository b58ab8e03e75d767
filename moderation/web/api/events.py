"""Events: everything that happened at a site, in order."""

import re

from moderation.errors import MalformedRequest
from moderation.web import answers
from moderation.web.routes import Answer, Call, Query, Route, Says

LIMIT_MAX = 200
LIMIT_DEFAULT = 100
_NUMBER = re.compile(r"[1-9]\d{0,2}", re.ASCII)


def read(call: Call) -> Answer:
    """A page of events after a cursor."""
    after = call.query.get("after") or None
    return Answer(
        call.application.events.read(site_id=call.site_id, after=after, limit=_limit(call.query.get("limit")))
    )


def _limit(given: str | None) -> int:
    if given is None or given == "":
        return LIMIT_DEFAULT
    if not _NUMBER.fullmatch(given) or int(given) > LIMIT_MAX:
        raise MalformedRequest(f"limit must be a number from 1 to {LIMIT_MAX}.")
    return int(given)


ROUTES = (
    Route(
        method="GET",
        path="/v1/events",
        name="readEvents",
        tag="Events",
        summary="Read events in order",
        text="One row for each transition, in one order for the whole site, none skipped. Give `next` as `after` of the "
        "next request. Kept for 90 days; an older cursor answers 410: begin again without `after`.",
        act="read events",
        view=read,
        queries=(
            Query("after", "The `next` of your last page; empty: from the beginning.", {"type": "string"}),
            Query(
                "limit",
                "How many at most.",
                {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT},
            ),
        ),
        answers={200: Says("A page.", answers.Events)},
        problems=(400, 410),
    ),
)
