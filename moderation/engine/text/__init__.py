"""Comment text: folding with offsets, disguises, words and sentences, quotes, language."""

from .fingerprints import fingerprint
from .folding import View, fold, folded_term

__all__ = ["View", "fingerprint", "fold", "folded_term"]
