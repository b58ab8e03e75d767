"""Whether a word calls the person whom the comment answers, without saying `you are`: `…, moron`, `you selfish old …`."""

from __future__ import annotations

import re
from itertools import pairwise

from . import aim_words as table
from .facts import Parent
from .lazy import lazy
from .text.words import Passage

_HANDLE = re.compile(r"(?<![^\s(])@[^\W_][\w.-]{1,40}")
_REACH = 9
_NEAR = 6
_ENDS = ".!?\n"


class Calls:
    """Answers for one comment; parent is the comment it answers."""

    def __init__(self, passage: Passage, parent: Parent | None) -> None:
        self._passage = passage
        self._parent = parent

    def by_form(self, before: list[str], start: int, end: int, *, plural: bool) -> bool:
        """A noun and the words of its sentence before it in; does its place alone make it a call, whatever the subject?"""
        is_about = plural and before[-1:] == ["on"]  # `a piece on …s`
        if not is_about and not self._passage.after(end, 1) and self._ends_order(before[-_REACH:]):
            return True
        if plural or not before:
            return False
        if self.is_told_to_stop(before, []):
            return True
        if self._passage.view.text[start:end] in table.ALSO_A_VERB_OR_STUFF:
            return self._is_last_word(before, start, end) and self._follows_comma(start)
        return self._is_apposition(before) or self._is_last_word(before, start, end)

    def is_told_to_stop(self, before: list[str], after: list[str]) -> bool:
        """`stop being such a …`, `quit acting …`; an adjective with no noun behind it."""
        return not after and any(pair in table.STOP_BEING for pair in pairwise(before[-_NEAR:]))

    def points_back(self, after: list[str], behind: list[str], use: str) -> bool:
        """The words after a match in: `idiots like you`, `what a clown you are`, `the only liar here is you`."""
        if tuple(after) in table.TAGS or after[:2] == ["of", "you"] or behind[-2:] == ["is", "you"]:
            return True
        if after[1:] in (["as", "yourself"], ["like", "yourself"]) or (
            use == "adjective" and after[1:] == ["like", "you"]
        ):
            return True
        if after[1:] == ["you", "are"] and (after[0] in table.PERSONS or after[0] == "people"):
            return True
        if after[:2] == ["as", "you"]:
            return after[2:] in ([], ["are"], ["guys"], ["people"])
        said = tuple(word for word in after if word not in ("exactly", "just", "really", "truly", "actually"))
        return said[:2] in table.BACK_TO_YOU or said[:1] == ("you're",) or said[:3] == ("that", "you", "are")

    def is_addressed(self, before: list[str], after: list[str], start: int, end: int, *, use: str) -> bool:
        """No subject: a call after a comma, a greeting, a handle or an order, or a whole reply."""
        first, last = self._passage.sentence(start)
        text = self._passage.view.text
        count = len(before) + len(after) + self._passage.words_in(start, end)
        if self.handles and self.handles[0][0] <= start:
            return True
        is_last = not text[end : min(last, end + 20)].strip(" .!?\"')]")
        has_comma = text[max(first, start - 3) : start].rstrip().endswith(",")
        if use == "noun" and has_comma and is_last and (count <= _REACH or table.SECOND & set(before)):
            return True
        if self._parent and count <= 4:
            return True
        if use == "noun" and self._is_call(before, is_last, text[end : end + 1] == ","):
            return True
        return count <= 3 and bool(before) and before[0] in table.BYE

    @lazy
    def handles(self) -> list[tuple[int, int]]:
        """Where the comment calls somebody by an @name."""
        text = self._passage.view.text
        return [found.span() for found in _HANDLE.finditer(text)] if "@" in text else []

    def _is_apposition(self, before: list[str]) -> bool:
        """`you selfish old …`: one thing without an article is no object of a verb, so it is what `you` are."""
        unknown = 0
        for word in reversed(before):
            if word in table.SECOND_SUBJECT:
                return unknown < 2
            if word in table.BREAKS_A_CALL or word.endswith("n't"):
                return False
            unknown += word not in table.FILLERS
        return False

    def _is_last_word(self, before: list[str], start: int, end: int) -> bool:
        """`what is your problem …`, `that was my point, …`: at the end, without an article, in words to `you`."""
        text = self._passage.view.text
        if text[end : end + 1] not in ("", *_ENDS):
            return False
        own = next((word for word in reversed(before) if word not in table.TELLING), "the")
        if own in table.BREAKS_A_CALL or own.endswith(("n't", "'s", "ing")):
            return False
        if self._follows_comma(start):  # no item of `a liar, clown`
            others = table.THIRD if {"a", "an"}.isdisjoint(before) else table.THIRD | table.MANY
            return others.isdisjoint(before)
        return not table.SECOND.isdisjoint(before) and table.ARTICLES.isdisjoint(before[-2:])

    def _follows_comma(self, start: int) -> bool:
        """`…, idiot`; `…, you pathetic little idiot`."""
        said = self._passage.view.text[self._passage.sentence(start)[0] : start]
        _, comma, last = said.rpartition(",")
        return bool(comma) and table.TELLING.issuperset(last.split())

    def _is_call(self, before: list[str], is_last: bool, comma_follows: bool) -> bool:
        """`Hey …, listen`; a noun alone behind words to `you`."""
        rest = table.CALLED.issuperset(before[1:])
        if before and before[0] in table.BYE:
            is_named = len(before) <= 3 and before[-1] not in table.ARTICLES  # not `yes, Tom the …`
            return (is_named and (comma_follows or is_last)) or (before[0] in table.HEY and rest)
        return table.CALLED.issuperset(before) and (is_last or comma_follows) and self._spoke_to_you

    def _ends_order(self, before: list[str]) -> bool:
        """`suck it up …`, `go away, lying …`"""
        said = next((word for word in reversed(before) if word not in table.CALLED), "")
        if said not in table.ENDS_ORDER:
            return False
        return not (table.THIRD | table.BE_FORMS) & set(before) and {"a", "an"}.isdisjoint(before[-_NEAR:])

    @lazy
    def _spoke_to_you(self) -> bool:
        return not table.SECOND.isdisjoint(self._passage.texts)
