"""``python -m samples.training``: makes the recogniser's last layers anew. For developers; see the README beside it."""

from __future__ import annotations

import argparse
import logging
from importlib.util import find_spec
from pathlib import Path

_NETWORK = "PP-OCRv6_rec_small.onnx"


def main() -> None:
    """Compute features (in the project's environment) or train (in one with PyTorch and onnx)."""
    parser = argparse.ArgumentParser(prog="python -m samples.training")
    verbs = parser.add_subparsers(dest="verb", required=True)
    features = verbs.add_parser("features", help="draw lines and run the published network's own layers over them")
    features.add_argument("--fonts", type=Path, action="append", required=True, help="folder of fonts; repeatable")
    features.add_argument("--lines", type=int, default=24_000)
    training = verbs.add_parser("train", help="train the last layers on the features")
    training.add_argument("--batches", type=int, default=800)
    training.add_argument("--out", type=Path, default=Path("extractors/ocr/japanese_head.npz"))
    for verb in (features, training):
        verb.add_argument("--folder", type=Path, required=True, help="of the features")
        verb.add_argument("--network", type=Path, help=f"{_NETWORK}; default: the one in the rapidocr package")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    network = chosen.network or _published()
    if chosen.verb == "features":
        from samples.training.features import load_backbone, write_features  # noqa: PLC0415  # needs no PyTorch
        from samples.training.lines import Typesetter  # noqa: PLC0415  # as above

        typesetter = Typesetter(*chosen.fonts)
        for path in write_features(chosen.folder, typesetter, load_backbone(network), range(chosen.lines)):
            logging.getLogger(__name__).info("%s", path.name)
    else:
        from samples.training.train import train  # noqa: PLC0415  # needs PyTorch

        train(chosen.folder, network, chosen.out, batches=chosen.batches)


def _published() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        msg = "rapidocr is not installed; say --network"
        raise SystemExit(msg)
    return Path(spec.submodule_search_locations[0]) / "models" / _NETWORK


if __name__ == "__main__":
    main()
