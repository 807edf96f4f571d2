"""What an export has set out to do, kept beside the bundle until it is whole: an interrupted one goes on from here."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain import codec
from domain.errors import ConfigError

_PLAN = "plan.json"
_DOCUMENTS = "documents.txt"
_ENDS = "volumes.txt"
_LOCK = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for, in the words that decide whether two exports are the same one."""

    request: str
    """Whatever names the selection: a query's canonical JSON, or a digest of the ids."""
    conditions: str
    title: str
    units: tuple[str, ...]
    whole: bool
    volume_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One export, fixed when it begins."""

    export_id: str
    exported_at: datetime
    """UTC."""
    log_size: int
    """Acts from this on are left out: the bundle shows one moment."""
    wish: Wish


class Workshop:
    """The folder beside the destination in which the bundle grows."""

    def __init__(self, destination: Path) -> None:
        self._destination = destination
        self.folder = destination.parent / f".{destination.name}.export"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else works on the same destination meanwhile.

        Raises:
            ConfigError: somebody does.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ConfigError(
                    f"another export to {self._destination} is running",
                    message_ja=f"{self._destination} への書き出しが別に実行中です。終わるのを待ってください",
                ) from error
            yield

    def begin(self, wish: Wish, documents: Iterable[str], *, log_size: int, now: datetime) -> Plan:
        """The plan that is there, where it is of the same wish; otherwise a new one.

        Raises:
            ConfigError: an unfinished export of something else lies there.
        """
        known = self._read()
        if known is not None:
            if known.wish != wish:
                raise ConfigError(
                    f"an unfinished export with other conditions lies in {self.folder}",
                    message_ja=f"条件の違う書き出しが途中です。続けるには同じ条件で実行し、やめるには "
                    f"{self.folder} を削除してください",
                )
            return known
        ids = hashlib.sha256()
        with (self.folder / _DOCUMENTS).open("w", encoding="ascii") as out:
            for document_id in documents:
                out.write(f"{document_id}\n")
                ids.update(document_id.encode() + b"\n")
        named = ids.hexdigest() + json.dumps([log_size, now.isoformat(), wish.conditions])
        plan = Plan(
            export_id=f"export-{hashlib.sha256(named.encode()).hexdigest()[:32]}",
            exported_at=now,
            log_size=log_size,
            wish=wish,
        )
        (self.folder / _ENDS).write_text("")
        fresh = self.folder / f"{_PLAN}.new"
        fresh.write_bytes(codec.canonical(plan))
        fresh.rename(self.folder / _PLAN)  # the last step: what is there is whole
        return plan

    def documents(self) -> Iterator[str]:
        """Ids in the order of the plan."""
        with (self.folder / _DOCUMENTS).open(encoding="ascii") as lines:
            yield from (line.rstrip("\n") for line in lines)

    def ends(self) -> list[int]:
        """How many documents the volumes that were closed hold together, volume by volume."""
        return [int(line) for line in (self.folder / _ENDS).read_text().split("\n")[:-1]]

    def close_volume(self, end: int) -> None:
        """A volume ends before document number ``end``; a later attempt cuts at the same place."""
        with (self.folder / _ENDS).open("a") as out:
            out.write(f"{end}\n")
            out.flush()
            os.fsync(out.fileno())

    def bag(self, number: int) -> Path:
        """Where volume ``number`` (from 1) grows."""
        return self.folder / "bags" / f"volume-{number:03d}"

    def deliver(self, *, volumes: int) -> None:
        """Put the bundle in its place: one volume stands there itself, several stand in it."""
        made = self.bag(1) if volumes == 1 else self.folder / "bags"
        made.chmod(0o755)
        made.rename(self._destination)
        self.discard()

    def discard(self) -> None:
        """Throw the workshop away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> Plan | None:
        try:
            return codec.load(Plan, (self.folder / _PLAN).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise ConfigError(
                f"{self.folder / _PLAN} cannot be read", message_ja=f"{self.folder} を読めません。削除してください"
            ) from error


def digest_of_ids(ids: Iterable[str]) -> str:
    """Names a selection that has no other name."""
    return hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()
