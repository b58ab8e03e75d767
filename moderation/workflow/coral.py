"""Comments that a Coral asks about before it publishes them: stored and checked like any other, answered at once.

Coral names no id for them. Ours is made of author, story, answered comment and text, so a replay finds what is there.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import re2
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, join

from moderation.errors import Conflict, NoLongerKept, NotFound, Unavailable
from moderation.storage.models import Author, Comment, Realm, Revision, Story
from moderation.storage.queries import lookup
from moderation.storage.unit_of_work import Database
from moderation.workflow.incoming import (
    ABSENT,
    Actor,
    IdempotencyKey,
    IncomingAuthor,
    IncomingComment,
    IncomingParent,
    IncomingStory,
)
from moderation.workflow.intake import Intake
from moderation.workflow.moderate import Moderate
from moderation.workflow.present import Presenter

ID = "coral-"
EDITED_WITHIN = timedelta(hours=24)
CANDIDATES = 50
_ROLES: tuple[Literal["staff", "moderator"], ...] = ("staff", "moderator")
_PAUSE = 0.01
_TAG = re2.compile(
    r"</?(?:div|p|br|b|i|strong|em|u|s|strike|ul|ol|li|blockquote|span|a)"
    r'(?: (?:class|href|rel|target|title)="[^"<>]*")*\s*/?>'
)
_ENTITY = re2.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d+|#x[0-9a-fA-F]+);")
_ROWS = (
    join(Comment, Revision, Revision.comment_id == Comment.id)
    .join(Author, Author.id == Comment.author_id)
    .join(Story, Story.id == Comment.story_id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedComment:
    """What Coral tells of a comment that it wants to publish."""

    text: str
    format: Literal["plain", "html"]
    author_id: str
    role: Literal["reader", "staff", "moderator"] | None = None  # as it is stored
    story_id: str
    story_url: str | None = None
    parent_id: str | None = None
    is_edit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of the text: the action with its categories and codes of reasons, and the letter to the writer."""

    action: str
    categories: Sequence[str] = ()
    codes: Sequence[str] = ()
    letter: str | None = None
    by_journalist: bool = False  # of this story


@dataclass(frozen=True, slots=True)
class CoralPhase:
    """The verb behind Coral's external moderation phase."""

    database: Database
    intake: Intake
    moderate: Moderate
    presenter: Presenter

    def check(
        self, *, site_id: str, asked: AskedComment, digest: str, by: Actor, now: datetime, seconds: float
    ) -> Finding:
        """Stores the comment, checks it here and now, and says what was found; a repeat of `digest` changes nothing.

        Raises Unavailable where a worker took the check up and has not done it within `seconds`.
        """
        ends = time.monotonic() + seconds
        incoming = self._incoming(site_id, asked, now)
        key = IdempotencyKey(key=f"{ID}{digest}", route="POST /coral/moderation", body_hash=digest)
        try:
            self.intake.submit(site_id=site_id, comment=incoming, by=by, now=now, key=key)
        except NoLongerKept:  # erased with its author, who is there again: a person looks
            return Finding(action="hold", codes=("not_judged",))
        except (Conflict, NotFound):
            pass  # a repeat, or an earlier text of the comment: what was found then still holds
        while (revision_id := self._unchecked(site_id, asked)) is not None:
            if self.moderate.run(revision_id=revision_id, now=now):
                continue
            if time.monotonic() > ends:
                raise Unavailable("The check was not done in time.")
            time.sleep(_PAUSE)  # a worker was faster and has it
        with self.database.read() as session:
            return self._finding(session, site_id, asked, now)

    def known(self, *, site_id: str, asked: AskedComment) -> tuple[str, int] | None:
        """(id, revision) of the comment here that has this text in this place, if there is one."""
        with self.database.read() as session:
            return _known(session, site_id, asked)

    def _incoming(self, site_id: str, asked: AskedComment, now: datetime) -> IncomingComment:
        with self.database.read() as session:
            _, realm = lookup.site_and_realm(session, site_id)
            edited = None
            if asked.is_edit:
                edited = _edited(session, site_id, realm, asked, now) or _known(session, site_id, asked)
            role = asked.role or _role(session, realm, asked.author_id)
            id, revision = edited or (_id(realm, asked), None)
        return IncomingComment(
            id=id,
            revision=revision,
            text=asked.text,
            format=asked.format,
            author=IncomingAuthor(id=asked.author_id, role=role),
            story=IncomingStory(id=asked.story_id, url=asked.story_url or ABSENT),
            parent=IncomingParent(id=asked.parent_id) if asked.parent_id else None,
        )

    def _unchecked(self, site_id: str, asked: AskedComment) -> str | None:
        with self.database.read() as session:
            _, revision = _stored(session, site_id, asked)
            return None if revision.state == "done" else revision.id

    def _finding(self, session: Session, site_id: str, asked: AskedComment, now: datetime) -> Finding:
        comment, revision = _stored(session, site_id, asked)
        verdict = lookup.live_verdict(session, revision.id)
        story = session.get_one(Story, comment.story_id)
        if lookup.active_block(session, comment.author_id, site_id, now):
            action, codes = "reject", ["author_blocked"]
        else:
            action = verdict.action if verdict else "hold"
            codes = [str(reason["code"]) for reason in verdict.reasons] if verdict else ["not_judged"]
        letter = None
        if action == "reject" and comment.status == "rejected" and comment.latest_revision == revision.number:
            letter = (self.presenter.comment(session, comment)["message"] or {}).get("text")
        return Finding(
            action=action,
            categories=tuple(verdict.categories) if verdict and "author_blocked" not in codes else (),
            codes=tuple(codes),
            letter=letter,
            by_journalist=any(one.get("id") == asked.author_id for one in story.byline),
        )


def format_of(body: str) -> Literal["plain", "html"]:
    """HTML as Coral cleans it: then each `<` begins one of its tags. In plain text some may begin anything."""
    tags = len(_TAG.findall(body))
    is_html = tags == body.count("<") and (tags > 0 or _ENTITY.search(body) is not None)
    return "html" if is_html else "plain"


def _role(session: Session, realm: Realm, author_id: str) -> Literal["reader", "staff", "moderator"]:
    known = lookup.find_author(session, realm, author_id)
    return next((one for one in _ROLES if known is not None and one == known.role), "reader")


def _id(realm: Realm, asked: AskedComment) -> str:
    parts = json.dumps([asked.author_id, asked.story_id, asked.parent_id, asked.text])
    return ID + hmac.new(realm.key, b"coral\0" + parts.encode(), hashlib.sha256).hexdigest()[:32]


def _stored(session: Session, site_id: str, asked: AskedComment) -> tuple[Comment, Revision]:
    """The author's comment in this place with the text that was asked about, and its newest revision with it."""
    _, realm = lookup.site_and_realm(session, site_id)
    same = Revision.text_mac == lookup.text_mac(realm, asked.text)
    known = select(Comment, Revision).select_from(_ROWS).where(same, *_here(site_id, realm, asked))
    newest = known.order_by(Revision.received_at.desc(), Revision.number.desc()).limit(1)
    comment, revision = session.execute(newest).one()
    return comment, revision


def _known(session: Session, site_id: str, asked: AskedComment) -> tuple[str, int] | None:
    """(id, revision) of the same text in this place: an edit of long ago is sent once more."""
    try:
        comment, revision = _stored(session, site_id, asked)
    except NoResultFound:
        return None
    return comment.external_id, revision.number


def _edited(session: Session, site_id: str, realm: Realm, asked: AskedComment, now: datetime) -> tuple[str, int] | None:
    """(id, next revision) of the comment that is edited: of the author's last ones in this place the most alike."""
    latest = (
        select(Comment.external_id, Revision.number, Revision.text)
        .select_from(_ROWS)
        .where(
            Revision.number == Comment.latest_revision,
            Comment.status != "withdrawn",
            Comment.created_at > now - EDITED_WITHIN,
            *_here(site_id, realm, asked),
        )
    )
    rows = session.execute(latest.order_by(Comment.created_at.desc()).limit(CANDIDATES)).all()
    if not rows:
        return None
    id, number, _ = max(rows, key=lambda row: _alike(row.text or "", asked.text))
    return id, number + 1


def _here(site_id: str, realm: Realm, asked: AskedComment) -> tuple[ColumnElement[bool], ...]:
    """What came from this Coral by the same author, under the same story, in answer to the same comment."""
    return (
        Comment.site_id == site_id,
        Comment.external_id.startswith(ID),
        Comment.parent_external_id == asked.parent_id,
        Author.realm_id == realm.id,
        Author.key == lookup.person_key(realm, asked.author_id),
        Story.external_id == asked.story_id,
    )


def _alike(one: str, other: str) -> float:
    """How much of the words two texts have in common."""
    left, right = set(one.lower().split()), set(other.lower().split())
    return len(left & right) / (len(left | right) or 1)
