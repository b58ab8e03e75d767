"""Retention by age: words and records that are past the time which the site's `retention` setting gives them."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session, aliased

from moderation.enforcement import policy
from moderation.engine.policy import DEFAULT_SETTINGS
from moderation.storage import forgetting
from moderation.storage.models import Appeal, Author, Comment, Decision, Flag, Revision, Site, Strike, Verdict
from moderation.storage.queries import aged
from moderation.storage.queries.aged import Cutoffs
from moderation.storage.rows import counted
from moderation.storage.unit_of_work import Database
from moderation.workflow.rulebook import Rulebook
from moderation.workflow.rulesets import NoRuleset
from moderation.workflow.times import months_before

AT_ONCE = 200  # rows of one transaction: what comes in meanwhile waits for it
SECONDS = 15.0  # of one run; a longer backlog goes on with the next one

Part = Callable[[Session], int]


@dataclass(frozen=True, slots=True)
class Retention:
    """The verb that takes out what is past its time. Safe to run from several places at once, and again."""

    database: Database
    rulebook: Rulebook
    clock: Callable[[], float] = time.monotonic

    def run(self, *, now: datetime) -> dict[str, int]:
        """How many rows of each kind went, or lost their words."""
        ends = self.clock() + SECONDS
        with self.database.read() as session:
            sites = session.scalars(select(Site.id).order_by(Site.id)).all()
        gone: dict[str, int] = {}
        for site_id in sites:
            before = self.cutoffs(site_id=site_id, now=now)
            for what, part in _parts(site_id, before, now) if before else ():
                gone[what] = gone.get(what, 0) + self._in_batches(part, ends)
        self.database.empty_log()
        return gone

    def cutoffs(self, *, site_id: str, now: datetime) -> Cutoffs | None:
        """Before when something has to be over at a site, so that it goes now.

        None where the rules in force do not say: they cannot be read, or were published before there was a retention.
        What has gone does not come back, so nothing goes by a default that a site may not want.
        """
        try:
            ruleset = self.rulebook.current(site_id=site_id).ruleset
        except NoRuleset:
            return None
        settings = {**DEFAULT_SETTINGS, **ruleset.settings}
        months: Mapping[str, int | None] | None = ruleset.settings.get("retention")
        if months is None:
            return None

        def past(kind: str, days: int = 0) -> datetime | None:
            given = months.get(kind)  # a kind that these rules do not know yet is kept
            return None if given is None else min(months_before(now, given), now - timedelta(days=days))

        return Cutoffs(
            published=past("published"),
            stopped=past("rejected", days=settings["appeal_days"]),  # a second look needs the text
            flags=past("flags"),
            strikes=past("strikes", days=policy(ruleset.enforcement).window_days),
            decisions=past("decisions"),
        )

    def _in_batches(self, part: Part, ends: float) -> int:
        gone = 0
        while self.clock() < ends:
            with self.database.write() as session:
                taken = part(session)
            gone += taken
            if taken < AT_ONCE:
                break
        return gone


def _parts(site_id: str, before: Cutoffs, now: datetime) -> Iterator[tuple[str, Part]]:
    """What there is to do at a site, in the order in which one thing makes way for the next."""
    yield "texts", lambda session: _texts(session, site_id, before, now)
    if before.stopped is not None:
        ids = aged.notes(site_id, before.stopped)
        yield "notes", lambda session: _emptied(session, Decision, ids, note=None)
        said = aged.appeals(site_id, before.stopped)
        yield "appeals", lambda session: _emptied(session, Appeal, said, text=None, answer=None)
        over = aged.blocks(site_id, before.stopped)
        yield "block_reasons", lambda session: forgetting.block_reasons(session, over.limit(AT_ONCE))
    if before.flags is not None:
        flags = aged.flags(site_id, before.flags)
        yield "flags", lambda session: _removed(session, Flag, flags)
    if before.strikes is not None:
        strikes = aged.strikes(site_id, before.strikes)
        yield "strikes", lambda session: _removed(session, Strike, strikes)
    if before.decisions is not None:
        decisions, verdicts = aged.decisions(site_id, before.decisions), aged.verdicts(site_id, before.decisions)
        yield "decisions", lambda session: _removed(session, Decision, decisions)
        yield "verdicts", lambda session: _verdicts(session, verdicts)


def _texts(session: Session, site_id: str, before: Cutoffs, now: datetime) -> int:
    """Authors are locked before comments, as everywhere; what a writer has just now is left to the next run."""
    found = aged.texts(session, site_id, before, limit=AT_ONCE)
    authors = _locked(session, {row.author_id for row in found})
    among = [row.id for row in found if row.author_id in authors]
    rows = aged.texts(session, site_id, before, limit=AT_ONCE, among=among) if among else ()
    if rows:
        forgetting.texts(session, [row.id for row in rows], now)
        _names(session, {row.author_id for row in rows})
    return len(rows)


def _locked(session: Session, author_ids: set[str]) -> set[str]:
    query = select(Author.id).where(Author.id.in_(author_ids)).order_by(Author.id)
    return set(session.scalars(query.with_for_update(skip_locked=True)))


def _names(session: Session, author_ids: set[str]) -> None:
    """A name goes with the last words that stood under it; the next comment brings it back."""
    kept = aliased(Comment)
    speaks = select(kept.id).where(kept.author_id == Author.id, kept.texts_removed_at.is_(None))
    silent = update(Author).where(Author.id.in_(author_ids), Author.legal_hold_at.is_(None), ~speaks.exists())
    counted(session, silent.values(name=None))


def _emptied(session: Session, model: Any, ids: Select[str], **words: None) -> int:
    return counted(session, update(model).where(model.id.in_(ids.limit(AT_ONCE))).values(**words))


def _removed(session: Session, model: Any, ids: Select[str]) -> int:
    return counted(session, delete(model).where(model.id.in_(ids.limit(AT_ONCE))))


def _verdicts(session: Session, query: Select[str, str]) -> int:
    """With the verdict goes the keyed hash of the text: nothing is left of it then."""
    rows = session.execute(query.limit(AT_ONCE)).all()
    of = [row.revision_id for row in rows]
    counted(session, update(Revision).where(Revision.id.in_(of)).values(text_mac=""))
    return counted(session, delete(Verdict).where(Verdict.id.in_([row.id for row in rows])))
