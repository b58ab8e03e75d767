"""`make evaluate`: how well rules and learned scores do on labelled comments, to docs/quality.md."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from moderation.cli.judge import compile_rules, rules_folder
from moderation.engine import ENGINE_VERSION
from moderation.evaluation import model_page, off_topic, peers, questions, sets
from moderation.evaluation.judging import Judge
from moderation.evaluation.page import Page, apart

Row = TypeVar("Row")
INSULTS = Path("bench/labels/insults.csv")
PAIRS = 400  # comments of a set that are encoded; more would take longer and narrow the intervals little
NEWS = "civil_autolabel_test"  # news comments that nobody selected for being bad


def _shown(rows: list[Row], label: str) -> Iterable[Row]:
    """The rows, with a bar on stderr while they are used up."""
    with click.progressbar(rows, label=f"{label:<24}", file=sys.stderr) as bar:
        yield from bar


@click.command()
@click.option(
    "--labels", type=click.Path(path_type=Path), required=True, help="Folder with dev.jsonl.gz and the other sets."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("docs/quality.md"), show_default=True, help="The page to write."
)  # fmt: skip
def main(labels: Path, out: Path) -> None:
    """Judge the labelled comments of a folder by the rules (MODERATION_RULES_DIR, else the shipped ones) and the model."""
    try:
        page = measured(Judge(compile_rules(rules_folder())), labels)
    except sets.NoLabels as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None
    out.write_text(page, encoding="utf-8")
    click.echo(page)


def measured(judge: Judge, labels: Path) -> str:
    """Every question asked; the page."""
    page = Page()
    dev = sets.comments(labels)
    found = questions.judged(judge, _shown(dev, "dev"))
    news = [one for one in found if one.comment.source == NEWS]
    _news(page, news)
    _sources(page, found)
    _categories(page, found)
    _insults(page, found)
    _tragedy(page, judge, labels)
    _disguise(page, judge, found)
    _fairness(page, judge)
    _spans(page, judge, labels)
    _peers(page, news)
    model_page.write(page, judge, labels, dev, _shown)
    _off_topic(page, labels)
    return page.text(
        date=datetime.now(UTC).date().isoformat(), engine=ENGINE_VERSION, version=judge.ruleset.version[:8]
    )


def _news(page: Page, news: list[questions.Judged]) -> None:
    civil = questions.by_source(news)[NEWS][1]
    rows = [(action, each.percent()) for action, each in questions.load(news).items()]
    page.table(
        "Desk load",
        f"News comments that nobody selected. Bar: review 5 %, hold 4 %, reject 0.3 %. Of a thousand that raters called "
        f"civil, stopped: **{civil.per_thousand()}** (bar: 5).",
        ("action", "share"),
        rows,
    )


def _sources(page: Page, found: list[questions.Judged]) -> None:
    page.table(
        "By set",
        "Raters' one answer per comment (toxic, hate, sexist). Sets that label hate only call an insult clean.",
        ("set", "stopped of the bad", "stopped of the others", "bad among the stopped"),
        [(name, *(each.percent() for each in rates)) for name, rates in questions.by_source(found).items()],
    )


def _categories(page: Page, found: list[questions.Judged]) -> None:
    page.table(
        "By category",
        "Where a set has labels of the kind (openai_moderation, whose comments are mostly not about news).",
        ("category", "found", "false alarms"),
        [(name, *(each.percent() for each in rates)) for name, rates in questions.by_category(found).items()],
    )


def _insults(page: Page, found: list[questions.Judged]) -> None:
    if not INSULTS.is_file():
        return
    page.table(
        "Insults",
        "600 dev comments that we labelled by whom they insult, half of them picked as toxic (bench/labels/insults.csv). "
        "Bar: 75 % of those aimed at a person, at a precision of 90 %.",
        ("aimed at", "stopped as a personal attack"),
        [(name, each.percent()) for name, each in questions.insults(found, sets.insults(INSULTS)).items()],
    )


def _tragedy(page: Page, judge: Judge, labels: Path) -> None:
    rows = questions.tragedy(judge, _shown(sets.tragedies(labels), "tragedy"))
    page.table(
        "Jokes about a tragedy",
        "Each text as a comment under a story that the site marked for a death. Bar: 60 % of jokes about a named tragedy, "
        "at most 3 % of what is no joke. About 15 % of those jokes are not about the tragedy. The lists were chosen with "
        "these texts in view, so others will be found less often.",
        ("kind", "held, or listed for review", "held"),
        [(kind, *(each.percent() for each in both)) for kind, both in rows.items()],
    )


def _disguise(page: Page, judge: Judge, found: list[questions.Judged]) -> None:
    words, comments = questions.listed_words(judge), questions.under_disguise(judge, found)
    page.table(
        "Under disguise",
        "Listed profanity and slurs in sentences of ours (bars: 98 % plain, 93 % hidden), and dev comments that are "
        "stopped as written, with the matched words hidden by our generator.",
        ("how", "listed words found", "comments still stopped"),
        [(way, each.percent(), comments[way].percent() if way in comments else "") for way, each in words.items()],
    )


def _fairness(page: Page, judge: Judge) -> None:
    people = questions.identities(judge)
    sides = questions.sides(judge)
    page.table(
        "Whoever is named",
        f"Civil sentences in which only the people change, {len(people)} kinds of people: {apart(people, 'stopped')} "
        f"(bar: 1). Criticism and hostility with the same words about the left and about the right:",
        ("", "criticism stopped", "hostility stopped"),
        [(name, civil.percent(), hostile.percent()) for name, (civil, hostile) in sides.items()],
    )


def _spans(page: Page, judge: Judge, labels: Path) -> None:
    test = sets.toxic_spans(labels, "test")
    page.table(
        "Which words",
        "Mean F1 of the characters that rules point at, against those that raters pointed at (test split of toxic_spans; "
        "the best published system reached 0.708).",
        ("", "F1"),
        [("all rules", f"{questions.spans(judge, _shown(test, 'toxic spans')):.3f}")],
    )


def _off_topic(page: Page, labels: Path) -> None:
    found = {
        **off_topic.measured(off_topic.story_cases(labels, PAIRS, _paired), by_length=False),
        **off_topic.measured(off_topic.reply_cases(labels, PAIRS, _paired), by_length=True),
    }
    page.table(
        "Off topic",
        "The learned score of `off_topic`, whose rule ships in trial. Comments beside their own story, and the same beside "
        "another story of the set, judged by a formula fitted without the stories at hand; AUC is the chance that the wrong "
        "place scores higher. fox_news: ten threads of which only the headline is known, where much is talk among readers. "
        "arct_nyt_debates: reasons under a debate's title and summary. cat_large_gc: replies beside what they answer, on "
        f"Wikipedia's talk pages. It tells comments **from another thread**, and of those the clear ones only. What a person "
        "calls irrelevant within a thread was not labelled in any set, and is mostly not found: it shares the thread's words. "
        f"Long enough to be assessed without what it answers: {off_topic.long_enough(labels).percent()} of fox_news.",
        ("set", "AUC", f"false alarms at {off_topic.SURE}", f"from another thread, found at {off_topic.SURE}"),
        [
            (
                name,
                f"{each.auc:.2f} ({each.interval[0]:.2f} to {each.interval[1]:.2f})",
                each.alarms.percent(),
                each.found.percent(),
            )
            for name, each in found.items()
        ],
    )


def _paired(rows: list[Row]) -> Iterable[Row]:
    return _shown(rows, "off topic")


def _peers(page: Page, news: list[questions.Judged]) -> None:
    finders: dict[str, Callable[[str], bool] | None] = peers.finders()
    rows: list[tuple[str, ...]] = []
    for name, finds in finders.items():
        if finds is None:
            rows.append((name, "not installed", ""))
            continue
        answers = [(bool(one.comment.bad), finds(one.comment.text)) for one in _shown(news, name)]
        rows.append((name, *(each.percent() for each in peers.compared(answers))))
    ours = questions.by_source(news)[NEWS]
    page.table(
        "Beside others",
        "The same news comments. Others call a comment bad; ours stops it.",
        ("", "found of the toxic", "false alarms among the civil"),
        [("these rules", ours[0].percent(), ours[1].percent()), *rows],
    )


if __name__ == "__main__":
    main()
