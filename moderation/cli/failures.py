"""What an operator reads when a verb fails: one sentence that says what is wrong and what to do, and an exit status."""

from moderation import config
from moderation.engine.faults import InvalidRuleset
from moderation.errors import ModerationError, Unavailable

EXPECTED = (config.InvalidSettings, InvalidRuleset, ModerationError, OSError)
_NO_TABLES = ("no such table", "does not exist")


def sentence(error: BaseException) -> tuple[str, int]:
    """One of EXPECTED in; the words for people and the exit status out (1 failure, 2 usage or settings)."""
    if isinstance(error, Unavailable):
        return _unavailable(error), 1
    if isinstance(error, ModerationError):
        fields = "; ".join(f"{one.pointer.removeprefix('#/')}: {one.detail}" for one in error.errors)
        return ": ".join(part for part in (error.detail, fields) if part) or error.title, 1
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error), 1
    return str(error), 2 if isinstance(error, config.InvalidSettings) else 1


def _unavailable(error: Unavailable) -> str:
    """What the database itself said, as far as it fits in a line."""
    cause = error.__cause__
    said = str(getattr(cause, "orig", cause) or "").strip().partition("\n")[0]
    if not said:
        return error.detail or error.title
    hint = ". Run `moderation db upgrade`." if any(words in said for words in _NO_TABLES) else ""
    return f"The database cannot be used: {said}{hint}"
