"""Asks a writer once whether he means it: for texts that a rule with `ask_first` meets."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.engine import facts as engine
from moderation.errors import ModerationError
from moderation.storage.models import Ask
from moderation.storage.queries import lookup
from moderation.storage.rows import insert_once
from moderation.storage.unit_of_work import Database
from moderation.workflow import letters
from moderation.workflow.incoming import ABSENT, IncomingComment
from moderation.workflow.judge import Judge

ASK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class AskFirst:
    """The verb behind `Prefer: ask-first`."""

    database: Database
    judge: Judge

    def once(self, *, site_id: str, comment: IncomingComment, now: datetime) -> dict[str, Any] | None:
        """{message, spans} the first time an author sends this text under this story; None: take it now.

        Whatever goes wrong here is no reason to refuse a comment: it is then taken and checked as usual.
        """
        try:
            judged = self.judge.assess(site_id=site_id, submission=_submission(comment), now=now, seconds=ASK_SECONDS)
        except ModerationError:
            return None
        rules = [rule for id in judged.verdict.ask_first if (rule := judged.rules.ruleset.rule(id))]
        rules = [rule for rule in rules if rule.category != "self_harm"]  # nobody in danger is told of guidelines
        asking = {rule.id for rule in rules}
        if not asking:
            return None
        with self.database.write() as session:
            _, realm = lookup.site_and_realm(session, site_id)
            parts = "\0".join((comment.story.id, comment.author.id, comment.text))
            mac = hmac.new(realm.key, b"ask\0" + parts.encode(), hashlib.sha256).hexdigest()
            action = str(judged.verdict.action)
            if not insert_once(session, Ask, site_id=site_id, mac=mac, action=action, created_at=now):
                return None
        spans = sorted({s for match in judged.verdict.matches if match.rule in asking for s in match.spans})
        about = [letters.guideline(rule.category, rule.title if rule.public else None) or "" for rule in rules]
        return {"message": letters.ask(about), "spans": [list(span) for span in spans]}


def _submission(comment: IncomingComment) -> engine.Submission:
    story, parent = comment.story, comment.parent
    return engine.Submission(
        text=comment.text,
        format=comment.format,
        author=engine.Author(name=comment.author.name, role=comment.author.role),
        story=engine.Story(
            id=story.id,
            title=None if story.title is ABSENT else story.title,
            section=None if story.section is ABSENT else story.section,
        ),
        parent=engine.Parent(text=parent.text, author_key=parent.author_id) if parent else None,
        language=comment.language,
        created_at=comment.created_at,
    )
