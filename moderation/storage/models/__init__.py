"""Typed SQLAlchemy models, used directly by the verbs."""

from moderation.storage.models.base import Base, new_id
from moderation.storage.models.content import Author, Comment, Reader, Revision, Story
from moderation.storage.models.coral import CoralComment
from moderation.storage.models.enforcement import Appeal, Block, Strike
from moderation.storage.models.judgement import Decision, Flag, Match, ReviewItem, Verdict
from moderation.storage.models.record import (
    Ask,
    Attempt,
    AuditRow,
    Delivery,
    Endpoint,
    Event,
    FeedbackRow,
    Heartbeat,
    IdempotencyRow,
    Unchecked,
)
from moderation.storage.models.rulebook import Publication, RulePause, RulesetPointer, RulesetRow, WatchedFiles
from moderation.storage.models.tenancy import (
    ApiKey,
    DeskSession,
    LoginAttempt,
    Membership,
    Newsroom,
    Position,
    Realm,
    Site,
    User,
)
from moderation.storage.models.write_back import WriteBack

__all__ = [
    "ApiKey",
    "Appeal",
    "Ask",
    "Attempt",
    "AuditRow",
    "Author",
    "Base",
    "Block",
    "Comment",
    "CoralComment",
    "Decision",
    "Delivery",
    "DeskSession",
    "Endpoint",
    "Event",
    "FeedbackRow",
    "Flag",
    "Heartbeat",
    "IdempotencyRow",
    "LoginAttempt",
    "Match",
    "Membership",
    "Newsroom",
    "Position",
    "Publication",
    "Reader",
    "Realm",
    "ReviewItem",
    "Revision",
    "RulePause",
    "RulesetPointer",
    "RulesetRow",
    "Site",
    "Story",
    "Strike",
    "Unchecked",
    "User",
    "Verdict",
    "WatchedFiles",
    "WriteBack",
    "new_id",
]
