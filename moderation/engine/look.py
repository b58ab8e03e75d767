"""One comment as the conditions see it: views, hits and surroundings, each worked out once, when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .aim import Aim, Aims
from .facts import Facts
from .hits import Key, Scan, TermHit
from .lazy import lazy
from .lexicon import Lexicon
from .patterns import PatternSet
from .text.addresses import may_have_addresses
from .text.folding import View, fold
from .text.language import Language, language_of
from .text.quotes import Quotes
from .text.words import Passage

PUBLIC_FIGURES = "public_figures"
LONGEST_STORY = 20_000
Sign = Key | int | str
"""What opens rules: a tier of a list or a pattern that was found, or a fact of the comment by its name."""


class TimeUp(Exception):
    """The deadline has passed."""


@dataclass(frozen=True, slots=True)
class Matchers:
    """What a ruleset searches for, compiled: in every comment, and (background) only where a rule asks for it."""

    lexicon: Lexicon
    background: Lexicon
    patterns: PatternSet
    public_figures: tuple[Key, ...]


class Found(NamedTuple):
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

    @lazy
    def _scan(self) -> Scan:
        return self._matchers.lexicon.scan(self.view)

    @property
    def is_cut(self) -> bool:
        """Whether there is more in it than was looked at."""
        return self._scan.is_cut

    @lazy
    def terms(self) -> Mapping[Key, list[TermHit]]:
        """Hits of what opens rules, by list and tier."""
        return _by_key(self._scan.hits)

    @lazy
    def _background(self) -> Mapping[Key, list[TermHit]]:
        return _by_key(self._matchers.background.scan(self.view, disguised=not self.is_cut).hits)

    def hits(self, key: Key) -> Sequence[TermHit]:
        """Hits of a tier of a list."""
        return (self.terms if key in self._matchers.lexicon.keys else self._background).get(key, ())

    @lazy
    def patterns(self) -> Mapping[int, list[tuple[int, int]]]:
        """Ranges by the number of the pattern."""
        return self._matchers.patterns.scan(self.view.text)


def _by_key(hits: Sequence[TermHit]) -> Mapping[Key, list[TermHit]]:
    by_key: dict[Key, list[TermHit]] = {}
    for hit in hits:
        by_key.setdefault((hit.list, hit.term.tier), []).append(hit)
    return by_key


class Look:
    """Facts and matchers in; every condition asks here."""

    def __init__(self, facts: Facts, matchers: Matchers, deadline: Callable[[], bool] | None = None) -> None:
        self.facts = facts
        self.given = facts.submission
        self._matchers = matchers
        self._deadline = deadline
        self.found_by: dict[int, Sequence[Found]] = {}
        self.places_of: dict[int, object] = {}
        self.links: list[tuple[str, Found]] | None = None
        self._aims_of: dict[tuple[int, int, str], Aim] = {}

    def check_time(self) -> None:
        """Raise TimeUp when the caller's deadline has passed."""
        if self._deadline is not None and self._deadline():
            raise TimeUp

    @lazy
    def text(self) -> Side:
        """The comment's text."""
        return Side(fold(self.given.text, self.given.format), self._matchers)

    @lazy
    def name(self) -> Side:
        """The writer's display name."""
        return Side(fold(self.given.author.name or ""), self._matchers)

    @lazy
    def signs(self) -> frozenset[Sign]:
        """Tiers and patterns found in text or name, and facts: the rules that ask for others need not be judged."""
        signs: set[Sign] = {*self.text.terms, *self.text.patterns}
        if self.given.author.name:
            signs.update(self.name.terms, self.name.patterns)
        story = self.given.story
        if story is not None:
            signs.add("story")
            if story.sensitive:
                signs.add("sensitive")
        if self.given.parent is not None:
            signs.add("answer")
        if self.facts.previous is None or self.facts.previous:
            signs.add("earlier")
        if may_have_addresses(self.given.text):
            signs.add("link")
        return frozenset(signs)

    def side(self, where: str) -> Side:
        """The text or the name."""
        return self.name if where == "name" else self.text

    @lazy
    def language(self) -> Language:
        """The language of the comment."""
        story = self.given.story
        site = (story.language if story else None) or self.facts.site_language
        return language_of(self.text.view.text, given=self.given.language, site=site)

    @lazy
    def quotes(self) -> Quotes:
        """The quotations in the comment, known against parent and story."""
        parent, story = self.given.parent, self.given.story
        sources = (parent.text if parent else None, story.body if story else None, story.title if story else None)
        folded = tuple(fold(source[:LONGEST_STORY]).text for source in sources if source)
        return Quotes(self.text.passage, folded)

    @lazy
    def aims(self) -> Aims:
        """Whom the comment speaks to and about."""
        hits = (hit for key in self._matchers.public_figures for hit in self.text.hits(key))
        public = tuple(sorted((hit.start, hit.end) for hit in hits))
        return Aims(self.text.passage, self.given.story, self.given.parent, public)

    def aim(self, found: Found) -> Aim:
        """A match in, whom it is aimed at out (a name is aimed at nobody)."""
        if found.where == "name":
            return Aim(None)
        key = (found.start, found.end, found.use)
        if key not in self._aims_of:
            self._aims_of[key] = self.aims.of(*key)
        return self._aims_of[key]
