"""Word list files: terms one by one, or groups of many that share tier and form."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from .hits import FORMS, USES, Term
from .schema import BAD, Bad, Choice, Flag, Many, OneOf, Problems, Shape, Some, Table, Text
from .source import Located
from .text.folding import folded_term
from .wordings import MAX_VARIANTS, wordings

LONGEST_TERM = 2000
LOCALES = ("en-AU", "en-GB", "en-IE", "en-US")
_SEPARATORS = re.compile(r"[,\n]")
_COMMON: dict[str, Shape] = {
    "tier": Text(40),
    "form": Choice(FORMS),
    "use": Choice(USES),
    "name": Flag(),
    "language": Text(10),
    "locale": Some(Choice(LOCALES)),
}
_TERM = Table(
    {"term": Text(LONGEST_TERM), "except": Some(Text(120)), "note": Text(500), **_COMMON},
    required=("term",),
)
_GROUP = Table({**_COMMON, "words": Text(60_000), "note": Text(500)}, required=("words",))
LIST = Table(
    {
        "note": Text(4000),
        "terms": Many(OneOf({str: Text(LONGEST_TERM), dict: _TERM})),
        "groups": Many(_GROUP),
        **_COMMON,
    }
)
CHANGE = Table({"add": Many(OneOf({str: Text(LONGEST_TERM), dict: _TERM})), "remove": Many(Text(LONGEST_TERM))})


def read_list(node: Located, problems: Problems) -> tuple[Term, ...]:
    """A list file in, its terms out."""
    if LIST.read(node, problems) is BAD:
        return ()
    base = _base(node, Term(""))
    terms = [_read_term(child, base, problems) for child in _children(node, "terms")]
    for group in _children(node, "groups"):
        terms += _group_terms(group, _base(group, base), problems)
    return _unique(term for term in terms if not isinstance(term, Bad))


def changed(terms: tuple[Term, ...], node: Located, problems: Problems) -> tuple[Term, ...]:
    """A list and a site's add and remove in, the site's list out."""
    if CHANGE.read(node, problems) is BAD:
        return terms
    known = {folded_term(term.term) for term in terms}
    for child in _children(node, "remove"):
        if folded_term(str(child.value)) not in known:
            problems.add(child, f"`{child.value}` is not in the list")
    gone = {folded_term(str(child.value)) for child in _children(node, "remove")}
    base = Term("", tier=_common_tier(terms))
    added = [_read_term(child, base, problems) for child in _children(node, "add")]
    kept = [term for term in terms if folded_term(term.term) not in gone]
    return _unique([*kept, *(term for term in added if not isinstance(term, Bad))])


def in_locale(terms: tuple[Term, ...], locale: str) -> tuple[Term, ...]:
    """A list in, what of it is said in a locale out: a term without locales is said everywhere."""
    return tuple(replace(term, locales=()) for term in terms if not term.locales or locale in term.locales)


def to_plain(term: Term) -> dict[str, Any]:
    """A term in, its entry in the stored ruleset out."""
    plain: dict[str, Any] = {"term": term.term, "tier": term.tier, "form": term.form, "use": term.use}
    if term.except_:
        plain["except"] = list(term.except_)
    if term.language:
        plain["language"] = term.language
    return {**plain, "name": True} if term.name else plain


def _unique(terms: Any) -> tuple[Term, ...]:
    by_text = {(term.term, term.tier, term.form): term for term in terms}
    return tuple(by_text[key] for key in sorted(by_text))


def _children(node: Located, key: str) -> list[Located]:
    child = node.value.get(key)
    return child.value if child is not None else []


def _base(node: Located, base: Term) -> Term:
    given = {name: node.value[name].plain() for name in _COMMON if name in node.value}
    if (locales := given.pop("locale", None)) is not None:
        given["locales"] = (locales,) if isinstance(locales, str) else tuple(locales)
    return replace(base, **given)


def _read_term(node: Located, base: Term, problems: Problems) -> Term | Bad:
    if not isinstance(node.value, dict):
        return _checked(replace(base, term=str(node.value)), node, problems)
    exceptions = node.value.get("except")
    texts = exceptions.plain() if exceptions else []
    note = node.value["note"].value if "note" in node.value else ""
    term = replace(
        _base(node, base),
        term=str(node.value["term"].value),
        except_=tuple(map(str, texts if isinstance(texts, list) else [texts])),
        note=note,
    )
    return _checked(term, node, problems)


def _group_terms(node: Located, base: Term, problems: Problems) -> list[Term | Bad]:
    """`words` of a group: by comma or line; `word ! exception; exception` keeps exceptions beside the word."""
    texts = (text.strip() for text in _SEPARATORS.split(str(node.value["words"].value)))
    terms = []
    for text in texts:
        if text:
            word, _, exceptions = text.partition(" ! ")
            excepted = tuple(part.strip() for part in exceptions.split(";") if part.strip())
            terms.append(_checked(replace(base, term=word.strip(), except_=excepted), node, problems))
    return terms


def _checked(term: Term, node: Located, problems: Problems) -> Term | Bad:
    if wordings(term.term) > MAX_VARIANTS:
        message = f"`{term.term[:40]}…` stands for more than {MAX_VARIANTS:,} wordings"
        return problems.add(node, message, hint="split it into several terms")
    if term.term.count("{") != term.term.count("}"):
        return problems.add(node, f"`{term.term[:60]}` has a brace without its partner", hint="no commas in braces")
    if all(_is_punctuation(sign) for sign in term.term):
        return problems.add(node, f"`{term.term}` has no letters to look for")
    if not folded_term(term.term):
        return problems.add(node, f"`{term.term}` has nothing that a reader sees")
    if " " in term.term and term.form != "phrase":
        return replace(term, form="phrase")
    return term


def _is_punctuation(sign: str) -> bool:
    return sign.isascii() and not sign.isalnum()


def _common_tier(terms: tuple[Term, ...]) -> str:
    tiers = [term.tier for term in terms]
    return max(set(tiers), key=tiers.count) if tiers else "listed"
