"""What `make evaluate` asks of a ruleset, one function a question; each gives the rows of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from random import Random

from moderation.engine.facts import Story
from moderation.engine.lexicon import STRONG_TIERS
from moderation.engine.verdict import RANK, Verdict
from moderation.engine.wordings import variants
from moderation.evaluation import sentences
from moderation.evaluation.disguises import WAYS, disguised, disguised_at
from moderation.evaluation.judging import Judge, found, held_as, stopped, with_text
from moderation.evaluation.rates import Rate, rate
from moderation.evaluation.sets import Comment
from moderation.workflow import who_is_named

SEED = 7
# Which labels of a source ask for which of our categories.
LABELS = {
    "slur": ("H", "H2"),
    "threat": ("V",),
    "vulgarity": ("S",),
    "self_harm": ("SH",),
    "personal_attack": ("HR",),
}
MOCKED = Story(id="t", title="Two die in fire", sensitive=("death", "disaster"))
AIMED = ("commenter", "private", "journalist")  # what the guidelines forbid; the others pass
AIMS = (*AIMED, "public", "group", "none")
HIDDEN = ("profanity", "slur", "personal_attack")

Progress = Callable[[Iterable[Comment]], Iterable[Comment]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled comment and what the rules said."""

    comment: Comment
    verdict: Verdict


def judged(judge: Judge, comments: Iterable[Comment]) -> list[Judged]:
    """Every comment through the rules, once."""
    return [Judged(comment, judge.verdict(comment)) for comment in comments]


def load(found: Sequence[Judged]) -> dict[str, Rate]:
    """Desk load: each action's share of comments that nobody selected."""
    return {action: rate([str(one.verdict.action) == action for one in found]) for action in RANK}


def stopped_of(found: Sequence[Judged]) -> Rate:
    """Held or rejected."""
    return rate([stopped(one.verdict) for one in found])


def noticed_of(found: Sequence[Judged]) -> Rate:
    """Held, rejected or listed for review."""
    return rate([str(one.verdict.action) != "allow" for one in found])


def by_source(found: Sequence[Judged]) -> dict[str, tuple[Rate, Rate, Rate]]:
    """For each source with a yes or no: recall, false alarms among the rest, precision."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in found:
        if one.comment.bad is not None:
            groups[one.comment.source].append(one)
    return {
        source: (
            rate([stopped(one.verdict) for one in group if one.comment.bad]),
            rate([stopped(one.verdict) for one in group if not one.comment.bad]),
            rate([bool(one.comment.bad) for one in group if stopped(one.verdict)]),
        )
        for source, group in sorted(groups.items())
    }


def by_category(judgements: Sequence[Judged]) -> dict[str, tuple[Rate, Rate]]:
    """For each category with labels: recall, and false alarms where raters said no to every label of it."""
    rows = {}
    for category, names in LABELS.items():
        said = [(one, [one.comment.labels[n] for n in names if one.comment.labels and n in one.comment.labels])
                for one in judgements]  # fmt: skip
        asked = [(one, any(answers)) for one, answers in said if answers]
        rows[category] = (
            rate([found(one.verdict, [category]) for one, bad in asked if bad]),
            rate([found(one.verdict, [category]) for one, bad in asked if not bad]),
        )
    return rows


def tragedy(judge: Judge, rows: Iterable[tuple[Comment, str, bool]]) -> dict[str, tuple[Rate, Rate]]:
    """Under a story marked for a death: the share of each kind that is found as a joke (held or listed), and held as one."""
    answers: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for comment, kind, strict in rows:
        verdict = judge.verdict(comment, MOCKED)
        both = found(verdict, ["tragedy_joke"]), held_as(verdict, ["tragedy_joke"])
        answers[f"{kind}, {'named tragedy' if strict else 'other'}"].append(both)
    return {
        kind: (rate([listed for listed, _ in each]), rate([held for _, held in each]))
        for kind, each in sorted(answers.items())
    }


def insults(
    judgements: Sequence[Judged], labels: Mapping[str, str], *, told: Callable[[Verdict, Iterable[str]], bool] = held_as
) -> dict[str, Rate]:
    """By whom our labels say an insult is aimed at: the share that rules on personal attacks stop; then precision."""
    known = [
        (labels[one.comment.id], told(one.verdict, ["personal_attack"]))
        for one in judgements
        if one.comment.id in labels
    ]
    rows = {aim: rate([got for label, got in known if label == aim]) for aim in AIMS}
    rows["commenter, private or journalist"] = rate([got for label, got in known if label in AIMED])
    rows["of the stopped, aimed so"] = rate([label in AIMED for label, got in known if got])
    return rows


def listed_words(judge: Judge) -> dict[str, Rate]:
    """Profanity and slurs of the shipped lists in plain sentences, and hidden in each way; names are left out."""
    words = sorted(
        {
            text
            for name in ("profanity", "slurs")
            for term in judge.ruleset.lists[name]
            if term.tier in STRONG_TIERS and not term.name and not term.language
            for text in variants(term.term)
            if text.isascii() and text.isalpha() and len(text) > 3
        }
    )
    rows = {"plain": rate([_is_found(judge, word, word) for word in words])}
    for way in WAYS:
        random = Random(f"{SEED} {way}")
        rows[way] = rate([_is_found(judge, word, disguised(word, way, random)) for word in words])
    return rows


def _is_found(judge: Judge, word: str, written: str) -> bool:
    carrier = sentences.CARRIERS[len(word) % len(sentences.CARRIERS)]
    return found(judge.text(carrier.format(word=written)), ("profanity", "slur", "personal_attack", "vulgarity"))


def under_disguise(judge: Judge, judgements: Sequence[Judged]) -> dict[str, Rate]:
    """Of the comments that are stopped as written: the share that is still stopped with the matched words hidden."""
    caught = [one for one in judgements if stopped(one.verdict) and found(one.verdict, HIDDEN)]
    rows = {}
    for way in WAYS:
        random = Random(f"{SEED} {way}")
        hidden = (with_text(one.comment, disguised_at(one.comment.text, _words_of(one), way, random)) for one in caught)
        rows[way] = rate([stopped(judge.verdict(comment)) for comment in hidden])
    return rows


def _words_of(one: Judged) -> list[tuple[int, int]]:
    spans = {span for match in one.verdict.matches if match.category in HIDDEN for span in match.spans}
    ordered: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not ordered or start >= ordered[-1][1]:
            ordered.append((start, end))
    return ordered


def identities(judge: Judge, *, listed: bool = False) -> dict[str, Rate]:
    """Civil sentences about each kind of people: the share stopped, or also what is listed for review."""
    return {who: rate(judge.stops(texts, listed=listed)) for who, texts in who_is_named.sentences().items()}


def sides(judge: Judge, *, listed: bool = False) -> dict[str, tuple[Rate, Rate]]:
    """Criticism and hostility, the same words of left and of right: the share stopped (or listed) of each."""
    rows = {}
    for name, side in (("left", 0), ("right", 1)):
        civil = [text.format(one=pair[side]) for text in sentences.POLITICAL for pair in sentences.SIDES]
        hostile = [
            text.format(one=pair[side], other=pair[side + 2]) for text in sentences.HOSTILE for pair in sentences.SIDES
        ]
        rows[name] = (rate(judge.stops(civil, listed=listed)), rate(judge.stops(hostile, listed=listed)))
    return rows


def spans(judge: Judge, rows: Iterable[tuple[Comment, frozenset[int]]]) -> float:
    """Mean F1 over comments of the characters that matches of any rule cover (SemEval-2021 task 5's measure)."""
    total, count = 0.0, 0
    for comment, wanted in rows:
        verdict = judge.verdict(comment)
        got = {at for match in verdict.matches for start, end in match.spans for at in range(start, end)}
        total += f1(got, wanted)
        count += 1
    return total / count if count else 0.0


def f1(got: Set[int], wanted: Set[int]) -> float:
    """Agreement by characters; pointing at nothing where nothing is due is perfect."""
    if not wanted or not got:
        return float(not wanted and not got)
    both = len(got & wanted)
    return 2 * both / (len(got) + len(wanted))
