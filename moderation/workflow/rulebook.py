"""Rulesets of the sites: which is in force, checking and publishing files, going back to an earlier version."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.engine.examples import ExampleFailure, run_examples
from moderation.engine.policy import DEFAULT_SETTINGS
from moderation.engine.ruleset import InvalidRuleset, RuleError, Ruleset, load
from moderation.errors import ModerationError, NotFound
from moderation.storage.models import Publication, RulesetPointer, RulesetRow, Site, WatchedFiles, new_id
from moderation.storage.queries import pauses
from moderation.storage.rows import insert_once
from moderation.storage.unit_of_work import Database
from moderation.workflow import guidelines
from moderation.workflow.incoming import Actor
from moderation.workflow.recording import Recorder
from moderation.workflow.rulesets import NoRuleset, Rulesets
from moderation.workflow.times import rfc3339

POINTER_SECONDS = 2.0  # how late a process may learn of a publish


class ExamplesFail(ModerationError):
    """The files can be read, but a rule does not do what its own examples say."""

    type = "examples_fail"
    title = "Some rules fail their own examples"

    def __init__(self, failures: tuple[ExampleFailure, ...]) -> None:
        super().__init__("\n".join(str(failure) for failure in failures))
        self.failures = failures


class RuleFiles(Protocol):
    """Where rule files lie."""

    def read(self, site: str) -> Mapping[str, str]:
        """{path: text} of the shipped files and the site's own; raises InvalidRuleset for a file it cannot read."""
        ...

    def digest(self, site: str) -> str:
        """A hash over the bytes of the same files."""
        ...


@dataclass(frozen=True, slots=True)
class Published:
    """The rules in force at a site."""

    version: str
    ruleset: Ruleset
    published_at: datetime
    message: str
    kind: str
    paused: Mapping[str, str] = field(default_factory=dict)  # hash of a rule → the strictest action left to it


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look at the files led to: published, unchanged or refused (with the errors as text)."""

    outcome: str
    version: str | None = None
    errors: tuple[str, ...] = ()


class Rulebook:
    """The verbs about rules."""

    def __init__(self, database: Database, record: Recorder, files: RuleFiles) -> None:
        self._database = database
        self._record = record
        self.files = files
        self._rulesets = Rulesets(database)
        self._pointers: dict[str, tuple[float, Published]] = {}

    def current(self, *, site_id: str) -> Published:
        """The rules in force at a site, at most two seconds old; NoRuleset where there are none."""
        known = self._pointers.get(site_id)
        if known and known[0] > time.monotonic():
            return known[1]
        with self._database.read() as session:
            published = self._in_force(session, site_id)
        self._pointers[site_id] = (time.monotonic() + POINTER_SECONDS, published)
        return published

    def ruleset(self, version: str, session: Session | None = None) -> Ruleset:
        """The compiled ruleset of a version; raises NotFound, or UnreadableRuleset where we can make nothing of it."""
        return self._rulesets.get(version, session)

    def settings(self, *, site_id: str) -> Mapping[str, Any]:
        """The site's settings, each with its default where the rules in force name none or there are none."""
        try:
            return {**DEFAULT_SETTINGS, **self.current(site_id=site_id).ruleset.settings}
        except NoRuleset:
            return DEFAULT_SETTINGS

    def unreadable(self, session: Session) -> list[str]:
        """Versions in force at some site that this version of the software cannot read."""
        return self._rulesets.unreadable(session.scalars(select(RulesetPointer.version).distinct()).all(), session)

    def check(self, *, site: str) -> Ruleset:
        """The files as a ruleset that passes its own examples; raises InvalidRuleset or ExamplesFail."""
        ruleset = load(self.files.read(site), site=site)
        if not ruleset.rules:  # files emptied or gone by accident: without rules everything would come out
            raise InvalidRuleset([RuleError("*.yaml", 0, 0, None, "no rule is left; disable rules instead")])
        failures = run_examples(ruleset)
        if failures:
            raise ExamplesFail(tuple(failures))
        return ruleset

    def publish(self, *, site_id: str, ruleset: Ruleset, message: str, by: Actor, now: datetime) -> dict[str, Any]:
        """Stores a ruleset under its hash and points the site at it; the same version again changes nothing."""
        with self._record(site_id, now) as ledger:
            session = ledger.session
            insert_once(session, RulesetRow, version=ruleset.version, body=ruleset.body, created_at=now)
            pointer = session.get(RulesetPointer, site_id, with_for_update=True)
            if pointer is None or pointer.version != ruleset.version:
                self._point(ledger, pointer, ruleset.version, "publish", message, by)
        self.forget(site_id)
        return {"version": ruleset.version, "published_at": rfc3339(now), "message": message}

    def publish_files(self, *, site_id: str, message: str, by: Actor, now: datetime) -> dict[str, Any]:
        """Checks the files and publishes them."""
        ruleset = self.check(site=self._slug(site_id))
        return self.publish(site_id=site_id, ruleset=ruleset, message=message, by=by, now=now)

    def rollback(self, *, site_id: str, version: str | None, by: Actor, now: datetime) -> dict[str, Any]:
        """Goes back to a version (its beginning is enough), or to the one before; raises UnreadableRuleset."""
        with self._record(site_id, now) as ledger:
            pointer = ledger.session.get(RulesetPointer, site_id, with_for_update=True)
            if pointer is None:
                raise NoRuleset("This site has no published rules to go back from.")
            target = self._earlier(ledger.session, site_id, pointer.version, version)
            self.ruleset(target, ledger.session)
            self._point(ledger, pointer, target, "rollback", f"back to {target[:8]}", by)
        self.forget(site_id)
        return {"version": target, "published_at": rfc3339(now)}

    def versions(self, *, site_id: str, limit: int = 50) -> list[dict[str, Any]]:
        """The site's publications, newest first, the one in force marked."""
        with self._database.read() as session:
            pointer = session.get(RulesetPointer, site_id)
            rows = session.scalars(
                select(Publication)
                .where(Publication.site_id == site_id)
                .order_by(Publication.position.desc(), Publication.id.desc())
                .limit(limit)
            )
            return [_publication(row, pointer) for row in rows]

    def watch(self, *, site_id: str, by: Actor, now: datetime) -> Watched:
        """Publishes the site's files if they changed since the last look and are good; remembers why if not."""
        slug = self._slug(site_id)
        digest = self.files.digest(slug)
        with self._database.read() as session:
            seen = session.get(WatchedFiles, site_id)
            if seen is not None and seen.files_hash == digest:
                return Watched("unchanged", errors=tuple(seen.refused or ()))
        try:
            ruleset = self.check(site=slug)
        except (InvalidRuleset, ExamplesFail) as error:
            errors = _as_lines(error)
            self._saw(site_id, digest, list(errors), now)
            return Watched("refused", errors=errors)
        if self.files.digest(slug) != digest:
            return Watched("unchanged")  # saved again while we read: the next look takes it
        self.publish(site_id=site_id, ruleset=ruleset, message="files saved", by=by, now=now)
        self._saw(site_id, digest, None, now)
        return Watched("published", version=ruleset.version)

    def refused(self, *, site_id: str) -> tuple[str, ...]:
        """Why the files as last seen are not in force (empty: they are, or nobody watches)."""
        with self._database.read() as session:
            seen = session.get(WatchedFiles, site_id)
            return tuple(seen.refused or ()) if seen else ()

    def guidelines(self, *, site_id: str) -> dict[str, Any]:
        """The guidelines page of the rules in force: texts, public rules, version, date, what changed."""
        present = self.current(site_id=site_id)
        with self._database.read() as session:
            rows = session.scalars(
                select(Publication.version)
                .where(Publication.site_id == site_id)
                .order_by(Publication.position.desc(), Publication.id.desc())
                .limit(2)
            ).all()
            before = self._readable(rows[1], session) if len(rows) > 1 else None
        shown = guidelines.page(present.ruleset, before)
        return {**shown, "version": present.version, "date": rfc3339(present.published_at)}

    def forget(self, site_id: str) -> None:
        """Drops the remembered pointer of a site, so that the next use reads it."""
        self._pointers.pop(site_id, None)

    def _readable(self, version: str, session: Session) -> Ruleset | None:
        try:
            return self.ruleset(version, session)
        except NoRuleset:
            return None

    def _in_force(self, session: Session, site_id: str) -> Published:
        row = session.execute(
            select(RulesetPointer, Publication)
            .join(Publication, Publication.id == RulesetPointer.publication_id)
            .where(RulesetPointer.site_id == site_id)
        ).one_or_none()
        if row is None:
            raise NoRuleset("No rules are published for this site; its comments are held for a person.")
        pointer, publication = row
        ruleset = self.ruleset(pointer.version, session)
        left = pauses.in_force(session, site_id)
        paused = {rule.hash: left[rule.hash].acts_as for rule in ruleset.rules if rule.hash in left}
        return Published(
            pointer.version, ruleset, publication.created_at, publication.message, publication.kind, paused
        )

    def _point(
        self, ledger: Any, pointer: RulesetPointer | None, version: str, kind: str, message: str, by: Actor
    ) -> None:
        publication = Publication(
            id=new_id(),
            site_id=ledger.site_id,
            version=version,
            kind=kind,
            message=message,
            by_kind=by.kind,
            by_id=by.id,
            created_at=ledger.now,
        )
        ledger.session.add(publication)
        ledger.session.flush()
        if pointer is None:
            ledger.session.add(RulesetPointer(site_id=ledger.site_id, version=version, publication_id=publication.id))
        else:
            pointer.version, pointer.publication_id = version, publication.id
        ledger.published(publication)
        ledger.told("ruleset.published", {"ruleset": {"version": version, "kind": kind}})
        ledger.audit(by=by, act=f"rules.{kind}", subject=("ruleset", version))

    def _earlier(self, session: Session, site_id: str, present: str, wanted: str | None) -> str:
        rows = session.scalars(
            select(Publication.version)
            .where(Publication.site_id == site_id)
            .order_by(Publication.position.desc(), Publication.id.desc())
        )
        for version in rows:
            if version != present and version.startswith(wanted or ""):
                return version
        raise NotFound("There is no such earlier version; `moderation rules list` shows them.")

    def _saw(self, site_id: str, digest: str, refused: list[str] | None, now: datetime) -> None:
        with self._database.write() as session:
            values = {"files_hash": digest, "refused": refused, "at": now}
            if not insert_once(session, WatchedFiles, site_id=site_id, **values):
                seen = session.get(WatchedFiles, site_id)
                assert seen is not None
                for name, value in values.items():
                    setattr(seen, name, value)

    def _slug(self, site_id: str) -> str:
        with self._database.read() as session:
            site = session.get(Site, site_id)
            if site is None:
                raise NotFound("There is no such site.")
            return site.slug


def _publication(row: Publication, pointer: RulesetPointer | None) -> dict[str, Any]:
    return {
        "version": row.version,
        "kind": row.kind,
        "message": row.message,
        "published_at": rfc3339(row.created_at),
        "in_force": pointer is not None and pointer.publication_id == row.id,
    }


def _as_lines(error: InvalidRuleset | ExamplesFail) -> tuple[str, ...]:
    found = error.failures if isinstance(error, ExamplesFail) else error.errors
    return tuple(str(one) for one in found)
