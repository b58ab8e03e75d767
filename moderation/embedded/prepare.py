"""Before an embedded service takes its first request: tables, and at the first start a site with its keys and an admin."""

import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from moderation.bootstrap import Application
from moderation.embedded import credentials, errands
from moderation.errors import NotFound
from moderation.storage.migrations import upgrade
from moderation.workflow.incoming import SYSTEM
from moderation.workflow.webhooks import make_secret

SITE, ADMIN = "main", "admin"
_BEGUN = "credentials.begun.json"  # chosen but perhaps not all stored yet: a start that was cut off goes on from here


def prepare(application: Application, data: Path) -> int:
    """Bring the tables up to date, and make what is missing of the first site."""
    upgrade(application.database)
    if credentials.load(data) is None:
        _first_start(application, data)
    return 0


def _first_start(application: Application, data: Path) -> None:
    chosen = credentials.load(data, _BEGUN)
    if chosen is None:
        chosen = {
            "admin_password": secrets.token_urlsafe(18),
            "webhook_secret": make_secret(),
        }
        credentials.save(data, chosen, _BEGUN)
    now = datetime.now(UTC)
    site_id = site(application, SITE, now)
    password = chosen["admin_password"]
    application.users.add(login=ADMIN, site_id=site_id, role="admin", by=SYSTEM, now=now, password=password)
    for key in application.keys.list(site_id=site_id):  # of a start that was cut off; nobody has seen them
        application.keys.revoke(site_id=site_id, key_id=key["id"], by=SYSTEM, now=now)
    made = {kind: application.keys.add(site_id=site_id, kind=kind, by=SYSTEM, now=now) for kind in ("live", "protocol")}
    application.keys.add(site_id=site_id, kind="webhook", secret=chosen["webhook_secret"], by=SYSTEM, now=now)
    known = {
        "url": application.settings.public_url,
        "site": SITE,
        "site_key": made["live"]["key"],
        "protocol_key": made["protocol"]["key"],
        "webhook_secret": chosen["webhook_secret"],
        "admin_user": ADMIN,
        "admin_password": password,
    }
    credentials.save(data, known)
    (data / _BEGUN).unlink(missing_ok=True)


def site(application: Application, slug: str, now: datetime) -> str:
    """The id of a site, made where it is not there."""
    try:
        return str(application.sites.find(slug=slug)["id"])
    except NotFound:
        return str(application.sites.create(slug=slug, by=SYSTEM, now=now)["id"])


if __name__ == "__main__":
    sys.exit(errands.run(prepare))
