"""An archive with every kind of record, copied quickly, and the hands of somebody who owns the machine."""

import json
import os
import random
import shutil
import sqlite3
from dataclasses import replace
from datetime import date

from domain import codec
from domain.acts import ActKind
from domain.counterparties import PartyFacts, PartySource
from domain.ids import Digest
from storage.archive import Archive
from storage.evidence.batching import stamp_in_batches
from storage.evidence.log import head_sizes, newest_head, publish_head
from storage.evidence.settings import BatchSettings
from storage.evidence.verify import EarlierHead
from storage.objects.folder_notes import note_bytes, note_path, read_note
from tests.support.archive_story import a_lesson
from tests.support.evidence import World, make_world
from tests.support.records import NOW, folder_vault, make_draft, make_extract


def make_rich_world(folder, *, names=("a.pdf", "b.pdf", "c.pdf")) -> World:
    """Own tokens and a batch, an extract, revisions, acts, lessons, counterparties; two heads, one of them stamped."""
    world = make_world(folder, names=names)
    archive = world.archive
    drop = archive.get_drop(world.drops[0])
    cut = archive.record_extract(make_extract(world.vault, drop))
    document = archive.file_document(make_draft(cut.unit_id, day=date(2026, 10, 29)))
    archive.record_lesson(a_lesson(world.documents[0]))
    archive.record_counterparties(
        [PartyFacts(name="株式会社青空商事")], source=PartySource.IMPORTED, recorded_by="sato"
    )
    for reason in ("二重", "誤り"):
        archive.record_act(
            ActKind.REQUESTED,
            "request-1",
            recorded_by="sato",
            facts={"kind": "deletion"},
            personal={"reason": reason},
        )
    archive.append_act(kind="exported", subject_id="bundle-1", manifest={"documents": [document.document_id]})
    head = newest_head(world.vault, "default")
    stamp_in_batches(archive, world.authority, settings=BatchSettings(), now=NOW, newest_head=lambda: head, close=True)
    publish_head(archive, world.vault, world.signer, authority=world.authority)
    return replace(world, units=(*world.units, cut.unit_id), documents=(*world.documents, document.document_id))


def earlier_heads(world):
    """What an auditor wrote down of every head."""
    heads = []
    for size in head_sizes(world.vault, "default"):
        plain = json.loads(world.vault.get("vault", f"default/log/heads/{size:012d}.json"))
        heads.append(EarlierHead(tree_size=size, root=bytes.fromhex(plain["root"]["value"])))
    return tuple(heads)


def close(world):
    world.archive.close()


def copied(world, folder):
    """The same archive elsewhere: files are links until ``Hands`` replaces one, so copying costs little."""
    shutil.copytree(world.folder / "vault", folder / "vault", copy_function=os.link)
    shutil.copytree(world.folder / "keys", folder / "keys")
    for path in world.folder.glob("archive.sqlite*"):
        shutil.copy(path, folder / path.name)
    return opened(world, folder)


def opened(world, folder):
    """An archive in a folder, opened with the keys of a world."""
    vault = folder_vault(folder / "vault")
    archive = Archive.open(f"sqlite:///{folder}/archive.sqlite", vault, client_id="default", clock=lambda: NOW)
    return replace(world, folder=folder, vault=vault, archive=archive)


class Hands:
    """Whoever owns the machine: changes files and keeps the store's side files in order, so that those tell nothing."""

    def __init__(self, world):
        self.world = world
        self.root = world.folder / "vault" / "vault" / "default"

    def file(self, path):
        """The newest version's file of an object."""
        folder = self.root / f"{path}~"
        return max(p for p in folder.iterdir() if not p.suffix)

    def read(self, path):
        return self.file(path).read_bytes()

    def plain(self, path):
        return json.loads(self.read(path))

    def write(self, path, content):
        """Replace an object's bytes, and its side file with it; or put a new object."""
        folder = self.root / f"{path}~"
        if not folder.exists():
            self.world.vault.put_named("vault", f"default/{path}", content, media_type="application/json")
            return
        place = self.file(path)
        note = read_note(place)
        place.unlink()
        place.write_bytes(content)
        note_path(place).unlink()
        note_path(place).write_bytes(note_bytes(replace(note, digest=Digest.of(content))))

    def change(self, path, old, new):
        content = self.read(path)
        assert old in content, (path, old)
        self.write(path, content.replace(old, new, 1))

    def edit(self, path, change):
        """Change JSON, canonical again."""
        plain = self.plain(path)
        change(plain)
        self.write(path, codec.canonical(plain))

    def remove(self, path):
        shutil.rmtree(self.root / f"{path}~")

    def swap(self, first, second):
        one, other = self.read(first), self.read(second)
        self.write(first, other)
        self.write(second, one)

    def paths(self, folder):
        """Paths of the objects in a folder, in order."""
        found = (p.relative_to(self.root).as_posix()[:-1] for p in (self.root / folder).rglob("*~"))
        return sorted(found)

    def leaf_of(self, kind):
        """Sequence of the first leaf of a kind."""
        return next(n for n, path in enumerate(self.paths("log/leaves")) if self.plain(path)["kind"] == kind)

    def blob(self, unit_id):
        """Path of a unit's original."""
        return self.plain(f"units/{unit_id}.json")["blob"]["key"].removeprefix("default/")

    def sql(self, *statements):
        """Change the database under its triggers."""
        self.world.archive.close()
        with sqlite3.connect(self.world.folder / "archive.sqlite") as connection:
            triggers = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
            for name, _ in triggers:
                connection.execute(f'drop trigger "{name}"')
            for statement in statements:
                connection.execute(statement)
            for _, made in triggers:
                connection.execute(made)
        connection.close()
        self.world = opened(self.world, self.world.folder)
        return self.world


def flips(folder, *, seed, count):
    """``count`` times (file, place, bit) below a folder, each file as likely as any other."""
    chance = random.Random(seed)
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size)
    for _ in range(count):
        path = chance.choice(files)
        yield path, chance.randrange(path.stat().st_size), chance.randrange(8)


def flip(path, at, bit):
    """Flip one bit of a file; gives what it held."""
    content = path.read_bytes()
    changed = bytearray(content)
    changed[at] ^= 1 << bit
    path.unlink()
    path.write_bytes(changed)
    return content


def put_back(path, content):
    path.unlink()
    path.write_bytes(content)
