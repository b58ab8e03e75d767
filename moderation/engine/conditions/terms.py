"""terms: words and phrases of a list or written in the rule; tiers and in choose among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from ..faults import listed, nearest
from ..hits import Key, Term, TermHit
from ..look import Found, Look, Side
from ..schema import BAD, Bad, Choice, Many, OneOf, Problems, Some, Table, Text
from ..source import Located
from .base import Build, Condition, Filter, Kind, Option, Outcome
from .pattern import Patterns
from .sifting import sifted


@dataclass(frozen=True, slots=True)
class Terms:
    """Finds the terms of lists, of some tiers, in the text, the display name, or both."""

    lists: tuple[str, ...]
    tiers: frozenset[str] | None = None
    places: tuple[str, ...] = ("text",)
    keys: tuple[Key, ...] = field(default=(), repr=False)
    number: int = field(default=0, compare=False, repr=False)

    def check(self, look: Look, drop: Filter | None = None) -> Outcome:
        return sifted(self.candidates(look), (), drop, look)

    def candidates(self, look: Look) -> Sequence[Found]:
        """All terms found, worked out once for each comment."""
        known = look.found_by.get(self.number)
        if known is None:
            known = [one for place in self.places for one in self._find(look, place)]
            look.found_by[self.number] = known
        return known

    def _find(self, look: Look, place: str) -> list[Found]:
        side = look.side(place)
        return [
            Found(
                hit.start, hit.end, place, hit.term.use, hit.hidden_as or side.view.hidden_as(*hit[2:4]), hit.term.tier
            )
            for hit in self._hits(side)
            if hit.term.language is None or hit.term.language == look.language.code
        ]

    def _hits(self, side: Side) -> Sequence[TermHit]:
        """By list, then by place. Lists of one language run on comments in it; lists without a language always do."""
        here = [hits for key in self.keys if (hits := side.hits(key))]
        if len(here) < 2:
            return here[0] if here else []
        order = {name: place for place, name in enumerate(self.lists)}
        return sorted(chain.from_iterable(here), key=lambda hit: (order[hit.list], *hit[2:4], hit.term.term))


def settled(finder: Terms, build: Build) -> Terms:
    """A finder as it is written in a rule in, the one that stands for all like it out; what it looks for is noted."""
    tiers = {name: dict.fromkeys(term.tier for term in _terms(name, build)) for name in finder.lists}
    wanted = [(name, tier) for name in finder.lists for tier in tiers[name]]
    keys = tuple(key for key in wanted if finder.tiers is None or key[1] in finder.tiers)
    build.used_keys.update(keys)
    return build.numbered(replace(finder, keys=keys))


def make_terms(value: Any, node: Located, build: Build) -> Terms | Bad:
    """The value of `terms` in, the finder out."""
    if isinstance(value, dict):
        names, inline = value.get("lists", ()), value.get("words", ())
    else:
        names, inline = ((value,), ()) if isinstance(value, str) else ((), value)
    if any(_is_unknown(name, node, build) for name in names):
        return BAD
    build.used_lists.update(names)
    extra = (build.add_terms(tuple(_inline(text) for text in inline)),) if inline else ()
    return Terms((*names, *extra))


def make_tiers(tiers: tuple[str, ...], node: Located, build: Build) -> Option:
    """Tiers in, what narrows a finder of terms to them out."""

    def narrow(finder: Condition) -> Condition | Bad:
        if not isinstance(finder, Terms):
            return build.problems.add(node, "`tiers` goes with `terms` only")
        known = {term.tier for name in finder.lists for term in _terms(name, build)}
        for tier in tiers:
            if tier not in known:
                message = f"no term of the list has the tier `{tier}`"
                return build.problems.add(node, message, expected=listed(known), hint=nearest(tier, known))
        return replace(finder, tiers=frozenset(tiers))

    return narrow


def make_places(places: tuple[str, ...], node: Located, build: Build) -> Option:
    """Places in, what tells a finder where to look out."""

    def place(finder: Condition) -> Condition | Bad:
        if isinstance(finder, Terms | Patterns):
            return replace(finder, places=places)
        return build.problems.add(node, "`in` goes with `terms` and `pattern` only")

    return place


def _terms(name: str, build: Build) -> tuple[Term, ...]:
    return build.lists.get(name) or build.inline.get(name, ())


def _inline(text: str) -> Term:
    if text.endswith("*"):
        return Term(text.rstrip("*"), form="stem")
    return Term(text, form="phrase" if " " in text.strip() else "word")


def _is_unknown(name: str, node: Located, build: Build) -> bool:
    if name in build.lists:
        return False
    build.problems.add(
        node, f"there is no list `{name}`", expected=listed(build.lists), hint=nearest(name, build.lists)
    )
    return True


class TermsShape:
    """The shapes that `terms` takes."""

    _shape = OneOf(
        {
            str: Text(80),
            list: Many(Text(120), fewest=1),
            dict: Table({"lists": Some(Text(80)), "words": Many(Text(120))}),
        }
    )

    def read(self, node: Located, problems: Problems) -> Any:
        return self._shape.read(node, problems)

    def json(self) -> dict[str, Any]:
        return self._shape.json()


KINDS = (
    Kind(
        "terms",
        "finder",
        "Words and phrases: the name of a list, or [a, b*] written here; {lists: [...], words: [...]} joins them.",
        TermsShape(),
        make_terms,
        "terms: insults",
    ),
    Kind("tiers", "option", "Only terms of these tiers count.", Some(Text(40)), make_tiers, "tiers: [strong]"),
    Kind(
        "in",
        "option",
        "Where to look: the comment's text (default), the display name, or both.",
        Some(Choice(("text", "name"))),
        make_places,
        "in: [text, name]",
    ),
)
