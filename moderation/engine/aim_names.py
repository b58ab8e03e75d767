"""Where a comment names people of the byline, of the story and public figures, and of what standing they are."""

from __future__ import annotations

from bisect import bisect_left

from .facts import Story
from .lazy import lazy
from .text.folding import folded_term
from .text.words import Passage, Word

NAMED = frozenset(("journalist", "private_person", "public_person"))
_PRIVATE = frozenset(("private", "victim", "accused", "minor"))
_LONGEST_NAME = 60


class Names:
    """The people a comment names; public are the places of listed public figures."""

    def __init__(self, passage: Passage, story: Story | None, public: tuple[tuple[int, int], ...]) -> None:
        self._passage = passage
        self._story = story
        self._public = public

    @lazy
    def places(self) -> list[tuple[int, int, str]]:
        """Where people of the byline, of the story and public figures are named."""
        last: dict[str, str] = {}
        first: dict[str, str] = {}
        story = self._story
        people = [(one.name, standing(one.role)) for one in reversed(story.people)] if story else []
        for name, aim in [*people, *((one.name, "journalist") for one in story.byline)] if story else []:
            given, family = _name_words(name)
            first.update(dict.fromkeys(given, aim))
            last.update(dict.fromkeys(family, aim))
        called = {form for name in (*last, *first) for form in (name, name + "'s")}
        texts = self._passage.texts if called else []
        named = []
        for number, text in enumerate(() if called.isdisjoint(texts) else texts):
            if text not in called:
                continue
            name, word = text.removesuffix("'s"), self._passage.word(number)
            found = last.get(name) or (first.get(name) if self._has_capital(word) else None)
            if found:
                named.append((word.start, word.end, found))
        return sorted([*named, *((start, end, "public_person") for start, end in self._public)])

    def at(self, start: int, end: int) -> str | None:
        """A range in, the aim at whoever is named there out."""
        index = max(0, bisect_left(self.places, (start - _LONGEST_NAME, 0, "")))
        for first, last, aim in self.places[index : index + 8]:
            if first < end and start < last:
                return aim
        return None

    def near(self, start: int) -> str | None:
        """A place in, the aim at who is named nearest to it in its sentence out."""
        first, last = self._passage.sentence(start)
        index = bisect_left(self.places, (start, 0, ""))
        near = self.places[max(0, index - 1) : index + 1]
        reachable = [(abs(at - start), aim) for at, _, aim in near if first <= at < last]
        return min(reachable)[1] if reachable else None

    def _has_capital(self, word: Word) -> bool:
        begin, _ = self._passage.view.span(word.start, word.end)
        return self._passage.view.original[begin : begin + 1].isupper()


def standing(role: str) -> str:
    """A role in a story in, the aim at such a person out."""
    return "private_person" if role in _PRIVATE else "public_person"


def _name_words(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A full name in; the first name, which is also a word like `will` and counts with a capital only, and the last."""
    words = [word for word in folded_term(name).split() if len(word) > 2]
    return tuple(words[:1] if len(words) > 1 else ()), tuple(words[-1:])
