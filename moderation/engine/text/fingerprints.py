"""A short name of a text for "the same text again", blind to case, disguise, blanks and signs."""

from __future__ import annotations

import hashlib

from .folding import fold


def fingerprint(text: str) -> str:
    """A text in, 32 hexadecimal digits out; equal for texts that read the same."""
    letters = "".join(sign for sign in fold(text).text if sign.isalnum())
    return hashlib.blake2b((letters or text).encode(errors="replace"), digest_size=16).hexdigest()
