"""Filters of single matches: aimed_at, quoted, negated, reported, near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import aim_words as table
from ..aim import AIMS
from ..look import PUBLIC_FIGURES, Found, Look
from ..schema import BAD, Bad, Choice, Flag, Some, Table, Whole
from ..source import Located
from .base import Build, Filter, Kind, Outcome, answer
from .places import Places
from .terms import Terms, TermsShape, make_terms, settled

_BETWEEN = frozenset("called saying calling call make makes making you u him her me them".split())
_PEOPLE = frozenset(("person", "private_person", "public_person"))
_REPORTING_REACH = 6
_ABOUT_CALLING = frozenset(("being", "been", "get", "gets", "got", "was", "is", "are", "were"))


@dataclass(frozen=True, slots=True)
class AimedAt:
    """Keeps matches aimed at one of some; `person` stands for a person of any standing."""

    wanted: frozenset[str]

    def keeps(self, found: Found, look: Look) -> bool:
        return look.aim(found).at in self.wanted

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        """Without a finder beside it: whether the comment speaks to or about them at all."""
        return answer(look.aims.mentions(self.wanted))


@dataclass(frozen=True, slots=True)
class Quoted:
    """Keeps matches that stand as somebody else's words; bare marks change nothing."""

    how: str

    def keeps(self, found: Found, look: Look) -> bool:
        if found.where != "text":
            return False
        if self.how == "marks":
            return look.quotes.around(found.start, found.end) is not None
        return look.quotes.is_attributed(found.start, found.end)


@dataclass(frozen=True, slots=True)
class Negated:
    """Keeps matches that are denied: `he is not an idiot`."""

    wanted: bool

    def keeps(self, found: Found, look: Look) -> bool:
        return self._is_negated(found, look) is self.wanted

    def _is_negated(self, found: Found, look: Look) -> bool:
        for word in reversed(look.side(found.where).passage.before(found.start, 5)):
            if word in table.NEGATIONS or word.endswith("n't"):
                return True
            if word not in table.FILLERS and word not in _BETWEEN:
                return False
        return False


@dataclass(frozen=True, slots=True)
class Reported:
    """Keeps matches told of others' speech: `he called me an idiot`, `stop calling people idiots`."""

    wanted: bool

    def keeps(self, found: Found, look: Look) -> bool:
        return self._is_reported(found, look) is self.wanted

    def _is_reported(self, found: Found, look: Look) -> bool:
        before = look.side(found.where).passage.before(found.start, _REPORTING_REACH)
        for index in range(len(before) - 1, -1, -1):
            if before[index] in table.CALLING or before[index] in ("word", "term"):
                return not self._is_own_call(before, index)
        return False

    def _is_own_call(self, before: list[str], index: int) -> bool:
        """`I'd call him`, `what I call an idiot`: the writer's own words."""
        near = before[max(0, index - 2) : index]
        own = any(word in ("i", "i'd", "i'll", "i'm", "we", "we'd", "let's", "lets") for word in near)
        return own and not (near and near[-1] in _ABOUT_CALLING)


@dataclass(frozen=True, slots=True)
class Near:
    """Keeps matches with a term of another list in the same sentence, or within some words."""

    finder: Terms
    words: int | None

    def keeps(self, found: Found, look: Look) -> bool:
        places = Places.of(self.finder, look)
        passage = look.side(found.where).passage
        first, last = passage.sentence(found.start)
        if self.words is not None:
            reach_first, reach_last = passage.reach(found.start, self.words)
            first, last = max(first, reach_first), min(last, reach_last)
        return places.between(found, first, last)


def _make_aim(value: tuple[str, ...], node: Located, build: Build) -> AimedAt:  # noqa: ARG001 as all makers
    build.used_lists.add(PUBLIC_FIGURES)
    wanted = frozenset(value)
    return AimedAt(wanted | _PEOPLE if "person" in wanted else wanted)


def _make_near(value: dict[str, Any], node: Located, build: Build) -> Near | Bad:
    finder = make_terms(value["terms"], node.value["terms"], build)
    return BAD if isinstance(finder, Bad) else Near(settled(finder, build), value.get("words"))


KINDS = (
    Kind(
        "aimed_at",
        "filter",
        "Whom the match is aimed at: another commenter, a journalist of the piece, a person (private, public or of "
        "unknown standing), a group, an argument or work, the writer himself.",
        Some(Choice(AIMS)),
        _make_aim,
        "aimed_at: [commenter, private_person]",
    ),
    Kind(
        "quoted",
        "filter",
        "attributed: quoted as somebody else's words, or repeated from the comment or story answered. "
        "marks: stands in quotation marks.",
        Choice(("attributed", "marks")),
        lambda value, node, build: Quoted(value),  # noqa: ARG005 as all makers
        "quoted: attributed",
    ),
    Kind(
        "negated",
        "filter",
        "The match is denied (`he is not an idiot`).",
        Flag(),
        lambda value, node, build: Negated(value),  # noqa: ARG005 as all makers
        "negated: true",
    ),
    Kind(
        "reported",
        "filter",
        "The match tells what others said (`he called me an idiot`).",
        Flag(),
        lambda value, node, build: Reported(value),  # noqa: ARG005 as all makers
        "reported: true",
    ),
    Kind(
        "near",
        "filter",
        "A term of another list stands in the same sentence, or at most so many words away.",
        Table({"terms": TermsShape(), "words": Whole(1, 30)}, required=("terms",)),
        _make_near,
        "near: {terms: family, words: 4}",
    ),
)
