"""Stories: put and get."""

from moderation.web import answers
from moderation.web.links import story_path
from moderation.web.routes import Answer, Call, Route, Says
from moderation.web.submissions import StoryFields


def put(call: Call) -> Answer:
    """Store what was given of a story."""
    story_id = call.path["story_id"]
    story, created = call.application.stories.put(
        site_id=call.site_id, story=call.body.incoming(story_id), by=call.by, now=call.now
    )
    headers = {"Location": call.edge.public_url + story_path(story_id)} if created else {}
    return Answer(story, 201 if created else 200, headers)


def get(call: Call) -> Answer:
    """A story as stored."""
    return Answer(call.application.stories.get(site_id=call.site_id, story_id=call.path["story_id"]))


ROUTES = (
    Route(
        method="PUT",
        path="/v1/stories/{story_id}",
        name="putStory",
        tag="Stories",
        summary="Store a story",
        text="Fields that you give overwrite, absent ones stay. The same object is accepted as `story` of a comment. "
        "Ids of stories may contain slashes; write every special character percent-encoded.",
        act="store stories",
        view=put,
        body=StoryFields,
        answers={200: Says("Updated.", answers.Story), 201: Says("New.", answers.Story, ("Location",))},
        example={
            "title": "Council votes to close two libraries",
            "section": "local",
            "byline": [{"name": "Ada Marsh", "id": "ada"}],
            "people": [{"name": "Jo Field", "role": "public"}],
            "comments": "open",
        },
    ),
    Route(
        method="GET",
        path="/v1/stories/{story_id}",
        name="getStory",
        tag="Stories",
        summary="Read a story",
        act="read stories",
        view=get,
        answers={200: Says("The story.", answers.Story)},
        problems=(404,),
    ),
)
