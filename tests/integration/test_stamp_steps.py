"""Policies, queue, radar and renewal as an installation has them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.cli.doctor import facts_of
from app.cli.stamp_facts import queue_text, renewal_text, stamp_facts, stamp_notes
from app.web.administration import Administration
from app.web.jobs import Jobs
from app.web.settings import WebSettings
from app.web.wired import application
from domain.evidence import Outcome
from domain.record import UnitState
from pipeline.steps.stamps import ageing_tokens, hash_again, renew_ageing, renew_nightly, stamp_deadline, stamp_queue
from pipeline.steps.verify import anchors_from, publish, stamp_all_pending, verify_everything, write_anchors
from pipeline.wiring import open_shoko
from storage.evidence.authorities import AuthorityChain
from storage.evidence.local_authority import LocalAuthority, issue_signer
from tests.support.evidence import DownFor
from tests.support.homes import quick_settings
from tests.support.records import NOW, make_drop
from tests.support.statements import statements


class Home:
    def __init__(self, folder, policy="batch", **batch):
        self.at = NOW
        self.folder = folder
        settings = quick_settings(folder, evidence={"policy": policy, "batch": batch})
        self.shoko = open_shoko(settings, clock=lambda: self.at)
        drops = [make_drop(self.shoko.store, f"scan {n}".encode(), name=f"{n}.pdf") for n in range(3)]
        self.units = [self.shoko.archive.record_drop(drop).unit_id for drop in drops]

    def with_authority(self, authority):
        self.shoko = replace(self.shoko, authority=authority)

    def goes_down(self):
        self.with_authority(AuthorityChain((DownFor(self.shoko.authority),), trust=self.shoko.trust))

    def new_certificate(self):
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        keys = self.folder / "keys" / "timestamp-authority"
        root = x509.load_pem_x509_certificate((keys / "root.pem").read_bytes())
        root_key = load_pem_private_key((keys / "root-key.pem").read_bytes(), password=None)
        certificate, key = issue_signer("tsa", root=root, root_key=root_key, now=self.at)
        local = LocalAuthority(root=root, certificate=certificate, key=key, clock=lambda: self.at)
        self.with_authority(AuthorityChain((local,), trust=self.shoko.trust))

    def outcome(self):
        publish(self.shoko)
        anchors = write_anchors(self.shoko, self.folder / "anchors")
        return verify_everything(self.shoko, anchors_from(anchors.roots, anchors.log_key)).outcome


@pytest.fixture(params=["batch", "each"])
def home(request, tmp_path):
    home = Home(tmp_path, request.param)
    yield home
    home.shoko.close()


def test_both_policies_stamp_everything(home):
    done = stamp_all_pending(home.shoko)
    assert set(done.stamped) == set(home.units)
    assert {home.shoko.archive.unit_state(unit) for unit in home.units} == {UnitState.STAMPED}
    assert home.outcome() is Outcome.PASSED
    assert stamp_queue(home.shoko).waiting == 0


def test_an_outage_is_shown_with_its_deadline(home):
    home.goes_down()
    done = stamp_all_pending(home.shoko)
    assert (done.stamped, len(done.failed)) == ((), 3)
    queue = stamp_queue(home.shoko)
    due = stamp_deadline(home.shoko, NOW.date())
    assert (queue.waiting, queue.due_on, queue.overdue) == (3, due, False)
    assert (queue.failed, queue.last_error) == (3, "timestamp_unavailable")
    line = application(home.shoko, WebSettings()).state.web.services.intake(limit=5).drops[0]
    assert line.stamp_due_on == due
    home.at += timedelta(days=60)
    assert stamp_queue(home.shoko).overdue


def test_doctor_says_what_waits_and_what_ends(home):
    facts = stamp_facts(home.shoko)
    assert facts["stamp_queue"]["waiting"] == 3
    assert "入力期限 最短 2026-12-02" in queue_text(facts)
    assert {one["status"] for one in facts["trust_list"]["services"]} == {"verify"}
    assert facts["authorities"] == [{"name": "local", "accredited": False}]
    stamp_all_pending(home.shoko)
    assert stamp_facts(home.shoko)["ageing_tokens"] == []
    home.at += timedelta(days=365 * 10 + 60)
    ((note, _),) = stamp_notes(home.shoko, stamp_facts(home.shoko))
    assert "証明書の期限が近い" in note
    home.at += timedelta(days=365)
    ((note, _),) = stamp_notes(home.shoko, stamp_facts(home.shoko))
    assert "切れた" in note


def test_what_nears_its_end_is_renewed_in_bulk_and_at_night(home):
    stamp_all_pending(home.shoko)
    home.at += timedelta(days=365 * 10 + 60)
    assert sum(one.members for one in ageing_tokens(home.shoko)) == 3
    assert renew_nightly(home.shoko) == 0  # the same certificate would end as soon
    home.new_certificate()
    home.shoko.archive.record_drop(make_drop(home.shoko.store, b"new", name="new.pdf"))
    stamp_all_pending(home.shoko)
    home.goes_down()
    assert renew_nightly(home.shoko) == 0
    home.new_certificate()
    done = renew_ageing(home.shoko)
    assert done.renewed
    assert "更新" in renewal_text(done)
    assert ageing_tokens(home.shoko) == ()
    assert home.outcome() is Outcome.PASSED


@pytest.mark.parametrize("hashed", [False, True])
def test_the_page_of_administration_asks_no_more_of_more_tokens(home, hashed):
    def one_more(name):
        home.shoko.archive.record_drop(make_drop(home.shoko.store, name.encode(), name=f"{name}.pdf"))
        stamp_all_pending(home.shoko)

    stamp_all_pending(home.shoko)
    if hashed:
        hash_again(home.shoko, "sha384")
    one_more("a")
    home.at += timedelta(days=365 * 10 + 60)
    few = len(statements(home.shoko.archive.database, lambda: facts_of(home.shoko, most=200)))
    before = len(ageing_tokens(home.shoko))
    home.at -= timedelta(days=365 * 10 + 60)
    for name in ("b", "c", "d", "e", "f"):
        one_more(name)
    home.at += timedelta(days=365 * 10 + 60)
    assert len(statements(home.shoko.archive.database, lambda: facts_of(home.shoko, most=200))) == few
    assert len(ageing_tokens(home.shoko)) == before + 5
    facts = facts_of(home.shoko, most=2)
    assert (len(facts["ageing_tokens"]), facts["ageing_more"]) == (2, True)
    assert any("2 件以上" in note for note in facts["notes"])
    admin = Administration(home.shoko, Jobs(home.shoko.settings.data_folder / "jobs", clock=home.shoko.clock))
    counts = admin.facts()["counts"]
    assert admin.seen_by(home.shoko.archive.visibility).facts()["counts"] is counts, "counted once while nothing comes"
    home.shoko.archive.record_drop(make_drop(home.shoko.store, b"z", name="z.pdf"))
    assert admin.facts()["counts"]["drops"] == counts["drops"] + 1


def test_everything_is_hashed_again(home):
    stamp_all_pending(home.shoko)
    assert hash_again(home.shoko, "sha384").renewed == 3
    assert hash_again(home.shoko, "sha384").renewed == 0
    assert hash_again(home.shoko, "sha512").renewed == 3
    assert home.outcome() is Outcome.PASSED


def test_a_batch_waits_as_the_settings_say(tmp_path):
    home = Home(tmp_path, wait_seconds=30 * 86_400)
    assert stamp_all_pending(home.shoko).postponed == 3
    queue = stamp_queue(home.shoko)
    assert queue.closes_at.isoformat() == "2026-12-01T15:00:00+00:00"  # a day before the deadline ends in Tokyo
    assert len(stamp_all_pending(home.shoko, close=True).stamped) == 3
    home.shoko.close()


def test_revocation_lists_are_asked_for_by_the_newest_chains(home):
    """The local authority names no lists, so nothing is asked and nothing is logged."""
    from pipeline.steps.stamps import keep_revocation_of_day

    def never(url):
        raise AssertionError(url)

    assert keep_revocation_of_day(home.shoko, fetch=never) == 0
    stamp_all_pending(home.shoko)
    (chain,) = home.shoko.archive.newest_chains(limit=3)
    assert chain.count("BEGIN CERTIFICATE") == 2
    assert keep_revocation_of_day(home.shoko, fetch=never) == 0
