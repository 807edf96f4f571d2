"""An installation with text PDFs filed in it, at which people then do their work."""

from __future__ import annotations

from domain.evidence import Outcome
from domain.ids import Origin
from pipeline.batch import open_batch, run_plain
from pipeline.steps.deposit import deposit
from storage.archive import rebuild
from storage.reconcile import reconcile
from tests.support.archive_story import rows
from tests.support.documents import text_pdf
from tests.support.homes import open_resident, quick_settings


class Desk:
    """Files, looks and checks."""

    def __init__(self, folder, *, clock=None, **settings):
        options = {"clock": clock} if clock else {}
        self.resident = open_resident(quick_settings(folder, **settings), **options)
        self.shoko = self.resident.shoko
        self.archive = self.shoko.archive

    def file(self, *lines, origin=Origin.PAPER_RECEIVED, day=None, content=None, name="a.pdf"):
        deposit(self.shoko, content or text_pdf(*lines), name=name, origin=origin, received_on=day)
        run_plain(open_batch(self.resident))
        return self.archive.drops(limit=1)[0].documents[0]

    def newest(self, document_id):
        return self.archive.get_document(document_id)

    def codes(self, document_id):
        return {reason.code for reason in self.newest(document_id).review_reasons}

    def kinds(self, document_id):
        return [act.kind for act in self.archive.acts(document_id)]

    def is_sound(self, folder):
        report = reconcile(self.archive, self.shoko.store, check_digests=True)
        assert report.outcome is Outcome.PASSED
        copy = f"sqlite:///{folder}/copy.sqlite"
        rebuild(copy, self.shoko.store, clock=self.shoko.clock)
        other = type(self.archive).open(copy, self.shoko.store, clock=self.shoko.clock)
        assert rows(other) == rows(self.archive)
        other.close()
