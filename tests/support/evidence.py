"""A small archive with everything that evidence is about, for tests."""

from dataclasses import dataclass
from pathlib import Path

from domain.errors import TimestampUnavailable
from storage.archive import Archive
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.log import publish_head
from storage.evidence.signer import LogSigner
from storage.evidence.stamping import stamp_pending
from storage.evidence.verify import Roots
from storage.objects import FolderStore
from tests.support.records import NOW, folder_vault, make_draft, make_drop, make_outcome, open_archive

NAMES = ("領収書 1.pdf", "../../etc/passwd.pdf", "=cmd|' /C calc'!A0.pdf")


@dataclass(kw_only=True)
class World:
    folder: Path
    vault: FolderStore
    archive: Archive
    authority: LocalAuthority
    signer: LogSigner
    units: tuple[str, ...]
    drops: tuple[str, ...]
    documents: tuple[str, ...]

    @property
    def roots(self) -> Roots:
        """Everything that a careful person keeps outside."""
        return Roots(roots_pem=(to_pem(self.authority.roots).encode(),), log_key_sha256=self.signer.fingerprint)

    def vault_file(self, key):
        """The file under an object of the folder store: what an intruder with a shell would change."""
        found = [p for p in (self.folder / "vault").rglob("*") if p.parent.name.endswith("~") and not p.suffix]
        found = [p for p in found if key in p.as_posix()]
        assert found, key
        return found[0]

    def stamp(self):
        return stamp_pending(self.archive, self.authority, limit=100_000)

    def publish(self):
        return publish_head(self.archive, self.vault, self.signer)


def make_world(folder, *, clock=lambda: NOW, stamped=True, names=NAMES, vault=None, url=None) -> World:
    vault = vault or folder_vault(folder / "vault", clock)
    archive = open_archive(folder, vault=vault, clock=clock, url=url)
    drops, documents = [], []
    for number, name in enumerate(names):
        drop = archive.record_drop(make_drop(vault, f"scan {number}".encode(), name=name))
        document = archive.file_document(
            make_draft(drop.unit_id, counterparty=("=1+1", "株式会社𠮷野髙﨑", "青空商事")[number % 3])
        )
        archive.record_outcome(make_outcome(drop, document.document_id))
        drops.append(drop)
        documents.append(document)
    first = documents[0]
    archive.revise_document(
        first.document_id,
        base_revision=1,
        draft=make_draft(drops[0].unit_id, amount="500", counterparty="=1+1"),
        recorded_by="suzuki",
        reason="金額の誤り",
    )
    world = World(
        folder=folder,
        vault=vault,
        archive=archive,
        authority=LocalAuthority.create_or_open(folder / "keys" / "tsa", clock=clock),
        signer=LogSigner.create_or_open(folder / "keys", clock=clock),
        units=tuple(d.unit_id for d in drops),
        drops=tuple(d.drop_id for d in drops),
        documents=tuple(d.document_id for d in documents),
    )
    if stamped:
        assert len(world.stamp().stamped) == len(names)
        world.publish()
    return world


class DownFor:
    """An authority that does not answer for some imprints (all of them by default)."""

    def __init__(self, inner, imprints=None):
        self._inner = inner
        self._imprints = imprints
        self.asked = 0

    @property
    def authority(self):
        return self._inner.authority

    def stamp(self, imprint):
        self.asked += 1
        if self._imprints is None or imprint in self._imprints:
            raise TimestampUnavailable("down")
        return self._inner.stamp(imprint)

    def gave(self, token):
        return self._inner.gave(token)
