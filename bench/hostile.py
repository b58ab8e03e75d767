"""Texts of 20,480 bytes made to cost as much as they can: what the longest comment may take."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

from moderation.engine.evaluate import evaluate
from moderation.engine.facts import Author, Byline, Facts, Parent, Person, Story, Submission
from moderation.engine.ruleset import Ruleset

BYTES = 20_480
MIXES = 150
_UNITS = (
    "a", "a ", "aa ", "a!", "a.b ", "@x ", "l1", "1", "-", "_", "*", "%", "\\", "f*", "f* ", "****", "<b>", "\n", "\n\na", "!", "I ", "Aa ",
    "\u00e9", "e\u0301", "\u200ba", "\ufdfa", "\U0001f44d", "\u0430b", "http://a.b ", "x@y.com ", "07700 900123 ", "4111 1111 1111 1111 ",
    '"idiot" he said ', "'x' ", "idiot, ", "you idiot", "hey you idiot! ", "not an idiot ", "he called him an idiot ", "nobody ",
    "what why? x. ", "word word word; ", "kill yourself ", "haha ", "&amp;", "s h i t ", "sh1t ", "f.u.c.k.", "f**k ", "fuuuuck ",
)  # fmt: skip
# Words that have every reading, sentence and address looked for, before a row of one sign, and what stands behind it.
_OPENING = 'you idiot, f**k sh1t s h i t "x" he said http://a.b/ @jo 07700 900123 kill yourself haha '
_ENDS = ("", "a", " a", '"', ")")
_SIGNS = [sign for sign in map(chr, range(32, 127)) if not sign.isalnum()] + ["a", "1", "\n", "\u2026", "\u00df"]


def worst(ruleset: Ruleset) -> tuple[float, str, int]:
    """The most milliseconds of CPU time that any of them takes, which one it was, and how many there are."""
    took = [(_milliseconds(text, ruleset), name) for name, text in _texts(ruleset)]
    return (*max(took), len(took))


def _texts(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    dice = random.Random(1)
    for unit in _UNITS:
        yield f"{unit!r} again and again", unit * BYTES
    for sign, end in product(_SIGNS, _ENDS):
        yield f"{sign!r} in a row before {end!r}", _OPENING + sign * ((BYTES - 100) // len(sign.encode())) + end
    for name, terms in sorted(ruleset.lists.items()):
        words = [dice.choice(terms).term for _ in range(3000)]
        yield f"terms of {name}", " ".join(words)
        yield (
            f"terms of {name}, masked",
            " ".join(word[0] + "*" * (len(word) - 2) + word[-1] for word in words if len(word) > 2),
        )
        yield f"terms of {name}, spaced", "  ".join(" ".join(word) for word in words)
        yield f"terms of {name}, run together", "".join(words)
        yield f"one term of {name}, run together", max(words, key=lambda word: ("{" not in word, -len(word))) * 7000
        yield f"terms of {name}, quoted", " ".join(f'"{word}" he said' for word in words)
        yield f"terms of {name}, repeated letters", " ".join("".join(sign * 3 for sign in word) for word in words)
    for number in range(MIXES):
        units = dice.sample(_UNITS, dice.randint(2, 6))
        yield f"mix {number}", "".join(dice.choice(units) for _ in range(BYTES))


def _milliseconds(text: str, ruleset: Ruleset) -> float:
    cut = text.encode()[:BYTES].decode("utf-8", "ignore")
    story = Story(
        id="s", title="A bridge falls", body="Dozens died. " * 200, sensitive=("death",),
        people=(Person("John Miller"),), byline=(Byline("Jo Hill", "j"),),
    )  # fmt: skip
    facts = Facts(
        Submission(cut, author=Author(key="a", published=20), story=story, parent=Parent(cut[:2000], "b")),
        now=datetime.now(UTC),
        previous=(),
    )
    took = []
    for _ in range(3):
        begin = time.process_time()
        evaluate(facts, ruleset)
        took.append(time.process_time() - begin)
    return min(took) * 1000
