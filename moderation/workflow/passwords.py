"""Passwords of people at the desk: how they are kept, and which are guessed too easily to be taken."""

import re
import secrets
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST, LONGEST = 15, 1000  # ASVS 5.0, 6.2
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's smallest argon2id: 46 ms
NOBODY = _HASHER.hash(secrets.token_hex(16))  # so that an unknown login takes as long as a wrong password

# Long passwords that people choose are made of these; what is left of a guessable one is a few characters.
_COMMON = (
    "administrator administration moderation moderator keepitcivil comments comment newsroom editorial editor password "
    "passwort passphrase kennwort secret letmein welcome willkommen hello iloveyou monkey dragon football baseball "
    "basketball superman batman princess sunshine starwars trustno shadow master michael jennifer jordan charlie "
    "whatever computer internet samsung google facebook liverpool chelsea arsenal change please default temporary "
    "january february march april august september october november december monday friday saturday sunday "
    "summer winter spring autumn admin login access forever always thisis correct horse battery staple "
    "qwertyuiop qwertzuiop qwerty qwertz azerty asdfghjkl asdfgh zxcvbnm yxcvbnm zaqxsw qazwsx wsxedc edcrfv "
    "abcdefghijklmnopqrstuvwxyz abcdef the this that and not you are my is me it to in of on for with your"
).split()
_WORDS = re.compile("|".join(sorted(_COMMON, key=len, reverse=True)))
_LOOKS = str.maketrans("@4310$57!|", "aaeiosstil")
_LEFT = 5  # letters beside common words, digits and signs that a password needs
_DISTINCT = 6


def hashed(password: str) -> str:
    """The argon2id hash that is stored."""
    return _HASHER.hash(password)


def is_right(hash: str, password: str) -> bool:
    """Is this the password behind a hash?"""
    try:
        return _HASHER.verify(hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def why_refused(password: str, *, login: str) -> str | None:
    """What is wrong with a password that somebody chose (None: nothing)."""
    if len(password) < SHORTEST:
        return f"A password needs at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if _is_common(password.lower(), login.lower()):
        return "This password is one of the first that are tried: take words that do not belong together."
    return None


def _is_common(password: str, login: str) -> bool:
    if len(set(password)) < _DISTINCT or _is_a_repeat(password) or _is_a_row(password):
        return True
    own = password.replace(login, "") if len(login) > 2 else password
    plain, read = (len(_left(text)) for text in (own, own.translate(_LOOKS)))
    return min(plain, read) < _LEFT


def _is_a_repeat(password: str) -> bool:
    return any(password.startswith(password[size:]) for size in range(1, len(password) // 2 + 1))


def _is_a_row(password: str) -> bool:
    """Mostly one sign after the other, as in the alphabet."""
    steps = [abs(ord(second) - ord(first)) for first, second in pairwise(password)]
    return sum(step <= 1 for step in steps) > len(steps) / 2


def _left(text: str) -> set[str]:
    """The distinct letters beside what everybody takes."""
    return {sign for sign in _WORDS.sub(" ", text) if sign.isalpha()}
