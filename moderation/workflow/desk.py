"""What moderators see: the list of what needs them, one comment with all around it, blocks, appeals, rules in force."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.errors import NotFound
from moderation.storage.models import (
    Block,
    Comment,
    Decision,
    ReviewItem,
    Revision,
    Story,
)
from moderation.storage.queries import lookup, pauses, statistics
from moderation.storage.queries.find import find_comments
from moderation.storage.queries.review import open_items
from moderation.storage.unit_of_work import Database
from moderation.workflow import correspondence, desk_record, desk_sanctions, desk_views
from moderation.workflow.desk_lines import lines, matches_of
from moderation.workflow.present import Presenter
from moderation.workflow.rulebook import Rulebook
from moderation.workflow.rulesets import NoRuleset, UnreadableRuleset


@dataclass(frozen=True, slots=True)
class Desk:
    """Reads for people at the desk; they hold text and names, so each call is for one site only."""

    database: Database
    rulebook: Rulebook
    presenter: Presenter

    def queue(
        self, *, site_id: str, now: datetime, user_id: str, upto: int | None = None, source: str | None = None,
        limit: int = 50,
    ) -> dict[str, Any]:  # fmt: skip
        """{items, mark, new, total}: what needs people, urgent first, as far as it was opened when `mark` was given.

        With `upto` (an earlier mark) the list holds only what was there then, and `new` counts what came since.
        """
        with self.database.read() as session:
            newest = session.scalar(
                select(func.max(ReviewItem.opened)).where(ReviewItem.site_id == site_id, ReviewItem.closed_at.is_(None))
            )
            mark = newest or 0 if upto is None else upto
            rows = open_items(session, site_id=site_id, upto=mark, source=source, limit=limit)
            total = _count(session, site_id)
            shown = lines(session, self.presenter, rows, now, user_id)
            return {"items": shown, "mark": mark, "new": _count(session, site_id, since=mark), "total": total}

    def card(self, *, site_id: str, item_id: str, now: datetime) -> dict[str, Any]:
        """One review item with its comment, story, parent, flags, and the commenter's record."""
        with self.database.read() as session:
            item = session.scalar(select(ReviewItem).where(ReviewItem.id == item_id, ReviewItem.site_id == site_id))
            if item is None:
                raise NotFound("There is no such item in the queue of this site.")
            comment = lookup.not_erased(session.get_one(Comment, item.comment_id))
            return self._card(session, comment, item, now)

    def comment_card(self, *, site_id: str, comment_id: str, now: datetime) -> dict[str, Any]:
        """The same of any comment of the site, by the site's own id; `item` is its open one, or one that stands for none."""
        with self.database.read() as session:
            comment = lookup.comment(session, site_id, comment_id)
            return self._card(session, comment, lookup.open_item(session, comment.id), now)

    def find(
        self, *, site_id: str, words: str, status: str | None = None, page: int = 1, size: int = 25
    ) -> dict[str, Any]:
        """{comments, more}: those with the words in text, names, ids or story, newest first; page counts from 1."""
        with self.database.read() as session:
            found = find_comments(
                session, site_id=site_id, words=words, status=status, skip=(page - 1) * size, limit=size + 1
            )
            matches = matches_of(session, self.presenter, [row.revision for row in found[:size]])
            shown = [desk_views.found(row, matches.get(row.revision.id, [])) for row in found[:size]]
            return {"comments": shown, "more": len(found) > size}

    def _card(self, session: Session, comment: Comment, item: ReviewItem | None, now: datetime) -> dict[str, Any]:
        shown = self.presenter.comment(session, comment)
        return {
            "item": desk_views.item(item, now) if item else desk_views.NO_ITEM,
            "comment": shown,
            "name": desk_views.name(session, comment),
            "public": desk_views.public_text(session, comment),
            "story": desk_views.story(session, session.get_one(Story, comment.story_id)),
            "parent": desk_views.parent(session, comment),
            "flags": desk_views.flags(session, lookup.latest_revision(session, comment)),
            "held_by_flags": correspondence.held_by_flags(session, comment),
            "unchecked": self._unchecked(session, shown["verdict"]),
            "reason": desk_views.prefilled_reason(shown),
            "commenter": desk_record.record(session, self.presenter, comment.site_id, comment.author_id, now),
            "appeal": desk_views.open_appeal(session, comment.id),
            "waiting": desk_views.waiting(session, comment),
            "legal_hold_at": comment.legal_hold_at,
        }

    def commenter(self, *, site_id: str, author_id: str, now: datetime) -> dict[str, Any]:
        """The record of one author (our own id), as far as this site may see it."""
        with self.database.read() as session:
            seen = select(Comment.id).where(Comment.site_id == site_id, Comment.author_id == author_id).limit(1)
            blocked = select(Block.id).where(Block.site_id == site_id, Block.author_id == author_id).limit(1)
            if session.scalar(seen) is None and session.scalar(blocked) is None:
                raise NotFound("This site has never seen this commenter.")
            return desk_record.record(session, self.presenter, site_id, author_id, now)

    def my_decisions(self, *, site_id: str, user_id: str, limit: int = 10) -> list[dict[str, Any]]:
        """The user's own last decisions, newest first, so that he can undo them."""
        with self.database.read() as session:
            rows = session.execute(
                select(Decision, Comment.external_id, Revision)
                .join(Comment, Comment.id == Decision.comment_id)
                .join(Revision, Revision.id == Decision.revision_id)
                .where(Decision.site_id == site_id, Decision.by_id == user_id, Decision.by_kind == "user")
                .order_by(Decision.created_at.desc())
                .limit(limit)
            ).all()
            matches = matches_of(session, self.presenter, [revision for _, _, revision in rows])
            return [
                {
                    "id": row.id,
                    "comment": external_id,
                    "text": revision.text,
                    "matches": matches.get(revision.id, []),
                    "decision": row.decision,
                    "reason": row.reason,
                    "state": row.state,
                    "at": row.created_at,
                }
                for row, external_id, revision in rows
            ]

    def blocks(self, *, site_id: str, now: datetime) -> dict[str, Any]:
        """{proposed, active, ended}: what waits for a person, what is in force, what ended lately."""
        with self.database.read() as session:
            return desk_sanctions.all_blocks(session, self.presenter, site_id, now)

    def appeals(self, *, site_id: str, now: datetime) -> list[dict[str, Any]]:
        """Open appeals, oldest first, with what they are about."""
        with self.database.read() as session:
            return desk_sanctions.open_appeals(session, self.presenter, site_id, now)

    def rules(self, *, site_id: str, now: datetime, days: int = 30) -> dict[str, Any]:
        """The rules in force: each with its state, pause, action, hits and how often people agreed, and what was refused."""
        refused = self.rulebook.refused(site_id=site_id)
        versions = self.rulebook.versions(site_id=site_id, limit=20)
        try:
            published = self.rulebook.current(site_id=site_id)
        except NoRuleset as none:
            unreadable = (none.version, none.mistakes) if isinstance(none, UnreadableRuleset) else None
            return {"version": None, "unreadable": unreadable, "rules": [], "refused": refused, "versions": versions}
        with self.database.read() as session:
            hits = statistics.hits_by_rule(session, site_id, now - timedelta(days=days))
            paused = pauses.in_force(session, site_id)
        return {
            "version": published.version,
            "published_at": published.published_at,
            "message": published.message,
            "rules": [
                {
                    "id": rule.id,
                    "title": rule.title,
                    "category": rule.category,
                    "state": rule.state,
                    "pause": paused.get(rule.hash) if rule.state == "live" else None,
                    "action": rule.action,
                    "source": rule.source,
                    "public": rule.public,
                    **hits.get(rule.id, statistics.NO_HITS),
                }
                for rule in published.ruleset.rules
            ],
            "refused": refused,
            "versions": versions,
        }

    def summary(self, *, site_id: str, now: datetime) -> dict[str, Any]:
        """{waiting, urgent, oldest_at, proposed_blocks, appeals, today}: the numbers on the desk's first line."""
        with self.database.read() as session:
            return statistics.summary(session, site_id, now)

    def _unchecked(self, session: Session, verdict: dict[str, Any] | None) -> list[dict[str, Any]]:
        """What live rules needed and could not have; what a rule in trial lacked changes nothing."""
        if verdict is None:
            return []
        ruleset = self.presenter.ruleset(session, verdict["ruleset"])
        rules = {one["rule"]: ruleset.rule(one["rule"]) if ruleset else None for one in verdict["unknown"]}
        return [one for one in verdict["unknown"] if (rule := rules[one["rule"]]) is None or rule.state == "live"]


def _count(session: Session, site_id: str, since: int | None = None) -> int:
    query = select(func.count()).where(ReviewItem.site_id == site_id, ReviewItem.closed_at.is_(None))
    if since is not None:
        query = query.where(ReviewItem.opened > since)
    return session.scalar(query) or 0
