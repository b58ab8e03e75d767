"""The trained encoder as a file for onnxruntime, with weights of eight bits; and back, to train on from what ships."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from moderation.evaluation.learning import eight_bits
from moderation.evaluation.learning.encoder import Scorer, base

_OPSET = 17


class _Both(nn.Module):
    """Numbers of pieces in; a logit for each head and one for each piece out."""

    def __init__(self, scorer: Scorer, words: nn.Linear) -> None:
        super().__init__()
        self.scorer = scorer
        self.words = words

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.scorer.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.scorer.heads(self.scorer.pooled(seen, attention_mask)), self.words(seen).squeeze(-1)


def write(scorer: Scorer, words: nn.Linear, file: Path) -> None:
    """Writes the file, some 23 MB."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    both = _Both(scorer.float().eval(), words).eval()
    ids = torch.ones((1, 8), dtype=torch.long)
    names = {0: "texts", 1: "pieces"}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            both, (ids, torch.ones_like(ids)), full, input_names=["input_ids", "attention_mask"],
            output_names=["heads", "words"], opset_version=_OPSET, dynamo=False,
            dynamic_axes={"input_ids": names, "attention_mask": names, "heads": {0: "texts"}, "words": names},
        )  # fmt: skip
        quantize_dynamic(full, file, weight_type=QuantType.QInt8, per_channel=True)


def read(file: Path) -> tuple[Scorer, nn.Linear]:
    """What `write` was given, but for what eight bits lost. Raises if a parameter is not in the file."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(file).graph
    tensors = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    products = {node.name: node.input[1] for node in graph.node if node.op_type == "MatMulInteger"}
    scorer = Scorer(str(base()))
    both = _Both(scorer, nn.Linear(scorer.encoder.config.hidden_size, 1))
    both.load_state_dict({name: torch.tensor(each) for name, each in eight_bits.parameters(tensors, products).items()})
    return scorer, both.words
