"""Why a bundle is not taken over, in words: what is wrong with it, and what a person does about it.

What follows from something else is left out: where a file is missing or altered, everything that it proves fails too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from domain.errors import AppError, ConfigError, EvidenceMalformed
from domain.evidence import Check, Outcome, Report
from storage.evidence.labels import CHECKS, REASONS

_SHOWN = 3
_DECLARATION = "bagit.txt"
_MISSING = "SIGNED_DATA_NOT_FOUND"
_ALTERED = "HASH_FAILURE"
_UNEXPECTED = "unexpected"
_NO_ANCHOR = "trust anchor not supplied"
_ABOUT_FILES = ("bag_complete", "inventory")
_SELF_MADE = ("bag-info.txt",)
"""Counts the other files: it says nothing of its own."""
_REMADE = (
    "ファイルは一覧のとおりなので、コピーの失敗ではなく、書き換えられた一式かもしれません。使わずに写しを残し、"
    "移行元で shoko verify を実行して無事を確かめてから、書き出し直してください"
)


def must_be_bundle(folder: Path) -> None:
    """Look at the folder before anything is read.

    Raises:
        ConfigError: it is no bundle; a folder beside it that is one is named.
    """
    if (folder / _DECLARATION).is_file() or any(folder.glob(f"volume-*/{_DECLARATION}")):
        return
    near = [place.parent for place in (folder.parent / _DECLARATION, *sorted(folder.glob(f"*/{_DECLARATION}")))
            if place.is_file()]  # fmt: skip
    if near:
        todo = f"{near[0]} のことであれば、そのフォルダを指定してください"
    elif (folder / "data").is_dir():
        todo = "コピーが途中で終わったようです。書き出したフォルダをもう一度全部コピーしてください"
    else:
        todo = "shoko export --whole で書き出したフォルダ（verify.sh があるところ）を指定してください"
    raise ConfigError(
        f"{folder} is no bundle: it has no {_DECLARATION}",
        message_ja=f"{folder} は書き出した一式ではありません（{_DECLARATION} がありません）。{todo}",
        file=str(folder),
    )


def refusal(report: Report, *, log_key_given: bool) -> AppError:
    """The error to raise for a bundle that did not pass."""
    bad = [check for check in report.checks if check.outcome is report.outcome]
    codes = "; ".join(_code(check) for check in bad[:_SHOWN])
    if report.outcome is Outcome.FAILED:
        lines = [*_key_lines(bad), *_file_lines(bad)] or [*_other_lines(bad), _REMADE]
        return EvidenceMalformed(
            f"the bundle does not verify: {codes}", message_ja=_listed("検証に合格しないため、取り込みません。", lines)
        )
    unanchored = [check for check in bad if _reason(check) == _NO_ANCHOR]
    lines = list(_anchor_lines(unanchored, log_key_given=log_key_given))
    lines += _other_lines([check for check in bad if _reason(check) != _NO_ANCHOR])
    return ConfigError(
        f"the bundle cannot be trusted without anchors from outside: {codes}",
        message_ja=_listed("この一式だけでは本物かどうか判定できないため、取り込みません。", lines),
    )


def _file_lines(bad: Sequence[Check]) -> Iterator[str]:
    """Files that are not as they were written, each named once."""
    about_files = [check for check in bad if check.name in _ABOUT_FILES and check.subject not in _SELF_MADE]
    missing = _subjects(about_files, _MISSING)
    altered = _subjects(about_files, _ALTERED)
    unexpected = _subjects(about_files, _UNEXPECTED)
    unlisted = any(check.name == "bag_complete" and check.detail == "FORMAT_FAILURE: no manifest" for check in bad)
    if unlisted:
        missing = ("manifest-sha256.txt", *(one for one in missing if one != "manifest-sha256.txt"))
        unexpected = ()  # without the list nothing can be told to be one too many
    if missing:
        yield (
            f"ファイルが {len(missing)} 件足りません（{_some(missing)}）。コピーが途中で終わったか、消されています。"
            "書き出したフォルダをもう一度全部コピーしてください。元のフォルダにもなければ、移行元で書き出し直してください"
        )
    if altered:
        yield (
            f"ファイル {len(altered)} 件の中身が書き出したときと違います（{_some(altered)}）。コピーの途中で壊れたか、"
            "書き換えられています。元のフォルダからコピーし直し、それでも同じなら、移行元で shoko verify を実行して"
            "無事を確かめてから書き出し直してください"
        )
    if unexpected:
        yield (
            f"書き出しにはなかったファイルが {len(unexpected)} 件あります（{_some(unexpected)}）。"
            "OSやほかのソフトが作ったものなら取り除いてください。心当たりがなければ、だれが置いたかを調べてください"
        )


def _key_lines(bad: Sequence[Check]) -> Iterator[str]:
    """Somebody else's log."""
    for check in bad:
        if check.name == "head_key_trusted":
            yield (
                "ほかの書庫（別の会社など）の一式か、--log-key の控えが違います。"
                f"この一式のログの鍵は {_fingerprint(_detail(check))} です。"
                "移行元の anchors フォルダの log-key-sha256.txt と見比べてください"
            )
            return


def _other_lines(bad: Sequence[Check]) -> Iterator[str]:
    """What does not hold, put together by check and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for check in bad:
        if check.name != "head_key_trusted":
            found.setdefault((check.name, _reason(check)), []).extend([check.subject] if check.subject else [])
    for (name, reason), subjects in found.items():
        what, why = CHECKS.get(name, (name, name))[0], REASONS.get(reason, (reason, reason))[0]
        where = f"（{_some(subjects)}）" if subjects else ""
        yield f"{what}: {why}{where}"


def _anchor_lines(unanchored: Iterable[Check], *, log_key_given: bool) -> Iterator[str]:
    keys = dict.fromkeys(_detail(check) for check in unanchored if check.name == "head_key_trusted")
    roots = dict.fromkeys(
        one for check in unanchored if check.name != "head_key_trusted" for one in _detail(check).split("; ") if one
    )
    if keys and not log_key_given:
        yield (
            "--log-key に移行元のログ公開鍵の指紋を指定してください。"
            f"一式に書かれている指紋は {'、'.join(map(_fingerprint, keys))} です"
        )
    if roots:
        yield (
            "--roots に時刻認証局の根証明書（PEM）を指定してください。"
            f"一式が連なる先は {'、'.join(list(roots)[:_SHOWN])} です"
        )
    if keys or roots:
        yield (
            "どちらも、一式とは別の経路で移行元から受け取ったもの（移行元の anchors フォルダ）を使い、"
            "上の値と見比べてください。一式の中から写したものでは、丸ごと作り替えられていても分かりません"
        )


def _listed(first: str, lines: Sequence[str]) -> str:
    return "\n".join((first, *(f"・{line}" for line in lines)))


def _subjects(checks: Iterable[Check], reason: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(check.subject for check in checks if check.subject and _reason(check) == reason))


def _some(subjects: Sequence[str]) -> str:
    unique = list(dict.fromkeys(subjects))
    more = f" ほか {len(unique) - _SHOWN} 件" if len(unique) > _SHOWN else ""
    return "、".join(unique[:_SHOWN]) + more


def _reason(check: Check) -> str:
    return (check.detail or "").partition(": ")[0]


def _detail(check: Check) -> str:
    return (check.detail or "").partition(": ")[2]


def _fingerprint(detail: str) -> str:
    return detail.rpartition(" ")[2]


def _code(check: Check) -> str:
    return " ".join(part for part in (check.name, check.subject, check.detail) if part)
