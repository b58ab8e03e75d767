"""Whom a match is aimed at: commenter, journalist, a person and of what standing, group, argument, self."""

from __future__ import annotations

from dataclasses import dataclass

import re2

from . import aim_said as said
from . import aim_words as table
from .aim_calls import Calls
from .aim_names import NAMED, Names, standing
from .facts import Parent, Story
from .text.disguise import LEET_FIRST
from .text.words import Passage, Word

AIMS = (
    "commenter",
    "journalist",
    "person",
    "private_person",
    "public_person",
    "group",
    "argument",
    "self",
)
_REACH = 9
_FAR = 14
_UNKNOWN_WORDS = 2
_NO_OTHER_NOUN = (
    table.PERSONS
    | table.FILLERS
    | table.SECOND
    | table.IT
    | table.FIRST
    | table.THIRD
    | table.PREPOSITIONS
    | table.NO_NOUN
)
_ROLES = {  # the last one wins
    word: role
    for words, role in (
        (table.WRITERS_OF_PIECE, "journalist"),
        (table.IT, "argument"),
        (table.MANY, "group"),
        (table.SECOND, "commenter"),
        (table.FIRST, "writer"),
    )
    for word in words
}


def _somewhere(words: frozenset[str]) -> re2.Set:
    """Tells whether one of some words may stand in a text: as a word, or as a part of one with an apostrophe."""
    found = re2.Set.SearchSet()
    found.Add(r"(?:^|[^\pL\pN])(?:" + "|".join(sorted(words)) + r")(?:$|[^\pL\pN])")
    found.Compile()
    return found


_SECOND, _WRITERS_OF_PIECE = _somewhere(table.SECOND), _somewhere(table.WRITERS_OF_PIECE)


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom something is aimed at; target is the author key of that person where known."""

    at: str | None
    target: str | None = None


class Aims:
    """Answers for one comment; names are those of byline, story and the site's public figures."""

    def __init__(
        self, passage: Passage, story: Story | None, parent: Parent | None, public_names: tuple[tuple[int, int], ...]
    ) -> None:
        self._passage = passage
        self._story = story
        self._parent = parent
        self._names = Names(passage, story, public_names)
        self._calls = Calls(passage, parent)
        self._roles: dict[int, str | None] = {}

    def of(self, start: int, end: int, use: str = "noun") -> Aim:
        """The range of a match and how its word is used in, whom it is aimed at out."""
        aim = self._of(start, end, use)
        known = self._parent.author_key if self._parent and aim == "commenter" else None
        return Aim(aim, known)

    def mentions(self, wanted: frozenset[str]) -> bool:
        """Whether the comment speaks to or about one of some at all."""
        if "commenter" in wanted and (self._calls.handles or self._has_any(_SECOND, table.SECOND)):
            return True
        if "journalist" in wanted and self._has_any(_WRITERS_OF_PIECE, table.WRITERS_OF_PIECE):
            return True
        return not wanted.isdisjoint(NAMED) and any(aim in wanted for _, _, aim in self._names.places)

    def _has_any(self, near_enough: re2.Set, words: frozenset[str]) -> bool:
        """Most texts need not be cut into words for it."""
        return bool(near_enough.Match(self._passage.view.text)) and not words.isdisjoint(self._passage.texts)

    def _of(self, start: int, end: int, use: str) -> str | None:
        if use == "address":
            return "commenter"
        before, behind = self._passage.before(start, _FAR), self._passage.after(end, _REACH)
        after = behind[:3]
        if use == "adjective" and self._is_cut_off(after, end):
            after = behind = []
        if self._is_thing(after, use):
            return "argument"
        is_plural = self._is_plural(start, end)
        if use == "noun" and self._calls.by_form(before, start, end, plural=is_plural):
            return "commenter"
        subject = self._subject(start, use)
        if self._calls.points_back(after, behind, use):
            return "commenter"
        if use == "adjective" and self._calls.is_told_to_stop(before, after):
            return "commenter"
        is_said = subject == "commenter" and (said.follows_you(before) or said.is_what_one_is(before))
        if use == "adjective" and not is_said and self._describes_other_noun(after):
            return "argument"
        if subject == "commenter":
            is_plural = is_plural or (use == "adjective" and said.means_several(before, after))
            return said.of_you(before, is_plural=is_plural, is_answer=self._parent is not None)
        if subject == "writer":
            return "self" if said.is_about_writer(before) else None
        if subject == "argument":
            return self._only_person if use == "noun" and not is_plural and said.is_this_one(before) else subject
        if said.speaks_as(before, after):
            return "self"
        if (use != "verb" and is_plural) or subject == "group":
            return "person" if said.is_pair(before) else "group"
        found = subject or self._names.near(start)
        if found or self._calls.is_addressed(before[-_REACH:], behind, start, end, use=use):
            return found or "commenter"
        if use == "noun" and said.is_pointed_at(before, behind):
            return self._only_person
        return self._by_own_words(start, end)

    def _by_own_words(self, start: int, end: int) -> str | None:
        """What was found says `you` itself; a single `u` may be of a word that is spelled out."""
        words = self._passage.texts[self._passage.index(start) : self._passage.index(end)]
        return None if table.SECOND.isdisjoint(word for word in words if len(word) > 1) else "commenter"

    def _is_thing(self, after: list[str], use: str) -> bool:
        nouns = [word for word in after if word not in table.FILLERS] if use == "adjective" else after
        return bool(nouns) and nouns[0] in table.THINGS and (use != "noun" or nouns[0] not in ("piece", "sign"))

    def _is_cut_off(self, after: list[str], end: int) -> bool:
        """`…, the bill` and `… (a`; not `…, stupid law`, which goes on."""
        mark = self._passage.view.text[end : end + 1]
        goes_on = mark == "," and after and after[0] in table.FILLERS - table.ARTICLES
        return mark in table.CUTS and not goes_on

    def _describes_other_noun(self, after: list[str]) -> bool:
        return bool(after) and after[0] not in _NO_OTHER_NOUN

    def _is_plural(self, start: int, end: int) -> bool:
        text = self._passage.view.text
        word = text[start:end] + ("s" if text[end : end + 1] == "s" else "")
        return word.endswith("s") and not word.endswith(("ss", "us", "'s")) and len(word) > 4

    def _subject(self, start: int, use: str) -> str | None:
        """Walk back from the match to whom the sentence speaks of."""
        index = self._passage.index(start)
        limit = self._passage.sentence(start)[0]
        if use == "noun" and index and self._passage.texts[index - 1] == "your":
            return "person"
        unknown, has_verb, pointed = 0, False, False
        for number in range(index - 1, max(0, index - _REACH) - 1, -1):
            word = self._passage.word(number)
            if word.start < limit:
                break
            has_verb = has_verb or word.text in table.BE_FORMS or self._is_like_a(word, number)
            if word.text in table.POINTING and not has_verb and not pointed:
                pointed = True
                continue
            found = self._role_at(number, word)
            if found == "person" and not has_verb and word.text not in table.THIRD:
                found = None
            if found:
                is_said = has_verb or not unknown or word.text in table.YOU_ARE or self._is_your_a(word, number)
                return found if found != "commenter" or is_said else None
            if self._are_several(word, number):
                return "group"
            unknown += word.text not in table.FILLERS and not word.text.endswith("ly")
            if unknown > _UNKNOWN_WORDS or word.text in table.PREPOSITIONS:
                break
        return None

    def _is_your_a(self, word: Word, number: int) -> bool:
        """`your a …`, as many write `you are a …`; `are you a …`; `makes you a …`."""
        following = self._passage.texts[number + 1]
        if word.text == "your":
            return following in ("a", "an", "the", "such")
        verbs = table.BE_FORMS | {"make", "makes", "made"}
        return following in ("a", "an", "such") and number > 0 and self._passage.texts[number - 1] in verbs

    def _are_several(self, word: Word, number: int) -> bool:
        """`voters are …`"""
        return word.text.endswith("s") and self._passage.texts[number + 1] in ("are", "were", "aren't")

    def _is_like_a(self, word: Word, number: int) -> bool:
        """`you ran like a …`: as good as a form of `be`."""
        return word.text == "like" and self._passage.texts[number + 1] in ("a", "an")

    def _role_at(self, number: int, word: Word) -> str | None:
        """Worked out once for all matches around it."""
        if number not in self._roles:
            self._roles[number] = self._role(word)
        return self._roles[number]

    def _role(self, word: Word) -> str | None:
        role = _ROLES.get(word.text if word.text.isalpha() else word.text.translate(LEET_FIRST))
        if role:
            return None if self._only_says_how(word) else self._thing_of(word, role)
        if word.text in table.THIRD:
            return self._only_person
        named = self._names.at(word.start, word.end)
        if named or word.text in table.FILLERS:
            return named
        if word.text in table.THINGS:
            return None if self._is_done_by_you(word) else "argument"
        if word.text in table.OFFICES:
            return "public_person"
        if word.text in table.SOMEBODY:
            return self._only_person
        return self._by_name(word) if self._is_capitalised(word) else None

    def _only_says_how(self, word: Word) -> bool:
        """`the most …`, `you are both …`, `some kind of …`, `you, my friend, …`: nobody."""
        if word.text == "some":
            return self._passage.after(word.end, 1) in (["kind"], ["sort"])
        if word.text == "my":
            called = not table.FRIEND.isdisjoint(self._passage.after(word.end, 1))
            return called and said.follows_you(self._passage.before(word.start, 1))
        before = self._passage.before(word.start, 2) if word.text in ("most", "both") else []
        return before[-1:] == ["the"] if word.text == "most" else not table.SECOND.isdisjoint(before)

    def _is_done_by_you(self, word: Word) -> bool:
        """`you talk like …`; not `you comment was`, where an r is missing."""
        before, after = self._passage.before(word.start, 1), self._passage.after(word.end, 1)
        return said.follows_you(before) and table.BE_FORMS.isdisjoint(after)

    def _by_name(self, word: Word) -> str:
        """`Senator Hill`, `Mayor Jo Hill`: of an office; `you Jo are`, `you and Jo`; any other is of unknown standing."""
        before, after = self._passage.before(word.start, 2), self._passage.after(word.end, 1)
        if table.OFFICES & set(before):
            return "public_person"
        called = before[-1:] == ["you"] or before == ["you", "and"]
        return "commenter" if called and table.BE_FORMS.issuperset(after) else "person"

    def _thing_of(self, word: Word, role: str) -> str | None:
        """`this man is`, `your wife is`: what follows the word says more than the word itself."""
        after = self._passage.after(word.end, 1)
        if role == "argument" and after and after[0] in table.PERSONS - {"piece", "sack", "bag", "excuse"}:
            return self._only_person
        if word.text in ("your", "yours", "ur", "my") and after and after[0] not in table.FILLERS:
            return self._owned(word, after[0], role)
        return role

    def _owned(self, word: Word, noun: str, role: str) -> str:
        """`your plan is`, `your son is`: not of the person spoken to, unless the noun is the match itself."""
        following = self._passage.after(word.end, 2)
        if noun in table.THINGS:
            return "argument"
        if noun in table.ILK:
            return role
        if len(following) > 1 and following[1] in table.BE_FORMS:
            return "person" if noun in table.FAMILY | table.PERSONS else "argument"
        return role

    @property
    def _only_person(self) -> str:
        people = self._story.people if self._story else ()
        return standing(people[0].role) if len(people) == 1 else "person"

    def _is_capitalised(self, word: Word) -> bool:
        begin, _ = self._passage.view.span(word.start, word.end)
        original = self._passage.view.original
        if not original[begin : begin + 1].isupper() or original[begin : begin + 3].isupper():
            return False
        return self._passage.sentence(word.start)[0] + 1 < word.start or len(word.text) > 4
