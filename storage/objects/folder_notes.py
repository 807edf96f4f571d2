"""Side files of the folder store: of a version (media type, digest, until when it is kept), and of a bucket."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.calendar import tokyo_day
from domain.errors import AppendOnlyViolation
from domain.ids import Digest

UNKNOWN_MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the side file says of one version."""

    media_type: str
    digest: Digest
    retain_until: datetime | None


_CHECK = b', "check": "'
_CHECK_DIGITS = 16
"""Enough against accidents; nothing here is meant to withstand whoever owns the files."""


def note_bytes(note: Note) -> bytes:
    """The side file's content; it ends with a check over the rest, so that damage to a date does not go unseen."""
    until = None if note.retain_until is None else note.retain_until.astimezone(UTC).isoformat()
    plain = {"media_type": note.media_type, "sha256": note.digest.value, "retain_until": until}
    said = json.dumps(plain, sort_keys=True).encode()
    return said[:-1] + _CHECK + _check(said) + b'"}'


def is_sound_note(content: bytes, *, sha256: str) -> bool:
    """Whether these are the undamaged bytes of a side file that names this digest (hexadecimal)."""
    start = -len(_CHECK) - _CHECK_DIGITS - 2
    said = content[:start] + b"}"
    return content[start:] == _CHECK + _check(said) + b'"}' and said.endswith(b'"sha256": "' + sha256.encode() + b'"}')


def _check(said: bytes) -> bytes:
    return hashlib.sha256(said).hexdigest()[:_CHECK_DIGITS].encode()


def note_path(path: Path) -> Path:
    """Where the side file of a version's file lies."""
    return path.with_name(path.name + ".json")


def read_note(path: Path) -> Note | None:
    """The side file, or None where it is missing or damaged (the bytes are still readable)."""
    try:
        plain = json.loads(note_path(path).read_bytes())
        until = plain["retain_until"]
        return Note(
            media_type=str(plain["media_type"]),
            digest=Digest(value=plain["sha256"]),
            retain_until=None if until is None else datetime.fromisoformat(until),
        )
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def refuse_under_retention(key: str, note: Note | None, *, now: datetime) -> None:
    """Let nothing be deleted that is kept, or of which it cannot be told.

    Raises:
        AppendOnlyViolation: the retention holds, or its record cannot be read.
    """
    if note is None:
        msg = f"{key!r}: the retention of this version cannot be read, so it is taken to hold"
        raise AppendOnlyViolation(
            msg, message_ja="保存期間の記録が読めないため削除できません。保存先のフォルダを確かめてください", file=key
        )
    if note.retain_until is not None and note.retain_until > now:
        msg = f"{key!r} is under retention until {note.retain_until.isoformat()}"
        day = tokyo_day(note.retain_until).isoformat()
        raise AppendOnlyViolation(msg, message_ja=f"保存期間中（{day} まで）のため削除できません", file=key)


def is_settings(content: bytes) -> bool:
    """Whether these are the bytes of a bucket's settings file."""
    return content in {settings_bytes(locked=True), settings_bytes(locked=False)}


def settings_bytes(*, locked: bool) -> bytes:
    """The settings file of a bucket."""
    return json.dumps({"object_lock": locked}).encode()
