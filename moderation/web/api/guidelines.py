"""The guidelines that readers may see."""

from moderation.web import answers
from moderation.web.routes import Answer, Call, Route, Says


def get(call: Call) -> Answer:
    """The editors' text with the live rules' public titles."""
    return Answer(call.application.rulebook.guidelines(site_id=call.site_id))


ROUTES = (
    Route(
        method="GET",
        path="/v1/guidelines",
        name="getGuidelines",
        tag="Guidelines",
        summary="Read the guidelines and FAQ",
        text="The editors' own text, with the public titles of the rules in force, their version and date, and what changed.",
        act="read the guidelines",
        view=get,
        answers={200: Says("The guidelines.", answers.Guidelines)},
    ),
)
