"""The Idempotency-Key header: 1 to 255 visible ASCII characters, quoted or bare the same."""

import hashlib

from flask import Request

from moderation.errors import MalformedRequest
from moderation.workflow.incoming import IdempotencyKey

LENGTH = 255


def read_key(request: Request, *, route: str, raw: bytes) -> IdempotencyKey | None:
    """The caller's key with the hash of what it came with, or None without one.

    The hash covers the path too: the same key for another comment is another request, and the path holds ids
    of people that must not be stored in the clear.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    body_hash = hashlib.sha256(request.path.encode("utf-8", "surrogatepass") + b"\n" + raw).hexdigest()
    return IdempotencyKey(key=parse(header), route=route, body_hash=body_hash)


def parse(header: str) -> str:
    """The bare key, or MalformedRequest."""
    key = header.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= LENGTH or not all("!" <= char <= "~" for char in key):
        raise MalformedRequest(
            f"Idempotency-Key must have 1 to {LENGTH} visible ASCII characters.", type="malformed_idempotency_key"
        )
    return key
