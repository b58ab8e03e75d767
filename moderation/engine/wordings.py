"""Terms with choices in braces: which wordings they stand for."""

from __future__ import annotations

import re
from itertools import product
from math import prod

MAX_VARIANTS = 5000
_CHOICE = re.compile(r"\{([^{}]*)\}")


def variants(term: str) -> set[str]:
    """A term with choices in braces in, every wording out: "{go|just} die" gives two."""
    parts = _CHOICE.split(term)
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    combined = (" ".join("".join(words).split()) for words in product(*choices))
    return {text for text in combined if text}


def wordings(term: str) -> int:
    """How many wordings a term with choices stands for."""
    return prod(found.group().count("|") + 1 for found in _CHOICE.finditer(term))
