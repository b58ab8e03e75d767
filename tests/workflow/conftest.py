"""One newsroom for each test, on SQLite and on PostgreSQL, with our own ports faked and nothing else."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation import bootstrap
from moderation.config import Settings
from moderation.storage import migrations
from moderation.storage.unit_of_work import Database
from moderation.workflow.incoming import Actor
from tests.factories import NOW, Newsroom
from tests.fakes import FakeQueue, FakeSender
from tests.servers.postgres import Postgres

RULES = """
rules:
  - id: rude
    category: personal_attack
    state: live
    title: Insults somebody
    public: true
    when: {terms: [clodpole]}
    action: hold
    ask_first: true
    reason: 'Attacks a person ("{match}").'
    message: It attacks a person.
    strike: personal_attack
    examples:
      match: ["You clodpole.", "What a clodpole he is.", "clodpole"]
      pass: ["A civil remark.", "Well said.", "I disagree."]
  - id: joke
    category: tragedy_joke
    state: live
    title: Jokes about a death
    when: {terms: [lolcrash]}
    action: hold
    reason: Jokes about a death.
    strike: tragedy_joke
    examples:
      match: ["lolcrash", "lolcrash again", "oh, lolcrash"]
      pass: ["A civil remark.", "Well said.", "I disagree."]
  - id: look
    category: civility
    state: live
    title: Contempt
    when: {terms: [pshaw]}
    action: review
    reason: Contempt.
    examples:
      match: ["pshaw", "pshaw!", "oh pshaw"]
      pass: ["A civil remark.", "Well said.", "I disagree."]
  - id: advert
    category: spam
    state: live
    title: Advertising
    when: {terms: [cheappills]}
    action: reject
    reason: Advertising.
    strike: spam
    examples:
      match: ["cheappills", "cheappills!", "buy cheappills"]
      pass: ["A civil remark.", "Well said.", "I disagree."]
"""
ENFORCEMENT = """
counts: confirmed
blocks: proposed
scope: site
window_days: 180
ladder:
  tragedy_joke: [{at: 1, block_days: 7}, {at: 2, block_days: 30}, {at: 3, block: until_lifted, review_after_days: 365}]
  personal_attack: [{at: 2, warn: true}, {at: 3, check_first_days: 14}, {at: 5, block_days: 7}]
  spam: [{at: 1, block_days: 30}]
  threat: by_a_person
never: [profanity, vulgarity, civility, off_topic, legal_risk, self_harm]
"""


def write_rules(folder: Path) -> Path:
    """A folder with a few rules of the tests' own."""
    folder.mkdir(exist_ok=True)
    (folder / "10-test.yaml").write_text(RULES)
    (folder / "enforcement.yaml").write_text(ENFORCEMENT)
    return folder


def migrated(url: str) -> str:
    """A database with the tables of this version."""
    database = Database(url)
    migrations.upgrade(database)
    database.close()
    return url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """What each test's PostgreSQL database is a copy of."""
    return migrated(postgres_server.new_database())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each test's SQLite file is a copy of."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with its tables and nothing in them."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    url = server.new_database(request.getfixturevalue("postgres_template"))
    yield url
    server.drop(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a service that has the tests' own rules."""
    return Settings(
        database_url=database_url,
        broker_url="redis://127.0.0.1:1/0",
        secret_key="x" * 40,
        rules_dir=write_rules(tmp_path / "rules"),
        learned_scores=False,  # tests of scores turn it on; a model in each service is minutes of the suite
        off_topic=False,
    )


@pytest.fixture
def newsroom(settings: Settings) -> Iterator[Newsroom]:
    """An application with one site."""
    queue, sender = FakeQueue(), FakeSender()
    app = bootstrap.build(settings, queue=queue, sender=sender, now=lambda: NOW)
    site = app.sites.create(slug="daily", by=Actor("operator"), now=NOW)
    yield Newsroom(app, queue, sender, site)
    app.close()


@pytest.fixture
def moderator(newsroom: Newsroom) -> Actor:
    """A moderator of that site."""
    return person(newsroom, "mo", "moderator")


def person(newsroom: Newsroom, login: str, role: str) -> Actor:
    """An account at the desk."""
    app: Any = newsroom.app
    made = app.users.add(login=login, site_id=newsroom.site_id, role=role, by=Actor("operator"), now=NOW)
    token = app.users.log_in(login=login, password=made["password"], address="127.0.0.1", now=NOW)
    user = app.users.session(token=token, now=NOW)
    return user.actor(newsroom.slug)  # type: ignore[no-any-return]
