"""What docs/quality.md says of the learned scores, alone and together with the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from moderation.adapters.classifiers.learned import Learned
from moderation.engine.facts import Submission
from moderation.engine.text import fold
from moderation.evaluation import learned, questions, sets
from moderation.evaluation.judging import Judge, found
from moderation.evaluation.learned import Scored
from moderation.evaluation.learning.targets import is_held, is_reported
from moderation.evaluation.page import Page, apart
from moderation.evaluation.rates import Rate
from moderation.evaluation.sets import Comment

NEWS = "civil_autolabel_test"
TALK = "jigsaw_wiki"
NEWS_SETS = ("civil_autolabel_test", "civil_autolabel_seed")
INSULTS = Path("bench/labels/insults.csv")
Shown = Callable[[list[Comment], str], Iterable[Comment]]


def write(page: Page, alone: Judge, labels: Path, dev: Sequence[Comment], shown: Shown) -> None:
    """All sections on the model."""
    model = Learned()
    together = replace(alone, model=model)
    wanted = {source for source, _ in learned.ASKED} | {source for _, source, _ in learned.LABELLED}
    talk = [one for one in sets.comments(labels, "train") if one.source == TALK and is_held(one.text)]
    scored = learned.scored(model, shown([*(one for one in dev if one.source in wanted), *talk], "scores"))
    _order(page, scored)
    _chances(page, scored)
    _other_chances(page, scored)
    _disguised(page, model, scored)
    _together(page, {"rules alone": alone, "rules and scores": together}, labels, dev, shown)
    _fair(page, together, model)
    test = sets.toxic_spans(labels, "test")
    marked = {one.id: places for one, places in test}
    pointed = ((one, marked[one.id]) for one in shown([one for one, _ in test], "which words"))
    page.table(
        "Which words, rules and scores",
        "As above: mean F1 of the characters pointed at, on the test split (bar: 0.62).",
        ("", "F1"),
        [("where both point, else the scores', else the rules'", f"{_pointing(alone, model, pointed):.3f}")],
    )


def _order(page: Page, scored: Sequence[Scored]) -> None:
    rows = []
    for source, attribute in learned.ASKED:
        truth, both = learned.asked(scored, source, attribute)
        if not truth:
            continue
        first = learned.asked(scored, source, attribute, "first")[1]
        low, high = learned.interval(truth, both)
        area = f"{learned.auc(truth, both):.3f} ({low:.3f} to {high:.3f}; n = {len(truth):,})"
        rows.append(
            (source, attribute, area, f"{learned.auc(truth, first):.3f}", f"{learned.macro_f1(truth, both):.3f}")
        )
    page.table(
        "Learned scores: order",
        "AUC is the chance that a comment which raters called bad scores higher than another one. No comment of "
        "these sets was learned from or fitted to, but for the two numbers that turn toxicity into a chance, which "
        "change no order. The first stage is a linear model of words and parts of words: the floor. Bars: 0.91 on "
        "civil_autolabel_test, 0.945 on surge_toxicity, 0.77 on fox_news by its best attribute, macro F1 0.74 on edos.",
        ("set", "attribute", "AUC", "first stage alone", "macro F1 at its best"),
        rows,
    )


def _chances(page: Page, scored: Sequence[Scored]) -> None:
    truth, scores = learned.asked(scored, NEWS, "toxicity")
    error, rows = learned.calibration(truth, scores)
    page.table(
        "Learned scores: chances",
        f"Of comments with about this score, so many were called toxic ({NEWS}; the two numbers of the calibration are "
        f"fitted to it). Expected calibration error: **{error:.3f}** (bar: 0.03).",
        ("mean score", "called toxic", "comments"),
        [(f"{mean:.2f}", f"{100 * share:.0f} %", f"{count:,}") for mean, share, count in rows],
    )


def _other_chances(page: Page, scored: Sequence[Scored]) -> None:
    rows = []
    for attribute, source, label in learned.LABELLED:
        truth, scores = learned.labelled(scored, attribute, source, label)
        if truth:
            error, _ = learned.calibration(truth, scores)
            said, is_so = sum(scores) / len(scores), sum(truth) / len(truth)
            counted = f"{len(truth):,}"
            rows.append((attribute, f"{source}: {label}", counted, f"{said:.3f}", f"{is_so:.3f}", f"{error:.3f}"))
    page.table(
        "Learned scores: chances of the other attributes",
        f"Expected calibration error where a set has a label for the attribute (bar: 0.06). {TALK}: the rows that were left "
        "out of the training; the formulas (a few numbers each) are fitted to them. openai_moderation and "
        "civil_autolabel_test are fitted as well; edos is not, and was asked something narrower. A score is a chance only "
        "where comments come as they do in the sets that it was calibrated on; for identity_attack that is talk pages.",
        ("attribute", "set: label", "comments", "mean score", "share labelled so", "error"),
        rows,
    )


def _fair(page: Page, together: Judge, model: Learned) -> None:
    people, sides = questions.identities(together, listed=True), questions.sides(together, listed=True)
    means = {who: sum(scores) / len(scores) for who, scores in learned.identities(model, "toxicity").items()}
    page.table(
        "Rules and scores: whoever is named",
        f"Our civil sentences in which only the people change: {apart(people, 'stopped or listed')} (bars: 3 % and 2 points). The mean score of toxicity lies between {min(means.values()):.3f} and "
        f"{max(means.values()):.3f}. Criticism and hostility with the same words about left and right:",
        ("", "criticism stopped or listed", "hostility stopped or listed"),
        [(name, civil.percent(), hostile.percent()) for name, (civil, hostile) in sides.items()],
    )


def _disguised(page: Page, model: Learned, scored: Sequence[Scored]) -> None:
    def resting(comment: Comment) -> list[tuple[int, int]]:
        view = fold(comment.text)
        given = model.score(Submission(comment.text, language="en"), language="en", seconds=learned.LONG)
        return [view.span(*span) for span in given.spans.get("toxicity", ())]

    rows = []
    for source in sorted({one.comment.source for one in scored} & {NEWS, "surge_toxicity"}):
        plain, hidden = learned.under_disguise(model, scored, source, resting)
        rows.append((source, f"{plain:.3f}", f"{hidden:.3f}"))
    page.table(
        "Learned scores: under disguise",
        "AUC of toxicity as written, and with the words that the score rests on hidden in the bad comments. Bar: 0.02.",
        ("set", "as written", "hidden"),
        rows,
    )


def _together(page: Page, judges: Mapping[str, Judge], labels: Path, dev: Sequence[Comment], shown: Shown) -> None:
    news = [one for one in dev if one.source in NEWS_SETS]
    jokes = [row for row in sets.tragedies(labels) if is_reported(row[0].text)]
    known = sets.insults(INSULTS) if INSULTS.is_file() else {}
    columns = []
    for name, judge in judges.items():
        judged = questions.judged(judge, shown(news, name))
        cells = _on_news(judged)
        labelled = questions.judged(judge, [one for one in dev if one.id in known])
        cells |= _on_insults(questions.insults(labelled, known), "stopped")
        cells |= _on_insults(questions.insults(labelled, known, told=found), "stopped or listed")
        tragedy = questions.tragedy(judge, jokes)
        cells |= {f"{kind}: held or listed": both[0].percent() for kind, both in tragedy.items()}
        columns.append(cells)
    page.table(
        "Rules and scores together",
        f"News comments that nobody selected ({', '.join(NEWS_SETS)}), our labelled insults, and under a story marked for a "
        "death those texts on tragedies that the model was not trained on.",
        ("", *judges),
        [(name, *(cells[name] for cells in columns)) for name in columns[0]],
    )


def _pointing(alone: Judge, model: Learned, rows: Iterable[tuple[Comment, frozenset[int]]]) -> float:
    """Mean F1 of the words that a reader is pointed at, rules and scores taken together."""
    found = []
    for comment, marked in rows:
        matches = alone.verdict(comment).matches
        by_rules = {at for match in matches for start, end in match.spans for at in range(start, end)}
        view = fold(comment.text)
        given = model.score(Submission(comment.text, language="en"), language="en", seconds=learned.LONG)
        spans = {view.span(*span) for several in given.spans.values() for span in several}
        by_scores = {at for start, end in spans for at in range(start, end)}
        found.append(questions.f1((by_rules & by_scores) or by_scores or by_rules, marked))
    return sum(found) / len(found) if found else 0.0


def _on_news(judged: Sequence[questions.Judged]) -> dict[str, str]:
    civil, toxic = ([one for one in judged if one.comment.bad is bad] for bad in (False, True))
    load = questions.load(judged)
    return {
        "stopped of a thousand civil comments (bar: 10)": questions.stopped_of(civil).per_thousand(),
        "stopped or listed of the toxic (bar: 40 %)": questions.noticed_of(toxic).percent(),
        "listed of all (bar: 5 %)": load["review"].percent(),
        "held of all (bar: 4 %)": load["hold"].percent(),
        "rejected of all (bar: 0.3 %)": load["reject"].percent(),
    }


def _on_insults(rates: Mapping[str, Rate], how: str) -> dict[str, str]:
    return {
        f"insults aimed at a person, {how}": rates["commenter, private or journalist"].percent(),
        f"aimed so, of those {how}": rates["of the stopped, aimed so"].percent(),
    }
