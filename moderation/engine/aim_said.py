"""What the words before and behind a match say of whom it means; lists of the words of its sentence in, nearest last or first."""

from __future__ import annotations

from itertools import pairwise

from . import aim_words as table

_NEAR = 9


def follows_you(before: list[str]) -> bool:
    """`you …`."""
    return bool(before) and before[-1] in ("you", "u", "ya")


def is_what_one_is(before: list[str]) -> bool:
    """`you are an ignorant …`, `the most ignorant …`: said of a person, whatever noun follows."""
    said = [word for word in before[-4:] if word in table.BE_FORMS | table.YOU_ARE]
    return bool(said) and not {"a", "an", "one", "the"}.isdisjoint(before[-2:])


def means_several(before: list[str], after: list[str]) -> bool:
    """`you ignorant left wingers`, `you stupid people`."""
    nouns = [word for word in after if word not in table.FILLERS][:2]
    return follows_you(before) and any(
        word in table.GROUP_AFTER_YOU or (word.endswith("s") and not word.endswith("ss") and len(word) > 4)
        for word in nouns
    )


def of_you(before: list[str], *, is_plural: bool, is_answer: bool) -> str | None:
    """Said of `you`: of the one commenter who is meant, of several, or what others think. Several are meant by `you …s`
    too, but in an answer."""
    if _is_others_opinion(before):
        return None
    pairs = list(pairwise(before))
    if not table.CONDITIONS.isdisjoint(before) or (("have", "to") in pairs and ("be", "the") not in pairs):
        return "group"
    if {"would", "you'd"} & set(before[-5:]):
        return "group"
    if any(word in ("you", "all", "of") and following in table.GROUP_AFTER_YOU for word, following in pairs):
        return "group"
    if not is_plural or "both" in before or "one" in before[-_NEAR:]:
        return "commenter"
    if ("you", "and") in pairs and {"the", "other", "i"}.isdisjoint(before):
        return "commenter"
    return "commenter" if is_answer and follows_you(before) else "group"


def _is_others_opinion(before: list[str]) -> bool:
    """`they think you are a …`, `nobody says that you …`, `makes you feel like a …`; not `I think you are a …`."""
    if ("you", "feel") in pairwise(before):
        return True
    for index, word in enumerate(before):
        told = [said for said in before[index + 1 : index + 3] if said != "that"]
        if word in table.OPINION and told and told[0] in table.SECOND:
            of_whom = before[max(0, index - 3) : index]
            return table.OWN_OPINION.isdisjoint(of_whom) or not table.NEGATIONS.isdisjoint(of_whom)
    return False


def is_about_writer(before: list[str]) -> bool:
    """`I am a …`, `we …s`; not `I hate …s`, `I am sick of …s`, `my … neighbours`."""
    between: list[str] = []
    for word in reversed(before[-_NEAR:]):
        if word in table.FIRST:
            said = word in table.I_AM or bool(table.BE_FORMS & set(between))
            return said or (not between and word in ("we", "us"))
        if word in table.LEADS_AWAY or (word.endswith("ing") and word not in table.FILLERS):
            return False
        between.append(word)
    return False


def speaks_as(before: list[str], after: list[str]) -> bool:
    """`As a …, I`; `as a teacher and a …, I`."""
    pairs = list(pairwise(before[-6:]))
    return (("as", "a") in pairs or ("as", "an") in pairs) and not table.FIRST.isdisjoint(after)


def is_pair(before: list[str]) -> bool:
    """`those two …`: persons, and no group of people."""
    return not (table.PAIR.isdisjoint(before[-3:]) or table.POINTING.isdisjoint(before[-3:]))


def is_this_one(before: list[str]) -> bool:
    """`what this … thinks`: somebody; not `that is a …`."""
    for word in reversed(before[-4:]):
        if word in ("this", "that"):
            return True
        if word in table.BE_FORMS or word not in table.FILLERS:
            return False
    return False


def is_pointed_at(before: list[str], behind: list[str]) -> bool:
    """`This … again`, `what a …`, `another …`, a sentence of its own: somebody, whoever it is."""
    if before == ["another"]:
        return True
    for word in reversed(before[-6:]):
        if word in ("this", "that", "what"):
            return True
        if word not in table.FILLERS or word == "imagine":
            return False
    return not behind and len(before) <= 6
