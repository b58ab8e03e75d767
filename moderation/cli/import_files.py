"""Files that other systems write, as records of `moderation export`: WordPress (WXR), Disqus, Coral, and our own CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import IO, Any
from xml.etree import ElementTree  # expat itself bounds what entities grow to, and fetches nothing
from xml.etree.ElementTree import Element

from moderation.cli.import_lines import LeftOut

Found = Iterator[tuple[int, Mapping[str, Any] | LeftOut]]
Guest = Callable[[str], str]
"""An address or name of somebody without an account in, the id that stands for it out."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Coral: NONE is public, and nobody has looked
_CORAL_STATUS = {
    "APPROVED": "published",
    "NONE": "published",
    "REJECTED": "rejected",
    "PREMOD": "held",
    "SYSTEM_WITHHELD": "held",
}
_CORAL_COLUMNS = ("id", "author_id", "story_id", "created_at", "body", "parent_id", "status")
_DISQUS = "{http://disqus.com}"
_DISQUS_ID = "{http://disqus.com/disqus-internals}id"
# WordPress: what `wp:comment_approved` stands for; a reason that is None is none of ours
_WXR_STATUS = {"1": ("published", None), "0": ("held", None), "spam": ("rejected", "spam"), "trash": ("rejected", None)}


def csv_records(lines: Iterable[str]) -> Found:
    """The table that `export --format csv` writes."""
    rows = csv.DictReader(lines)
    for row in _each(rows):
        if isinstance(row, LeftOut):
            yield rows.line_num, row
        else:
            given = {name: _unguarded(value) for name, value in row.items() if name and isinstance(value, str)}
            yield rows.line_num, _csv_record(given)


def _each(rows: Iterator[Any]) -> Iterator[Any]:
    """Each row of a table; one that cannot be read is left out, and the next is tried."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield LeftOut(f"not CSV: {error}")


def _unguarded(value: str) -> str:
    """Without the mark that keeps a spreadsheet from reading a formula."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value


def _csv_record(given: Mapping[str, str]) -> dict[str, Any]:
    parent = given.get("parent_id")
    return {
        **{name: given.get(name) or None for name in ("id", "text", "language", "created_at", "status")},
        "author": {"id": given.get("author_id"), "name": given.get("author_name")},
        "story": {"id": given.get("story_id"), "url": given.get("story_url")},
        "parent": {"id": parent} if parent else None,
        "decision": {"reason": given.get("reason")},
    }


def wxr_records(file: IO[bytes], guest: Guest) -> Found:
    """WordPress: the export file of *Tools → Export*, with the posts and their comments."""
    number = 0
    for item in _elements(file, "item"):
        if isinstance(item, LeftOut):
            yield number + 1, item
            return
        story = {"id": _named(item, "post_id"), "url": _named(item, "link"), "title": _named(item, "title")}
        for comment in item:
            if _name(comment) == "comment":
                number += 1
                yield number, _wxr_record(comment, story, guest)


def _wxr_record(comment: Element, story: Mapping[str, str | None], guest: Guest) -> dict[str, Any] | LeftOut:
    kind, approved = _named(comment, "comment_type"), _named(comment, "comment_approved") or ""
    if kind not in (None, "comment"):
        return LeftOut("a pingback or the like, no comment")
    if approved not in _WXR_STATUS:
        return LeftOut("its post was removed, or its state is unknown")
    (status, reason), parent = _WXR_STATUS[approved], _named(comment, "comment_parent")
    user, name = _named(comment, "comment_user_id"), _named(comment, "comment_author")
    return {
        "id": _named(comment, "comment_id"),
        "text": _named(comment, "comment_content"),
        "format": "html",
        "created_at": _wordpress_time(_named(comment, "comment_date_gmt")),
        "author": {"id": user if user not in (None, "0") else _guest(guest, _named(comment, "comment_author_email"), name), "name": name},
        "story": story,
        "parent": {"id": parent} if parent not in (None, "0") else None,
        "status": status,
        "decision": {"reason": reason},
    }  # fmt: skip


def disqus_records(file: IO[bytes], guest: Guest) -> Found:
    """Disqus: threads come first, then the posts; a post says its thread by Disqus's own id."""
    threads: dict[str | None, dict[str, str | None]] = {}
    number = 0
    for element in _elements(file, "thread", "post"):
        if isinstance(element, LeftOut):
            yield number + 1, element
            return
        own = element.get(_DISQUS_ID)
        if _name(element) == "post":
            number += 1
            yield number, _disqus_record(element, own, threads, guest)
        else:
            url, title = _named(element, "link"), _named(element, "title")
            threads[own] = {"id": _named(element, "id") or own, "url": url, "title": title}


def _disqus_record(
    post: Element, own: str | None, threads: Mapping[str | None, Mapping[str, str | None]], guest: Guest
) -> dict[str, Any] | LeftOut:
    thread, parent, author = (post.find(f"{_DISQUS}{name}") for name in ("thread", "parent", "author"))
    story = threads.get(thread.get(_DISQUS_ID)) if thread is not None else None
    if story is None:
        return LeftOut("its thread is not in the file")
    is_spam, is_deleted = (_named(post, name) == "true" for name in ("isSpam", "isDeleted"))
    who = {name: _named(author, name) if author is not None else None for name in ("username", "email", "name")}
    return {
        "id": own,
        "text": _named(post, "message"),
        "format": "html",
        "created_at": _named(post, "createdAt"),
        "author": {"id": who["username"] or _guest(guest, who["email"], who["name"]), "name": who["name"]},
        "story": story,
        "parent": {"id": parent.get(_DISQUS_ID)} if parent is not None else None,
        "status": "rejected" if is_spam else "withdrawn" if is_deleted else "published",
        "decision": {"reason": "spam" if is_spam else None},
    }


def coral_records(records: Found) -> Found:
    """Coral: the comments of its database as JSON lines, as its export tool writes them."""
    for number, record in records:
        yield number, record if isinstance(record, LeftOut) else _coral_record(record)


def _coral_record(record: Mapping[str, Any]) -> dict[str, Any] | LeftOut:
    revisions = record.get("revisions")
    if not isinstance(revisions, list) or not revisions or not isinstance(revisions[-1], dict):
        return LeftOut("no comment of Coral: it has no revisions")
    at, parent = record.get("createdAt"), record.get("parentID")
    return {
        "id": record.get("id"),
        "text": revisions[-1].get("body"),
        "format": "html",
        "created_at": at.get("$date") if isinstance(at, dict) else at,
        "author": {"id": record.get("authorID")},
        "story": {"id": record.get("storyID")},
        "parent": {"id": parent} if parent else None,
        "status": _CORAL_STATUS.get(str(record.get("status")), "unknown"),
    }


def coral_csv_records(lines: Iterable[str]) -> Found:
    """Coral: the `comments.csv` of its importer, with or without a first line of names."""
    rows = csv.reader(lines)
    for row in _each(rows):
        if isinstance(row, LeftOut):
            yield rows.line_num, row
        elif len(row) < len(_CORAL_COLUMNS):
            yield rows.line_num, LeftOut(f"not the columns of Coral: {', '.join(_CORAL_COLUMNS)}")
        elif row[0] != "id":
            given = dict(zip(_CORAL_COLUMNS, row, strict=False))
            body, who, story = given["body"], given["author_id"], given["story_id"]
            told = {**given, "revisions": [{"body": body}], "authorID": who, "storyID": story}
            yield (
                rows.line_num,
                _coral_record({**told, "createdAt": given["created_at"], "parentID": given["parent_id"]}),
            )


def _elements(file: IO[bytes], *names: str) -> Iterator[Element | LeftOut]:
    """The outermost elements of these names, each forgotten once it was looked at; where the file breaks, why it does."""
    path: list[Element] = []
    try:
        for event, element in ElementTree.iterparse(file, events=("start", "end")):  # noqa: S314  # as above
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if _name(element) in names and not any(_name(above) in names for above in path):
                yield element
                element.clear()
                if path:
                    path[-1].remove(element)
    except ElementTree.ParseError as error:
        yield LeftOut(f"the file breaks off: not XML at line {error.position[0]}, column {error.position[1]}")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _named(element: Element, name: str) -> str | None:
    """The text of the first child of this name, in whatever namespace; None where it is empty."""
    for child in element:
        if _name(child) == name:
            return (child.text or "").strip() or None
    return None


def _guest(guest: Guest, email: str | None, name: str | None) -> str | None:
    known = (email or name or "").strip().lower()
    return guest(known) if known else None


def _wordpress_time(value: str | None) -> str | None:
    try:
        at = datetime.strptime(value or "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None  # 0000-00-00 of a draft
    return at.isoformat()
