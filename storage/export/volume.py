"""One volume of a bundle: originals and tables first, then the records in log order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from domain.errors import DigestMismatch
from domain.ids import Digest
from domain.record import ArchiveRecord
from storage.evidence.certificates import to_pem
from storage.evidence.log import VAULT
from storage.evidence.revocation import is_list
from storage.export.folder import BundleFolder
from storage.export.index import IndexWriter, Original, make_row
from storage.export.names import law_name, safe_stem, suffix_of
from storage.export.notebook import Notebook
from storage.export.page import PageWriter
from storage.export.reading import Entry, Moment, Source, side_by_side
from storage.export.timestamps import lines_of, token_path

RECORDS = "data/records"
PART = 10_000
"""Leaves in one file of records: small enough that a shell script finds a line of it at once."""
_PART_BYTES = 32 << 20
"""Nor more payload than that."""
_READ = 500
"""Leaves of one round."""
_LEAF_BYTES = 2500
"""What a leaf costs beside payload and token (measured): its line, its manifest, its place in tree and lists."""

Renditions = Callable[[ArchiveRecord, Sequence[Source]], Iterable[tuple[str, bytes]]]
"""Suffix and bytes of what can be shown in place of a document's originals."""


@dataclass(slots=True)
class Counts:
    """What a volume holds."""

    documents: int = 0
    units: int = 0
    tokens: int = 0
    pending: int = 0
    leaves: int = 0
    authorities: dict[str, bool] = field(default_factory=dict)
    """Name → accredited."""


class Volume:
    """Writes one bag up to the point where the export is logged."""

    def __init__(self, folder: BundleFolder, moment: Moment, scratch: Path, *, readers: Executor) -> None:
        """``scratch`` is a folder of its own."""
        self.folder = folder
        self.counts = Counts()
        self.notebook = Notebook(scratch / f"{folder.root.name}.sqlite")
        self._moment = moment
        self._readers = readers
        self._certificates: set[str] = set()
        self._chains: set[str] = set()
        self._promised = 0
        self._subjects: list[str] = []
        self.index = IndexWriter(folder, at=moment.at)
        self.page = PageWriter(folder)

    @property
    def size_bytes(self) -> int:
        """About how many bytes the volume has once the records of all that is in it are written."""
        return self.folder.size_bytes + self._promised

    @staticmethod
    def cost(sources: Sequence[Source], text_bytes: int) -> int:
        """About how many bytes a document adds: its originals and their records."""
        originals = sum(source.size_bytes for source in sources)
        evidence = sum(2 * len(token.token_der) for source in sources for token in source.stamps.tokens)
        return originals + evidence + 3 * text_bytes + _LEAF_BYTES * (2 + 3 * len(sources))

    def add(
        self,
        documents: Sequence[tuple[ArchiveRecord, Sequence[str]]],
        sources: dict[str, Source],
        *,
        renditions: Renditions | None,
    ) -> None:
        """Documents with their units: originals under the law's names, the rows, what the log says of them."""
        wanted: list[tuple[Source, str, str]] = []
        for record, unit_ids in documents:
            area, stem = _place(record)
            wanted += [(sources[one], f"data/originals/{area}", stem) for one in unit_ids]
            wanted += [_other(source) for source in _parents(unit_ids, sources)]
        self._bring(wanted)
        for record, unit_ids in documents:
            self._tell(record, unit_ids, sources, renditions=renditions)

    def _tell(
        self,
        record: ArchiveRecord,
        unit_ids: Sequence[str],
        sources: dict[str, Source],
        *,
        renditions: Renditions | None,
    ) -> None:
        area, stem = _place(record)
        shown = [page.unit_id for page in record.pages]
        paths = self.notebook.paths(unit_ids)
        originals = [
            Original(
                path=paths[one],
                name=sources[one].original_name,
                sha256=sources[one].sha256,
                tokens=sources[one].stamps.tokens,
            )
            for one in dict.fromkeys(shown)
        ]
        asked = renditions(record, [sources[one] for one in dict.fromkeys(shown)]) if renditions is not None else ()
        made = self._render(asked, area, stem)
        row = make_row(record, originals, renditions=made)
        self.index.add(row)
        self.page.add(row)
        self.counts.documents += 1
        self._promised += 3 * len(record.text.encode()) + 2 * _LEAF_BYTES
        self._speak_of(record.document_id)

    def add_units(self, sources: Iterable[Source]) -> None:
        """Originals that no document of the volume has a page of."""
        self._bring([_other(source) for source in sources])

    def _render(self, made: Iterable[tuple[str, bytes]], area: str, stem: str) -> tuple[str, ...]:
        paths = []
        for suffix, content in made:
            name = self.notebook.free_name(f"data/renditions/{area}/{stem}", suffix)
            self.folder.write(name, content)
            paths.append(name)
        return tuple(paths)

    def _bring(self, wanted: Sequence[tuple[Source, str, str]]) -> None:
        """Originals that are not there yet, copied side by side; their tokens; what the log says of them."""
        there = self.notebook.paths([source.unit_id for source, _, _ in wanted])
        fresh = []
        for source, area, stem in wanted:
            if source.unit_id in there:
                continue
            if source.destroyed:
                self._speak_of(source.unit_id, *source.drop_ids)
                continue
            name = self.notebook.free_name(f"{area}/{stem}", suffix_of(source.original_name, source.media_type))
            self.notebook.keep_original(source.unit_id, sequence=source.sequence, path=name, sha256=source.sha256)
            there[source.unit_id] = name
            fresh.append((source, name))
        for (source, path), size in zip(fresh, side_by_side(self._readers, self._copy, fresh), strict=True):
            self.folder.remember(path, source.sha256, size)
            self._take_tokens(source)
            self.counts.units += 1
            self._promised += _LEAF_BYTES * 3
            self._speak_of(source.unit_id, *source.drop_ids)

    def _copy(self, one: tuple[Source, str]) -> int:
        source, path = one
        with self._moment.vault.open(VAULT, source.key, version_id=source.version_id) as stream:
            digest, size = self.folder.bring(path, stream, expected=source.sha256)
        if digest != source.sha256:
            raise DigestMismatch(
                f"the original of {source.unit_id} is not what was preserved",
                message_ja=f"入力単位 {source.unit_id} の原本が受領時と違います。書き出しを中止しました。"
                "先に検証 (verify) を行ってください",
            )
        return size

    def _take_tokens(self, source: Source) -> None:
        """Tokens (one of a batch once for all its members), the way to each, and the evidence record."""
        for token in source.stamps.tokens:
            path = token_path(token.token_der)
            if self.notebook.is_new(path):
                self.folder.write(path, token.token_der)
            self.counts.authorities[token.authority] = token.accredited
            self.take_chain(token.chain_pem)
        lines = lines_of(source.unit_id, source.sha256, source.stamps)
        self.notebook.keep_lines(source.unit_id, lines)
        if (record := source.stamps.record) is not None:
            self.folder.write(f"data/evidence-records/{source.unit_id[-2:]}/{source.unit_id}.ers", record)
        self.counts.tokens += len(lines)
        self.counts.pending += not source.stamps.tokens

    def take_chain(self, chain_pem: str) -> None:
        """Certificates that came with a token: links of a chain, never anchors."""
        if chain_pem in self._chains:
            return
        self._chains.add(chain_pem)
        for certificate in x509.load_pem_x509_certificates(chain_pem.encode()):
            name = certificate.fingerprint(hashes.SHA256()).hex()
            if name not in self._certificates:
                self._certificates.add(name)
                self.folder.write(f"data/certificates/{name}.pem", to_pem((certificate,)).encode())

    def _take_revocation(self) -> list[int]:
        """Revocation data for the certificates that are here; gives the leaves that brought them."""
        kept = self._moment.revocation(self._certificates)
        for answer in dict.fromkeys(answer for one in kept for answer in one.answers):
            suffix = "crl" if is_list(answer) else "ors"
            self.folder.write(f"data/revocation/{Digest.of(answer).value}.{suffix}", answer)
        return [one.sequence for one in kept]

    def write_records(self, more: Iterable[int] = ()) -> None:
        """Every leaf that was taken along, with manifest and payload: line by line in files that run side by side."""
        self._flush()
        self.notebook.take_sequences(self._take_revocation())
        self.notebook.take_sequences(more)
        with self.folder.grow(f"{RECORDS}/originals.txt") as out:
            for unit_id, sequence, path in self.notebook.originals():
                out.write(f"{unit_id} {sequence} {path}\n".encode())
        with self.folder.grow(f"{RECORDS}/tokens.txt") as out:
            for line in self.notebook.lines():
                out.write(line.encode())
        number, entries = 0, self._entries()
        entry = next(entries, None)
        while entry is not None:
            number += 1
            with ExitStack() as stack:
                leaves, manifests, payloads = (
                    stack.enter_context(self.folder.grow(f"{RECORDS}/{name}-{number:05d}.jsonl"))
                    for name in ("leaves", "manifests", "payloads")
                )
                room = PART
                while entry is not None and room and payloads.size_bytes < _PART_BYTES:
                    leaves.write(entry.content + b"\n")
                    manifests.write((entry.manifest or b"") + b"\n")
                    payloads.write((entry.payload or b"") + b"\n")
                    room -= 1
                    self.counts.leaves += 1
                    entry = next(entries, None)

    def _entries(self) -> Iterator[Entry]:
        for piece in self.notebook.sequences(_READ):
            yield from self._moment.entries(piece)

    def _speak_of(self, *subjects: str) -> None:
        """The log's entries on these come along."""
        self._subjects += subjects
        if len(self._subjects) >= _READ:
            self._flush()

    def _flush(self) -> None:
        self.notebook.take_sequences(self._moment.sequences_of(self._subjects))
        self._subjects = []

    def close(self) -> None:
        """Let go of the files where an error ends the work."""
        self.index.abandon()
        self.notebook.close()
        self.folder.close()


def _place(record: ArchiveRecord) -> tuple[str, str]:
    """Folder and name of a document's files (law: search-alternatives)."""
    money, day = record.fields.money("total_amount"), record.fields.day("transaction_date")
    stem = law_name(
        day, record.fields.text("counterparty"), money.amount if money else None, money.currency if money else None
    )
    return f"{day:%Y-%m}" if day else "undated", stem


def _parents(unit_ids: Sequence[str], sources: dict[str, Source]) -> list[Source]:
    """What the units were taken out of, up to the drops' own bytes."""
    found: dict[str, None] = {}
    waiting = [sources[one].of_unit_id for one in unit_ids]
    while waiting:
        one = waiting.pop(0)
        if one is not None and one not in found:
            found[one] = None
            waiting.append(sources[one].of_unit_id)
    return [sources[one] for one in found if one not in unit_ids]


def _other(source: Source) -> tuple[Source, str, str]:
    """An original that is no document by itself: the day on which it came, and what it was called."""
    name = safe_stem(Path(source.original_name).stem)
    return source, "data/originals/other", f"{source.received_on.replace('-', '')}_{name}"
