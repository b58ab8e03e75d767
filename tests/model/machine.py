"""The machine: every step is done to the service and to the model, and then both must say the same."""

from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from moderation.errors import Conflict, ModerationError, NotFound
from moderation.storage.models import Comment as CommentRow
from moderation.storage.models import Revision as RevisionRow
from moderation.web.errors import status_of
from moderation.workflow.incoming import Actor, IncomingDecision
from tests.chaos import invariants
from tests.model import reading, rules, verbs
from tests.model.service import OPERATOR, RULESETS, Template
from tests.model.site import Answer, Block, Comment, Site

IDS = st.sampled_from(["c1", "c1", "c2"])
AUTHORS = st.sampled_from(["ann", "bob"])
STORIES = st.sampled_from(["s1"] * 5 + ["s2"])
TEXTS = st.sampled_from(sorted(rules.TEXTS))
NUMBERS = st.sampled_from([None, None, None, 1, 2, 3])
READERS = st.sampled_from(["r1", "r2", "r3"])
FLAGS = st.sampled_from(["uncivil", "uncivil", "threat", "disagree"])
REASONS = st.sampled_from(["personal_attack", "spam", "spam", "civility"])
CHOICES = st.sampled_from(["reject", "reject", "approve"])
MOMENTS = st.sampled_from([None, timedelta(minutes=2), timedelta(minutes=2), timedelta(days=3)])
BACK = st.sampled_from([0, 0, 0, 1])  # how many revisions ago somebody looked
PLACES = st.integers(0, 4)
MOSTLY = st.sampled_from([True, True, False])
AT_DESK = Actor("user", "mo", "moderator")
ANSWERS = Actor("user", "sam", "senior")
DRAIN_HOURS = 400


class Machine(RuleBasedStateMachine):
    """One site of one service; `template` is set by the test. `asks_always`: the questions after each step, not at the end alone."""

    template: ClassVar[Template]
    asks_always: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.site, self.service = Site(), self.template.service()
        self.seen = reading.Seen()
        self.fails = 0

    def expect(self, answer: Any, expected: Answer) -> dict[str, Any]:
        """The service answers as the model."""
        body: dict[str, Any] = answer.get_json()
        assert (answer.status_code, body.get("code")) == expected, (body, expected)
        return body

    def tick(self) -> None:
        """No two steps happen at once."""
        self.service.now += timedelta(seconds=1)

    @initialize()
    def begin(self) -> None:
        """What was told before the model looked."""
        self.seen.skip(self.service)

    @rule(id=IDS, author=AUTHORS, story=STORIES, text=TEXTS, number=NUMBERS)
    def submit(self, id: str, author: str, story: str, text: str, number: int | None) -> None:
        """A site sends what it likes."""
        self.tick()
        body = self._body(id, author, story, text, number)
        self.expect(
            self.service.send("POST", "/v1/comments", body), verbs.submit(self.site, id, author, story, text, number)
        )

    @rule(id=IDS, author=AUTHORS, text=TEXTS, checked=MOSTLY)
    def edit(self, id: str, author: str, text: str, checked: bool) -> None:
        """A site sends a comment of the author who wrote it; mostly it is checked at once."""
        comment = self.site.comments.get(id)
        self.submit(id, comment.author if comment else author, comment.story if comment else "s1", text, None)
        if checked and self.service.broker.revisions:
            self._work(-1, keeps=False)

    @rule(id=IDS)
    def resubmit(self, id: str) -> None:
        """A site is not sure and sends the latest words again."""
        comment = self.site.comments.get(id)
        if comment:
            self.submit(id, comment.author, comment.story, comment.latest.text, None)

    @rule(id=IDS, text=TEXTS, where=st.sampled_from(["written", "sending"]))
    def submit_and_crash(self, id: str, text: str, where: str) -> None:
        """The web process dies before the commit, or after it and before the hint."""
        comment = self.site.comments.get(id)
        author, story = (comment.author, comment.story) if comment else ("ann", "s1")
        before = comment.latest.number if comment else 0
        if comment and (comment.status == "withdrawn" or any(text == one.text for one in comment.revisions.values())):
            return
        self.tick()
        body = self._body(id, author, story, text, before + 1)
        with self.service.strike(where):
            self.service.send("POST", "/v1/comments", body)
        if where == "sending":
            verbs.submit(self.site, id, author, story, text, before + 1)

    @rule(story=st.sampled_from(["s1", "s2"]), mode=st.sampled_from(["open", "open", "check_first", "closed"]))
    def put_story(self, story: str, mode: str) -> None:
        """Editors open and close a story."""
        self.tick()
        known = story in self.site.stories
        self.site.stories[story] = mode
        answer = self.service.send("PUT", f"/v1/stories/{story}", {"comments": mode})
        self.expect(answer, (200 if known else 201, None))
        assert answer.get_json()["comments"] == mode

    @rule(id=IDS)
    def withdraw(self, id: str) -> None:
        """A comment is taken back, or once more."""
        self.tick()
        self.expect(self.service.send("DELETE", f"/v1/comments/{id}"), verbs.withdraw(self.site, id))

    @rule(id=IDS, reader=READERS, reason=FLAGS, back=BACK, along=st.booleans())
    def flag(self, id: str, reader: str, reason: str, back: int, along: bool) -> None:
        """A reader flags, or flags again."""
        self.tick()
        number = self._number(id, back) if back else None
        body: dict[str, Any] = {"reader": {"id": reader}, "reason": reason}
        body |= {"revision": number} if number else {}
        body |= {"comment": self._body(id, "ann", "s1", "fair", None)} if along else {}
        expected = verbs.flag(self.site, id, reader, reason, number, ("ann", "s1", "fair") if along else None)
        self.expect(self.service.send("POST", f"/v1/comments/{id}/flags", body), expected)

    @rule(id=IDS, who=st.sampled_from(["m1", "m1", "m2"]), choice=CHOICES, reason=REASONS, back=BACK)
    def decide(self, id: str, who: str, choice: str, reason: str, back: int) -> None:
        """A newsroom decides in its own tool, perhaps on a revision that is not the latest."""
        self.tick()
        number = self._number(id, back)
        body = {"revision": number, "decision": choice, "reason": reason, "moderator": {"id": who}}
        expected = verbs.decide(self.site, id, who, number, choice, reason, self.service.now)
        self.expect(self.service.send("POST", f"/v1/comments/{id}/decisions", body), expected)

    @rule(id=IDS, choice=CHOICES, reason=REASONS, back=BACK, after=st.sampled_from([None, 10, 100]))
    def decide_at_desk(self, id: str, choice: Any, reason: str, back: int, after: int | None) -> None:
        """A moderator decides; it waits for its five seconds, and perhaps for a sweep that comes late."""
        self.tick()
        number, now = self._number(id, back), self.service.now
        made = IncomingDecision(revision=number, decision=choice, reason=reason)
        review = self.service.application.review
        expected = verbs.decide_at_desk(self.site, id, "mo", number, choice, reason, now)
        answer = self._verb(
            expected, review.decide, site_id=self.service.site_id, comment_id=id, decision=made, by=AT_DESK, now=now
        )
        if answer is not None:
            self.site.decisions[-1].id = answer["id"]
            if after is not None:
                self.sweep(after)

    @precondition(lambda self: any(one.id for one in self.site.decisions))
    @rule(place=PLACES)
    def undo(self, place: int) -> None:
        """A moderator takes one of his decisions back, in time or not."""
        self.tick()
        own = [one for one in self.site.decisions if one.id]
        made = own[-1 - place % len(own)]
        review = self.service.application.review
        review.undo(site_id=self.service.site_id, decision_id=made.id, by=AT_DESK, now=self.service.now)
        verbs.undo(self.site, made)

    @rule(id=AUTHORS, wait=MOMENTS)
    def block(self, id: str, wait: timedelta | None) -> None:
        """A newsroom blocks an author, known or not."""
        self.tick()
        until = None if wait is None else (self.service.now + wait).replace(second=0)
        body = {"reason": "rude", "until": until.isoformat() if until else None}
        expected = verbs.block(self.site, id, until, self.service.now)
        answer = self.expect(self.service.send("POST", f"/v1/authors/{id}/block", body), expected)
        self.site.authors[id].blocks[-1].id = answer["id"]

    @rule(id=AUTHORS)
    def unblock(self, id: str) -> None:
        """And lifts it."""
        self.tick()
        answer = self.service.send("POST", f"/v1/authors/{id}/unblock", {"reason": "over"})
        self.expect(answer, verbs.unblock(self.site, id))

    @rule(id=AUTHORS, comment=IDS)
    def appeal_for_comment(self, id: str, comment: str) -> None:
        """A commenter wants a comment looked at again, his own or not."""
        found = self.site.comments.get(comment)
        self._appeal(id, {"comment": comment}, found if found and found.author == id else None)

    @precondition(lambda self: self._blocks())
    @rule(place=PLACES)
    def appeal_against_block(self, place: int) -> None:
        """A blocked commenter wants it looked at again."""
        blocks = self._blocks()
        id, block = blocks[-1 - place % len(blocks)]
        self._appeal(id, {"block": block.id}, block)

    @precondition(lambda self: self.site.appeals)
    @rule(place=PLACES, granted=st.booleans())
    def answer_appeal(self, place: int, granted: bool) -> None:
        """Somebody who decided nothing answers."""
        self.tick()
        asked = self.site.appeals[-1 - place % len(self.site.appeals)]
        expected = verbs.answer(self.site, asked, "sam", granted, self.service.now)
        appeals, now = self.service.application.appeals, self.service.now
        self._verb(
            expected, appeals.decide, site_id=self.service.site_id, appeal_id=asked.id, granted=granted,
            answer="Looked at.", by=ANSWERS, now=now,
        )  # fmt: skip
        state = self.service.send("GET", f"/v1/appeals/{asked.id}").get_json()["state"]
        assert state == asked.state

    @precondition(lambda self: self.service.broker.revisions)
    @rule(place=PLACES, keeps=st.sampled_from([False, False, False, True]))
    def deliver_message(self, place: int, keeps: bool) -> None:
        """A worker gets one of the hints, in any order; where the broker keeps it, it comes again."""
        self._work(place, keeps=keeps)

    @precondition(lambda self: self.service.broker.revisions)
    @rule(place=PLACES, where=st.sampled_from(["judging", "written"]))
    def deliver_message_and_crash(self, place: int, where: str) -> None:
        """A worker dies after its claim, or with its verdict written but not committed."""
        hints = self.service.broker.revisions
        _, revision = self._of(hints[place % len(hints)])
        if verbs.claim(revision, self.service.now):
            crashed = revision.attempts > verbs.ATTEMPTS  # it is not judged any more
            id = hints.pop(place % len(hints))
            with self.service.strike("written" if crashed else where):
                self.service.application.moderate.run(revision_id=id, now=self.service.now)

    @precondition(lambda self: self.service.broker.revisions or self.service.broker.deliveries)
    @rule(all=st.booleans(), place=PLACES)
    def lose_messages(self, all: bool, place: int) -> None:
        """The broker forgets one hint, or all of them."""
        for hints in (self.service.broker.revisions, self.service.broker.deliveries):
            if all:
                hints.clear()
            elif hints:
                hints.pop(place % len(hints))

    @precondition(lambda self: self.service.broker.deliveries)
    @rule(place=PLACES, keeps=st.booleans(), fails=st.booleans(), dies=st.sampled_from([False, False, True]))
    def deliver_webhook(self, place: int, keeps: bool, fails: bool, dies: bool) -> None:
        """A courier gets a hint; the receiver may refuse, and the courier may die after the answer."""
        hints = self.service.broker.deliveries
        id = hints[place % len(hints)] if keeps else hints.pop(place % len(hints))
        if fails and self.fails < 3:
            self.fails += 1
            self.service.receiver.fails = 1
        if dies:
            with self.service.strike("answered"):
                self.service.application.webhooks.deliver(delivery_id=id, now=self.service.now)
        else:
            self.service.application.webhooks.deliver(delivery_id=id, now=self.service.now)
        self.service.receiver.fails = 0

    @rule(after=st.sampled_from([1, 10, 100]))
    def sweep(self, after: int) -> None:
        """What is due is taken up."""
        self.service.now += timedelta(seconds=after)
        self.service.application.sweep.tick(now=self.service.now)
        verbs.sweep(self.site, self.service.now)

    @rule(
        step=st.sampled_from(
            [timedelta(seconds=10), timedelta(seconds=100), timedelta(hours=1), -timedelta(hours=1), timedelta(days=8)]
        )
    )
    def step_clock(self, step: timedelta) -> None:
        """Time passes, or an administrator sets the clock back."""
        self.service.now += step

    @rule()
    def restart(self) -> None:
        """The process is killed between two requests."""
        self.service.restart()

    @rule(version=st.sampled_from(["first", "second"]))
    def publish(self, version: str) -> None:
        """Rules go live."""
        self.tick()
        self.service.application.rulebook.publish(
            site_id=self.service.site_id, ruleset=RULESETS[version], message="m", by=OPERATOR, now=self.service.now
        )
        verbs.publish(self.site, version)

    @rule()
    def roll_back(self) -> None:
        """And back."""
        self.tick()
        expected = verbs.roll_back(self.site)
        rulebook = self.service.application.rulebook
        self._verb(
            expected, rulebook.rollback, site_id=self.service.site_id, version=None, by=OPERATOR, now=self.service.now
        )

    @invariant()
    def says_the_same(self) -> None:
        """All that a site can read, and all that can be asked of the database at any time."""
        self.seen.compare(self.service, self.site)
        reading.compare_comments(self.service, self.site, self.seen.sequences)
        reading.compare_authors(self.service, self.site)
        if self.asks_always:
            reading.ask(self.service, finished=False)

    def teardown(self) -> None:
        """Everything drains; then the whole feed, the receiver's posts and every question."""
        try:
            self._drain()
            self.says_the_same()
            self.seen.compare_whole(self.service)
            reading.ask(self.service, finished=True)
        finally:
            self.template.end(self.service)

    def _drain(self) -> None:
        for _ in range(DRAIN_HOURS):
            if not invariants.waiting(self.service.url) and not invariants.undelivered(self.service.url):
                return
            self.service.now += timedelta(hours=1)
            self.sweep(1)
            while self.service.broker.revisions:
                self._work(0, keeps=False)
            while self.service.broker.deliveries:
                id = self.service.broker.deliveries.pop(0)
                self.service.application.webhooks.deliver(delivery_id=id, now=self.service.now)
        raise AssertionError("something never drains")

    def _work(self, place: int, *, keeps: bool) -> None:
        hints = self.service.broker.revisions
        id = hints[place % len(hints)] if keeps else hints.pop(place % len(hints))
        comment, revision = self._of(id)
        claimed = verbs.claim(revision, self.service.now)
        done = self.service.application.moderate.run(revision_id=id, now=self.service.now)
        assert done == claimed
        if claimed:
            verbs.record(self.site, comment, revision, self.service.now)

    def _of(self, revision_id: str) -> tuple[Comment, Any]:
        with self.service.application.database.read() as session:
            query = select(CommentRow.external_id, RevisionRow.number).join(
                RevisionRow, RevisionRow.comment_id == CommentRow.id
            )
            id, number = session.execute(query.where(RevisionRow.id == revision_id)).one()
        comment = self.site.comments[id]
        return comment, comment.revisions[number]

    def _verb(self, expected: Answer, verb: Any, **given: Any) -> Any:
        """A verb that has no endpoint, held against the model as if it had one."""
        try:
            answer = verb(**given)
        except (Conflict, NotFound) as error:
            assert (status_of(error), _code(error)) == expected
            return None
        assert expected[0] < 400, expected
        return answer

    def _appeal(self, author: str, about: dict[str, str], target: Comment | Block | None) -> None:
        self.tick()
        expected = verbs.appeal(self.site, author, target)
        answer = self.service.send("POST", f"/v1/authors/{author}/appeals", {"text": "Look again.", "about": about})
        body = self.expect(answer, expected)
        if expected[0] == 201:
            self.site.appeals[-1].id = body["id"]

    def _blocks(self) -> list[tuple[str, Block]]:
        return [(id, one) for id, author in self.site.authors.items() for one in author.blocks if one.id]

    def _number(self, id: str, back: int) -> int:
        comment = self.site.comments.get(id)
        return max(1, comment.latest.number - back) if comment else 1

    def _body(self, id: str, author: str, story: str, text: str, number: int | None) -> dict[str, Any]:
        body = {"id": id, "text": rules.TEXTS[text], "author": {"id": author}, "story": {"id": story}}
        return body if number is None else {**body, "revision": number}


def _code(error: ModerationError) -> str:
    return error.type
