"""The network's last layers in PyTorch, read from its ONNX file: what is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from extractors.ocr.head import BIAS, WEIGHT

_FIRST, _LAST = "p2o.pd_op.pool2d.1.0", "p2o.pd_op.add.79.0"
"""Values in the file between which layers are trained: behind the pooling, before the softmax."""
_SMALLEST = 100
"""Tensors of fewer numbers are shapes and constants."""


class Layers:
    """The part of the network's graph behind its backbone, run with PyTorch.

    Args:
        path: the ONNX file.
        keep: outputs of the last layer that are wanted.
        like: further outputs, each begun as a copy of one of the file's.
    """

    def __init__(self, path: Path, keep: list[int], like: list[int]) -> None:
        graph = onnx.load(path).graph
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._nodes = _between(graph, stored)
        self.weights: dict[str, Any] = {}
        """Tensors that are trained, by their name in the file."""
        self._fixed: dict[str, Any] = {}
        statistics = {n.input[i] for n in self._nodes if n.op_type == "BatchNormalization" for i in (3, 4)}
        for name in {name for node in self._nodes for name in node.input if name in stored}:
            values = stored[name]
            if name in {WEIGHT, BIAS}:
                values = np.concatenate([values[..., keep], values[..., like]], axis=-1)
            tensor = torch.tensor(values.copy())
            if values.dtype == np.float32 and values.size >= _SMALLEST and name not in statistics:
                self.weights[name] = tensor.requires_grad_(True)  # PyTorch's own signature
            else:
                self._fixed[name] = tensor

    def __call__(self, features: Any) -> Any:
        """Logits, lines × steps × outputs, of features, lines × channels × 1 × steps."""
        values = self._fixed | self.weights | {_FIRST: features}
        for node in self._nodes:
            inputs = [values[name] for name in node.input if name]
            options = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            values[node.output[0]] = _run(node.op_type, inputs, options)
        return values[_LAST]


def _between(graph: Any, stored: dict[str, Any]) -> list[Any]:
    maker = {output: node for node in graph.node for output in node.output}
    wanted, names = set(), [_LAST]
    while names:
        name = names.pop()
        if name == _FIRST or name in stored or name not in maker or name in wanted:
            continue
        wanted.add(name)
        names += maker[name].input
    return [node for node in graph.node if wanted & set(node.output)]


def _run(kind: str, inputs: list[Any], options: dict[str, Any]) -> Any:  # noqa: C901, PLR0912  # one case per operator
    first, *rest = inputs
    match kind:
        case "Identity":
            return first
        case "Conv":
            top, left, *_ = options.get("pads", [0, 0, 0, 0])
            groups = options.get("group", 1)
            return torch.nn.functional.conv2d(first, *rest, padding=(top, left), groups=groups)
        case "BatchNormalization":
            scale, shift, mean, variance = rest
            epsilon = options.get("epsilon", 1e-5)
            return torch.nn.functional.batch_norm(first, mean, variance, scale, shift, eps=epsilon)
        case "Sigmoid":
            return torch.sigmoid(first)
        case "Mul":
            return first * rest[0]
        case "Add":
            return first + rest[0]
        case "Sub":
            return first - rest[0]
        case "Div":
            return first / rest[0]
        case "Pow":
            return first ** rest[0]
        case "Sqrt":
            return torch.sqrt(first)
        case "MatMul":
            return first @ rest[0]
        case "ReduceMean":
            axes = options.get("axes") or rest[0].tolist()
            return first.mean(dim=tuple(axes), keepdim=bool(options.get("keepdims", 1)))
        case "Softmax":
            return torch.softmax(first, dim=options.get("axis", -1))
        case "Transpose":
            return first.permute(*options["perm"])
        case "Shape":
            return torch.tensor(first.shape)
        case "Slice":
            return _slice(first, *rest)
        case "Squeeze":
            axes = options.get("axes") or rest[0].tolist()
            return first.squeeze(tuple(axes))
        case "Unsqueeze":
            axes = options.get("axes") or rest[0].tolist()
            for axis in sorted(axes):
                first = first.unsqueeze(axis)
            return first
        case "Concat":
            return torch.cat([torch.atleast_1d(part) for part in inputs], options["axis"])
        case "Reshape":
            wanted = torch.atleast_1d(rest[0]).tolist()
            return first.reshape([first.shape[axis] if size == 0 else size for axis, size in enumerate(wanted)])
        case _:
            msg = f"the network has a layer that is not known here: {kind}"
            raise ValueError(msg)


def _slice(value: Any, starts: Any, ends: Any, axes: Any, *_: Any) -> Any:
    for axis, start, end in zip(axes.tolist(), starts.tolist(), ends.tolist(), strict=True):
        value = value.narrow(axis, start, min(end, value.shape[axis]) - start)
    return value
