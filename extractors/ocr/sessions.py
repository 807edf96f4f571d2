"""Neural networks in ONNX files, run by OpenVINO (quicker) or ONNX Runtime, on a bounded number of threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from domain.errors import EngineCrashed, EngineMissing
from extractors.ocr.head import BIAS, WEIGHT, Head

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float32]

Runtime = Literal["openvino", "onnxruntime"]
Precision = Literal["f32", "bf16"]
_NEVER = -1e4
"""Bias of an output that must not be chosen: e to its power is 0."""

_PREPARED_SHAPES = 200
"""Layers that OpenVINO keeps prepared for shapes it has met: its own 5,000 take 115 MB more after pictures of 24 shapes
and lines of 40 widths and save no time; 50 take another 100 MB less and a quarter more time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A loaded network with one input and one output."""

    run: Callable[[FloatArray], FloatArray]
    """The output is valid until the next call."""
    again: Callable[[FloatArray], FloatArray] | None = None
    """What the published last layers say to the picture that ``run`` saw last, held to the outputs that ``load`` was
    asked to ``check``; None where it was not asked."""
    checked: tuple[str, ...] = ()
    """What each output of ``again`` stands for."""


def choose_runtime(wanted: Runtime | None) -> Runtime:
    """The runtime asked for, or OpenVINO where it is installed, else ONNX Runtime.

    Raises:
        EngineMissing: it is not installed, or neither is.
    """
    known: tuple[Runtime, ...] = (wanted,) if wanted else ("openvino", "onnxruntime")
    for name in known:
        if find_spec(name) is not None:
            return name
    names = " / ".join(known)
    raise EngineMissing(
        f"not installed: {names}",
        message_ja=f"文字認識の実行環境（{names}）が入っていません。make setup を実行してください",
    )


def runtime_version(runtime: Runtime) -> str:
    """Version of the installed runtime."""
    return version(runtime)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layers:
    """Which last layers a recogniser gets: the arguments of ``load``."""

    keep: list[int] | None
    head: Head | None
    check: tuple[list[int], list[str]] | None


def load(
    path: Path,
    *,
    runtime: Runtime,
    threads: int,
    precision: Precision,
    keep: list[int] | None = None,
    head: Head | None = None,
    check: tuple[list[int], list[str]] | None = None,
) -> Session:
    """Load a network.

    Args:
        path: the ONNX file.
        runtime: which library runs it.
        threads: most threads it may use.
        precision: of the arithmetic; ``bf16`` is used only by OpenVINO on processors that have it.
        keep: indices of the last layer's outputs that are wanted; the others are cut off before the final softmax.
        head: layers of our own that take the place of the file's; its outputs are the head's characters.
        check: outputs of the file's own last layers that are wanted besides, and what they stand for (``again``).

    Raises:
        EngineMissing: the file or the runtime cannot be loaded.
    """
    if not path.is_file():
        raise EngineMissing(
            f"model file missing: {path.name}",
            message_ja=f"文字認識のモデル {path.name} がありません。make setup を実行してください",
        )
    loader = _load_openvino if runtime == "openvino" else _load_onnxruntime
    try:
        return loader(path, threads, precision, _Layers(keep=keep, head=head, check=check))
    except (RuntimeError, OSError, ImportError, ValueError, LookupError) as error:
        raise EngineMissing(
            f"{path.name} cannot be loaded by {runtime}: {type(error).__name__}",
            message_ja=f"文字認識のモデル {path.name} を読み込めません",
        ) from error


def characters_of(path: Path, *, runtime: Runtime) -> list[str]:
    """The alphabet that a recogniser stores in its own file."""
    if runtime == "openvino":
        import openvino  # noqa: PLC0415  # only the chosen runtime is imported

        information = openvino.Core().read_model(path).get_rt_info()
        framework = information["framework"] if "framework" in information else {}  # noqa: SIM401  # has no get
        text = str(framework["character"].value) if "character" in framework else ""
    else:
        text = _onnx_session(path, 1).get_modelmeta().custom_metadata_map.get("character", "")
    return text.splitlines()


def _load_openvino(
    path: Path,
    threads: int,
    precision: Precision,
    layers: _Layers,
) -> Session:
    import openvino  # noqa: PLC0415  # only the chosen runtime is imported

    keep, head, check = layers.keep, layers.head, layers.check
    core = openvino.Core()
    model = core.read_model(path)
    if keep is not None:
        _prune_openvino(model, keep)
    if head is not None:
        _replace_openvino(model, head)
        if check is not None:
            published = core.read_model(path)
            _prune_openvino(published, check[0])
            model = _twin_openvino(model, published, head)
    capable = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    compiled = core.compile_model(
        model,
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": precision if capable else "f32",
            "CPU_RUNTIME_CACHE_CAPACITY": _PREPARED_SHAPES,
        },
    )
    request = compiled.create_infer_request()

    def run(values: FloatArray) -> FloatArray:
        try:
            request.infer([values], share_inputs=True)
        except RuntimeError as error:
            raise EngineCrashed("the network failed on this picture") from error
        out: FloatArray = request.get_output_tensor(0).data
        return out

    def again(_values: FloatArray) -> FloatArray:
        out: FloatArray = request.get_output_tensor(1).data
        return out

    if head is None or check is None:
        return Session(run=run)
    return Session(run=run, again=again, checked=tuple(check[1]))


def _prune_openvino(model: Any, keep: list[int]) -> None:
    """Cut the outputs nobody wants off the last fully connected layer: less work, and no foreign characters."""
    import numpy as np  # noqa: PLC0415  # loaded with the runtime
    from openvino import opset13 as opset  # noqa: PLC0415  # only the chosen runtime is imported

    node = model.get_results()[0].input_value(0).get_node()
    while node.get_type_name() != "Add":
        node = node.input_value(0).get_node()
    product = node.input_value(0).get_node()
    if product.get_type_name() != "MatMul":
        raise RuntimeError("the network does not end in a fully connected layer")
    indices = opset.constant(np.asarray(keep, dtype=np.int32))
    for layer, axis in ((product, 1), (node, 0)):
        wanted = opset.gather(layer.input_value(1), indices, opset.constant(np.int32(axis)))
        layer.input(1).replace_source_output(wanted.output(0))
    model.validate_nodes_and_infer_types()


def _replace_openvino(model: Any, head: Head) -> None:
    from openvino import opset13 as opset  # noqa: PLC0415  # only the chosen runtime is imported

    constants = {
        node.get_friendly_name(): node for node in model.get_ordered_ops() if node.get_type_name() == "Constant"
    }
    for name, values in head.tensors.items():
        old = constants[name]
        shape = tuple(old.get_output_shape(0))
        if name not in {WEIGHT, BIAS} and shape != values.shape:
            raise ValueError(f"{name} has another shape than in the network")
        old.output(0).replace(opset.constant(values).output(0))
    model.validate_nodes_and_infer_types()


def _twin_openvino(model: Any, published: Any, head: Head) -> Any:
    """One network with both sets of last layers on the same features: they are computed once."""
    import openvino  # noqa: PLC0415  # only the chosen runtime is imported

    ours = {node.get_friendly_name(): node for node in model.get_ordered_ops()}
    last: set[str] = set()
    for node in published.get_ordered_ops():
        name = node.get_friendly_name()
        sources = [given.get_source_output() for given in node.inputs()]
        if name not in head.tensors and not any(s.get_node().get_friendly_name() in last for s in sources):
            continue
        last.add(name)
        for given, source in zip(node.inputs(), sources, strict=True):
            before = source.get_node()
            same = ours.get(before.get_friendly_name())
            if before.get_friendly_name() not in last and before.get_type_name() != "Constant" and same is not None:
                given.replace_source_output(same.output(source.get_index()))
    return openvino.Model([*model.get_results(), *published.get_results()], model.get_parameters(), "both")


def _onnx_session(path: Path, threads: int, replaced: dict[str, Any] | None = None) -> Any:
    """A session; ``replaced`` takes the place of tensors in the file and must outlive it."""
    import onnxruntime  # noqa: PLC0415  # only the chosen runtime is imported

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    for name, value in (replaced or {}).items():
        options.add_initializer(name, value)
    return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])


def _load_onnxruntime(
    path: Path,
    threads: int,
    precision: Precision,  # noqa: ARG001
    layers: _Layers,
) -> Session:
    import onnxruntime  # noqa: PLC0415  # only the chosen runtime is imported

    keep, head, check = layers.keep, layers.head, layers.check
    replaced: dict[str, Any] = {}
    if head is not None:
        tensors = _widened(head, _onnx_session(path, threads).get_outputs()[0].shape[-1])
        replaced = {name: onnxruntime.OrtValue.ortvalue_from_numpy(values) for name, values in tensors.items()}
        keep = list(range(len(head.characters)))
    run = _runner(_onnx_session(path, threads, replaced), keep, replaced)
    if head is None or check is None:
        return Session(run=run)
    return Session(run=run, again=_runner(_onnx_session(path, threads), check[0], {}), checked=tuple(check[1]))


def _runner(session: Any, keep: list[int] | None, alive: dict[str, Any]) -> Callable[[FloatArray], FloatArray]:
    """A call of a session that holds ``alive``, what the session was made of."""
    name = session.get_inputs()[0].name

    def run(values: FloatArray, _alive: object = alive) -> FloatArray:
        try:
            out: FloatArray = session.run(None, {name: values})[0]
        except Exception as error:  # ONNX Runtime raises its own classes without a public root
            raise EngineCrashed("the network failed on this picture") from error
        if keep is not None:
            out = out[..., keep]
            out = out / out.sum(axis=-1, keepdims=True)
        return out

    return run


def _widened(head: Head, outputs: int) -> dict[str, FloatArray]:
    """ONNX Runtime takes only tensors of the same shape: the head's columns first, the others never chosen."""
    import numpy as np  # noqa: PLC0415  # loaded with the runtime

    count = len(head.characters)
    weight = np.zeros((head.tensors[WEIGHT].shape[0], outputs), np.float32)
    bias = np.full(outputs, _NEVER, np.float32)
    weight[:, :count], bias[:count] = head.tensors[WEIGHT], head.tensors[BIAS]
    return head.tensors | {WEIGHT: weight, BIAS: bias}
