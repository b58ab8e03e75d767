"""`make evaluate` on a small set of our own: every question is asked, and its answer is right."""

import gzip
import json
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from moderation.adapters.rule_files import RuleFolder
from moderation.config import shipped_rules
from moderation.engine.ruleset import load
from moderation.evaluation import questions
from moderation.evaluation.__main__ import main
from moderation.evaluation.disguises import WAYS, disguised, disguised_at
from moderation.evaluation.judging import Judge
from moderation.evaluation.off_topic import NEWS, REPLIES
from moderation.evaluation.rates import Rate
from moderation.evaluation.sets import Comment
from moderation.evaluation.train import main as train
from moderation.workflow import who_is_named

DEV = (
    {"src": "civil_autolabel_test", "text": "You are an idiot.", "y": {"toxic": 1.0}},
    {"src": "civil_autolabel_test", "text": "A fair point, well made.", "y": {"toxic": 0.0}},
    {"src": "civil_autolabel_test", "text": "This is beneath contempt.", "y": {"toxic": 0.6}},
    {"src": "openai_moderation", "text": "I will kill you.", "y": {"V": 1, "H": 0, "SH": 0}},
    {"src": "fox_news", "text": "Well said.", "y": {"hate": 0}, "ctx": {"title": "A vote"}},
)
# Ten threads without a word in common: two in each fold.
_THREADS = {
    "The harbour bridge is closed": "Ferries across the harbour are full since the bridge was closed to lorries",
    "New stadium for the football club": "The football club wants public money for a stadium that stands empty on weekdays",
    "Vaccines reach the hospital": "Nurses at our hospital waited far longer for their vaccine than the ministry admits",
    "School dinners get dearer": "Pupils whose parents cannot pay will skip the school dinner and learn hungry instead",
    "A whale in the estuary": "Divers should leave that whale alone until the tide carries her back to deep water",
    "Wine harvest ruined by hail": "Growers without insurance lose their vineyards when hail takes one harvest like this",
    "Museum returns bronze statue": "Every museum holding looted bronze should return the statue before somebody sues",
    "Trams run all night": "Night trams would save shift workers two hours walking after the last bus leaves",
    "Librarians on strike": "Librarians earn less than cashiers while the library budget buys another glass lobby",
    "Comet seen with bare eyes": "Street lamps near our village make the comet invisible however clear the night sky",
}
TOPICS = tuple(
    {"src": "fox_news", "text": f"{text}.", "y": {"hate": 0}, "ctx": {"title": title}}
    for title, text in _THREADS.items()
)
TRAIN = tuple(
    {"src": "cat_large_gc", "text": f"{text}.", "y": {"toxic": 0}, "ctx": {"parent": title}}
    for title, text in _THREADS.items()
)
TRAGEDIES = ({"id": 1, "kind": "joke", "strict": True, "text": "lol, well done"},)
SPANS = ({"text": "You are an idiot.", "offsets": list(range(11, 16)), "split": "test"},)


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The shipped rules."""
    return Judge(load(RuleFolder(shipped_rules()).read("-")))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A folder as the labelled sets come."""
    for name, rows in (("dev", DEV + TOPICS), ("train", TRAIN), ("tragedy", TRAGEDIES), ("toxic_spans", SPANS)):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_the_page_has_every_figure(labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "quality.md"
    done = CliRunner().invoke(main, ["--labels", str(labels), "--out", str(out)])
    assert done.exit_code == 0, done.output
    page = out.read_text(encoding="utf-8")
    assert "| civil_autolabel_test | 50.0 % (9.5 to 90.5; n = 2) | 0.0 % (0.0 to 79.3; n = 1) |" in page
    assert "| threat | 100.0 % (20.7 to 100.0; n = 1) |" in page
    assert "| all rules | 1.000 |" in page
    for name in (NEWS, REPLIES):
        assert f"| {name} | 1.00 (1.00 to 1.00) | 0.0 % (0.0 to 27.8; n = 10) |" in page


def test_formulas_are_fitted_and_shown(labels: Path) -> None:
    done = CliRunner().invoke(train, ["--labels", str(labels)])
    assert done.exit_code == 0, done.output
    assert "BY_STORY = Formula(nearness=-" in done.output
    assert "BY_PARENT = Formula(nearness=-" in done.output


def test_a_folder_without_labels_is_told_of(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--labels", str(tmp_path), "--out", str(tmp_path / "page.md")])
    assert done.exit_code == 1
    assert "LABELS=folder" in done.output
    assert not (tmp_path / "page.md").exists()


def test_an_interval_is_wilsons() -> None:
    low, high = Rate(1, 10).interval  # 0.0179 to 0.4042, as in R's binom::binom.wilson(1, 10)
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert Rate(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize("way", WAYS)
def test_a_disguise_changes_the_word_and_nothing_else(way: str) -> None:
    hidden = disguised("idiot", way, Random(1))
    assert hidden != "idiot"
    assert disguised_at("You idiot, you.", [(4, 9)], way, Random(1)) == f"You {hidden}, you."
    assert disguised("🖕", way, Random(1)) == "🖕"


def test_whoever_is_named_civil_sentences_pass(judge: Judge) -> None:
    stopped = {who: each.hits for who, each in questions.identities(judge).items() if each.hits}
    assert stopped == {}


def test_left_and_right_are_treated_alike(judge: Judge) -> None:
    rows = questions.sides(judge)
    assert rows["left"][0].hits == rows["right"][0].hits == 0
    assert rows["left"][1].hits == rows["right"][1].hits > 0


def test_the_listed_words_are_found_plain_and_hidden(judge: Judge) -> None:
    rows = questions.listed_words(judge)
    assert rows["plain"].share >= 0.98
    assert {way: each.share for way, each in rows.items() if each.share < 0.93} == {}


def test_the_words_that_rules_point_at_are_compared_by_character(judge: Judge) -> None:
    row = (Comment("1", "You are an idiot.", "spans"), frozenset(range(8, 16)))
    assert questions.spans(judge, [row]) == pytest.approx(2 * 5 / (5 + 8))


def test_insults_are_counted_by_whom_they_are_aimed_at(judge: Judge) -> None:
    texts = {"a": "You are an idiot.", "b": "You look well.", "c": "What a clown, Tom.", "d": "All of them are idiots."}
    found = questions.judged(judge, [Comment(id, text, "x") for id, text in texts.items()])
    rows = questions.insults(found, {"a": "commenter", "b": "commenter", "c": "none", "d": "group", "e": "private"})
    assert (rows["commenter"], rows["group"], rows["private"]) == (Rate(1, 2), Rate(0, 1), Rate(0, 0))
    assert rows["of the stopped, aimed so"].hits == 1


def test_a_joke_that_is_only_listed_is_not_counted_as_held(judge: Judge) -> None:
    texts = (
        "Crispy critters lol",
        "Why did the Titanic sink? Because the captain was too cool to ask",
        "My heart breaks for them.",
    )
    rows = questions.tragedy(judge, [(Comment(text, text, "tragedy"), "joke", True) for text in texts])
    assert rows == {"joke, named tragedy": (Rate(2, 3), Rate(1, 3))}


def test_no_sentence_is_told_twice() -> None:
    assert len(set(who_is_named.PEOPLE)) == len(who_is_named.PEOPLE)
    assert len(set(who_is_named.CIVIL)) == len(who_is_named.CIVIL)
