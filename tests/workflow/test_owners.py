"""Sites, keys and accounts: made, found, taken away; nothing of one shows at another."""

import re

import pytest
from sqlalchemy import func, select

from moderation.errors import Conflict, InvalidFields, NotAuthenticated, NotFound
from moderation.storage.models import AuditRow, Author, Base, Site
from moderation.workflow.incoming import Actor
from tests.factories import NOW, SITE, Newsroom, later

OPERATOR = Actor("operator")
FORM = re.compile(r"kic_(live|test)_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}")


def add_key(newsroom: Newsroom, kind: str = "live") -> dict[str, str]:
    made: dict[str, str] = newsroom.app.keys.add(site_id=newsroom.site_id, kind=kind, by=OPERATOR, now=NOW)
    return made


@pytest.mark.parametrize("kind", ["live", "test"])
def test_a_site_key_opens_its_site(newsroom: Newsroom, kind: str) -> None:
    key = add_key(newsroom, kind)["key"]
    assert FORM.fullmatch(key)
    holder = newsroom.app.keys.authenticate(token=key, now=NOW)
    assert (holder.site_id, holder.kind) == (newsroom.site_id, kind)
    with newsroom.app.database.read() as session:
        stored = "".join(
            str(value) for row in session.execute(Base.metadata.tables["api_key"].select()) for value in row
        )
    assert key.split("_")[3] not in stored, "only its hash is kept"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + ("a" if key[-1] != "a" else "b"),
        lambda key: key.replace("live", "test"),
        lambda key: key[:20] + ("x" if key[20] != "x" else "y") + key[21:],
        lambda key: "",
        lambda key: "kic_live",
        lambda key: key + "_more",
    ],
)
def test_a_spoilt_key_opens_nothing(newsroom: Newsroom, spoil: object) -> None:
    key = add_key(newsroom)["key"]
    with pytest.raises(NotAuthenticated):
        newsroom.app.keys.authenticate(token=spoil(key), now=NOW)  # type: ignore[operator]


def test_two_keys_live_side_by_side_and_one_goes(newsroom: Newsroom) -> None:
    old, new = add_key(newsroom), add_key(newsroom)
    newsroom.app.keys.revoke(site_id=newsroom.site_id, key_id=old["id"], by=OPERATOR, now=NOW)
    assert newsroom.app.keys.authenticate(token=new["key"], now=NOW)
    with pytest.raises(NotAuthenticated):
        newsroom.app.keys.authenticate(token=old["key"], now=NOW)
    listed = newsroom.app.keys.list(site_id=newsroom.site_id)
    assert [bool(one["revoked_at"]) for one in listed if one["id"] in (old["id"], new["id"])] == [True, False]
    assert new["key"] not in str(listed)


def test_the_last_use_is_noted_to_the_hour(newsroom: Newsroom) -> None:
    made = add_key(newsroom)
    newsroom.app.keys.authenticate(token=made["key"], now=later(minutes=47))
    used = [one["last_used_at"] for one in newsroom.app.keys.list(site_id=newsroom.site_id) if one["id"] == made["id"]]
    assert used == ["2026-11-23T12:00:00.000Z"]


def test_a_protocol_key_is_a_label_of_a_host_name(newsroom: Newsroom) -> None:
    key = add_key(newsroom, "protocol")["key"]
    assert re.fullmatch(r"[a-z][a-z0-9]{11}", key)
    assert newsroom.app.keys.authenticate_protocol(key=key.upper(), now=NOW).site_id == newsroom.site_id
    with pytest.raises(NotAuthenticated):
        newsroom.app.keys.authenticate(token=key, now=NOW)


def test_a_removed_site_leaves_nothing_and_spares_the_others(newsroom: Newsroom) -> None:
    app = newsroom.app
    other = Newsroom(app, newsroom.queue, newsroom.sender, app.sites.create(slug="other", by=OPERATOR, now=NOW))
    for site in (newsroom, other):
        site.judged(text="You clodpole.")
        site.flag()
        app.authors.block(site_id=site.site_id, author_id="reader-1", reason="x", by=SITE, now=NOW)
        app.webhooks.add(site_id=site.site_id, url="https://example.org/", by=SITE, now=NOW)
        app.appeals.open(
            site_id=site.site_id, author_id="reader-1", text="why", about={"comment": "c1"}, by=SITE, now=NOW
        )
    app.sites.remove(slug="daily")
    with app.database.read() as session:
        for table in Base.metadata.tables.values():
            if "site_id" in table.columns:
                left = set(session.scalars(select(table.c.site_id)))
                assert left <= {other.site_id}, table.name
        assert session.scalar(select(func.count()).select_from(Author)) == 1
        assert session.scalar(select(func.count()).select_from(Site)) == 1
    assert other.get()["status"] == "held"


def test_the_same_id_at_two_sites_is_two_things(newsroom: Newsroom) -> None:
    made = newsroom.app.sites.create(slug="other", by=OPERATOR, now=NOW)
    other = Newsroom(newsroom.app, newsroom.queue, newsroom.sender, made)
    newsroom.judged(text="You clodpole.")
    with pytest.raises(NotFound):
        other.get()
    assert other.judged(text="A civil remark.")["status"] == "published"
    assert newsroom.get()["status"] == "held"
    assert {event["id"] for event in other.events()}.isdisjoint(event["id"] for event in newsroom.events())


def test_sites_of_one_login_share_blocks_of_the_realm(newsroom: Newsroom) -> None:
    create = newsroom.app.sites.create
    sites = [create(slug=slug, realm="one-login", by=OPERATOR, now=NOW) for slug in ("north", "south")]
    north, south = (Newsroom(newsroom.app, newsroom.queue, newsroom.sender, site) for site in sites)
    newsroom.app.authors.block(site_id=north.site_id, author_id="reader-1", reason="x", scope="realm", by=SITE, now=NOW)
    for site in (north, south):
        assert site.judged()["decided_by"] == "block"
        assert site.event_types() == ["author.blocked", "comment.rejected"]
    assert newsroom.judged()["status"] == "published"


@pytest.mark.parametrize("slug", ["", "Daily", "a b", "-a", "a" * 64, "../etc"])
def test_a_site_has_a_name_for_addresses(newsroom: Newsroom, slug: str) -> None:
    with pytest.raises(InvalidFields):
        newsroom.app.sites.create(slug=slug, by=OPERATOR, now=NOW)


def test_the_last_admin_stays(newsroom: Newsroom) -> None:
    newsroom.app.users.add(login="only", site_id=newsroom.site_id, role="admin", by=OPERATOR, now=NOW)
    with pytest.raises(Conflict):
        newsroom.app.users.remove(login="only", site_id=newsroom.site_id, by=OPERATOR, now=NOW)


def test_every_act_on_an_account_is_audited_at_its_sites(newsroom: Newsroom) -> None:
    users, site = newsroom.app.users, newsroom.site_id
    users.add(login="ada", site_id=site, role="admin", by=OPERATOR, now=NOW)
    users.add(login="ben", site_id=site, role="moderator", by=OPERATOR, now=NOW)
    users.add(login="ben", site_id=site, role="moderator", by=OPERATOR, now=NOW)  # says nothing new
    users.add(login="ben", site_id=site, role="senior", by=OPERATOR, now=NOW)
    users.set_password(login="ben", by=OPERATOR, now=NOW)
    users.disable(login="ben", by=OPERATOR, now=NOW)
    users.enable(login="ben", by=OPERATOR, now=NOW)
    users.remove(login="ben", site_id=site, by=OPERATOR, now=NOW)
    with newsroom.app.database.read() as session:
        rows = session.execute(
            select(AuditRow.act, AuditRow.by_kind).where(AuditRow.subject_kind == "user").order_by(AuditRow.position)
        ).all()
    acts = "added added added password_set disabled enabled removed".split()
    assert rows == [(f"user.{act}", "operator") for act in acts]
