"""Keys of sites: made, shown once, found again by what they hash to, revoked."""

import base64
import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from moderation.errors import InvalidFields, NotAuthenticated, NotFound
from moderation.storage.models import ApiKey, Site, new_id
from moderation.workflow.incoming import Actor
from moderation.workflow.recording import Recorder
from moderation.workflow.times import rfc3339

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
PROTOCOL_ALPHABET = string.digits + "abcdef"  # WordPress takes every other letter out of a key that is entered
USED_NOTED_EVERY = timedelta(hours=1)
SITE_KINDS = ("live", "test")
SCOPES = ("full", "read")  # of a site key: the whole API, or what changes nothing
LANGUAGES = ("strict", "lenient")  # of a protocol key: refuse what is in a language that is not scored, or score anyway
PROFILES = ("coral",)  # of a protocol key: what the program that asks needs
ON_FAILURE = ("none", "hold")  # of a Coral phase: what it is told when there was no time, or a fault
DEADLINES = (50, 10_000)  # milliseconds that a Coral phase may be given
SIGNING_KINDS = ("coral_phase", "coral_webhook", "webhook")  # webhook: signs what the site's new endpoints get
NOT_VALID = (
    "This key is not valid; `moderation key list` shows the keys of a site, `moderation key add` makes a new one."
)
_HOLDERS = select(
    ApiKey.id,
    ApiKey.site_id,
    ApiKey.kind,
    ApiKey.hash,
    ApiKey.options,
    ApiKey.revoked_at,
    ApiKey.expires_at,
    ApiKey.last_used_at,
    Site.slug,
).join(Site, Site.id == ApiKey.site_id)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who a key speaks for."""

    key_id: str
    site_id: str
    site_slug: str
    kind: str
    scope: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret that the other side signs with, and what was chosen for it."""

    key_id: str
    secret: str = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keys:
    """The verbs about keys."""

    record: Recorder
    secret_key: str

    def add(
        self,
        *,
        site_id: str,
        kind: str,
        by: Actor,
        now: datetime,
        label: str = "",
        secret: str | None = None,
        scope: str = "full",
        expires_at: datetime | None = None,
        languages: str | None = None,
        per_minute: int | None = None,
        profile: str | None = None,
        deadline_ms: int | None = None,
        on_failure: str | None = None,
        url: str | None = None,
        token: str | None = None,
    ) -> dict[str, Any]:
        """A new key; `key` in the answer is shown only here. Signing kinds take the secret of the other side."""
        options = _options(
            kind,
            {"languages": languages, "per_minute": per_minute, "profile": profile},
            {"deadline_ms": deadline_ms, "on_failure": on_failure},
        )
        if scope not in SCOPES or (scope != "full" and kind not in SITE_KINDS):
            raise InvalidFields(f"A key of kind {kind} cannot have the scope {scope}.")
        if expires_at is not None and (expires_at <= now or kind in (*SIGNING_KINDS, "wordpress")):
            raise InvalidFields("A key can only end in the future, and a secret of the other side has no end here.")
        _check_way_back(kind, url, token)
        key, row = self._make(site_id, kind, label, secret, now)
        row.options, row.expires_at = {"scope": scope} if kind in SITE_KINDS else options, expires_at
        row.url, row.token = url, token
        with self.record(site_id, now) as ledger:
            ledger.session.add(row)
            ledger.audit(by=by, act="key.added", subject=("key", row.id))
        return {**view(row), "key": key}

    def list(self, *, site_id: str) -> list[dict[str, Any]]:
        """The site's keys, without secrets."""
        with self.record.database.read() as session:
            rows = session.scalars(select(ApiKey).where(ApiKey.site_id == site_id).order_by(ApiKey.created_at))
            return [view(row) for row in rows]

    def revoke(self, *, site_id: str, key_id: str, by: Actor, now: datetime) -> None:
        """A key opens nothing any more, from the next request on."""
        with self.record(site_id, now) as ledger:
            row = ledger.session.scalar(
                select(ApiKey).where(ApiKey.site_id == site_id, (ApiKey.id == key_id) | (ApiKey.lookup == key_id))
            )
            if row is None:
                raise NotFound("There is no such key.")
            row.revoked_at = row.revoked_at or now
            ledger.audit(by=by, act="key.revoked", subject=("key", row.id))

    def authenticate(self, *, token: str, now: datetime) -> KeyHolder:
        """The holder of a site key, or NotAuthenticated with one text whatever is wrong with it."""
        parts = token.split("_")
        if len(parts) != 5 or parts[0] != "kic" or parts[1] not in SITE_KINDS or _check(*parts[:4]) != parts[4]:
            raise NotAuthenticated(NOT_VALID)
        holder = self._holder(parts[2], hashlib.sha256(token.encode()).hexdigest(), now)
        if holder.kind != parts[1]:
            raise NotAuthenticated(NOT_VALID)
        return holder

    def authenticate_protocol(self, *, key: str, now: datetime) -> KeyHolder:
        """The holder of a 12-character protocol key (host names make it case-insensitive), or NotAuthenticated."""
        return self._holder(protocol_lookup(self.secret_key, key), None, now)

    def signing(self, *, site_id: str, kind: str) -> Sequence[SigningKey]:
        """The live secrets of the other side, the newest first; several while one is being replaced."""
        live = select(ApiKey).where(ApiKey.site_id == site_id, ApiKey.kind == kind, ApiKey.revoked_at.is_(None))
        with self.record.database.read() as session:
            rows = session.scalars(live.order_by(ApiKey.created_at.desc(), ApiKey.id)).all()
        return [SigningKey(row.id, row.secret, row.options) for row in rows if row.secret]

    def _holder(self, lookup_: str, hash: str | None, now: datetime) -> KeyHolder:
        with self.record.database.read() as session:
            key = session.execute(_HOLDERS.where(ApiKey.lookup == lookup_)).one_or_none()
        if key is None:
            raise NotAuthenticated(NOT_VALID)
        matches = hash is None or hmac.compare_digest(key.hash or "", hash)
        if not matches or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
            raise NotAuthenticated(NOT_VALID)
        if key.last_used_at is None or key.last_used_at + USED_NOTED_EVERY < now:
            self._note_use(key.id, now)
        return KeyHolder(key.id, key.site_id, key.slug, key.kind, key.options.get("scope", "full"), key.options)

    def _note_use(self, key_id: str, now: datetime) -> None:
        """When a key was last used, to the hour: enough to see which may go, too coarse to follow anybody."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self.record.database.write() as session:
            session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=hour))

    def _make(
        self, site_id: str, kind: str, label: str, secret: str | None, now: datetime
    ) -> tuple[str | None, ApiKey]:
        row = ApiKey(id=new_id(), site_id=site_id, kind=kind, label=label, options={}, created_at=now)
        if kind in SITE_KINDS:
            key = make_site_key(kind)
            row.lookup, row.hash = key.split("_")[2], hashlib.sha256(key.encode()).hexdigest()
            return key, row
        if kind == "protocol":
            key = make_protocol_key()
            row.lookup = protocol_lookup(self.secret_key, key)
            return key, row
        if kind in SIGNING_KINDS:
            if not secret:
                raise InvalidFields(f"A key of kind {kind} needs --secret: the one that the other side signs with.")
            if kind == "webhook" and not _is_webhook_secret(secret):
                raise InvalidFields("A webhook's secret is `whsec_` and 24 to 64 bytes in base64.")
            row.lookup, row.secret = row.id, secret
            return None, row
        if kind == "wordpress":
            row.lookup = row.id
            return None, row
        kinds = (*SITE_KINDS, "protocol", *SIGNING_KINDS, "wordpress")
        raise InvalidFields(f"{kind} is no kind of key; there are {', '.join(kinds)}.")


def _check_way_back(kind: str, url: str | None, token: str | None) -> None:
    """Address and token lead to a Coral if both were given, and always to a WordPress."""
    if (url or token) and (kind not in ("coral_webhook", "wordpress") or not (url and token)):
        raise InvalidFields(
            "Only a key of kind coral_webhook or wordpress can have an address and a token, and then both."
        )
    if kind != "wordpress":
        return
    user, _, password = (token or "").partition(":")
    if not url or "?" in url or "#" in url or not user.strip() or not password.strip():
        raise InvalidFields(
            "A key of kind wordpress needs --url, the address of the site, and --token USER:APPLICATION_PASSWORD."
        )


def _options(kind: str, protocol: Mapping[str, Any], phase: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen for a key, checked: each kind has choices of its own."""
    for owner, given in (("protocol", protocol), ("coral_phase", phase)):
        chosen = [name for name, value in given.items() if value is not None]
        if chosen and kind != owner:
            raise InvalidFields(f"Only a key of kind {owner} can have {' and '.join(chosen)}.")
    options = {name: value for name, value in {**protocol, **phase}.items() if value is not None}
    wrong = [name for name, value in options.items() if not _CHOICES[name](value)]
    if wrong:
        raise InvalidFields(f"Out of bounds: {' and '.join(wrong)}.")
    if "profile" in options and len(options) > 1:
        raise InvalidFields("The profile says what the key does about languages and how often it may ask.")
    return options


_CHOICES: Mapping[str, Callable[[Any], bool]] = {
    "languages": LANGUAGES.__contains__,
    "profile": PROFILES.__contains__,
    "on_failure": ON_FAILURE.__contains__,
    "per_minute": lambda value: value >= 1,
    "deadline_ms": lambda value: DEADLINES[0] <= value <= DEADLINES[1],
}


def _is_webhook_secret(secret: str) -> bool:
    """As Standard Webhooks 1.0.0 has it."""
    try:
        return secret.startswith("whsec_") and 24 <= len(base64.b64decode(secret[6:], validate=True)) <= 64
    except ValueError:
        return False


def make_site_key(kind: str) -> str:
    """`kic_<kind>_<8 id>_<32 base62>_<6 CRC32>`: 190 random bits; the check part finds typing errors offline."""
    id = "".join(secrets.choice(BASE62) for _ in range(8))
    secret = "".join(secrets.choice(BASE62) for _ in range(32))
    return "_".join(("kic", kind, id, secret, _check("kic", kind, id, secret)))


def make_protocol_key() -> str:
    """12 hexadecimal digits, a letter first, so that it can be a label of a host name; 46 random bits for a scoring key."""
    first = secrets.choice("abcdef")
    return first + "".join(secrets.choice(PROTOCOL_ALPHABET) for _ in range(11))


def protocol_lookup(secret_key: str, key: str) -> str:
    """What the row of a protocol key is found by."""
    return hmac.new(secret_key.encode(), b"protocol key\0" + key.lower().encode(), hashlib.sha256).hexdigest()


def _check(*parts: str) -> str:
    number = zlib.crc32("_".join(parts).encode())
    digits = ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return digits


def view(row: ApiKey) -> dict[str, Any]:
    """A key as the operator sees it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "starts": row.lookup if row.kind in SITE_KINDS else None,
        "label": row.label,
        "scope": row.options.get("scope", "full") if row.kind in SITE_KINDS else None,
        **({} if row.kind in SITE_KINDS else row.options),
        **({"url": row.url} if row.url else {}),
        "created_at": rfc3339(row.created_at),
        "expires_at": rfc3339(row.expires_at),
        "revoked_at": rfc3339(row.revoked_at),
        "last_used_at": rfc3339(row.last_used_at),
    }
