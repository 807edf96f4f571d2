"""What the published network's own layers see on generated lines: computed once, trained on often."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.ocr.recognition import normalised
from samples.training.lines import Typesetter

PER_FILE = 1000
_SQUEEZES = (0.75, 0.75, 0.75, 0.75, 0.75, 1.0)
"""As lines are read, and in full width as they are looked at again."""
_CUT = "AvgPool"
"""The last layer that is kept as published, by its kind in OpenVINO: the only one of it."""

Backbone = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


def load_backbone(path: Path) -> Backbone:
    """The network up to the layers that are trained, in the precision that production runs."""
    import openvino  # noqa: PLC0415  # slow to load

    core = openvino.Core()
    model = core.read_model(path)
    (last,) = [node for node in model.get_ordered_ops() if node.get_type_name() == _CUT]
    compiled = core.compile_model(
        openvino.Model([last.output(0)], model.get_parameters()),
        "CPU",
        {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "bf16"},
    )
    request: Any = compiled.create_infer_request()

    def run(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        request.infer([values], share_inputs=True)
        out: npt.NDArray[np.float32] = request.get_output_tensor().data
        return out

    return run


def write_features(folder: Path, typesetter: Typesetter, backbone: Backbone, seeds: range) -> Iterable[Path]:
    """Files of ``PER_FILE`` lines: features of all steps, how many steps each line has, and its text."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(seeds.start, seeds.stop, PER_FILE):
        steps, texts = [], []
        for seed in range(start, min(start + PER_FILE, seeds.stop)):
            line = typesetter.line(seed)
            values, _ = normalised(line.pixels, _SQUEEZES[seed % len(_SQUEEZES)])
            steps.append(np.ascontiguousarray(backbone(values)[0, :, 0, :].T).astype(np.float16))
            texts.append(line.text)
        path = folder / f"{start:07d}.npz"
        np.savez(
            path,
            features=np.concatenate(steps),
            lengths=np.array([len(part) for part in steps]),
            texts=np.frombuffer(json.dumps(texts).encode(), np.uint8),
        )
        yield path
