"""The rulesets that a process has used, compiled, by version. They are immutable, so nothing here grows old."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from sqlalchemy.orm import Session

from moderation import telemetry
from moderation.engine.ruleset import InvalidRuleset, Ruleset
from moderation.errors import ModerationError, NotFound
from moderation.storage.models import RulesetRow
from moderation.storage.unit_of_work import Database

KEPT_RULESETS = 32
HOW_TO_MEND = "moderation rules publish --site SLUG --message ..."

log = telemetry.logger(__name__)


class NoRuleset(ModerationError):
    """A site has no published rules: its comments are held, never let through."""

    type = "no_ruleset"
    title = "No rules are published"
    why = "no_rules"


class UnreadableRuleset(NoRuleset):
    """A stored version that this version of the software refuses: whatever is under it is held."""

    title = "The published rules cannot be read"
    why = "unreadable_rules"

    def __init__(self, version: str, mistakes: tuple[str, ...]) -> None:
        super().__init__(
            f"Version {version[:8]} of the rules cannot be read by this version of the software; comments are held. "
            f"Publish the rule files again: {HOW_TO_MEND}"
        )
        self.version = version
        self.mistakes = mistakes


class Rulesets:
    """Versions in, compiled rulesets out; what cannot be read is remembered as well, and said once in the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        # One at a time: threads that compile the same version side by side take as many times as long.
        self._compiling = Lock()
        self._compiled: OrderedDict[str, Ruleset] = OrderedDict()
        self._readable: dict[str, UnreadableRuleset | None] = {}

    def get(self, version: str, session: Session | None = None) -> Ruleset:
        """The compiled ruleset of a version; raises NotFound or UnreadableRuleset."""
        if (known := self._known(version)) is not None:
            return known
        if session is not None:
            return self._compile(version, session)
        with self._database.read() as own:
            return self._compile(version, own)

    def _known(self, version: str) -> Ruleset | None:
        with self._lock:
            if version in self._compiled:
                self._compiled.move_to_end(version)
                return self._compiled[version]
        if (known := self._readable.get(version)) is not None:
            raise UnreadableRuleset(version, known.mistakes)
        return None

    def unreadable(self, versions: Iterable[str], session: Session) -> list[str]:
        """Those of some versions that cannot be read here; each is compiled once at most."""
        for version in versions:
            if version not in self._readable:
                try:
                    self._compile(version, session)
                except NoRuleset:
                    continue
        return sorted(version for version in versions if self._readable.get(version) is not None)

    def _compile(self, version: str, session: Session) -> Ruleset:
        with self._compiling:
            known = self._known(version)
            return self._compile_now(version, session) if known is None else known

    def _compile_now(self, version: str, session: Session) -> Ruleset:
        row = session.get(RulesetRow, version)
        if row is None:
            raise NotFound("There is no such version of the rules.")
        try:
            ruleset = Ruleset.from_body(row.body)
        except Exception as error:  # whatever a newer loader trips over: people decide until somebody publishes
            raise self._refuse(version, error) from None
        with self._lock:
            self._readable[version] = None
            self._compiled[version] = ruleset
            while len(self._compiled) > KEPT_RULESETS:
                self._compiled.popitem(last=False)
        return ruleset

    def _refuse(self, version: str, error: Exception) -> UnreadableRuleset:
        mistakes = tuple(map(str, error.errors)) if isinstance(error, InvalidRuleset) else (type(error).__name__,)
        refused = self._readable[version] = UnreadableRuleset(version, mistakes)
        log.error(
            "rules.unreadable", version=version, mistakes=len(mistakes), first=mistakes[0].splitlines()[0],
            effect="comments are held", do=HOW_TO_MEND,
        )  # fmt: skip
        return refused
