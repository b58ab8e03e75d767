"""Our scores beside Perspective's of 2018, on the comments whose scores it published: what holds the same share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy

from moderation.adapters.classifiers.learned import Learned
from moderation.adapters.rule_files import RuleFolder
from moderation.cli.compare import Compared, Pairs, compared
from moderation.config import shipped_rules
from moderation.engine.evaluate import evaluate
from moderation.engine.facts import Facts, Submission
from moderation.engine.perspective_map import Points
from moderation.engine.ruleset import Ruleset, load
from moderation.evaluation import learned, sets
from moderation.web import perspective_lines
from moderation.web.perspective_attributes import NAMES, Source
from moderation.workflow import rule_scores
from moderation.workflow.rule_scores import Scored
from moderation.workflow.shares import line

_AT = 0.8
# The last version that the file has of these.
_THEIRS = {"TOXICITY": "TOXICITY@6", "SEVERE_TOXICITY": "SEVERE_TOXICITY@2"}
_SITE = "-"  # none has rules of its own
_HEAD = '''"""Lines to Perspective's scale: made by `python -m moderation.evaluation.learning.scale`, never by hand."""

# Name -> by both stages of the model, by its first stage alone; of each, straight lines between the points (ours,
# theirs), rising all the way. Of 2,000 comments whose scores Perspective published in 2018 as many reach each point as
# reached its number. What rules give does not go through them.
# fmt: off
LINES: dict[str, tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]] = {
'''


@dataclass(frozen=True, slots=True)
class Comment:
    """One of the 2,000: Perspective's scores of it, ours by both stages and by the first alone."""

    text: str
    theirs: Mapping[str, float]
    both: Scored
    first: Scored


def comments(labels: Path) -> list[Comment]:
    """All of them, scored."""
    model, rules = Learned(), load(RuleFolder(shipped_rules()).read(_SITE))
    return [
        Comment(text, theirs, _scored(model, rules, text, learned.LONG), _scored(model, rules, text, learned.AT_ONCE))
        for text, theirs in sets.rated_by_perspective(labels)
    ]


def lines(found: Sequence[Comment]) -> dict[str, tuple[Points, Points]]:
    """For each name that has them: both lines, fitted to these comments."""
    # Beside TOXICITY and IDENTITY_ATTACK those names have lines whose order is like theirs (0.4 or more), whose share at
    # 0.8 is off by half or twice, and of which more of the held-back comments fall on the same side by them.
    return {name: _fitted(name, found) for name in perspective_lines.LINES}


def held_back(found: Sequence[Comment]) -> dict[str, tuple[Compared, Compared]]:
    """Half of the comments, by each of Perspective's names: as answered without a line, and by one of the other half."""
    order = numpy.random.default_rng(1).permutation(len(found))
    half = len(found) // 2
    fitted, back = [found[at] for at in order[:half]], [found[at] for at in order[half:]]
    results = {}
    for name, source in NAMES.items():
        if _THEIRS.get(name, name) in found[0].theirs and not _is_by_rules(source, found):
            by_line = replace(source, lines=_fitted(name, fitted))
            results[name] = _compared(name, replace(source, lines=None), back), _compared(name, by_line, back)
    return results


def module(fitted: Mapping[str, tuple[Points, Points]]) -> str:
    """The text of moderation/web/perspective_lines.py."""
    rows = [f'    "{name}": (\n        {both},\n        {first},\n    ),\n' for name, (both, first) in fitted.items()]
    return "".join((_HEAD, *rows, "}\n"))


def write(labels: Path) -> None:
    """The module of the lines anew, and how each name does with and without one."""
    found = comments(labels)
    for name, (without, having) in held_back(found).items():
        shown = f"{name:<20} order {without.rank_correlation or 0:.2f}, reach {_AT}: {without.theirs_reach:.1%} theirs"
        for what, one in (("ours", without), ("by a line", having)):
            shown += f", {one.ours_reach:.1%} {what} (same side {one.agree:.1%})"
        click.echo(shown)
    Path(perspective_lines.__file__).write_text(module(lines(found)), "utf-8")


def _scored(model: Learned, rules: Ruleset, text: str, seconds: float) -> Scored:
    submission = Submission(text, language="en")
    given = model.score(submission, language="en", seconds=seconds)
    facts = Facts(
        submission=submission,
        now=datetime.now(UTC),
        scores=given.scores,
        scored_by=given.scored_by,
        not_assessed=given.not_assessed,
        site_language="en",
    )
    return rule_scores.complete(facts, evaluate(facts, rules), rules)


def _is_by_rules(source: Source, found: Sequence[Comment]) -> bool:
    return all(source.plain(one.both, one.text)[1] == rule_scores.RULES for one in found)


def _fitted(name: str, found: Sequence[Comment]) -> tuple[Points, Points]:
    """Over what the model or the text's shape gave; what rules alone scored goes by no line."""
    return _line(name, found, [one.both for one in found]), _line(name, found, [one.first for one in found])


def _line(name: str, found: Sequence[Comment], scored: Sequence[Scored]) -> Points:
    plain = [NAMES[name].plain(one, each.text) for one, each in zip(scored, found, strict=True)]
    both = [
        (each.theirs[_THEIRS.get(name, name)], value)
        for each, (value, source) in zip(found, plain, strict=True)
        if source != rule_scores.RULES
    ]
    return tuple(line([theirs for theirs, _ in both], [ours for _, ours in both]))


def _compared(name: str, source: Source, found: Sequence[Comment]) -> Compared:
    pairs = Pairs(
        [one.text for one in found],
        [one.theirs[_THEIRS.get(name, name)] for one in found],
        [source.score(one.both, one.text)[0] for one in found],
    )
    return compared(name, pairs, _AT, 0)


@click.command()
@click.option(
    "--labels", type=click.Path(path_type=Path), default=Path("../shared/data"), help="The labelled comments."
)
def main(labels: Path) -> None:
    """Fit the lines to the model that ships, and write them."""
    try:
        write(labels)
    except sets.NoLabels as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
