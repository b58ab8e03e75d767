"""What the fuzzers send: seeds that once mattered or might, and ways to break them."""

import json
from typing import Any

from hypothesis import strategies as st

from moderation.engine.conditions import JOINS, KINDS
from moderation.engine.verdict import CATEGORIES

COMMENT = b'{"id": "c1", "text": "A fair point.", "author": {"id": "u1"}, "story": {"id": "s1"}}'
JSON_SEEDS = (
    COMMENT,
    b'{"id": "c1", "text": "x", "revision": 2, "format": "html", "author": {"id": "u", "name": "N", "role": "staff", '
    b'"joined_at": "2020-01-01T00:00:00Z"}, "story": {"id": "s", "people": [{"name": "A", "role": "public"}], '
    b'"published_at": "2020-02-30T25:61:61+99:99"}, "parent": {"id": "p", "text": "", "author_id": "q"}, '
    b'"created_at": "1999-12-31T23:59:60Z", "language": "en-GB", "metadata": {"a": [1, null, 1e400]}}',
    b"",
    b"null",
    b"[" * 5_000,
    COMMENT.replace(b"fair", b"\\u0000"),
    COMMENT.replace(b"u1", b"\\udfff"),
    COMMENT.replace(b"}}", b'}, "metadata": {"a": ["\\u0000"]}}'),
    b'{"a":' * 40,
    b'{"id": NaN, "text": -Infinity}',
    b'{"id": "a", "id": "b"}',
    b'{"text": "\\ud800", "id": "\\u0000"}',
    b'{"text": "\\ud83d\\ude00\xf0\x9f\x98\x80", "id": "\xc3\xa9"}',
    b'\xef\xbb\xbf{"id": 1}',
    b"\xff\xfe{\x00}\x00",
    b'{"revision": ' + b"9" * 5000 + b"}",
    b'{"revision": 1e-99999999}',
    b'{"": {"": {"~/": "\\u0000"}}}',
    b'"' + b'\\"' * 200,
)
JSON_TOKENS = (b'"', b"\\", b"\\u0000", b"\\udfff", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"-0", b"1e999",
               b"\x00", b"\xff", b"\xed\xa0\x80", b"\n", b"\r", b'"id":', b'"text":', b'"author":', b'"story":')  # fmt: skip
RULE = """rules:
  - id: one
    category: personal_attack
    state: live
    title: One
    when: {any: [{terms: [clodpole, "x y*"], aimed_at: [commenter]}, {pattern: 'a{1,3}[b-d]+\\b'}, {not: {section: [x]}}]}
    unless_match: [{quoted: attributed}]
    unless: {score: {toxicity: {at_least: 0.5}}}
    action: hold
    reason: 'It says "{match}".'
    examples: {match: ["clodpole"], pass: [{text: "x", story: s, parent: {text: y, author: regular}}]}
"""
YAML_SEEDS = (
    RULE,
    "lists: {insults: {add: [a], remove: [b]}}\noverrides: [{id: one, state: trial}]\nexempt: [{trusted: true}]\n",
    "terms:\n  - {term: ass, tier: strong, form: word, except: [grass], note: n}\n  - {term: 'f*ck', form: stem}\n",
    "counts: confirmed\nblocks: {spam: automatic}\nscope: site\nwindow_days: 9\nladder: {spam: [{at: 1, block_days: 3}]}\n",
    "flags: {hide_at: 1, readers: 2}\nstaffed: [{days: [mon], from: '09:00', to: '17:00', zone: Europe/London}]\n",
    "stories: {s: {title: T, people: [{name: A, role: public}]}}\nauthors: {regular: {published: 50}}\n",
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a: &a {b: *a}\n",
    "? [complex, key]\n: 1\n",
    "rules: !!python/object/apply:os.system [true]\n",
    "%YAML 9.9\n---\na: b\n...\n---\nc: d\n",
    "- 2026-13-45\n- 0o17\n- .inf\n- .nan\n- 1_000\n- 0x\n- '12:60:60'\n- =\n- <<: {a: b}\n",
    "a: |\n  x\n b: >-\n\t y\n",
    "rules: [" * 30,
    "\ufeffrules: []\n",
    "rules:\u2028- id: \x85x\n",
    '"\\x00\\ud800\\U00110000"',
    "a: b\na: c\n",
)
YAML_TOKENS = (": ", "- ", "\n", "\n  ", "\t", "{", "}", "[", "]", "&a ", "*a", "!!str ", "!x ", "|\n", ">", "? ", "#", "'", '"', "---\n",
               "\x00", "\x85", "\u2028", "\ufeff", "~", "null", "1e999", "-.inf", "<<: ")  # fmt: skip
FIELDS = (*KINDS, *JOINS, "rules", "id", "category", "state", "title", "when", "unless", "unless_match", "action", "reason", "examples",
          "match", "pass", "text", "story", "parent", "author", "terms", "term", "tier", "form", "except", "at_least", "at_most", "under",
          "overrides", "lists", "add", "remove", "exempt", "strike", "in", "counts", "blocks", "scope", "window_days", "ladder", "at",
          "block_days", "flags", "staffed", "stories", "authors", "previous", "scores")  # fmt: skip
VALUES = (
    *CATEGORIES,
    "live",
    "trial",
    "hold",
    "reject",
    "one",
    "two",
    "word",
    "(",
    "[a",
    "a**",
    "{match}",
    "{",
    "commenter",
    "toxicity",
)
TEXT_SEEDS = (
    "",
    " ",
    "f\u200bu\u00adc\u0336k",
    "\U0001f175\U0001f184\ufb03\ufdfa\u00df\u0130\u0149",
    "\u0440\u0430\u0443\u0440al p\u0430ypal",
    "<p>f<b>u</b>ck &amp; &#x75; &#xD800; &#1114112; <script>x</script><!-- -->",
    "&&&<<<>>>&#;&#x;&amp",
    "  \n\n \t a \r\n b\u2028c\u3000d  ",
    "\u202eabc\u202c\u2066x\u2069",
    "\u0301\u0301\u0301",
    "a.b.c.d s-h-i-t @$$ $h!t f**k",
    "\U000e0001\U0010ffff\ufffe",
    "\u1100\u1161\u11a8\uac01",
    "http://\u0440\u0430ypal.example/a?b#c",
)
TEXT_TOKENS = ("\u200b", "\u0301", "\u0430", "\ufb03", "\ufdfa", "\u00df", "\u0130", "\n", "  ", "\t", "<b>", "</b>", "&lt;", "&", "<", ">",
               "*", "@", "$", "\u00ad", "\u2026", "\u3000", "\U0001f595", "\ufeff", "\u180e", "`")  # fmt: skip


@st.composite
def broken_bytes(draw: st.DrawFn, seeds: tuple[bytes, ...], tokens: tuple[bytes, ...]) -> bytes:
    """A seed with a few places cut out, doubled, or filled with something else."""
    return _broken(draw, draw(st.sampled_from(seeds)), st.sampled_from(tokens) | st.binary(max_size=8), seeds)


@st.composite
def broken_text(draw: st.DrawFn, seeds: tuple[str, ...], tokens: tuple[str, ...]) -> str:
    """The same of text."""
    any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
    return _broken(draw, draw(st.sampled_from(seeds)), st.sampled_from(tokens) | any_text, seeds)


def _broken(draw: st.DrawFn, value: Any, bits: st.SearchStrategy[Any], seeds: tuple[Any, ...]) -> Any:
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(value)))
        to = min(len(value), at + draw(st.integers(0, 12)))
        put = draw(st.sampled_from(["cut", "fill", "fill", "double", "splice"]))
        middle = {"cut": value[:0], "double": value[at:to] * 2}.get(put)
        if put == "fill":
            middle = draw(bits)
        if put == "splice":
            other = draw(st.sampled_from(seeds))
            middle = other[draw(st.integers(0, len(other))) :]
        value = (value[:at] + middle + value[to:])[:20_000]
    return value


def _tree(keys: tuple[str, ...], values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-(10**20), 10**20)
        | st.floats()
        | st.text(max_size=6)
        | st.sampled_from(values)
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(keys) | st.text(max_size=3), inner, max_size=5)
        ),
        max_leaves=25,
    )


_WHEN = _tree((*KINDS, *JOINS, "at_least", "under", "in"), VALUES)
_RULES = st.fixed_dictionaries(
    {"rules": st.lists(st.fixed_dictionaries(
        {"id": st.sampled_from(VALUES), "category": st.sampled_from(CATEGORIES), "state": st.just("draft"),
         "title": st.just("T"), "when": _WHEN, "action": st.just("hold"), "reason": st.just("R")},
        optional={"unless": _WHEN, "unless_match": _WHEN, "examples": _tree(FIELDS, VALUES)},
    ), max_size=2)},
    optional={"lists": _tree(FIELDS, VALUES), "overrides": _tree(FIELDS, VALUES)},
)  # fmt: skip
TREES = (_tree(FIELDS, VALUES) | _RULES).map(json.dumps)  # JSON is YAML, but for what JSON has no word for
YAML = (
    broken_text(YAML_SEEDS, YAML_TOKENS).map(lambda text: text.encode())
    | TREES.map(str.encode)
    | st.binary(max_size=60)
)
JSON = broken_bytes(JSON_SEEDS, JSON_TOKENS) | st.binary(max_size=60) | _tree(("id", "text", "author", "story"), ("x",)).map(
    lambda value: json.dumps(value).encode()
)  # fmt: skip
TEXTS = broken_text(TEXT_SEEDS, TEXT_TOKENS) | st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
_HEADER_SEEDS = ("Bearer kic_live_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_000000", "bearer  ", "Basic a2ljOmtpYw==", '"key"', '""', '"',
                 "wait=10, ask-first", "wait=99999999999999999999", 'wait="5";x=y', ",,;=", "text/html;q=0.9", "application/json; charset=",
                 "2026-01-01T00:00:00.123456789Z", "v1,AAAA v1a,BBBB", "whsec_", "whsec_AAAA", "https://a:b@[::1]:99999/\\",
                 "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Foo 99999 99:99:99 +9999", "-1", "1e9", "9" * 300)  # fmt: skip
_HEADER_TOKENS = (
    "_",
    "kic",
    "live",
    " ",
    "\t",
    '"',
    "=",
    ",",
    ";",
    "\xff",
    "\x7f",
    "é",
    "0",
    "\x00",
    ":",
    "/",
    "[",
    "%",
    "@",
    "+",
    "-",
)
HEADERS = broken_text(_HEADER_SEEDS, _HEADER_TOKENS)
