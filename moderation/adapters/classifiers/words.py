"""The words of a text that carry its subject, and how much of them another text shares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import log

# Everyday words say nothing of a subject, however often two texts share them.
_EVERYDAY = frozenset(
    """
    a about above after again against ago all almost already also always am an and another any anybody anyone anything
    are aren't around as ask at away back be because been before being best better between both but by call came can
    can't come could couldn't did didn't do does doesn't doing don't done down each either else enough even ever every
    everybody everyone everything fact far few find first for from get gets getting give go goes going gone good got
    great had has hasn't have haven't having he he's her here hers him his how however i i'd i'll i'm i've if in instead
    into is isn't it it's its itself just keep kind know last least less let let's like little long look lot made make
    makes making many may maybe me mean might mine more most much must my myself need never new next no nobody none not
    nothing now of off often oh ok okay old on once one only or other others our out over own part perhaps please point
    put quite rather read real really right said same say saying says see seem seems she should shouldn't since so some
    somebody someone something still stop such sure take tell than thank thanks that that's the their them themselves
    then there there's these they they're thing things think this those thought though through time to today together
    told too true try two under until up upon us use used very want wants was wasn't way we we're well went were weren't
    what what's whatever when where whether which while who who's whole whose why will with without won't word words work
    would wouldn't wrong year years yes yet you you'd you'll you're you've your yours yourself
    """.split()
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]|[0-9]{3,}")
_ENDINGS = ("ings", "ing", "ers", "ies", "ed", "es", "er", "ly", "s", "y", "e")
_SHORTEST_STEM = 3
_COMMON, _RARE = 2000, 30_000  # in the encoder's vocabulary a word's number is about its rank among English words


def content_words(text: str) -> tuple[str, ...]:
    """A text in, its words without the everyday ones out, in order."""
    words = (word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(text.lower()))
    return tuple(word for word in words if word not in _EVERYDAY)


def stem(word: str) -> str:
    """Forms of a word in, roughly one out: voter, votes, voting; policy, policies."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def shared(words: tuple[str, ...], others: frozenset[str], vocabulary: Mapping[str, int]) -> float:
    """The share of words whose stems are among `others`, rare words weighing more: 0 to 1."""
    weights = {stem(word): _weight(word, vocabulary) for word in words}
    total = sum(weights.values())
    return sum(weight for known, weight in weights.items() if known in others) / total if total else 0.0


def _weight(word: str, vocabulary: Mapping[str, int]) -> float:
    rank = max(_COMMON, vocabulary.get(word, _RARE))
    return 0.5 + log(rank / _COMMON) / log(_RARE / _COMMON)
