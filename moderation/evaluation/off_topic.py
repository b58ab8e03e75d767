"""Comments beside their own story, and beside another one: what `off_topic` is fitted to and measured by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import numpy

from moderation.adapters.classifiers import minilm
from moderation.adapters.classifiers.off_topic import FEWEST_WORDS, START, Context, Formula, seen
from moderation.adapters.classifiers.words import content_words, stem
from moderation.engine.text import fold
from moderation.evaluation import sets
from moderation.evaluation.rates import Rate, rate

SURE = 0.9  # where the shipped rule begins
FOLDS = 5
NEWS, DEBATES, REPLIES = "fox_news", "arct_nyt_debates", "cat_large_gc"
# How much of the fit a set has: comments on news are what the score is for.
WEIGHT = {NEWS: 2.0, DEBATES: 1.0, REPLIES: 1.0}
_RESAMPLED = 400


@dataclass(frozen=True, slots=True)
class Case:
    """A comment beside a text: its own one, or one of another thread (`elsewhere`). Stories stay whole in a fold."""

    source: str
    story: str
    fold: int
    near: float
    share: float
    length: float
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """How well two threads are told apart, on stories that the formula had not seen."""

    auc: float
    interval: tuple[float, float]
    alarms: Rate
    found: Rate


@dataclass(frozen=True, slots=True)
class _Thread:
    comment: str
    name: str
    about: str


def story_cases(labels: Path, most: int, shown: Callable[[list[_Thread]], Iterable[_Thread]] = iter) -> list[Case]:
    """Comments of the dev set with the title of their story, and what more is said of it; at most `most` of each set."""
    found = []
    for source in (NEWS, DEBATES):
        threads = [
            _Thread(one.text, one.title, ". ".join(filter(None, (one.title, one.about))))
            for one in sets.comments(labels)
            if one.source == source and one.title and len(_words(one.text)) >= FEWEST_WORDS
        ]
        found += _cases(source, _some(threads, most), shown)
    return found


def reply_cases(labels: Path, most: int, shown: Callable[[list[_Thread]], Iterable[_Thread]] = iter) -> list[Case]:
    """Comments of the training set with the comment that they answer."""
    threads = [
        _Thread(one.text, one.id, one.parent)
        for one in sets.comments(labels, "train")
        if one.source == REPLIES and one.parent and _words(one.text) and _words(one.parent)
    ]
    return _cases(REPLIES, _some(threads, most), shown)


def fit(cases: Sequence[Case], *, by_length: bool) -> Formula:
    """The formula that tells best which cases are of two threads: logistic regression by Newton's method."""
    counts = {case.source: sum(each.source == case.source for each in cases) for case in _one_of_each(cases)}
    weights = numpy.array([WEIGHT[case.source] * 1000 / counts[case.source] for case in cases])
    rows = numpy.array([[case.near, case.share, case.length if by_length else 0.0, 1.0] for case in cases])
    truth = numpy.array([case.elsewhere for case in cases], dtype=float)
    numbers = numpy.zeros(4)
    for _ in range(30):
        chance = 1 / (1 + numpy.exp(-rows @ numbers))
        curve = (rows * (weights * chance * (1 - chance))[:, None]).T @ rows + 0.01 * numpy.eye(4)
        numbers += numpy.linalg.solve(curve, rows.T @ (weights * (truth - chance)) - 0.01 * numbers)
    near, share, length, start = (round(float(number), 2) for number in numbers)
    return Formula(nearness=near, words=share, length=length, start=start)


def measured(cases: Sequence[Case], *, by_length: bool) -> dict[str, Figures]:
    """By set, each fold judged by a formula fitted on the other folds."""
    scores: list[tuple[Case, float]] = []
    for number in {case.fold for case in cases} if len({case.fold for case in cases}) > 1 else ():
        formula = fit([case for case in cases if case.fold != number], by_length=by_length)
        held = [case for case in cases if case.fold == number]
        scores += [(case, formula.of(case.near, case.share, case.length)) for case in held]
    return {
        source: _figures([(case, score) for case, score in scores if case.source == source])
        for source in dict.fromkeys(case.source for case, _ in scores)
    }


def long_enough(labels: Path) -> Rate:
    """News comments that can be assessed without knowing what they answer."""
    return rate([len(_words(one.text)) >= FEWEST_WORDS for one in sets.comments(labels) if one.source == NEWS])


def _figures(scores: Sequence[tuple[Case, float]]) -> Figures:
    own = [score >= SURE for case, score in scores if not case.elsewhere]
    other = [score >= SURE for case, score in scores if case.elsewhere]
    by_story: dict[str, list[tuple[Case, float]]] = {}
    for each in scores:
        by_story.setdefault(each[0].story, []).append(each)
    stories, random = list(by_story.values()), Random(1)
    again = sorted(
        _auc([each for story in random.choices(stories, k=len(stories)) for each in story]) for _ in range(_RESAMPLED)
    )
    low, high = again[_RESAMPLED // 40], again[-1 - _RESAMPLED // 40]
    return Figures(_auc(scores), (low, high), rate(own), rate(other))


def _auc(scores: Sequence[tuple[Case, float]]) -> float:
    """The chance that a comment of another thread scores higher than one of this (ties count half)."""
    own = numpy.sort([score for case, score in scores if not case.elsewhere])
    other = numpy.array([score for case, score in scores if case.elsewhere])
    below = numpy.searchsorted(own, other, "left") + numpy.searchsorted(own, other, "right")
    return float(below.mean() / (2 * len(own)))


def _cases(source: str, threads: list[_Thread], shown: Callable[[list[_Thread]], Iterable[_Thread]]) -> list[Case]:
    encoder, random = minilm.of_this_process(), Random(1)
    encoder.load()
    about = {thread.name: thread.about for thread in threads}
    folds = {name: number % FOLDS for number, name in enumerate(sorted(about))}
    among = {number: [name for name in folds if folds[name] == number] for number in range(FOLDS)}

    @cache
    def context(name: str) -> Context:
        text = fold(about[name]).text[:START]
        return Context(encoder.encode(text), frozenset(map(stem, content_words(text))), "en")

    found = []
    for thread in shown(threads):
        others = [name for name in among[folds[thread.name]] if name != thread.name]
        if not others:
            continue
        text, words = fold(thread.comment).text, _words(thread.comment)
        meaning = encoder.encode(text)
        for name in (thread.name, random.choice(others)):
            near, share, length = seen(meaning, words, context(name), encoder.vocabulary)
            elsewhere = name != thread.name
            found.append(Case(source, thread.name, folds[thread.name], near, share, length, elsewhere))
    return found


def _some(threads: list[_Thread], most: int) -> list[_Thread]:
    return Random(1).sample(threads, most) if len(threads) > most else threads


def _words(text: str) -> tuple[str, ...]:
    return content_words(fold(text).text)


def _one_of_each(cases: Sequence[Case]) -> Iterable[Case]:
    return {case.source: case for case in cases}.values()
