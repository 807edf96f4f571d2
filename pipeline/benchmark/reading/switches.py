"""Choices of reading that can be turned off one at a time, to see what each brings.

A switch changes modules of the process it is thrown in, so it is thrown only in processes that read for an ablation and
end afterwards; production has no such switch and pays for none.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_PPOCR = "extractors.ocr.ppocr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One choice and how it is turned off."""

    name: str
    label_ja: str
    label_en: str
    off: Callable[[], None]
    """Raises LookupError where what it turns off is no longer there."""


def _default(module: str, function: str, **values: Any) -> Callable[[], None]:
    """Turn off by another default of a factory."""

    def off() -> None:
        defaults = getattr(importlib.import_module(module), function).__kwdefaults__
        for name, value in values.items():
            if name not in defaults:
                raise LookupError(f"{module}.{function} has no {name}")
            defaults[name] = value

    return off


def _instead(module: str, name: str, value: Any) -> Callable[[], None]:
    """Turn off by another function or number under the same name."""

    def off() -> None:
        found = importlib.import_module(module)
        if not hasattr(found, name):
            raise LookupError(f"{module} has no {name}")
        setattr(found, name, value)

    return off


def _both(*ways: Callable[[], None]) -> Callable[[], None]:
    def off() -> None:
        for way in ways:
            way()

    return off


def _as_read(_pixels: Any, _quad: Any, reading: Any, *_: Any, **__: Any) -> Any:
    return reading


def _no_doubts(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _nothing() -> None:
    pass


def _in_rows(rows: Any, **_: Any) -> Any:
    return rows


def _no_stamps(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _whole(contour: Any) -> list[Any]:
    return [contour]


def _every_character(characters: list[str]) -> tuple[list[int], list[str]]:
    return list(range(len(characters) + 2)), ["", *characters, " "]


def _without(step: str, label_ja: str, label_en: str) -> Switch:
    off = _default("extractors.upright", "read_upright", without=frozenset({step}))
    return Switch(name=step, label_ja=label_ja, label_en=label_en, off=off)


SWITCHES: tuple[Switch, ...] = (
    _without("page", "写真の切り出し", "page cut out of a photo"),
    _without("streaks", "白い筋の補修", "light lines across the page filled"),
    _without("light", "明るさの均し", "light evened out"),
    _without("faint", "裏写りの除去", "print that shines through taken off"),
    _without("seals", "印影の除去", "seal ink lifted"),
    _without("enlarge", "小さな画像の拡大", "small pictures enlarged"),
    _without("skew", "傾きの補正", "straightened"),
    Switch(
        name="bf16",
        label_ja="bf16演算",
        label_en="bf16 arithmetic",
        off=_default(_PPOCR, "create", precision="f32"),
    ),
    Switch(
        name="openvino",
        label_ja="OpenVINO",
        label_en="OpenVINO",
        off=_default(_PPOCR, "create", runtime="onnxruntime"),
    ),
    Switch(
        name="kept_memory",
        label_ja="解放したメモリの保持",
        label_en="freed memory kept",
        off=_instead(_PPOCR, "keep_freed_memory", _nothing),
    ),
    Switch(
        name="look_again",
        label_ja="読み直し",
        label_en="looking again",
        off=_instead(_PPOCR, "look_again", _as_read),
    ),
    Switch(
        name="second_opinion",
        label_ja="第二の意見",
        label_en="second opinion",
        off=_instead("extractors.ocr.duo", "doubts", _no_doubts),
    ),
    Switch(
        name="own_head",
        label_ja="自前の認識層",
        label_en="own last layers",
        off=_default(_PPOCR, "create", own_head=False),
    ),
    Switch(
        name="check_numerals",
        label_ja="数字と英字の二重読み",
        label_en="figures and Latin letters read by two sets of layers",
        off=_default(_PPOCR, "create", check_numerals=False),
    ),
    Switch(
        name="repertoire",
        label_ja="自前の認識層と日本の文字への限定",
        label_en="own last layers and Japanese repertoire",
        off=_both(
            _default(_PPOCR, "create", own_head=False),
            _instead("extractors.ocr.repertoire", "select", _every_character),
        ),
    ),
    Switch(
        name="context",
        label_ja="文脈規則",
        label_en="context rules",
        off=_instead("extractors.ocr.recognition", "settled", list),
    ),
    Switch(
        name="reading_order",
        label_ja="学習した読む順序",
        label_en="learned reading order (off: row by row)",
        off=_instead("extractors.ocr.layout", "in_reading_order", _in_rows),
    ),
    Switch(
        name="squeeze",
        label_ja="横の圧縮",
        label_en="narrowed lines",
        off=_instead("extractors.ocr.recognition", "_SQUEEZE", 1.0),
    ),
    Switch(
        name="small_print",
        label_ja="小さな文字を大きく探し直す",
        label_en="small print looked for once more, larger",
        off=_instead("extractors.ocr.detection", "_SMALL_PRINT", 0.0),
    ),
    Switch(
        name="row_parts",
        label_ja="印影が触れた行の切り離し",
        label_en="rows parted from what hangs on to them",
        off=_instead("extractors.ocr.detection", "_parts", _whole),
    ),
    Switch(
        name="stamps",
        label_ja="印の中の文字",
        label_en="words on stamps read by themselves",
        off=_instead("extractors.upright", "read_stamps", _no_stamps),
    ),
    Switch(
        name="fax_rows",
        label_ja="標準画質のファクスの引き伸ばし",
        label_en="rows of coarse faxes stretched",
        off=_instead("extractors.pages.image", "_FAX_RATIO", (1e9, 1e9)),
    ),
)
"""Clean-up as a whole and step by step, precision, runtime and every rule that costs time or may harm."""
SWITCH_BY_NAME = {switch.name: switch for switch in SWITCHES}


def switched_off(names: Iterable[str]) -> None:
    """Throw switches in this process.

    Raises:
        LookupError: no such switch, or what it turns off is no longer there.
    """
    for name in names:
        if name not in SWITCH_BY_NAME:
            raise LookupError(f"no switch {name}; there are {', '.join(SWITCH_BY_NAME)}")
        SWITCH_BY_NAME[name].off()
