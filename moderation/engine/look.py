"""One comment as the conditions see it: views, hits and surroundings, each worked out once, when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from .aim import Aim, Aims
from .facts import Facts
from .lexicon import Lexicon, TermHit
from .patterns import PatternSet
from .text.folding import View, fold
from .text.language import Language, language_of
from .text.quotes import Quotes
from .text.words import Passage

PUBLIC_FIGURES = "public_figures"
LONGEST_STORY = 20_000


class TimeUp(Exception):
    """The deadline has passed."""


@dataclass(frozen=True, slots=True)
class Matchers:
    """What a ruleset searches for, compiled."""

    lexicon: Lexicon
    patterns: PatternSet


@dataclass(frozen=True, slots=True)
class Found:
    """One match in a view, before it is told where it stands in the writer's text."""

    start: int
    end: int
    where: str = "text"
    use: str = "noun"
    hidden_as: str | None = None
    tier: str | None = None


class Side:
    """One searched text (the comment or the display name) with its hits."""

    def __init__(self, view: View, matchers: Matchers) -> None:
        self.view = view
        self.passage = Passage(view)
        self._matchers = matchers

    @cached_property
    def terms(self) -> Mapping[str, list[TermHit]]:
        """Hits by the name of the list."""
        by_list: dict[str, list[TermHit]] = {}
        for hit in self._matchers.lexicon.scan(self.view):
            by_list.setdefault(hit.list, []).append(hit)
        return by_list

    @cached_property
    def patterns(self) -> Mapping[int, list[tuple[int, int]]]:
        """Ranges by the number of the pattern."""
        return self._matchers.patterns.scan(self.view.text)


class Look:
    """Facts and matchers in; every condition asks here."""

    def __init__(self, facts: Facts, matchers: Matchers, deadline: Callable[[], bool] | None = None) -> None:
        self.facts = facts
        self.given = facts.submission
        self._matchers = matchers
        self._deadline = deadline
        self.found_by: dict[object, Sequence[Found]] = {}
        self.places_of: dict[object, object] = {}
        self.links: list[tuple[str, Found]] | None = None
        self._aims_of: dict[tuple[int, int, str], Aim] = {}

    def check_time(self) -> None:
        """Raise TimeUp when the caller's deadline has passed."""
        if self._deadline is not None and self._deadline():
            raise TimeUp

    @cached_property
    def text(self) -> Side:
        """The comment's text."""
        return Side(fold(self.given.text, self.given.format), self._matchers)

    @cached_property
    def name(self) -> Side:
        """The writer's display name."""
        return Side(fold(self.given.author.name or ""), self._matchers)

    @cached_property
    def hit(self) -> frozenset[str | int]:
        """Lists and patterns that have any hit in text or name: what no rule asks for need not be judged."""
        sides = (self.text, self.name) if self.given.author.name else (self.text,)
        keys: set[str | int] = set()
        for side in sides:
            keys.update(side.terms)
            keys.update(side.patterns)
        return frozenset(keys)

    def side(self, where: str) -> Side:
        """The text or the name."""
        return self.name if where == "name" else self.text

    @cached_property
    def language(self) -> Language:
        """The language of the comment."""
        story = self.given.story
        site = (story.language if story else None) or self.facts.site_language
        return language_of(self.text.view.text, given=self.given.language, site=site)

    @cached_property
    def quotes(self) -> Quotes:
        """The quotations in the comment, known against parent and story."""
        parent, story = self.given.parent, self.given.story
        sources = (parent.text if parent else None, story.body if story else None, story.title if story else None)
        folded = tuple(fold(source[:LONGEST_STORY]).text for source in sources if source)
        return Quotes(self.text.passage, folded)

    @cached_property
    def aims(self) -> Aims:
        """Whom the comment speaks to and about."""
        public = tuple((hit.start, hit.end) for hit in self.text.terms.get(PUBLIC_FIGURES, ()))
        return Aims(self.text.passage, self.given.story, self.given.parent, public)

    def aim(self, found: Found) -> Aim:
        """A match in, whom it is aimed at out (a name is aimed at nobody)."""
        if found.where == "name":
            return Aim(None)
        key = (found.start, found.end, found.use)
        if key not in self._aims_of:
            self._aims_of[key] = self.aims.of(*key)
        return self._aims_of[key]
