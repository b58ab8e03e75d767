"""Slows down whoever guesses passwords and locks nobody out: an account, an address and a known browser count apart."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.errors import TooManyRequests
from moderation.storage.models import LoginAttempt, new_id

WINDOW = timedelta(minutes=10)
FAILURES = {"login": 10, "browser": 10, "address": 50}  # in WINDOW; an address may be a whole newsroom's


def subjects(secret: str, *, login: str, address: str, browser: str | None) -> dict[str, str]:
    """What an attempt counts for. A browser that this login was used in before counts for itself alone, so that nobody
    else's failures keep its owner out."""
    if browser and _is_mark(secret, login, browser):
        return {"browser": _keyed(secret, "browser", browser)}
    return {"login": _keyed(secret, "login", login.lower()), "address": _keyed(secret, "address", address)}


def begin(session: Session, counted: dict[str, str], now: datetime) -> list[str]:
    """Counts an attempt before it is looked at, so that many at once are not all free; the ids of its rows."""
    for kind, subject in counted.items():
        failed = select(func.count()).where(LoginAttempt.subject == subject, LoginAttempt.at > now - WINDOW)
        if (session.scalar(failed) or 0) >= FAILURES[kind]:
            raise TooManyRequests("Too many wrong logins; wait ten minutes.", retry_after=int(WINDOW.total_seconds()))
    rows = [LoginAttempt(id=new_id(), subject=subject, at=now) for subject in counted.values()]
    session.add_all(rows)
    return [row.id for row in rows]


def mark(secret: str, login: str) -> str:
    """What a browser keeps to show that this login was used in it before. It opens nothing."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_keyed(secret, 'mark', f'{nonce} {login.lower()}')}"


def _is_mark(secret: str, login: str, given: str) -> bool:
    nonce, _, seal = given.partition(".")
    return hmac.compare_digest(seal.encode(), _keyed(secret, "mark", f"{nonce} {login.lower()}").encode())


def _keyed(secret: str, kind: str, name: str) -> str:
    return hmac.new(secret.encode(), f"login\0{kind}\0{name}".encode(), hashlib.sha256).hexdigest()
