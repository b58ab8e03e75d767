"""Coral's signatures: HMAC-SHA256 of the raw body in hex, under the whole secret; several while one is being replaced."""

import hashlib
import hmac
from collections.abc import Sequence

from moderation.errors import NotAuthenticated
from moderation.workflow.keys import SigningKey

HEADER = "X-Coral-Signature"
_SIGNATURES = 8  # more than that nobody rotates at once
_NOT_SIGNED = (
    "The signature does not fit. Give the secret that Coral shows: "
    "moderation key add --site SLUG --kind coral-phase (or coral-webhook) --secret VALUE"
)


def signer(keys: Sequence[SigningKey], header: str, raw: bytes) -> SigningKey:
    """The key with whose secret `raw` was signed; NotAuthenticated, with one text, where there is none.

    All are compared, each in constant time, so that how long it takes tells nothing.
    """
    given = [one.strip().removeprefix("sha256=").encode() for one in header.split(",")[:_SIGNATURES]]
    found: SigningKey | None = None
    for key in keys:
        expected = hmac.new(key.secret.encode(), raw, hashlib.sha256).hexdigest().encode()
        matches = [hmac.compare_digest(expected, one) for one in given]
        found = found or (key if any(matches) else None)
    if found is None:
        raise NotAuthenticated(_NOT_SIGNED)
    return found
