"""Several receipts on one platen: each is a unit of its own, with blob, leaf, timestamp and lineage."""

import io
import subprocess
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.cli.read import lines_for
from domain.evidence import Outcome
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from domain.query import Query
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_worker import ReadingWorker
from pipeline.steps.maintenance import reconcile_archive
from pipeline.steps.reprocess import reprocess_documents
from pipeline.steps.verify import publish, stamp_all_pending
from pipeline.wiring import build_reader, open_shoko
from samples.generator.platen import lay
from storage.archive import rebuild
from storage.evidence.certificates import to_pem
from storage.evidence.verifier import Anchors
from storage.evidence.verify import verify_all, verify_document, verify_exported
from storage.export import export_bundle
from storage.search import search
from tests.support.homes import quick_settings
from tests.support.platen import slips


class Printed:
    """Says the same of every page."""

    engine_id = EngineId(name="printed.v1", version="1")
    words = ("領収書", "合計 1,000円", "2026年11月1日")

    def read_page(self, pixels, *, page_index, dpi):
        height, width = pixels.shape[:2]
        lines = tuple(
            Line(words=(Word(text=text, box=box, confidence=0.99),), box=box)
            for text, box in (
                (
                    text,
                    Box(left=width // 4, top=height // 4 + 40 * n, right=width // 2, bottom=height // 4 + 40 * n + 30),
                )
                for n, text in enumerate(self.words)
            )
        )
        return PageText(page_index=page_index, lines=lines, engine=self.engine_id)


class PrintedTwice(Printed):
    """Says of every page what two receipts say: as where two papers were cut out as one."""

    words = (
        *("領収書", "青空商店", "TEL 03-1234-5678", "合計 1,000円", "2026年11月1日"),
        *("領収書", "海山書店", "TEL 06-8765-4321", "合計 2,000円", "2026年11月2日"),
    )


class Stopped(Exception):
    pass


@pytest.fixture(scope="module")
def scan():
    found = lay(5, slips()[:4], lid="dark", way="apart", suffix=".jpg", dpi=150)
    assert len(found.receipts) == len(found.slips) == 3
    return found


def opened(folder, *, engine=None, **overrides):
    settings = quick_settings(folder)
    worker = ReadingWorker(settings=settings, reader=replace(build_reader(settings), engine=engine or Printed()))
    return Resident(shoko=open_shoko(settings, **overrides), pool=worker)


def dropped(home, scan, name="platen.jpg"):
    path = home.shoko.settings.data_folder / "store" / "inbox" / "paper" / "2026-11-20" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(scan.content)


def state(home):
    archive = home.shoko.archive
    (status,) = archive.drops(limit=10)
    cuts = archive.extracts_of(status.drop.unit_id)
    return {
        "documents": sorted(h.document_id for h in search(archive, Query(limit=50)).hits),
        "outcome": sorted(status.outcome.document_ids),
        "units": [(u.unit_id, u.blob.digest.value, u.extract, u.first_drop_id == status.drop.drop_id) for u in cuts],
        "leaves": Counter(leaf.kind for leaf in archive.leaves(0, archive.log_size())),
    }


def test_each_receipt_becomes_a_unit_with_everything_that_proves_it(tmp_path, scan):
    home = opened(tmp_path / "home")
    dropped(home, scan)
    run_plain(open_batch(home))
    archive, store = home.shoko.archive, home.shoko.store
    found = state(home)
    assert len(found["documents"]) == len(found["outcome"]) == len(found["units"]) == 3
    assert found["leaves"] == {"dropped": 1, "extracted": 3, "filed": 3, "read": 1}
    assert len(archive.pending_stamps(limit=10)) == 4
    (status,) = archive.drops(limit=1)
    with Image.open(io.BytesIO(scan.content)) as image:
        whole = np.asarray(image)
    for document_id in found["documents"]:
        (unit,) = archive.unit_of_document(document_id)
        assert unit.extract.of_unit_id == status.drop.unit_id
        with Image.open(io.BytesIO(store.get("vault", unit.blob.key, expect=unit.blob.digest))) as image:
            part = np.asarray(image)
        box = unit.extract.region
        assert part.shape[:2] == (box.height, box.width)
        assert (part[2:-2, 2:-2] == whole[box.top : box.bottom, box.left : box.right][2:-2, 2:-2]).all()
        assert [leaf.kind for leaf in archive.leaves_of(unit.unit_id)] == ["extracted"]
    stamp_all_pending(home.shoko)
    publish(home.shoko)
    assert archive.counts().stamped_units == archive.counts().units == 4
    anchors = Anchors(
        roots_pem=(to_pem(home.shoko.authority.roots).encode(),), log_key_sha256=home.shoko.signer.fingerprint
    )
    for report in (
        verify_document(archive, store, found["documents"][0], roots=anchors),
        verify_all(archive, store, roots=anchors),
        reconcile_archive(home.shoko),
    ):
        assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    bag = export_bundle(
        archive, store, found["documents"][:2], tmp_path / "bag", signer=home.shoko.signer, clock=home.shoko.clock
    ).folder
    report = verify_exported(bag, roots=anchors)
    assert report.outcome is not Outcome.FAILED, [c for c in report.checks if c.outcome is Outcome.FAILED]
    assert len(list((bag / "data/originals").glob("*/*"))) == 3, "two cuts and the scan that they come from"
    told = subprocess.run(["sh", bag / "verify.sh"], cwd=bag, capture_output=True, text=True, check=False)
    assert told.returncode in {0, 3}, told.stdout
    home.shoko.close()
    made = rebuild(f"sqlite:///{tmp_path}/again.sqlite", store, clock=home.shoko.clock)
    assert (made.counts.units, made.counts.documents) == (4, 3)


def test_reading_again_keeps_the_cuts_and_changes_nothing(tmp_path, scan):
    home = opened(tmp_path)
    dropped(home, scan)
    run_plain(open_batch(home))
    before = state(home)
    for listed in list(home.shoko.store.list_latest("derived")):
        home.shoko.store.delete_version("derived", listed.key, version_id=listed.version_id)
    assert reprocess_documents(home) == {"unchanged": 3}
    assert state(home) == before
    home.shoko.close()


@pytest.mark.parametrize(("where", "count"), [("units.preserved", 2), ("units.recorded", 2), ("file.filed", 1)])
def test_stopped_anywhere_the_rerun_ends_the_same(tmp_path, scan, where, count):
    undisturbed = opened(tmp_path / "one")
    dropped(undisturbed, scan)
    run_plain(open_batch(undisturbed))
    seen = Counter()

    def at(name):
        seen[name] += 1
        if (name, seen[name]) == (where, count):
            raise Stopped

    home = opened(tmp_path / "two", at=at)
    dropped(home, scan)
    with pytest.raises(Stopped):
        run_plain(open_batch(home))
    run_plain(open_batch(home))
    ours, theirs = state(home), state(undisturbed)
    assert [u[:3] for u in ours["units"]] == [u[:3] for u in theirs["units"]]
    assert ours["documents"] == theirs["documents"]
    assert ours["leaves"] == theirs["leaves"]
    assert reconcile_archive(home.shoko).outcome is not Outcome.FAILED
    undisturbed.shoko.close()
    home.shoko.close()


def test_read_gives_the_region_and_boxes_on_the_page(tmp_path, scan):
    settings = quick_settings(tmp_path)
    worker = ReadingWorker(settings=settings, reader=replace(build_reader(settings), engine=Printed()))
    path = tmp_path / "platen.jpg"
    path.write_bytes(scan.content)
    from datetime import date

    lines = lines_for("platen.jpg", worker.read_file(path, our_companies=(), today=date(2026, 11, 21)))
    assert len(lines) == 3
    for line in lines:
        left, top, right, bottom = line["region"]
        assert line["pages"] == [1]
        assert (line["pages_read"][0]["page"], line["pages_read"][0]["dpi"]) == (1, 150)
        boxes = [box for field in line["fields"].values() for box in field.get("boxes", [])]
        assert boxes
        assert all(left <= b[0] < b[2] <= right and top <= b[1] < b[3] <= bottom for b in boxes)


def test_a_page_that_reads_as_nothing_is_not_cut(tmp_path, scan):
    settings = quick_settings(tmp_path)  # an engine that finds no text
    home = Resident(shoko=open_shoko(settings), pool=ReadingWorker.start(settings))
    dropped(home, scan)
    run_plain(open_batch(home))
    found = state(home)
    assert found["units"] == []
    (document_id,) = found["documents"]
    reasons = {reason.code for reason in home.shoko.archive.get_document(document_id).review_reasons}
    assert "several_documents" in reasons
    home.shoko.close()


def test_a_person_looks_at_a_cut_that_reads_as_two_receipts(tmp_path, scan):
    home = opened(tmp_path, engine=PrintedTwice())
    dropped(home, scan)
    run_plain(open_batch(home))
    records = [home.shoko.archive.get_document(document_id) for document_id in state(home)["documents"]]
    assert len(records) == 3
    for record in records:
        assert "several_documents" in {reason.code for reason in record.review_reasons}
    home.shoko.close()


def with_a_strip(scan):
    """The scan with a strip of paper on the lid that is no receipt."""
    with Image.open(io.BytesIO(scan.content)) as image:
        pixels = np.array(image.convert("RGB"))
    scale = scan.dpi / 25.4
    wide, high, far = (round(side * scale) for side in (70, 14, 6))
    boxes = [np.concatenate([np.min(s.corners, axis=0), np.max(s.corners, axis=0)]) for s in scan.slips]
    left, top = next(
        (left, top)
        for top in range(far, pixels.shape[0] - high - far, far)
        for left in range(far, pixels.shape[1] - wide - far, far)
        if all(
            left > b[2] + far or b[0] > left + wide + far or top > b[3] + far or b[1] > top + high + far for b in boxes
        )
    )
    pixels[top : top + high, left : left + wide] = 245
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="JPEG", quality=90, dpi=(scan.dpi, scan.dpi))
    return replace(scan, content=out.getvalue())


def test_where_more_lies_on_the_lid_than_was_cut_a_person_looks_at_every_cut(tmp_path, scan):
    home = opened(tmp_path)
    dropped(home, with_a_strip(scan))
    run_plain(open_batch(home))
    found = state(home)
    assert len(found["units"]) == len(found["documents"]) == 3
    for document_id in found["documents"]:
        reasons = {reason.code for reason in home.shoko.archive.get_document(document_id).review_reasons}
        assert "several_documents" in reasons
    home.shoko.close()
