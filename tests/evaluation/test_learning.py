"""The recipe of the learned scores, as far as it needs no torch: labels to heads, our sentences, formulas."""

from random import Random

import numpy
import pytest

from moderation.evaluation import sentences as measured
from moderation.evaluation.learning import eight_bits, formulas
from moderation.evaluation.learning.sentences import MANY, ONE, sentences
from moderation.evaluation.learning.targets import HEADS, is_held, is_reported, targets_of
from moderation.evaluation.sets import Comment
from moderation.workflow import regression, who_is_named


@pytest.mark.parametrize(
    ("source", "labels", "targets"),
    [
        ("civil_toxic_spans", {"toxic": 0.6}, {"news_toxic": 0.6}),
        ("cat_large_gc", {"toxic": 1}, {"talk_toxic": 1.0}),
        ("jigsaw_wiki", {"toxic": 1, "threat": 0, "insult": 1}, {"talk_toxic": 1.0, "threat": 0.0, "insult": 1.0}),
        ("davidson", {"class": "offensive"}, {"offensive": 1.0, "hate": 0.0}),
        ("implicit_hate", {"class": "implicit_hate"}, {"hate": 1.0}),
        ("dynahate_test", {"hate": 0}, {"hate": 0.0, "identity": 0.0}),
        ("edos", {"sexist": 1}, {"sexist": 1.0}),
        ("polis_en", {"moderated": -1}, {"removed": 1.0}),
        ("polis_en", {"moderated": 0}, {}),
        ("another", {"toxic": 1}, {}),
    ],
)
def test_a_set_teaches_only_what_it_asked(source: str, labels: dict[str, object], targets: dict[str, float]) -> None:
    assert targets_of(source, labels) == targets
    assert set(targets) <= set(HEADS)


def test_texts_are_kept_apart_by_their_words_alone() -> None:
    texts = [f"text {number}" for number in range(4_000)]
    assert 0.04 < sum(map(is_held, texts)) / len(texts) < 0.08
    assert 0.46 < sum(map(is_reported, texts)) / len(texts) < 0.54
    assert list(map(is_held, texts)) == list(map(is_held, texts))


def test_our_sentences_are_filled_and_are_not_those_that_fairness_is_measured_by() -> None:
    rows = list(sentences(Random(1)))
    assert len(rows) > 4_000
    assert not [row.text for row in rows if "{" in row.text]
    assert {name for row in rows for name in row.targets} <= set(HEADS)
    texts = {row.text.rstrip(".!? ") for row in rows}
    frames = [text.rstrip(".!? ") for several in who_is_named.sentences().values() for text in several]
    frames += [text.format(one=side[0]).rstrip(".!? ") for text in measured.POLITICAL for side in measured.SIDES]
    assert texts.isdisjoint(frames)


@pytest.mark.parametrize("target", ["news_toxic", "hate", "identity"])
def test_whoever_is_named_the_target_is_the_same(target: str) -> None:
    """In innocent company nobody is toxic, and hateful words are whoever they are about."""
    by_target: dict[float, set[str]] = {}
    for row in sentences(Random(1)):
        if target in row.targets:
            by_target.setdefault(row.targets[target], set()).update(
                who for who in (*ONE, *MANY) if f" {who} " in f" {row.text} "
            )
    assert len(by_target[0.0]) > 100
    assert len(by_target[1.0]) > 80


def test_a_formula_finds_what_tells_them_apart_and_is_calibrated() -> None:
    dice = numpy.random.default_rng(1)
    truth = dice.random(3_000) < 0.2
    encoder = dice.normal(size=(3_000, len(HEADS))).astype(numpy.float32)
    encoder[:, HEADS.index("insult")] += 3 * truth
    first = dice.normal(size=(3_000, len(HEADS)))
    weights = numpy.ones(3_000)
    formula = formulas.fit(("insult", "threat"), encoder, first, truth.astype(float), weights, by_both=True)
    assert formula["encoder"][HEADS.index("insult")] > 2 > 0.3 > abs(formula["encoder"][HEADS.index("threat")])
    logits = formulas.logits_of(formula, encoder, first) * 5 + 3  # much too sure
    moved = formulas.calibrate({**formula, "start": 0.0}, logits, truth.astype(float), weights)
    assert moved["encoder"][HEADS.index("insult")] < formula["encoder"][HEADS.index("insult")] / 3


def test_regression_stays_where_it_began_without_evidence_and_never_runs_away() -> None:
    rows = numpy.hstack([numpy.full((50, 3), 40.0), numpy.ones((50, 1))])
    truth = (numpy.arange(50) % 2).astype(float)
    found = regression.fitted(rows, truth, numpy.ones(50), before=[0.25, 0.25, 0.25, 0.0], pull=3.0)
    assert numpy.abs(found).max() < 50
    alone = regression.fitted(rows[:0], truth[:0], numpy.ones(0), before=[1.0, 0.0, 0.0, 0.0], pull=3.0)
    assert alone.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert regression.auc(numpy.array([0.1, 0.9]), numpy.array([0.0, 1.0])) == 1.0
    assert regression.auc(numpy.array([0.1]), numpy.array([1.0])) == 0.5


def test_dev_sets_that_the_model_is_reported_by_decide_no_formula() -> None:
    plan = formulas.PLANS["toxicity"][0]
    assert plan.truth(Comment("1", "x", "surge_toxicity", True, {"toxic": 1})) is None
    assert plan.truth(Comment("1", "x", "civil_demo1k", True, {"toxic": 1})) is True


def quantized(name: str, numbers: numpy.ndarray, *, axis: int | None) -> dict[str, numpy.ndarray]:
    """As onnxruntime writes a tensor: whole numbers, with a step and a zero for each column (axis 0) or for all."""
    low, high = numbers.min(axis=axis), numbers.max(axis=axis)
    step = ((high - low) / 255).astype(numpy.float32)
    zero = numpy.round(-low / step).astype(numpy.uint8)
    whole = numpy.clip(numpy.round(numbers / step) + zero, 0, 255).astype(numpy.uint8)
    return {f"{name}_quantized": whole, f"{name}_scale": step, f"{name}_zero_point": zero}


def test_weights_come_out_of_eight_bits_under_the_names_of_training() -> None:
    dice = numpy.random.default_rng(1)
    words, heads, pieces = dice.normal(size=(9, 4)), dice.normal(size=(4, 3)) * [1, 10, 100], dice.normal(size=(4, 1))
    bias = numpy.zeros(3, dtype=numpy.float32)
    tensors = {
        "scorer.encoder.LayerNorm.weight": bias,
        "scorer.encoder.layer.0.dense.bias": bias,
        "words.bias": bias[:1],
        **quantized("scorer.encoder.words.weight", words, axis=None),
        **quantized("onnx::MatMul_7", heads, axis=0),
        **quantized("onnx::MatMul_8", pieces, axis=0),
    }
    products = {
        "/encoder/layer.0/dense/MatMul_quant": "onnx::MatMul_7_quantized",
        "/words/MatMul_quant": "onnx::MatMul_8_quantized",
    }
    found = eight_bits.parameters(tensors, products)
    assert found.keys() == {
        "scorer.encoder.LayerNorm.weight", "scorer.encoder.words.weight",
        "scorer.encoder.layer.0.dense.weight", "scorer.encoder.layer.0.dense.bias", "words.weight", "words.bias",
    }  # fmt: skip
    for name, given, step in (
        ("scorer.encoder.words.weight", words, tensors["scorer.encoder.words.weight_scale"]),
        ("scorer.encoder.layer.0.dense.weight", heads.T, tensors["onnx::MatMul_7_scale"][:, None]),
        ("words.weight", pieces.T, tensors["onnx::MatMul_8_scale"][:, None]),
    ):
        assert found[name].dtype == numpy.float32
        assert (numpy.abs(found[name] - given) <= step).all(), name
