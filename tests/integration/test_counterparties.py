"""The counterparty master: through the vault, out of documents that people confirmed, in and out as a table."""

from contextlib import contextmanager

import pytest

from domain.acts import ActKind
from domain.corrections import Correction, parse_value
from domain.counterparties import PartyFacts, PartySource, folded
from domain.errors import InputError
from domain.fields import FieldStatus, Text
from domain.ids import Origin
from pipeline.steps.correct import correct_document
from pipeline.steps.filing import draft_for
from pipeline.steps.parties import export_counterparties, import_counterparties
from pipeline.steps.suggesting import suggest_for
from pipeline.wiring import open_shoko
from storage.archive import Archive, rebuild
from storage.issuers.files import change_of
from tests.services.issuers import entry
from tests.support.approving import approved
from tests.support.faulty_store import Crash, FaultyStore
from tests.support.homes import quick_settings
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, PERSON, field, make_draft, make_drop, open_archive, with_fields

SORA, OTHER = "T7010705000725", "T4011001098993"
SAID = PartyFacts(name="株式会社青空商事", registration_numbers=(SORA,))


@contextmanager
def open_home(folder):
    shoko = open_shoko(quick_settings(folder))
    yield shoko
    shoko.close()


def record(archive, *facts, source=PartySource.IMPORTED):
    return archive.record_counterparties(facts, source=source, recorded_by="sato")


def test_what_is_personal_stands_in_the_payload_alone(tmp_path):
    vault = MemoryStore()
    archive = open_archive(tmp_path, vault=vault)
    record(archive, SAID)
    named = [key for (_, key), content in vault.objects.items() if "青空".encode() in vault.get("vault", key)]
    assert named == ["default/counterparties/b000001.payload.json"]
    archive.close()


def test_the_master_is_rebuilt_from_the_vault_alone_and_clients_do_not_see_each_other(tmp_path):
    vault = MemoryStore()
    archive = open_archive(tmp_path, vault=vault)
    record(archive, SAID)
    record(archive, PartyFacts(name="スーパー青空", registration_numbers=(SORA,)), source=PartySource.LEARNED)
    before = archive.counterparty_batches()
    assert [batch.number for batch in before] == [1, 2]
    other = open_archive(tmp_path, vault=vault, client_id="other")
    assert other.counterparty_batches() == ()
    archive.close()
    other.close()
    url = f"sqlite:///{tmp_path}/copy.sqlite"
    rebuild(url, vault, clock=lambda: NOW)
    again = Archive.open(url, vault, clock=lambda: NOW)
    assert again.counterparty_batches() == before
    assert folded(again.counterparty_batches())[0].variants == ("スーパー青空",)
    again.close()


@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_change_of_others_is_finished_before_ours(tmp_path, after):
    for number in range(3):
        folder, vault = tmp_path / f"{number}", MemoryStore()
        dying = open_archive(folder, vault=FaultyStore(vault, fail_at=number, after=after))
        with pytest.raises(Crash):
            record(dying, SAID)
        dying.close()
        archive = open_archive(folder, vault=vault)
        record(archive, PartyFacts(name="合同会社みどり"))
        names = {one.name for one in folded(archive.counterparty_batches())}
        assert "合同会社みどり" in names
        assert names <= {"合同会社みどり", SAID.name}
        record(archive, SAID)
        assert [b.number for b in archive.counterparty_batches()] == [1, 2]
        archive.close()


def filed(shoko, **rest):
    drop = shoko.archive.record_drop(make_drop(shoko.store, origin=Origin.PAPER_RECEIVED))
    return shoko.archive.file_document(make_draft(drop.unit_id, **rest)), drop


def confirm(shoko, record, drop, **values):
    fields = [field(n, Text(text=v), status=FieldStatus.CORRECTED, engine=PERSON) for n, v in values.items()]
    return shoko.archive.revise_document(
        record.document_id,
        base_revision=record.revision,
        draft=with_fields(make_draft(drop.unit_id), *fields),
        recorded_by="sato",
        reason="確認",
    )


def test_what_a_person_confirms_is_learned_once_and_what_nobody_confirmed_is_not(tmp_path):
    with open_home(tmp_path) as shoko:
        document, drop = filed(shoko, counterparty="株式会社青空エンタープライス")
        assert shoko.parties.learn() == ()
        confirm(
            shoko,
            document,
            drop,
            counterparty="株式会社青空エンタープライズ",
            registration_number=SORA,
            account_title="仕入高",
        )
        (learned,) = shoko.parties.learn()
        assert learned.name == "株式会社青空エンタープライズ"
        assert learned.variants == ("株式会社青空エンタープライス",)
        assert learned.registration_numbers == (SORA,)
        assert learned.account_title == "仕入高"
        assert shoko.parties.master() == (learned,)
        size = shoko.archive.log_size()
        assert shoko.parties.learn() == ()
        assert shoko.archive.log_size() == size


def test_an_approved_document_teaches_and_a_deleted_one_does_not(tmp_path):
    with open_home(tmp_path) as shoko:
        document, drop = filed(shoko)
        approved(shoko.archive, document.document_id, by="sato")
        assert [one.name for one in shoko.parties.learn()] == ["株式会社青空商事"]
    with open_home(tmp_path / "other") as shoko:
        document, drop = filed(shoko)
        revised = confirm(shoko, document, drop, counterparty="株式会社みどり")
        shoko.archive.tombstone(document.document_id, base_revision=revised.revision, recorded_by="sato", reason="二重")
        assert shoko.parties.learn() == ()


def test_a_confidential_document_teaches_nothing(tmp_path):
    with open_home(tmp_path) as shoko:
        document, drop = filed(shoko)
        shoko.archive.record_act(
            ActKind.CONFIDENTIAL_SAID, document.document_id, recorded_by="sato", facts={"readers": ("jinji",)}
        )
        confirm(shoko, document, drop, counterparty="株式会社役員報酬")
        assert shoko.parties.learn() == ()


def test_a_table_goes_in_out_and_in_again(tmp_path):
    with open_home(tmp_path) as shoko:
        text = f"取引先名,登録番号,勘定科目\n株式会社青空商事,{SORA},仕入高\n合同会社みどり,,\n"
        result = import_counterparties(shoko, text.encode("cp932"), recorded_by="sato")
        assert (result.rows, result.changed) == (2, 2)
        content, count = export_counterparties(shoko)
        assert count == 2
        assert import_counterparties(shoko, content, recorded_by="sato").changed == 0
        with pytest.raises(InputError, match="table"):
            import_counterparties(shoko, "取引先名,登録番号\n赤,T1\n".encode(), recorded_by="sato")
        assert len(shoko.parties.master()) == 2


def test_a_filed_document_bears_the_name_of_the_master(tmp_path):
    with open_home(tmp_path) as shoko:
        record(shoko.archive, PartyFacts(name="株式会社青空エンタープライズ", registration_numbers=(SORA,)))
        drop = shoko.archive.record_drop(make_drop(shoko.store))
        draft = make_draft(drop.unit_id, counterparty="株式会社青空エソタープ")
        number = field("registration_number", Text(text=SORA))
        made = draft_for(drop, with_fields(draft, number).reading, document_id="doc-1", shoko=shoko)
        counterparty = made.reading.fields.get("counterparty")
        assert counterparty.value == Text(text="株式会社青空エンタープライズ")
        assert (counterparty.raw_text, counterparty.engine.name) == ("株式会社青空エソタープ", "parties.v1")
        filed_one = shoko.archive.file_document(made)
        assert filed_one.fields.text("counterparty") == "株式会社青空エンタープライズ"


def corrected(shoko, document, **values):
    return correct_document(
        shoko,
        document.document_id,
        Correction(
            base_revision=document.revision,
            values={name: parse_value(name, text) for name, text in values.items()},
            recorded_by="sato",
            reason="確認",
        ),
    )


def test_a_correction_sets_how_it_is_booked_and_the_next_document_of_the_same_company_is_booked_alike(tmp_path):
    with open_home(tmp_path) as shoko:
        first, _ = filed(shoko)
        corrected(shoko, first, counterparty="株式会社青空商事", account_title="外注費")
        shoko.parties.learn()
        drop = shoko.archive.record_drop(make_drop(shoko.store, b"another", name="another.pdf"))
        other = shoko.archive.file_document(make_draft(drop.unit_id))
        found = suggest_for(other, shoko.parties.index())
        assert (found.account.title, found.account.reason) == ("外注費", "confirmed_before")


def test_a_number_put_right_is_looked_up_anew(tmp_path):
    with open_home(tmp_path) as shoko:
        ended = entry(SORA, "株式会社青空商事", disposed="2026-01-01")
        shoko.issuers.mirror.take([change_of(e, "") for e in (ended, entry(OTHER, "株式会社青空商事"))], whole=True)
        document, _ = filed(shoko)
        wrong = corrected(shoko, document, registration_number=SORA)
        assert [r.code for r in wrong.review_reasons] == ["issuer_not_registered"]
        right = corrected(shoko, wrong, registration_number=OTHER)
        assert right.review_reasons == ()
        assert [c.outcome.value for c in right.checks if c.name == "issuer_registered"] == ["passed"]
