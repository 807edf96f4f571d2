"""Ranges of the log put together: the tree over all leaves, its tiles and heads, and what must agree between acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from storage.evidence.verifier.findings import Finding, Policy, Reason, failed, passed, unsure
from storage.evidence.verifier.paths import RunningRoot, subtree_root
from storage.evidence.verifier.places import tile_path
from storage.evidence.verifier.scan import Scanned
from storage.evidence.verifier.tally import Tally

TILE_LEAVES = 256
"""Hashes in a full tile (C2SP tlog-tiles)."""
_HASH, _UNIT, _PAIR = 32, 16, 48


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRoot:
    """What the root has to be at a size."""

    tree_size: int
    root: bytes
    name: str
    """Check under which it is reported."""
    subject: str
    where_shorter: Reason = Reason.SIGNED_DATA_NOT_FOUND
    """Why it fails where the log has fewer leaves."""


@dataclass(slots=True)
class Whole:
    """Takes what the ranges gave, in log order."""

    expected: Sequence[ExpectedRoot]
    tile: Callable[[str], bytes | None]
    """Content of a stored tile."""
    tiles_until: int
    """Leaves whose full tiles must be stored: those under the newest head."""
    tally: Tally = field(default_factory=Tally)
    marks: list[bytes] = field(default_factory=list)
    """Marks of named objects, 8 bytes each, as they came."""
    hashed_again: list[str] = field(default_factory=list)
    read_bytes: int = 0
    _running: RunningRoot = field(default_factory=RunningRoot)
    _rest: bytearray = field(default_factory=bytearray)
    _upper: list[bytearray] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)
    _roots: dict[int, bytes] = field(default_factory=dict)
    _units: set[bytes] = field(default_factory=set)
    _stamped: set[bytes] = field(default_factory=set)
    _sources: set[bytes] = field(default_factory=set)

    @property
    def size(self) -> int:
        """Leaves so far."""
        return self._running.size + len(self._rest) // _HASH

    def add(self, scanned: Scanned) -> None:
        """The next range."""
        self.tally.join(scanned.tally)
        self.marks.append(scanned.named.tobytes())
        self.hashed_again += scanned.hashed_again
        self.read_bytes += scanned.read_bytes
        self._units.update(_pieces(scanned.units, _PAIR))
        self._stamped.update(_pieces(scanned.stamped, _PAIR))
        self._sources.update(_pieces(scanned.sources, _UNIT))
        self._rest += scanned.leaves
        while len(self._rest) >= TILE_LEAVES * _HASH:
            block = bytes(self._rest[: TILE_LEAVES * _HASH])
            del self._rest[: TILE_LEAVES * _HASH]
            self._note_roots(block)
            self._running.add(self._tile(0, block), width=TILE_LEAVES)

    def finish(self, policy: Policy) -> Tally:
        """Everything that needs the whole.

        1. the roots at the sizes of the signed heads, and of the earlier heads from outside;
        2. every token is over the original of its unit, as recomputed; every unit has one;
        3. every unit that another was taken from is there; no unit has two originals.
        """
        # 1.
        self._note_roots(bytes(self._rest))
        self.tally.extend(self._check_roots())
        # 2.
        stamped = {pair[:_UNIT] for pair in self._stamped}
        units = {pair[:_UNIT] for pair in self._units}
        for pair in sorted(self._stamped - self._units):
            reason = Reason.HASH_FAILURE if pair[:_UNIT] in units else Reason.SIGNED_DATA_NOT_FOUND
            self.tally.add(failed("token_imprint", reason, subject=f"unit-{pair[:_UNIT].hex()}"))
        if policy.require_timestamp:
            for unit in sorted(units - stamped):
                self.tally.add(unsure("token_present", Reason.NO_TIMESTAMP, subject=f"unit-{unit.hex()}"))
            self.tally.passes["token_present"] += len(units & stamped)
        # 3.
        for unit in sorted(self._sources - units):
            self.tally.add(failed("lineage", Reason.SIGNED_DATA_NOT_FOUND, subject=f"unit-{unit.hex()}"))
        self.tally.passes["lineage"] += len(self._sources & units)
        if len(units) != len(self._units):
            self.tally.add(failed("unit_agrees", Reason.HASH_FAILURE, detail="a unit with two originals"))
        return self.tally

    def originals(self) -> dict[bytes, bytes]:
        """Unit id (16 bytes) → SHA-256 of its original as recomputed."""
        return {pair[:_UNIT]: pair[_UNIT:] for pair in self._units}

    def _note_roots(self, block: bytes) -> None:
        start = self._running.size
        wanted = sorted({e.tree_size for e in self.expected if start <= e.tree_size <= start + len(block) // _HASH})
        if not wanted:
            return
        running = self._running.copy()
        for size in wanted:
            for at in range(running.size, size):
                running.add(block[(at - start) * _HASH : (at - start + 1) * _HASH])
            self._roots[size] = running.root()

    def _check_roots(self) -> Iterator[Finding]:
        for one in self.expected:
            root = self._roots.get(one.tree_size)
            if root is None:
                detail = f"the log has {self.size} leaves"
                yield failed(one.name, one.where_shorter, subject=one.subject, detail=detail)
            elif root != one.root:
                yield failed(one.name, Reason.PROOF_FAILURE, subject=one.subject)
            else:
                yield passed(one.name, subject=one.subject)

    def _tile(self, level: int, block: bytes) -> bytes:
        """Hold a full tile against the stored one; gives the root over it, which goes into the tile above."""
        while level >= len(self._upper):
            self._upper.append(bytearray())
            self._numbers.append(0)
        number = self._numbers[level]
        self._numbers[level] += 1
        path = tile_path(level, number)
        stored = self.tile(path)
        if stored == block:
            self.tally.passes["tile"] += 1
        elif stored is not None:
            self.tally.add(failed("tile", Reason.HASH_FAILURE, subject=path))
        elif (number + 1) * TILE_LEAVES ** (level + 1) <= self.tiles_until:
            self.tally.add(failed("tile", Reason.SIGNED_DATA_NOT_FOUND, subject=path))
        root = subtree_root(block)
        above = self._upper[level]
        above += root
        if len(above) == TILE_LEAVES * _HASH:
            self._tile(level + 1, bytes(above))
            above.clear()
        return root

    def tile_paths(self) -> set[str]:
        """Paths of all tiles that the leaves fill."""
        return {tile_path(level, n) for level, count in enumerate(self._numbers) for n in range(count)}


def _pieces(content: bytearray, width: int) -> Iterable[bytes]:
    view = bytes(content)
    return (view[at : at + width] for at in range(0, len(view), width))
