"""Judge a text without storing anything."""

from moderation.web import answers
from moderation.web.routes import Answer, Call, Route, Says
from moderation.web.submissions import JudgeFields

SECONDS = 5.0
_LEAST = 0.5


def judge(call: Call) -> Answer:
    """The verdict on a text, now or not at all."""
    call.edge.judge_limit.spend(call.holder.key_id)
    with call.edge.judging.enter() as waited:
        seconds = max(_LEAST, SECONDS - waited)
        verdict = call.application.judge.judge(
            site_id=call.site_id, submission=call.body.submission(), now=call.now, seconds=seconds
        )
    return Answer(verdict if call.body.id is None else {"id": call.body.id, **verdict})


ROUTES = (
    Route(
        method="POST",
        path="/v1/judge",
        name="judge",
        tag="Judge",
        summary="Judge a text, storing nothing",
        text="For previews and trials. Limited for each key; 429 and 503 say in Retry-After when to come back. Nothing is "
        "stored, so an Idempotency-Key changes nothing: a repeat is judged again.",
        act="judge a text without storing it",
        view=judge,
        body=JudgeFields,
        answers={200: Says("The verdict.", answers.Judged)},
        problems=(429,),
        headers=("Idempotency-Key",),
        example={"text": "What a clown.", "parent": {"text": "I voted for it."}},
    ),
)
