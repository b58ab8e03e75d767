"""What needs people: the list, one comment with all around it, decisions and their undo."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from moderation.errors import NotFound
from moderation.web.console import words
from moderation.web.console.access import Access
from moderation.web.console.cards import decided, number, show

if TYPE_CHECKING:
    from moderation.bootstrap import Application


def register(desk: Blueprint, application: "Application", access: Access) -> None:
    """Adds the pages of this module."""
    _add_list(desk, application, access)
    _add_items(desk, application, access)
    _add_decisions(desk, application, access)


def _add_list(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.get("/<site>/")
    @access.needs("read the queue")
    def queue(site: str) -> Any:
        now, source = application.now(), request.args.get("source")
        upto = number(request.args.get("upto"))
        shown = application.desk.queue(
            site_id=g.site_id,
            now=now,
            user_id=g.user.id,
            upto=upto,
            source=source if source in words.SOURCES else None,
        )
        summary = application.desk.summary(site_id=g.site_id, now=now)
        sees = access.may("see what slipped through, waits or failed")
        unchecked = application.state.unchecked_in_week(site_id=g.site_id, now=now) if sees else 0
        return render_template(
            "desk/queue.html",
            site=site,
            now=now,
            source=source,
            summary=summary,
            unchecked=unchecked,
            last=_undoable(application),
            **shown,
        )


def _add_items(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.post("/<site>/items/<item>/open")
    @access.needs("claim, decide, release")
    def open_item(site: str, item: str) -> Any:
        mine = application.review.claim(site_id=g.site_id, item_id=item, by=access.actor(), now=application.now())
        return redirect(_to("desk.item", site, item=item, taken=None if mine else "1"), 303)

    @desk.get("/<site>/items/<item>")
    @access.needs("read the queue")
    def item(site: str, item: str) -> Any:
        return _shown(application, site, item, said=_TAKEN if request.args.get("taken") else None)

    @desk.post("/<site>/items/<item>/decide")
    @access.needs("claim, decide, release")
    def decide(site: str, item: str) -> Any:
        return decided(application, access, site, _card(application, item), lambda: _after(application, access, site))

    @desk.post("/<site>/items/<item>/check-first")
    @access.needs("check comments under a story first")
    def check_first(site: str, item: str) -> Any:
        card = _card(application, item)
        application.stories.check_first(
            site_id=g.site_id, story_id=card["story"]["id"], by=access.actor(), now=application.now()
        )
        return redirect(_to("desk.item", site, item=item), 303)

    @desk.post("/<site>/items/<item>/release")
    @access.needs("claim, decide, release")
    def release(site: str, item: str) -> Any:
        application.review.release(site_id=g.site_id, item_id=item, by=access.actor())
        return redirect(_to("desk.queue", site), 303)


def _add_decisions(desk: Blueprint, application: "Application", access: Access) -> None:
    @desk.get("/<site>/decisions")
    @access.needs("undo own decisions")
    def decisions(site: str) -> Any:
        rows = application.desk.my_decisions(site_id=g.site_id, user_id=g.user.id, limit=30)
        return render_template("desk/decisions.html", site=site, rows=rows, now=application.now())

    @desk.post("/<site>/decisions/<decision>/undo")
    @access.needs("undo own decisions")
    def undo(site: str, decision: str) -> Any:
        try:
            application.review.undo(site_id=g.site_id, decision_id=decision, by=access.actor(), now=application.now())
        except NotFound:
            abort(404)
        return redirect(_to("desk.queue", site), 303)


_TAKEN = "Another moderator has this comment open. You can read it; to decide, wait until it is free."


def _to(endpoint: str, site: str, **more: Any) -> str:
    """An address of the desk that keeps the mark and the filter of the list the user came from."""
    kept = {name: request.values.get(name) for name in ("upto", "source")}
    return url_for(endpoint, site=site, **{name: value for name, value in {**kept, **more}.items() if value})


def _after(application: "Application", access: Access, site: str) -> str:
    after = _next(application, access)
    return _to("desk.item", site, item=after, decided="1") if after else _to("desk.queue", site)


def _next(application: "Application", access: Access) -> str | None:
    """The next comment of the list that the user came from, claimed for him; None where nothing is left."""
    source = request.form.get("source")
    shown = application.desk.queue(
        site_id=g.site_id,
        now=application.now(),
        user_id=g.user.id,
        upto=number(request.form.get("upto")),
        source=source if source in words.SOURCES else None,
    )
    free = (str(line["item"]["id"]) for line in shown["items"] if not line["claimed_by_another"])
    claim = application.review.claim
    return next(
        (id for id in free if claim(site_id=g.site_id, item_id=id, by=access.actor(), now=application.now())), None
    )


def _shown(application: "Application", site: str, item: str, said: str | None = None) -> Any:
    last = _undoable(application) if request.args.get("decided") else None
    return show(site, _card(application, item), application.now(), said=said, last=last)


def _card(application: "Application", item: str) -> dict[str, Any]:
    try:
        return application.desk.card(site_id=g.site_id, item_id=item, now=application.now())
    except NotFound:
        abort(404)


def _undoable(application: "Application") -> dict[str, Any] | None:
    last = application.desk.my_decisions(site_id=g.site_id, user_id=g.user.id, limit=1)
    return last[0] if last and last[0]["state"] != "undone" else None
