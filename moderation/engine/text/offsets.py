"""Where each character of a changed text stood in the text that it was made from."""

from __future__ import annotations

from bisect import bisect_right

Span = tuple[int, int]


class Offsets:
    """Runs of characters that kept their distance; a run may be one character wider in the source."""

    __slots__ = ("_at", "_origin", "_width")

    def __init__(self) -> None:
        self._at: list[int] = [0]
        self._origin: list[int] = [0]
        self._width: list[int] = [1]

    def jump(self, at: int, origin: int, width: int = 1) -> None:
        """From position at on, characters come from origin on; width = source length of the first."""
        if self._at[-1] == at:
            self._origin[-1], self._width[-1] = origin, width
            return
        self._at.append(at)
        self._origin.append(origin)
        self._width.append(width)

    def fan(self, at: int, count: int, origin: int) -> None:
        """The count characters (or none) from position at on all stand for the one at origin."""
        for place in range(at + 1, at + count):
            self._at.append(place)
            self._origin.append(origin)
            self._width.append(1)
        self.jump(at + count, origin + 1)

    def span(self, start: int, end: int) -> Span:
        """A non-empty range of the changed text in, the range of the source out."""
        first = bisect_right(self._at, start) - 1
        last = bisect_right(self._at, end - 1) - 1
        begin = self._origin[first] + start - self._at[first]
        steps = end - 1 - self._at[last]
        width = self._width[last] if steps == 0 else 1
        return begin, self._origin[last] + steps + width


class Shifted:
    """Offsets through two changes: the outer text was made from the inner one."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, outer: Offsets | Shifted, inner: Offsets | Shifted) -> None:
        self._outer = outer
        self._inner = inner

    def span(self, start: int, end: int) -> Span:
        """A range of the outer text in, the range of the first source out."""
        return self._inner.span(*self._outer.span(start, end))
