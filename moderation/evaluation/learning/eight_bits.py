"""Weights out of the eight bits in which they ship, under the names that training gives them. Needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

_QUANTIZED, _SCALE, _ZERO = "_quantized", "_scale", "_zero_point"
_OWNER = "scorer."  # the tracer leaves it out of the names of products, not out of the names of tensors


def parameters(tensors: Mapping[str, Any], products: Mapping[str, str]) -> dict[str, Any]:
    """Tensors of a file by name, and which one each product of matrices multiplies by; parameters by name out."""
    found = {name: each for name, each in tensors.items() if not name.endswith((_QUANTIZED, _SCALE, _ZERO))}
    of_products = set(products.values())
    for name in tensors:
        if name.endswith(_QUANTIZED) and name not in of_products:
            found[name.removesuffix(_QUANTIZED)] = _restored(tensors, name)
    for product, name in products.items():
        layer = product.strip("/").rpartition("/")[0].replace("/", ".")
        owner = layer if f"{layer}.bias" in tensors else _OWNER + layer
        # A product has a column for each feature that comes out, a layer of torch a row.
        found[f"{owner}.weight"] = numpy.ascontiguousarray(_restored(tensors, name).T)
    return found


def _restored(tensors: Mapping[str, Any], name: str) -> Any:
    stem = name.removesuffix(_QUANTIZED)
    steps = tensors[name].astype(numpy.float32) - tensors[stem + _ZERO].astype(numpy.float32)
    return steps * tensors[stem + _SCALE]
