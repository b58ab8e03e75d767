"""Files of WordPress, Disqus and spreadsheets as history: what becomes of each kind of line, and of a file that breaks off."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from moderation.cli import cli
from tests.cli.test_export import exported, run, service
from tests.web.conftest import template
from tests.web.service import OPERATOR, Service

__all__ = ["service", "template"]
WXR = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Paper</title><wp:wxr_version>1.2</wp:wxr_version>
<item><title>Roads &amp; bridges</title><link>https://paper.example/roads/</link><content:encoded><![CDATA[Long.]]></content:encoded>
  <wp:post_id>7</wp:post_id>
  {comments}
</item>
<item><title>Nothing said</title><link>https://paper.example/none/</link><wp:post_id>8</wp:post_id></item>
</channel></rss>
"""
DISQUS = """<?xml version="1.0"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><forum>paper</forum><title>General</title></category>
<thread dsq:id="10"><id>roads-7</id><link>https://paper.example/roads/</link><title>Roads</title></thread>
<thread dsq:id="11"><id /><link>https://paper.example/other/</link><title>Other</title></thread>
<post dsq:id="100"><message><![CDATA[<p>A fair point.</p>]]></message><createdAt>2025-03-01T10:00:00Z</createdAt>
  <isDeleted>false</isDeleted><isSpam>false</isSpam>
  <author><name>Ada</name><isAnonymous>false</isAnonymous><username>ada1</username></author><thread dsq:id="10" /><parent dsq:id="101" /></post>
<post dsq:id="101"><message><![CDATA[Buy pills.]]></message><createdAt>2025-03-01T09:00:00Z</createdAt>
  <isDeleted>false</isDeleted><isSpam>true</isSpam>
  <author><email>Spam@Example.com</email><name>S</name><isAnonymous>true</isAnonymous></author><thread dsq:id="11" /></post>
<post dsq:id="102"><message>Gone.</message><createdAt>2025-03-01T09:00:00Z</createdAt><isDeleted>true</isDeleted><isSpam>false</isSpam>
  <author><name>S</name><isAnonymous>true</isAnonymous></author><thread dsq:id="11" /></post>
<post dsq:id="103"><message>Lost.</message><createdAt>2025-03-01T09:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
  <author><name>S</name></author><thread dsq:id="99" /></post>
</disqus>
"""


def wordpress(id: int, **changes: str) -> str:
    given = {"author": "Ada", "author_email": "ada@example.com", "date_gmt": "2025-03-01 10:00:00", "content": "A fair point.",
             "approved": "1", "type": "comment", "parent": "0", "user_id": "0", **changes}  # fmt: skip
    fields = "".join(f"<wp:comment_{name}><![CDATA[{value}]]></wp:comment_{name}>" for name, value in given.items())
    return f"<wp:comment><wp:comment_id>{id}</wp:comment_id>{fields}</wp:comment>"


def take(folder: Path, name: str, text: str, *options: str) -> Result:
    (folder / name).write_text(text, "utf-8")
    return CliRunner().invoke(cli, ["import", str(folder / name), "--site", "main", *options])


def test_wordpress(service: Service, tmp_path: Path) -> None:
    comments = [
        wordpress(1), wordpress(2, user_id="5", parent="1", content="You <b>numpty</b>.", approved="trash"),
        wordpress(3, approved="spam", author_email="ADA@example.com "), wordpress(4, approved="0"),
        wordpress(5, type="pingback"), wordpress(6, approved="post-trashed"), wordpress(7, date_gmt="0000-00-00 00:00:00"),
    ]  # fmt: skip
    done = take(tmp_path, "paper.xml", WXR.format(comments="\n".join(comments)))
    assert "4 taken in, 0 were there, 3 left out" in done.stderr
    for reason in ("not decided: send it", "a pingback or the like", "its post was removed"):
        assert reason in done.stderr
    found = {one["id"]: one for one in exported()}
    assert found["1"]["story"] == {
        "id": "7",
        "url": "https://paper.example/roads/",
        "title": "Roads & bridges",
        "section": None,
    }
    assert (found["1"]["status"], found["1"]["created_at"], found["1"]["format"]) == (
        "published",
        "2025-03-01T10:00:00.000Z",
        "html",
    )
    assert [(found[id]["status"], (found[id]["decision"] or {}).get("reason")) for id in "237"] == [
        ("rejected", "other"), ("rejected", "spam"), ("published", None),
    ]  # fmt: skip
    assert (found["2"]["author"]["id"], found["2"]["parent"]) == ("5", {"id": "1"})
    guest = found["1"]["author"]["id"]
    assert (
        guest == found["3"]["author"]["id"] and guest.startswith("guest-") and "ada@" not in json.dumps(found).lower()
    )
    assert hashlib.sha256(b"ada@example.com").hexdigest()[:24] not in guest, (
        "whoever knows an address could look for it"
    )


def test_disqus(service: Service, tmp_path: Path) -> None:
    done = take(tmp_path, "paper.xml", DISQUS, "--format", "disqus")
    assert "3 taken in, 0 were there, 1 left out" in done.stderr
    assert "its thread is not in the file (no. 4)" in done.stderr
    first, second, third = exported()
    assert (first["text"], first["author"], first["parent"]) == (
        "<p>A fair point.</p>",
        {"id": "ada1", "name": "Ada"},
        {"id": "101"},
    )
    assert [one["story"]["id"] for one in (first, second)] == [
        "roads-7",
        "11",
    ]  # where the site gave no id: Disqus's own
    assert [one["status"] for one in (first, second, third)] == ["published", "rejected", "withdrawn"]


def coral(id: str, status: str, **changes: Any) -> str:
    at = {"$date": "2025-03-01T10:00:00.000Z"}
    revisions = [{"id": "r1", "body": "Before."}, {"id": "r2", "body": "<p>A fair point.</p>"}]
    return json.dumps({"id": id, "tenantID": "t", "storyID": "s1", "authorID": "u1", "parentID": None, "status": status,
                       "revisions": revisions, "createdAt": at, **changes})  # fmt: skip


def test_coral(service: Service, tmp_path: Path) -> None:
    lines = [coral("c1", "NONE"), coral("c2", "APPROVED", parentID="c1"), coral("c3", "REJECTED"), coral("c4", "PREMOD"),
             coral("c5", "SYSTEM_WITHHELD"), coral("c6", "NEW"), coral("c7", "NONE", revisions=[])]  # fmt: skip
    done = take(tmp_path, "comments.jsonl", "\n".join(lines), "--format", "coral")
    assert "3 taken in, 0 were there, 4 left out" in done.stderr
    assert "2  not decided: send it to POST /v1/comments (no. 4, 5)" in done.stderr
    first, second, third = exported()
    assert (first["text"], first["created_at"], first["author"]["id"]) == (
        "<p>A fair point.</p>",
        "2025-03-01T10:00:00.000Z",
        "u1",
    )
    assert [one["status"] for one in (first, second, third)] == ["published", "published", "rejected"]
    assert second["parent"] == {"id": "c1"}


def test_corals_table(service: Service, tmp_path: Path) -> None:
    rows = ["id,author_id,story_id,created_at,body,parent_id,status,rating",
            'c1,u1,s1,2025-03-01T10:00:00Z,"A fair point, ""really"".",,APPROVED,', "c2,u2,s1,2025-03-01T10:00:00Z,No.,c1,REJECTED,", "c3,u1", f"c4,u1,s1,,{'x' * 140_000},,APPROVED,"]  # fmt: skip
    done = take(tmp_path, "comments.csv", "\n".join(rows), "--format", "coral-csv")
    assert "2 taken in, 0 were there, 2 left out" in done.stderr
    assert "not the columns of Coral" in done.stderr and "not CSV: field larger than" in done.stderr
    assert [(one["text"], one["status"], one["parent"]) for one in exported()] == [
        ('A fair point, "really".', "published", None), ("No.", "rejected", {"id": "c1"}),
    ]  # fmt: skip


def test_our_own_table(service: Service, tmp_path: Path) -> None:
    service.comment(id="c1", text="=1+1, he said\nand '+ more", author={"id": "u1", "name": "-Ada-"})
    service.comment(id="c2", text="Get your casinobonus.", parent={"id": "c1"})
    table, lines = run("--format", "csv").stdout, exported()
    service.application.sites.remove(slug="main")
    service.application.sites.create(slug="main", by=OPERATOR, now=service.application.now())
    assert take(tmp_path, "paper.csv", table).exit_code == 0
    kept = ("id", "text", "author", "status", "created_at", "parent")
    assert [{name: one[name] for name in kept} for one in exported()] == [
        {name: one[name] for name in kept} for one in lines
    ]


BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>\n<rss><channel><item><title>&j;</title></item></channel></rss>"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "taken"),
    [(WXR.format(comments=wordpress(1)).replace("<item><title>Nothing", "<item><<title>Nothing"), 1), ("", 0), ("{}", 0), (BOMB, 0)],
    ids=["cut", "empty", "another format", "entities that grow"],
)  # fmt: skip
def test_a_file_that_breaks_off_says_where(service: Service, tmp_path: Path, text: str, taken: int) -> None:
    done: Any = take(tmp_path, "paper.xml", text)
    assert done.exit_code == 1
    assert f"{taken} taken in, 0 were there, 1 left out" in done.stderr
    assert "the file breaks off: not XML at line" in done.stderr
