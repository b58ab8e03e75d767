"""Keys from the outside: their form, what is stored of them, what opens and what does not, and that no refusal tells why."""

import hashlib
import hmac
import json
import re
import string
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from moderation.cli import cli
from moderation.errors import InvalidFields, NotAuthenticated
from moderation.storage.models import ApiKey, Base
from tests.web.service import OPERATOR, RULES, Service, Template

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
FORM = re.compile(r"kic_(live|test)_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}")


@pytest.fixture
def service(template: Template, tmp_path: Path) -> Iterator[Service]:
    """A fresh service; the database makes no difference to keys."""
    made = template.service(tmp_path)
    yield made
    made.application.close()


def add(service: Service, kind: str = "live", **given: Any) -> dict[str, Any]:
    return service.application.keys.add(
        site_id=service.site_id, kind=kind, by=OPERATOR, now=service.application.now(), **given
    )


def checked(head: str) -> str:
    """A key with the check part that its head calls for."""
    number, digits = zlib.crc32(head.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return f"{head}_{digits}"


@pytest.mark.parametrize("kind", ["live", "test"])
def test_a_site_key_can_be_recognised_and_checked_without_us(service: Service, kind: str) -> None:
    key = add(service, kind)["key"]
    assert FORM.fullmatch(key) and key.startswith(f"kic_{kind}_")
    assert key == checked(key.rpartition("_")[0])
    assert service.get("/v1/events", key=key).status_code == 200


def test_nothing_stored_opens_a_door(service: Service) -> None:
    site_key, protocol = add(service)["key"], add(service, "protocol")["key"]
    with service.application.database.read() as session:
        rows = session.scalars(select(ApiKey)).all()
        stored = str([session.execute(table.select()).all() for table in Base.metadata.sorted_tables])
    assert hashlib.sha256(site_key.encode()).hexdigest() in {row.hash for row in rows}
    secret = service.application.settings.secret_key.encode()
    looked_up = hmac.new(secret, b"protocol key\0" + protocol.encode(), hashlib.sha256).hexdigest()
    assert [(row.hash, row.secret) for row in rows if row.lookup == looked_up] == [(None, None)]
    assert site_key.split("_")[3] not in stored and protocol not in stored
    listed = json.dumps(service.application.keys.list(site_id=service.site_id))
    assert site_key not in listed and protocol not in listed and "hash" not in listed


def test_every_refusal_is_the_same(service: Service) -> None:
    app, now = service.application, service.application.now()
    revoked, ending = add(service), add(service, expires_at=now + timedelta(seconds=1))
    app.keys.revoke(site_id=service.site_id, key_id=revoked["id"], by=OPERATOR, now=now)
    with app.database.write() as session:
        session.get_one(ApiKey, ending["id"]).expires_at = now
    unknown = checked(f"kic_live_{'a' * 8}_{'b' * 32}")
    other_kind = checked(service.key.replace("live", "test").rpartition("_")[0])
    protocol = add(service, "protocol")["key"]
    keys = (revoked["key"], ending["key"], unknown, other_kind, service.key[:-1], "x", "x" * 999, protocol)
    answers = [service.get("/v1/events", key=key) for key in keys]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["WWW-Authenticate"] for answer in answers}) == 1


def test_a_key_ends_at_its_end(service: Service) -> None:
    now = service.application.now()
    key = add(service, expires_at=now + timedelta(days=1))["key"]
    holder = service.application.keys.authenticate(token=key, now=now + timedelta(hours=23, minutes=59))
    assert holder.site_id == service.site_id
    with pytest.raises(NotAuthenticated):
        service.application.keys.authenticate(token=key, now=now + timedelta(days=1))


def test_a_key_is_changed_without_a_pause(service: Service) -> None:
    old, new = service.key, add(service)
    assert [service.get("/v1/events", key=key).status_code for key in (old, new["key"])] == [200, 200]
    service.application.keys.revoke(
        site_id=service.site_id, key_id=old.split("_")[2], by=OPERATOR, now=service.application.now()
    )
    assert [service.get("/v1/events", key=key).status_code for key in (old, new["key"])] == [401, 200]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("live", {"scope": "write"}),
        ("protocol", {"scope": "read"}),
        ("coral_phase", {"secret": "theirs", "scope": "read"}),
        ("coral_phase", {"secret": "theirs", "expires_at": timedelta(days=1)}),
        ("live", {"expires_at": timedelta(0)}),
        ("nonsense", {}),
    ],
)
def test_keys_that_cannot_be(service: Service, kind: str, given: dict[str, Any]) -> None:
    now = service.application.now()
    given = {name: now + value if isinstance(value, timedelta) else value for name, value in given.items()}
    with pytest.raises(InvalidFields):
        add(service, kind, **given)


def test_the_operator_makes_a_key_that_reads_and_ends(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = service.application.settings
    for name, value in {"DATABASE_URL": settings.database_url, "BROKER_URL": settings.broker_url,
                        "SECRET_KEY": settings.secret_key, "RULES_DIR": str(RULES)}.items():  # fmt: skip
        monkeypatch.setenv(f"MODERATION_{name}", value)
    done = CliRunner().invoke(cli, ["key", "add", "--site", "main", "--scope", "read", "--days", "90"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert made["scope"] == "read" and made["expires_at"] is not None
    assert service.get("/v1/events", key=made["key"]).status_code == 200
    assert service.send("PUT", "/v1/stories/s", key=made["key"], json={"title": "Roads"}).status_code == 403
    listed = CliRunner().invoke(cli, ["key", "list", "--site", "main"])
    assert made["key"].split("_")[3] not in listed.output


@pytest.mark.parametrize("secret", ["secret", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64", "whsec_" + "QUFB" * 30])
def test_a_webhook_secret_that_could_sign_nothing_is_refused(service: Service, secret: str) -> None:
    with pytest.raises(InvalidFields, match="24 to 64 bytes"):
        add(service, "webhook", secret=secret)
