"""How many letters, capitals and the like a text has: of ASCII, as nearly all texts are, in one pass of C."""

from __future__ import annotations

from collections.abc import Callable


def _counter(is_counted: Callable[[str], bool]) -> Callable[[str], int]:
    others = bytes(code for code in range(128) if not is_counted(chr(code)))

    def count(text: str) -> int:
        if text.isascii():
            return len(text.encode().translate(None, others))
        return sum(map(is_counted, text))

    return count


letters = _counter(str.isalpha)
capitals = _counter(str.isupper)
small_letters = _counter(str.islower)
letters_and_digits = _counter(str.isalnum)
